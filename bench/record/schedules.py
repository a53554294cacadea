"""Record the learning rates of a framework's schedulers, with options drawn at random.

    python schedules.py torch --seed 3 --cases 5 -o torch-schedulers.json.gz

One JSON list of {"peer", "peer_version", "scheduler", "options", "values"}, values after 0, 1, 2, ... updates,
with "base_lr" where the optimizer has the rate and not the scheduler.
"""

import argparse
import importlib
import pathlib
import random

from record import write

STEPS = 201


def draw(table, required, name, rng):
    """Draw half of the options, and all that the scheduler needs."""
    return {
        option: rng.choice(values)
        for option, values in table.items()
        if option in required or f"{option}@{name}" in required or rng.random() < 0.5
    }


def main():
    args = argparse.ArgumentParser(description="Record a framework's schedulers.")
    args.add_argument("framework", help="a module of frameworks/ that has SCHEDULERS: mxnet, optax, torch")
    args.add_argument("--seed", type=int, default=0)
    args.add_argument("--cases", type=int, default=5, help="of each scheduler")
    args.add_argument("-o", "--out", type=pathlib.Path, required=True, help="file, compressed with gzip")
    args = args.parse_args()
    framework = importlib.import_module("frameworks." + args.framework)
    recorded = []
    for name, table in framework.SCHEDULERS.items():
        for seed in range(args.seed, args.seed + args.cases):
            rng = random.Random(f"{framework.PEER} {name} {seed}")
            options = draw(table, framework.REQUIRED, name, rng)
            base = rng.choice(getattr(framework, "BASES", [None]))
            try:
                values = framework.schedule(name, options, base, STEPS)
            except (ArithmeticError, AssertionError, TypeError, ValueError) as error:
                print(f"{name} {seed} left out: {options}: {error}")
                continue
            case = {"peer": framework.PEER, "peer_version": framework.VERSION, "scheduler": name, "options": options}
            recorded.append({**case, **({"base_lr": base} if base else {}), "values": values})
    write(args.out, recorded)


if __name__ == "__main__":
    main()

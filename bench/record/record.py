"""Record what a framework's optimizers do, for `descent replay`.

    python record.py torch AdamW --seed 3 --cases 40 -o out

draws options, shapes and gradients at random, runs the framework's own
optimizer on them, and writes each run as a recording. The same seed draws the
same cases. See README.md.
"""

import argparse
import gzip
import importlib
import json
import math
import pathlib
import random
import struct

FORMAT = "optimizer-trace/1"
SHAPES = [[], [1], [5], [3, 4], [1, 6], [6, 1], [2, 3, 2], [2, 3, 4, 2]]
NOTE = "options drawn at random; gradients with zeros, a step of zeros, a spike of 1000 and a step of 1e-6"


def float32(x):
    """The float32 nearest to x."""
    return struct.unpack("f", struct.pack("f", x))[0]


def pick(rng, table):
    """Draw about half of the options of a table, each from its list of values."""
    return {name: rng.choice(values) for name, values in table.items() if rng.random() < 0.5}


def gradient(rng, size, scale, zeros):
    """A normal gradient in which, if zeros is set, one weight in eight has none."""
    return [0.0 if zeros and rng.random() < 0.125 else float32(scale * rng.gauss(0, 1)) for _ in range(size)]


def draw_steps(rng, sizes, zeros):
    """The gradients of a run, one list a step with one list a parameter.

    None is a parameter without a gradient in that step; three runs in ten have some.
    """
    rests = rng.random() < 0.3
    quiet, spike, tiny = rng.sample(range(2, 14), 3)
    for t in range(rng.choice([14, 14, 14, 30])):
        grads = [gradient(rng, size, 1e-6 if t == tiny else 1, zeros) for size in sizes]
        if t == quiet and zeros:
            grads = [[0.0] * size for size in sizes]
        if t == spike:
            rng.choice(grads)[0] = 1000.0
        if rests and t > 0:
            keep = rng.randrange(len(sizes))
            grads = [g if i == keep or rng.random() < 0.7 else None for i, g in enumerate(grads)]
        yield {"grads": grads}


def dtypes(framework, name):
    return getattr(framework, "DTYPES", {}).get(name, ["float32", "float32", "float64"])


def draw(framework, name, rng, zeros):
    """A case: a recording without its values."""
    options = framework.options(name, rng)
    shapes = getattr(framework, "shapes", lambda name, rng: rng.sample(SHAPES, 3))(name, rng)
    sizes = [math.prod(shape) for shape in shapes]
    case = {
        "format": FORMAT,
        "peer": framework.PEER,
        "peer_version": framework.VERSION,
        "optimizer": name,
        "options": options,
        "dtype": rng.choice(dtypes(framework, name)),
        "note": NOTE,
        "params": [
            {"name": f"w{i}", "shape": shape, "value": gradient(rng, size, rng.random() > 0.1, False)}
            for i, (shape, size) in enumerate(zip(shapes, sizes))
        ],
        "steps": list(draw_steps(rng, sizes, zeros)),
    }
    framework.finish(case, rng)
    return case


def finite(values):
    return all(math.isfinite(x) for step in values for value in step for x in value)


def tolerance(framework, case, values):
    """Four times the framework's own gap between float32 and float64, where it has both."""
    if case["dtype"] == "float64":
        return {"rtol": 1e-10, "atol": 1e-12}
    gap, name = 0.0, case["optimizer"]
    for step, exact in zip(values, framework.play(case, "float64") if "float64" in dtypes(framework, name) else []):
        for value, reference in zip(step, exact):
            gap = max([gap, *(abs(x - y) / (0.1 + abs(y)) for x, y in zip(value, reference))])
    rtol = float("%.1e" % max(4 * gap, framework.FLOOR))
    return {"rtol": rtol, "atol": rtol / 10}


def record(framework, name, seed):
    """A recording, or None and the reason: the run blew up, or the framework refused the options."""
    for zeros in (True, False):  # some rules divide by a gradient that is 0
        case = draw(framework, name, random.Random(f"{framework.PEER} {name} {seed}"), zeros)
        try:
            values = framework.play(case, case["dtype"])
        except (ArithmeticError, AssertionError, RuntimeError, TypeError, ValueError) as error:
            return None, f"{case['options']}: {error}"
        if finite(values):
            break
    else:
        return None, f"{case['options']}: not finite"
    case["tolerance"] = tolerance(framework, case, values)
    if not case["tolerance"]["rtol"] < 1e-2:
        return None, f"{case['options']}: chaotic, float32 and float64 part by {case['tolerance']['rtol']}"
    for step, value in zip(case["steps"], values):
        step["values"] = value
    return case, ""


def write(path, recording):
    """Write JSON compressed so that the same recording gives the same bytes."""
    with open(path, "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write((json.dumps(recording, separators=(",", ":")) + "\n").encode())


def main():
    args = argparse.ArgumentParser(description="Record a framework's optimizers.")
    args.add_argument("framework", help="a module of frameworks/: keras, mxnet, optax, pytorch_optimizer, torch")
    args.add_argument("optimizer", nargs="*", help="by the framework's name; all of them if left out")
    args.add_argument("--seed", type=int, default=0, help="of the first case; the others count on")
    args.add_argument("--cases", type=int, default=10, help="recordings of each optimizer")
    args.add_argument("-o", "--out", type=pathlib.Path, default="out", help="folder, made if need be")
    args = args.parse_args()
    framework = importlib.import_module("frameworks." + args.framework)
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.optimizer or framework.OPTIMIZERS:
        for seed in range(args.seed, args.seed + args.cases):
            recording, reason = record(framework, name, seed)
            if recording is None:
                print(f"{name} {seed} left out: {reason}")
                continue
            write(args.out / f"{name.lower().replace('.', '-')}-{seed}.json.gz", recording)


if __name__ == "__main__":
    main()

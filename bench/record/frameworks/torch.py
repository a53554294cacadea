"""PyTorch's torch.optim, on a CPU."""

import inspect

import torch

from record import SHAPES, pick

torch.set_num_threads(1)

PEER = "torch"
VERSION = torch.__version__.split("+")[0]
FLOOR = 1e-6
COMMON = {"lr": [0.1, 0.02, 0.003], "weight_decay": [0.01, 0.1], "maximize": [True]}
ADAM = {"betas": [[0.8, 0.99], [0.0, 0.9], [0.95, 0.5]], "eps": [1e-6, 1e-3, 0.1]}
OPTIMIZERS = {
    "ASGD": {"lambd": [0.01, 0.1], "alpha": [0.5, 1.0], "t0": [0.0, 3.0]},
    "Adadelta": {"rho": [0.5, 0.99, 0.0], "eps": [1e-3, 1e-5]},
    "Adafactor": {"beta2_decay": [-0.5, -1.0], "eps": [[None, 1e-2], [1e-6, 1e-3]], "d": [1.5, 2.0]},
    "Adagrad": {"lr_decay": [0.01, 1.0], "initial_accumulator_value": [0.1, 1.0], "eps": [1e-6, 1e-3]},
    "Adam": {**ADAM, "amsgrad": [True], "decoupled_weight_decay": [True]},
    "AdamW": {**ADAM, "amsgrad": [True]},
    "Adamax": ADAM,
    "Muon": {
        "momentum": [0.5, 0.9],
        "nesterov": [False],
        "ns_steps": [1, 3, 7],
        "adjust_lr_fn": ["original", "match_rms_adamw"],
    },
    "NAdam": {**ADAM, "momentum_decay": [0.01, 0.1], "decoupled_weight_decay": [True]},
    "RAdam": {**ADAM, "decoupled_weight_decay": [True]},
    "RMSprop": {"alpha": [0.9, 0.5], "eps": [1e-6, 1e-3], "momentum": [0.5, 0.9], "centered": [True]},
    "Rprop": {"etas": [[0.3, 1.5], [0.7, 1.1]], "step_sizes": [[1e-4, 0.5], [1e-3, 0.05]]},
    "SGD": {"momentum": [0.5, 0.9], "nesterov": [True], "dampening": [0.1, 0.5]},
}
DTYPES = {"Muon": ["float32"]}  # it orthogonalises in bfloat16, whatever the type
CLIPS = {"clip_grad_norm": [0.5, 2.0], "clip_grad_value": [0.1, 0.7]}


def options(name, rng):
    own = inspect.signature(getattr(torch.optim, name)).parameters
    drawn = pick(rng, {k: v for k, v in {**COMMON, **OPTIMIZERS[name]}.items() if k in own})
    if drawn.get("nesterov") and name == "SGD":  # which torch takes only so
        drawn.setdefault("momentum", 0.9)
        drawn.pop("dampening", None)
    if rng.random() < 0.3:
        clip = rng.choice(list(CLIPS))
        drawn[clip] = rng.choice(CLIPS[clip])
    return drawn


def shapes(name, rng):
    return [[4, 6], [6, 3], [5, 5]] if name == "Muon" else rng.sample(SHAPES, 3)


def finish(case, rng):
    if case["optimizer"] == "Rprop":
        return  # whose lr is only that of the first step
    if rng.random() < 0.3:
        rng.choice(case["params"])["options"] = {"lr": rng.choice([0.05, 0.0])}
    elif rng.random() < 0.4:
        for step in case["steps"][4::5]:
            step["options"] = {"lr": rng.choice([0.05, 0.01, 0.2])}


def tuples(options):
    return {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}


def play(case, dtype):
    dtype = getattr(torch, dtype)
    params = [torch.tensor(p["value"], dtype=dtype).reshape(p["shape"]) for p in case["params"]]
    params = [torch.nn.Parameter(p) for p in params]
    groups = [{"params": [p], **tuples(own.get("options", {}))} for p, own in zip(params, case["params"])]
    own = tuples({k: v for k, v in case["options"].items() if k not in CLIPS})
    optimizer = getattr(torch.optim, case["optimizer"])(groups, **own)
    out = []
    for step in case["steps"]:
        for group in optimizer.param_groups:
            group.update(step.get("options", {}))
        for param, grad in zip(params, step["grads"]):
            param.grad = None if grad is None else torch.tensor(grad, dtype=dtype).reshape(param.shape)
        if "clip_grad_norm" in case["options"]:
            torch.nn.utils.clip_grad_norm_(params, case["options"]["clip_grad_norm"])
        if "clip_grad_value" in case["options"]:
            torch.nn.utils.clip_grad_value_(params, case["options"]["clip_grad_value"])
        optimizer.step()
        out.append([p.detach().flatten().tolist() for p in params])
    return out


SCHEDULERS = {
    "ConstantLR": {"factor": [0.25, 0.5], "total_iters": [0, 7]},
    "CosineAnnealingLR": {"T_max": [30, 45, 1], "eta_min": [0.02, 0.3]},
    "CosineAnnealingWarmRestarts": {"T_0": [5, 13], "T_mult": [1, 3], "eta_min": [0.01]},
    "ExponentialLR": {"gamma": [0.9, 0.99]},
    "LinearLR": {"start_factor": [0.3, 1.0], "end_factor": [0.2, 0.0], "total_iters": [70, 9]},
    "MultiStepLR": {"milestones": [[50, 20, 20, 90], [0, 3]], "gamma": [0.5]},
    "OneCycleLR": {"max_lr": [0.3], "total_steps": [201, 300], "pct_start": [0.4, 0.0], "three_phase": [True]},
    "PolynomialLR": {"total_iters": [99, 12], "power": [0.5, 2.0]},
    "StepLR": {"step_size": [7, 30], "gamma": [0.5]},
}
BASES = [0.1, 0.3]
REQUIRED = {"T_max", "T_0", "gamma@ExponentialLR", "milestones", "max_lr", "total_steps", "step_size"}


def schedule(name, options, base, steps):
    """The learning rates of a scheduler whose optimizer has the rate base."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base, momentum=0.9)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **options)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates

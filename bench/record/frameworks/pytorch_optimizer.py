"""The package pytorch_optimizer: many optimizers for PyTorch."""

import importlib.metadata
import inspect

import pytorch_optimizer
import torch

from record import SHAPES, pick

torch.set_num_threads(1)

PEER = "pytorch_optimizer"
VERSION = importlib.metadata.version("pytorch_optimizer")
FLOOR = 1e-6
# Values by option: those that an optimizer has are drawn; flags are turned over.
VALUES = {
    "lr": [0.1, 0.01],
    "weight_decay": [0.01, 0.1],
    "eps": [1e-6, 1e-4],
    "momentum": [0.5, 0.95],
    "dampening": [0.1],
    "nu": [0.7],
    "r": [0.8],
    "n_sma_threshold": [4, 6],
    "k": [3, 4],
    "final_lr": [0.05, 0.5],
    "gamma": [0.01, 0.1],
    "kappa": [500.0],
    "xi": [5.0],
    "constant": [0.5],
    "rho": [0.3],
    "max_grad_norm": [0.5, 2.0],
    "clip_threshold": [0.5],
    "d0": [1e-5, 1e-3],
    "d_coef": [0.5, 2.0],
    "derivative": [3.0],
    "integral": [2.0],
    "weight_lr_power": [1.0, 0.0],
    "warmup_steps": [5],
    "trust_coefficient": [0.01],
}
PAIRS = [[0.8, 0.99], [0.5, 0.9], [0.9, 0.95]]
NAMES = """A2Grad AccSGD AdaBelief AdaBound AdaMod Adan AdaNorm AdEMAMix ADOPT AggMo CAME DAdaptAdam Fromage Grams
Lamb LaProp LARS Lion MARS MSVAG PID Prodigy QHAdam QHM Ranger ScheduleFreeAdamW ScheduleFreeSGD SGDW Shampoo SignSGD SRMM
StableAdamW SWATS Tiger Yogi""".split()
OPTIMIZERS = {name: VALUES for name in NAMES}


def options(name, rng):
    own = inspect.signature(getattr(pytorch_optimizer, name).__init__).parameters
    table = {k: v for k, v in VALUES.items() if k in own}
    for option, parameter in own.items():
        if isinstance(parameter.default, bool) and option != "foreach":
            table[option] = [not parameter.default]
        if option == "betas":
            third = [0.9, 0.99] if len(parameter.default) == 3 else [None]
            table[option] = [p if t is None else [*p, t] for p in PAIRS for t in third]
    return pick(rng, table)


def shapes(name, rng):
    return [[4, 6], [6, 3]] if name == "Shampoo" else rng.sample(SHAPES, 3)


def finish(case, rng):
    if rng.random() < 0.3:
        rng.choice(case["params"])["options"] = {"lr": rng.choice([0.05, 0.005])}


def play(case, dtype):
    dtype = getattr(torch, dtype)
    params = [torch.tensor(p["value"], dtype=dtype).reshape(p["shape"]) for p in case["params"]]
    params = [torch.nn.Parameter(p) for p in params]
    groups = [{"params": [p], **own.get("options", {})} for p, own in zip(params, case["params"])]
    own = {k: tuple(v) if isinstance(v, list) else v for k, v in case["options"].items()}
    optimizer = getattr(pytorch_optimizer, case["optimizer"])(groups, **own)
    out = []
    for step in case["steps"]:
        for param, grad in zip(params, step["grads"]):
            param.grad = None if grad is None else torch.tensor(grad, dtype=dtype).reshape(param.shape)
        optimizer.step()
        out.append([p.detach().flatten().tolist() for p in params])
    return out

"""Records what torch does before and after its state is exported."""
import copy, sys
import numpy as np
import torch
import record
from export_torch import export

CASES = [
    ("SGD", {"lr": 0.02}), ("SGD", {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.02, "momentum": 0.8, "nesterov": True}), ("SGD", {"lr": 0.02, "momentum": 0.7, "dampening": 0.4, "maximize": True}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.02}), ("Adam", {"lr": 0.02, "amsgrad": True, "betas": [0.8, 0.9]}),
    ("Adam", {"lr": 0.02, "betas": [0.0, 0.95]}), ("Adam", {"lr": 0.01, "decoupled_weight_decay": True, "clip_grad_norm": 1.0}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.1}), ("AdamW", {"lr": 0.02, "amsgrad": True, "clip_grad_value": 0.5}),
    ("Adamax", {"lr": 0.02, "weight_decay": 0.02}), ("NAdam", {"lr": 0.02, "momentum_decay": 0.01}),
    ("NAdam", {"lr": 0.01, "decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.02, "betas": [0.9, 0.99]}), ("RAdam", {"lr": 0.02, "decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01}), ("RMSprop", {"lr": 0.01, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.01, "centered": True, "momentum": 0.5, "eps": 0.01, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.05}), ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.3}),
    ("Adadelta", {"rho": 0.8, "weight_decay": 0.01}), ("Rprop", {"lr": 0.01}), ("Rprop", {"etas": [0.3, 1.4], "step_sizes": [1e-4, 0.2]}),
    ("ASGD", {"lr": 0.05, "lambd": 0.01, "t0": 8, "alpha": 0.6}), ("ASGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("Adafactor", {"lr": 0.05, "weight_decay": 0.02}), ("Adafactor", {"lr": 0.05, "d": 2.0, "beta2_decay": -0.5}),
    ("Muon", {"lr": 0.02}), ("Muon", {"lr": 0.02, "nesterov": False, "momentum": 0.8, "adjust_lr_fn": "match_rms_adamw"}),
    ("SparseAdam", {"lr": 0.02}),
]


class Model(torch.nn.Module):
    def __init__(self, start, dtype):
        super().__init__()
        self.layers = torch.nn.ParameterDict({f"w{i}": torch.nn.Parameter(torch.tensor(w, dtype=dtype)) for i, w in enumerate(start)})


def step(model, optimizer, grads, options):
    for p, g in zip(model.parameters(), grads):
        p.grad = torch.tensor(g, dtype=p.dtype)
        if isinstance(optimizer, torch.optim.SparseAdam):  # all rows
            p.grad = torch.sparse_coo_tensor(torch.arange(len(p))[None], p.grad)
    if "clip_grad_norm" in options:
        torch.nn.utils.clip_grad_norm_(model.parameters(), options["clip_grad_norm"])
    if "clip_grad_value" in options:
        torch.nn.utils.clip_grad_value_(model.parameters(), options["clip_grad_value"])
    optimizer.step()


def make(name, model, options):
    kw = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items() if not k.startswith("clip")}
    return getattr(torch.optim, name)(model.parameters(), **kw)


def values(model):
    return [p.detach().numpy().copy() for p in model.parameters()]


def run(number, name, options, dtype):
    rng = np.random.default_rng(number)
    shapes = [[4, 3], [2, 5]] if name in ("Muon", "SparseAdam") else [record.SHAPES[i] for i in rng.permutation(5)[:3]]
    start = [np.round(rng.standard_normal(s), 3) for s in shapes]
    grads = record.gradients(rng, shapes, dtype)
    model = Model(start, getattr(torch, dtype))
    optimizer = make(name, model, options)
    for g in grads[:record.STEPS]:
        step(model, optimizer, g, options)
    case = f"{name}_{number}"
    export(model, optimizer, record.path("torch", case, ".safetensors"), record.STEPS)
    before = values(model)
    twin = Model(before, torch.float64)
    double = make(name, twin, options)
    state = copy.deepcopy(optimizer.state_dict())
    double.load_state_dict(state)
    names = [n for n, _ in model.named_parameters()]
    got, want = [], []
    for g in grads[record.STEPS:]:
        step(model, optimizer, g, options)
        step(twin, double, g, options)
        got.append(values(model))
        want.append(values(twin))
    record.write(case, "torch", torch.__version__.split("+")[0], name, options, dtype, names, before, grads[record.STEPS:], got, want)


for number, (name, options) in enumerate(CASES):
    for dtype in ["float32"] + (["float64"] if number % 5 == 4 else []):
        run(number + (100 if dtype == "float64" else 0), name, options, dtype)

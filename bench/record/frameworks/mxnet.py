"""Apache MXNet, 1.9.1 or 2.0.0b1, whichever is installed: through its Updater, as in training."""

import mxnet as mx
import numpy as np

from frameworks.mxnet_options import ONE, OPERATORS, SCHEDULERS, SCHEDULES, TWO
from record import SHAPES, pick

PEER = "mxnet"
VERSION = mx.__version__.replace("beta", "b")
TWO_ZERO = VERSION.startswith("2")
FLOAT32 = ["AdaDelta", "AdaGrad", "Ftrl", "GroupAdaGrad", "LAMB", "LARS", "RMSProp"]  # their states or norms are
FLOAT32 += [*OPERATORS, *(["AdaBelief", "AdamW", "LANS"] if TWO_ZERO else [])]
DTYPES = {name: ["float32"] for name in FLOAT32}
FLOOR = 1e-5  # operators take hyperparameters as float32
OPTIMIZERS = {**(TWO if TWO_ZERO else ONE), **OPERATORS}
COMMON = {
    "learning_rate": [0.3, 0.1, 0.02],
    "wd": [0.1, 0.01],
    "rescale_grad": [0.5, 0.25, 2.0],
    "clip_gradient": [0.5, 2.0, 0.0],
    "begin_num_update": [3, 5],
}


def exact(values):
    """Values of an option that float32 holds exactly: in float64 only these show the rule alone."""
    if any(isinstance(v, bool | int | str) for v in values):
        return values
    return [v if v in (0.0, 2.0) else min(max(round(v * 64), 1), 60) / 64 for v in values]


def options(name, rng):
    if name in OPERATORS:
        return {"lr": rng.choice([0.1, 0.02]), "eta": rng.choice([1.0, 0.5]), **pick(rng, OPERATORS[name])}
    table = {**COMMON, **OPTIMIZERS[name]}
    if name == "GroupAdaGrad":
        del table["wd"]
    return pick(rng, table)


def shapes(name, rng):
    if name == "GroupAdaGrad":
        return [[3, 4], [6, 2], [1, 3]]
    return rng.sample(SHAPES[1:], rng.choice([1, 3, 3, 6]))


def finish(case, rng):
    drawn, params, steps = case["options"], case["params"], case["steps"]
    if case["optimizer"] in OPERATORS:
        case["updater_call"] = "op"
        every(params, steps)
        rng.choice(steps)["options"] = {"rescale_grad": rng.choice([0.0, 2.0])}
        return
    case["updater_call"] = rng.choice(["list", "list", "single"])
    if case["dtype"] == "float64":
        table = {**COMMON, **OPTIMIZERS[case["optimizer"]]}
        for name, values in table.items():
            if name in drawn or isinstance(values[0], float):
                drawn[name] = rng.choice(exact(values))
    if rng.random() < 0.3:
        endings = ["fc_weight", "fc_bias", "bn_gamma", "bn_beta", "w", "conv_weight"]
        for param, name in zip(params, rng.sample(endings, len(params))):
            param["name"] = name
        drawn["param_idx2name"] = {str(i): p["name"] for i, p in enumerate(params)}
    for param in params:
        if rng.random() < 0.3:
            param["options"] = pick(rng, {"lr_mult": [0.5, 2.0, 0.0], "wd_mult": [0.0, 0.5]})
    if rng.random() < 0.35 and case["dtype"] == "float32":
        drawn["lr_scheduler"] = rng.choice(SCHEDULES)
        every(params, steps)  # the rates recorded are those of the parameter that had most updates
    elif rng.random() < 0.5:
        table = {"learning_rate": [0.25, 0.0625], "rescale_grad": [1.0, 0.125]}
        if "wd" in drawn:
            table["wd"] = [0.0625, 0.25]
        for step in rng.sample(steps, 3):
            step["options"] = pick(rng, table)


def every(params, steps):
    """Give every parameter a gradient in every step."""
    for step in steps:
        step["grads"] = [g or [0.25] * len(p["value"]) for g, p in zip(step["grads"], params)]


def create(case):
    own = dict(case["options"])
    if "lr_scheduler" in own:
        schedule = dict(own["lr_scheduler"])
        own["lr_scheduler"] = getattr(mx.lr_scheduler, schedule.pop("class"))(**schedule)
    if "param_idx2name" in own:
        own["param_idx2name"] = {int(i): name for i, name in own["param_idx2name"].items()}
    optimizer = mx.optimizer.create(case["optimizer"], **own)
    params = [p.get("options", {}) for p in case["params"]]
    optimizer.set_lr_mult({i: p["lr_mult"] for i, p in enumerate(params) if "lr_mult" in p})
    optimizer.set_wd_mult({i: p["wd_mult"] for i, p in enumerate(params) if "wd_mult" in p})
    return optimizer


def play(case, dtype):
    if case["optimizer"] in OPERATORS:
        return play_operator(case, dtype)
    optimizer = create(case)
    updater = mx.optimizer.get_updater(optimizer)
    weights = [tensor(p["value"], p["shape"], dtype) for p in case["params"]]
    out = []
    for step in case["steps"]:
        change(optimizer, step.get("options", {}), scheduled="lr_scheduler" in case["options"])
        here = [i for i, g in enumerate(step["grads"]) if g is not None]
        grads = [tensor(step["grads"][i], case["params"][i]["shape"], dtype) for i in here]
        if case["updater_call"] == "list":
            updater(here, grads, [weights[i] for i in here])
        else:
            for i, grad in zip(here, grads):
                updater(i, grad, weights[i])
        if "lr_scheduler" in case["options"]:
            step["options"] = {"learning_rate": optimizer.lr_scheduler(optimizer.num_update)}
        out.append([flat(w) for w in weights])
    return out


def change(optimizer, changes, scheduled):
    for name, value in changes.items():
        if name != "learning_rate":
            setattr(optimizer, name, value)
        elif not scheduled:
            optimizer.set_learning_rate(value)


def play_operator(case, dtype):
    """Operators that no class of MXNet uses: the caller holds their states."""
    drawn = dict(case["options"])
    rates = {name: drawn.pop(name, default) for name, default in (("lr", None), ("eta", None), ("wd", 0.0))}
    scale = drawn.pop("rescale_grad", 1.0)
    weights = [tensor(p["value"], p["shape"], dtype) for p in case["params"]]
    means, squares = ([mx.nd.zeros_like(w) for w in weights] for _ in range(2))
    out = []
    for step in case["steps"]:
        scale = step.get("options", {}).get("rescale_grad", scale)
        factor = tensor([scale], [1], "float32")
        grads = [tensor(g, p["shape"], dtype) for g, p in zip(step["grads"], case["params"])]
        if case["optimizer"] == "contrib.adamw_update":
            for w, g, m, v in zip(weights, grads, means, squares):
                mx.nd.contrib.adamw_update(w, g, m, v, rescale_grad=factor, out=w, **rates, **drawn)
        else:
            each = {name + "s": [value] * len(weights) for name, value in rates.items()}
            mx.nd.contrib.multi_adamw_update(
                weights, grads, means, squares, rescale_grad=factor, out=weights, size=len(weights), **each, **drawn
            )
        out.append([flat(w) for w in weights])
    return out


def tensor(values, shape, dtype):
    return mx.nd.array(np.array(values, dtype).reshape(shape), dtype=dtype)


def flat(array):
    return [float(x) for x in array.asnumpy().ravel()]


REQUIRED = {"max_update", "step"}


def schedule(name, options, base, steps):
    """The rates of a scheduler, which has a base_lr of its own, by the number of updates."""
    scheduler = getattr(mx.lr_scheduler, name)(**options)
    return [scheduler(update) for update in range(steps)]

"""Apache MXNet with row-sparse gradients, and row-sparse weights in half of the cases."""

import mxnet as mx
import numpy as np

from frameworks import mxnet
from record import pick

PEER, VERSION, FLOOR = mxnet.PEER, mxnet.VERSION, mxnet.FLOOR
OPTIMIZERS = ["AdaGrad", "Adam", "Ftrl", "GroupAdaGrad", "NAG", "RMSProp", "SGD", "Signum"]
DTYPES = {name: ["float32"] for name in OPTIMIZERS}
NO_DECAY = ["AdaGrad", "GroupAdaGrad"]  # whose operators for rows have none


def options(name, rng):
    drawn = mxnet.options(name, rng)
    drawn.pop("use_fused_step", None)
    if drawn.get("clip_gradient") == 0:  # which means one thing for rows and another without
        del drawn["clip_gradient"]
    if name in NO_DECAY:
        drawn.pop("wd", None)
    if name in ("Adam", "SGD"):
        drawn["lazy_update"] = rng.random() < 0.5
    return drawn


def shapes(name, rng):
    return [[6, 3], [5, 4]] if name == "GroupAdaGrad" else [[6, 3], [4, 2, 2]]


def finish(case, rng):
    case["note"] = "options drawn at random; row-sparse gradients, one of them without rows"
    case["updater_call"] = rng.choice(["list", "single"])
    if rng.random() < 0.5:
        for param in case["params"]:
            param["options"] = {"stype": "row_sparse", **pick(rng, {"lr_mult": [0.5, 2.0]})}
    empty = rng.randrange(len(case["steps"]))
    for t, step in enumerate(case["steps"]):
        step["grads"] = [
            some_rows(rng, grad or [0.5] * len(param["value"]), param["shape"], t == empty)
            for grad, param in zip(step["grads"], case["params"])
        ]


def some_rows(rng, grad, shape, empty):
    """A gradient of about half of the rows."""
    length = len(grad) // shape[0]
    rows = [] if empty else [r for r in range(shape[0]) if rng.random() < 0.5]
    return {"rows": rows, "values": [x for r in rows for x in grad[r * length : (r + 1) * length]]}


def play(case, dtype):
    updater = mx.optimizer.get_updater(mxnet.create(case))
    weights = [mxnet.tensor(p["value"], p["shape"], dtype) for p in case["params"]]
    weights = [w.tostype(p.get("options", {}).get("stype", "default")) for w, p in zip(weights, case["params"])]
    places, out = list(range(len(weights))), []
    for step in case["steps"]:
        grads = [sparse(g, p["shape"], dtype) for g, p in zip(step["grads"], case["params"])]
        if case["updater_call"] == "list":
            updater(places, grads, weights)
        else:
            for i in places:
                updater(i, grads[i], weights[i])
        out.append([mxnet.flat(w.tostype("default")) for w in weights])
    return out


def sparse(grad, shape, dtype):
    if not grad["rows"]:
        return mx.nd.sparse.zeros("row_sparse", tuple(shape), dtype=dtype)
    values = np.array(grad["values"], dtype).reshape(-1, *shape[1:])
    return mx.nd.sparse.row_sparse_array((values, np.array(grad["rows"], "int64")), shape=tuple(shape), dtype=dtype)

"""Apache MXNet with float16 weights, with a float32 master copy (multi_precision) and without."""

import mxnet as mx
import numpy as np

from frameworks import mxnet

PEER, VERSION, FLOOR = mxnet.PEER, mxnet.VERSION, 9e-3
PURE = ["NAG", "SGD", "Signum"]  # what float16 alone is of use for
OPTIMIZERS = ["AdaDelta", "Adam", "FTML", "Ftrl", "LAMB", "LARS", "NAG", "Nadam", "RMSProp", "SGD", "Signum"]
DTYPES = {name: ["float16"] for name in OPTIMIZERS}


def options(name, rng):
    drawn = mxnet.options(name, rng)
    drawn.pop("use_fused_step", None)
    drawn["multi_precision"] = name not in PURE or rng.random() < 0.6
    return drawn


def shapes(name, rng):
    return [[5], [3, 4], [2, 3, 2]]


def finish(case, rng):
    case["note"] = "options drawn at random; float16 weights"
    case["updater_call"] = rng.choice(["list", "single"]) if case["optimizer"] != "LAMB" else "list"
    mxnet.every(case["params"], case["steps"])
    for param in case["params"]:
        param["value"] = float16(param["value"])
    for step in case["steps"]:
        step["grads"] = [float16(grad) for grad in step["grads"]]
    if case["options"]["multi_precision"]:
        case["master_tolerance"] = {"rtol": 2e-5, "atol": 2e-5}


def float16(values):
    return [float(x) for x in np.array(values, "float16")]


def play(case, dtype):
    updater = mx.optimizer.get_updater(mxnet.create(case))
    weights = [mxnet.tensor(p["value"], p["shape"], dtype) for p in case["params"]]
    places, out = list(range(len(weights))), []
    for step in case["steps"]:
        grads = [mxnet.tensor(g, p["shape"], dtype) for g, p in zip(step["grads"], case["params"])]
        if case["updater_call"] == "list":
            updater(places, grads, weights)
        else:
            for i in places:
                updater(i, grads[i], weights[i])
        if "master_tolerance" in case:
            step["master"] = [master(updater.states[i], w) for i, w in zip(places, weights)]
            if None in step["master"]:
                raise ValueError("weights that are not what their master copies round to")
        out.append([mxnet.flat(w) for w in weights])
    return out


def master(state, weight):
    """The array of a state that rounds to the weight."""
    if isinstance(state, (list, tuple)):
        return next((m for m in (master(s, weight) for s in state) if m), None)
    if state is None or state.dtype != np.float32 or not np.array_equal(state.asnumpy().astype("float16"), weight.asnumpy()):
        return None
    return mxnet.flat(state)

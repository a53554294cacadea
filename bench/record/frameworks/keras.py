"""Keras 3, on the backend that KERAS_BACKEND names: JAX unless it is set."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

from record import SHAPES, float32, pick

PEER = "keras"
VERSION = keras.__version__
FLOOR = 2e-5  # there is no float64 to compare with
ADAM = {"beta_1": [0.8, 0.5], "beta_2": [0.95, 0.99], "epsilon": [1e-3, 1e-5]}
OPTIMIZERS = {
    "Adadelta": {"rho": [0.8, 0.5], "epsilon": [1e-4]},
    "Adafactor": {"beta_2_decay": [-0.6], "epsilon_2": [1e-2], "clip_threshold": [0.5], "relative_step": [False]},
    "Adagrad": {"initial_accumulator_value": [0.5, 0.0], "epsilon": [1e-3]},
    "Adam": {**ADAM, "amsgrad": [True]},
    "AdamW": {**ADAM, "amsgrad": [True]},
    "Adamax": ADAM,
    "Ftrl": {
        "learning_rate_power": [-0.3, -0.8],
        "initial_accumulator_value": [0.5],
        "l1_regularization_strength": [0.05],
        "l2_regularization_strength": [0.1],
        "l2_shrinkage_regularization_strength": [0.1],
        "beta": [0.5],
    },
    "Lamb": ADAM,
    "Lion": {"beta_1": [0.8], "beta_2": [0.9]},
    "Muon": {
        "adam_beta_1": [0.8],
        "adam_beta_2": [0.95],
        "adam_weight_decay": [0.1, None],
        "epsilon": [1e-3],
        "exclude_layers": [["w1"]],
        "muon_a": [3.0],
        "adam_lr_ratio": [0.5],
        "momentum": [0.8],
        "ns_steps": [3],
        "nesterov": [False],
        "rms_rate": [0.5, None],
    },
    "Nadam": ADAM,
    "RMSprop": {"rho": [0.8], "momentum": [0.5], "epsilon": [1e-4], "centered": [True]},
    "SGD": {"momentum": [0.5, 0.9], "nesterov": [True]},
    "ScheduleFreeAdamW": {"beta_1": [0.8], "beta_2": [0.9], "warmup_steps": [5]},
}
COMMON = {
    "learning_rate": [0.1, 0.02],
    "weight_decay": [0.05],
    "use_ema": [True],
    "ema_momentum": [0.7],
    "ema_overwrite_frequency": [1, 2, 3],
    "loss_scale_factor": [8.0],
}
DTYPES = {name: ["float32"] for name in OPTIMIZERS}


def options(name, rng):
    drawn = pick(rng, {**COMMON, **OPTIMIZERS[name]})
    if rng.random() < 0.5:
        drawn[rng.choice(["clipnorm", "clipvalue", "global_clipnorm"])] = rng.choice([0.5, 2.0])
    if rng.random() < 0.3:
        drawn["gradient_accumulation_steps"] = rng.choice([2, 3])
    return drawn


def shapes(name, rng):
    return rng.sample(SHAPES, 3)


def finish(case, rng):
    if rng.random() < 0.3:
        for step in case["steps"][3::4]:
            step["options"] = {"learning_rate": float32(rng.choice([0.05, 0.01, 0.2]))}


def play(case, dtype):
    optimizer = getattr(keras.optimizers, case["optimizer"])(**case["options"])
    params = [keras.Variable(array(p["value"], p, dtype), name=p["name"]) for p in case["params"]]
    optimizer.build(params)
    out = []
    for step in case["steps"]:
        if "options" in step:
            optimizer.learning_rate = step["options"]["learning_rate"]
        optimizer.apply([g and array(g, p, dtype) for g, p in zip(step["grads"], case["params"])], params)
        out.append([np.array(p.value).astype(float).ravel().tolist() for p in params])
    return out


def array(values, param, dtype):
    return np.array(values, dtype).reshape(param["shape"])

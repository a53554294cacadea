"""Google DeepMind's optax, on JAX."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import optax

from record import pick

PEER = "optax"
VERSION = optax.__version__
FLOOR = 1e-6
# Values by option: those of an optimizer's factory that stand here are drawn.
VALUES = {
    "b1": [0.8, 0.5, 0.0],
    "b2": [0.99, 0.9],
    "b3": [0.95, 0.99],
    "eps": [1e-6, 1e-3],
    "eps_root": [1e-4, 1e-3],
    "weight_decay": [0.1, 0.01],
    "nesterov": [True],
    "momentum": [0.5, 0.9],
    "decay": [0.8, 0.95],
    "centered": [True],
    "eps_in_sqrt": [False],
    "bias_correction": [True],
    "initial_accumulator_value": [0.0, 1.0],
    "rho": [0.8, 0.5],
    "trust_coefficient": [0.01],
    "min_norm": [1e-3],
    "alpha": [0.5, 2.0],
    "beta": [0.5, 0.8],
    "warmup_steps": [0, 5],
    "weight_lr_power": [0.0, 1.0],
    "min_dim_size_to_factor": [2, 3],
    "clipping_threshold": [0.2, None],
    "multiply_by_parameter_scale": [False],
    "threshold": [4.5, 6.0],
}
NAMES = """adabelief adadelta adafactor adagrad adam adamax adamaxw adamw adan amsgrad fromage lamb lars lion
nadam nadamw novograd optimistic_adam_v2 optimistic_gradient_descent radam rmsprop rprop sgd sign_sgd signum sm3 yogi
contrib.acprop contrib.ademamix contrib.adopt contrib.muon contrib.prodigy contrib.schedule_free_adamw
contrib.schedule_free_sgd contrib.simplified_ademamix""".split()
OPTIMIZERS = {name: VALUES for name in NAMES}


def factory(name):
    place = optax
    for part in name.split("."):
        place = getattr(place, part)
    return place


def options(name, rng):
    own = inspect.signature(factory(name)).parameters
    drawn = pick(rng, {k: v for k, v in VALUES.items() if k in own})
    if "learning_rate" in own and (own["learning_rate"].default is inspect.Parameter.empty or rng.random() < 0.5):
        drawn["learning_rate"] = rng.choice([0.1, 0.02])
    return drawn


def shapes(name, rng):
    sizes = [[], [7], [4, 3], [2, 2, 3], [1, 6], [5, 1]]
    return rng.sample(sizes[1:] if name in ("sm3", "contrib.muon") else sizes, 3)


def finish(case, rng):
    for step in case["steps"]:  # optax knows no missing gradient
        step["grads"] = [g or [0.25] * len(p["value"]) for g, p in zip(step["grads"], case["params"])]


def play(case, dtype):
    jax.config.update("jax_enable_x64", dtype == "float64")

    def tree(values):
        return {
            p["name"]: jnp.asarray(np.array(v, dtype).reshape(p["shape"])) for p, v in zip(case["params"], values)
        }

    optimizer = factory(case["optimizer"])(**case["options"])
    params = tree(p["value"] for p in case["params"])
    state = optimizer.init(params)
    update = jax.jit(optimizer.update)
    out = []
    for step in case["steps"]:
        updates, state = update(tree(step["grads"]), state, params)
        params = optax.apply_updates(params, updates)
        out.append([np.asarray(params[p["name"]]).astype(float).ravel().tolist() for p in case["params"]])
    return out


SCHEDULERS = {
    "constant_schedule": {"value": [0.3]},
    "cosine_decay_schedule": {"init_value": [0.1], "decay_steps": [90, 30], "alpha": [0.1], "exponent": [1.7]},
    "exponential_decay": {
        "init_value": [0.1],
        "transition_steps": [30, 7],
        "decay_rate": [0.7, 1.3],
        "transition_begin": [7],
        "staircase": [True],
    },
    "linear_schedule": {"init_value": [0.1], "end_value": [0.4], "transition_steps": [50], "transition_begin": [4]},
    "polynomial_schedule": {"init_value": [0.1], "end_value": [0.4], "power": [0.5, 2], "transition_steps": [70, 20]},
    "warmup_constant_schedule": {"init_value": [0.1], "peak_value": [0.4], "warmup_steps": [33, 5]},
    "warmup_cosine_decay_schedule": {
        "init_value": [0.01],
        "peak_value": [0.2],
        "warmup_steps": [15],
        "decay_steps": [120, 60],
        "end_value": [0.01],
        "exponent": [2.0],
    },
}
REQUIRED = {"value", "init_value", "peak_value", "end_value", "decay_steps", "transition_steps", "decay_rate", "power"}
REQUIRED |= {"warmup_steps"}


def schedule(name, options, base, steps):
    """The values of a schedule, which has no other rate than its own."""
    jax.config.update("jax_enable_x64", True)
    values = getattr(optax, name)(**options)
    return [float(values(step)) for step in range(steps)]

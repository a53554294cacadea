"""Records what optax does before and after its state is exported."""
import sys
import jax, jax.numpy as jnp
import numpy as np
import optax, optax.contrib
import record
from export_optax import export

jax.config.update("jax_enable_x64", True)

LR = {"learning_rate": 0.02}
CASES = [
    ("sgd", LR), ("sgd", LR | {"momentum": 0.9}), ("sgd", LR | {"momentum": 0.8, "nesterov": True}),
    ("adam", LR), ("adam", LR | {"nesterov": True, "eps_root": 1e-6}), ("adam", LR | {"b1": 0.0, "b2": 0.9}),
    ("adamw", LR | {"weight_decay": 0.1}), ("nadam", LR), ("nadamw", LR | {"weight_decay": 0.1}), ("lamb", LR | {"weight_decay": 0.1}),
    ("adabelief", LR), ("adabelief", LR | {"nesterov": True, "eps": 1e-6}), ("radam", LR | {"b2": 0.99}), ("radam", LR | {"nesterov": True, "b2": 0.95}),
    ("amsgrad", LR), ("amsgrad", LR | {"bias_correction_mu": False, "bias_correction_nu": False, "b2": 0.9}),
    ("adamax", LR), ("adamaxw", LR | {"weight_decay": 0.1}), ("yogi", LR), ("adan", LR | {"weight_decay": 0.1}),
    ("rmsprop", LR), ("rmsprop", LR | {"momentum": 0.9}), ("rmsprop", LR | {"centered": True, "momentum": 0.5, "nesterov": True, "eps": 0.01}),
    ("rmsprop", LR | {"bias_correction": True, "initial_scale": 0.1}), ("adagrad", LR), ("adadelta", {"learning_rate": 0.5, "rho": 0.8}),
    ("lars", LR | {"weight_decay": 0.1, "trust_coefficient": 0.1}), ("fromage", LR), ("lion", LR), ("sign_sgd", LR), ("signum", LR),
    ("rprop", LR), ("novograd", LR | {"weight_decay": 0.1}), ("optimistic_gradient_descent", LR | {"beta": 0.7}),
    ("optimistic_adam", LR | {"optimism": 0.3}), ("optimistic_adam_v2", LR | {"beta": 0.6}),
    ("sm3", LR), ("sm3", LR | {"momentum": 0.5}),
    ("adafactor", {"learning_rate": 0.05, "min_dim_size_to_factor": 2}), ("adafactor", {"learning_rate": 0.05, "momentum": 0.8}),
    ("adafactor", {"learning_rate": 0.05, "momentum": 0.8, "min_dim_size_to_factor": 2, "weight_decay_rate": 0.01}),
    ("contrib.acprop", LR | {"eps": 0.01}), ("contrib.ademamix", LR), ("contrib.adopt", LR), ("contrib.adopt", LR | {"nesterov": True, "use_clipping": False}),
    ("contrib.simplified_ademamix", {"learning_rate": 0.001, "alpha": 2}), ("contrib.muon", LR), ("contrib.muon", LR | {"nesterov": False, "weight_decay": 0.1}),
    ("contrib.prodigy", {"estim_lr0": 0.001}), ("contrib.prodigy", {"estim_lr0": 0.01, "safeguard_warmup": True, "weight_decay": 0.1}),
    ("contrib.schedule_free_sgd", {"learning_rate": 0.1}), ("contrib.schedule_free_sgd", {"learning_rate": 0.1, "warmup_steps": 25}),
    ("contrib.schedule_free_adamw", {"learning_rate": 0.02}), ("contrib.schedule_free_adamw", {"learning_rate": 0.02, "warmup_steps": 25, "weight_decay": 0.1}),
    ("contrib.dog", {"learning_rate": 1.0}), ("contrib.dog", {"learning_rate": 1.0, "init_step": ["learning_rate", 0.01]}), ("contrib.dowg", {"learning_rate": 1.0}),
    ("contrib.cocob", {"learning_rate": 1.0, "weight_decay": 0.01}), ("contrib.madgrad", LR), ("contrib.dadapt_adamw", {"estim_lr0": 0.01}),
]


def make(name, options):
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    return getattr(optax.contrib, name[8:])(**options) if name.startswith("contrib.") else getattr(optax, name)(**options)


def names(params):
    return [jax.tree_util.keystr(k, simple=True, separator="/") for k, _ in jax.tree_util.tree_flatten_with_path(params)[0]]


def values(params):
    return [np.asarray(x) for x in jax.tree_util.tree_leaves(params)]


def advance(tx, params, state, grads):
    structure = jax.tree_util.tree_structure(params)
    g = jax.tree_util.tree_unflatten(structure, [jnp.asarray(x, p.dtype) for x, p in zip(grads, jax.tree_util.tree_leaves(params))])
    updates, state = tx.update(g, state, params)
    return optax.apply_updates(params, updates), state


def double(tree):
    return jax.tree_util.tree_map(lambda x: x.astype(jnp.float64) if x.dtype == jnp.float32 else x, tree)


def run(number, name, options, dtype):
    rng = np.random.default_rng(number)
    shapes = [record.SHAPES[i] for i in rng.permutation(5)[:3]]
    if name in ("sm3", "contrib.muon", "adafactor"):
        shapes = [[3, 4], [5], [2, 2, 3]]
    grads = record.gradients(rng, shapes, dtype)
    w = [jnp.asarray(np.round(rng.standard_normal(s), 3), dtype) for s in shapes]
    params = {"dense": {"bias": w[0], "kernel": w[1]}, "out": w[2]}
    tx = make(name, options)
    state = tx.init(params)
    for g in grads[:record.STEPS]:
        params, state = advance(tx, params, state, g)
    case = f"{name}_{number}"
    export(params, state, record.path("optax", case, ".safetensors"), record.STEPS)
    before = values(params)
    twin, twin_state = double(params), double(state)
    got, want = [], []
    for g in grads[record.STEPS:]:
        params, state = advance(tx, params, state, g)
        twin, twin_state = advance(tx, twin, twin_state, g)
        got.append(values(params))
        want.append(values(twin))
    record.write(case, "optax", optax.__version__, name, options, dtype, names(params), before, grads[record.STEPS:], got, want)


only = sys.argv[1:]
for number, (name, options) in enumerate(CASES):
    if only and name not in only:
        continue
    for dtype in ["float32"] + (["float64"] if number % 6 == 3 else []):
        run(number + (100 if dtype == "float64" else 0), name, options, dtype)

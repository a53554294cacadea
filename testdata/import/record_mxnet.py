"""Records what MXNet does before and after its states are saved. For both versions."""
import sys
import mxnet as mx
import numpy as np
import record

TWO = mx.__version__.startswith("2")
PEER = "mxnet2" if TWO else "mxnet"
RHO, MOMENTUM = ("rho", "momentum") if TWO else ("gamma1", "gamma2")
LR = {"learning_rate": 0.02}
BOTH = [
    ("SGD", LR), ("SGD", LR | {"momentum": 0.9, "wd": 0.01}), ("NAG", LR | {"momentum": 0.8}), ("Signum", LR | {"momentum": 0.9, "wd_lh": 0.01}),
    ("Adam", LR | {"wd": 0.02}), ("Adam", LR | {"clip_gradient": 0.5, "begin_num_update": 7}), ("Adamax", LR), ("Nadam", LR),
    ("AdaGrad", LR), ("AdaDelta", {"rho": 0.8}), ("GroupAdaGrad", LR), ("RMSProp", LR), ("RMSProp", LR | {"centered": True, RHO: 0.8, MOMENTUM: 0.5}),
    ("Ftrl", LR), ("FTML", LR), ("LAMB", LR | {"wd": 0.1}), ("DCASGD", LR), ("LARS", {"learning_rate": 0.5, "momentum": 0.9, "wd": 0.01}), ("Test", {"rescale_grad": 0.1} | (LR if TWO else {})),
]
ONE = [
    ("LBSGD", LR | {"momentum": 0.9, "batch_scale": 3, "warmup_epochs": 2, "updates_per_epoch": 8}), ("ccSGD", LR | {"momentum": 0.5}),
    ("LARS", {"learning_rate": 0.5, "momentum": 0.9, "lr_scheduler": {"class": "FactorScheduler", "step": 4, "factor": 0.9}}),
    ("Adam", {"learning_rate": 0.05, "lr_scheduler": {"class": "CosineScheduler", "max_update": 50, "base_lr": 0.05, "final_lr": 0.01}}),
]
SECOND = [
    ("AdaBelief", LR), ("AdamW", LR | {"wd": 0.1}), ("AdamW", LR | {"wd": 0.1, "correct_bias": False}), ("LANS", LR | {"wd": 0.1}),
    ("DCASGD", LR | {"momentum": 0.7}), ("LAMB", LR | {"aggregate_num": 1}), ("Adam", LR | {"use_fused_step": False}), ("SGD", LR | {"momentum": 0.9, "lazy_update": True}),
]


def scheduled(options):
    out = dict(options)
    if "lr_scheduler" in out:
        args = dict(out["lr_scheduler"])
        out["lr_scheduler"] = getattr(mx.lr_scheduler, args.pop("class"))(**args)
    return out


def cast(s):
    if isinstance(s, (tuple, list)):
        return tuple(map(cast, s))
    return s.astype("float64") if s is not None else None


def array(x, dtype):
    return mx.nd.array(x, dtype=dtype)


def advance(updater, w, grads):
    updater(list(range(len(w))), [array(g, w[0].dtype) for g in grads], w)


def values(w):
    return [x.asnumpy() for x in w]


def run(number, name, options, dtype="float32", dump=True):
    rng = np.random.default_rng(number)
    shapes = [[4, 1], [2, 3], [3, 2]] if name == "GroupAdaGrad" else [[4], [2, 3], [2, 2, 2]]
    zeros = 0 if name in ("Adamax", "LANS") else 0.1
    grads = record.gradients(rng, shapes, dtype, zeros)
    if name in ("LANS",) or name == "Adamax" and not TWO:
        grads = [[np.where(x == 0, np.asarray(0.25, x.dtype), x) for x in g] for g in grads]
    w = [array(np.round(rng.standard_normal(s), 3), dtype) for s in shapes]
    updater = mx.optimizer.get_updater(mx.optimizer.create(name.lower(), **scheduled(options)))
    for g in grads[:record.STEPS]:
        advance(updater, w, g)
    case = f"{name}_{number}"
    data = updater.get_states(dump_optimizer=dump)
    with open(record.path(PEER, case, ".states"), "wb") as f:
        f.write(data)
    before = values(w)
    if not dump:  # MXNet forgets the counts: a user says where to begin
        options = options | {"begin_num_update": record.STEPS}
    resumed = mx.optimizer.get_updater(mx.optimizer.create(name.lower(), **scheduled(options)))
    resumed.set_states(data)
    twin = [array(x, "float64") for x in before]
    double = mx.optimizer.get_updater(mx.optimizer.create(name.lower(), **scheduled(options)))
    double.set_states(updater.get_states(dump_optimizer=True))
    double.states = {k: cast(s) for k, s in double.states.items()}
    got, want = [], []
    for g in grads[record.STEPS:]:
        advance(updater, w, g)
        got.append(values(w))
        try:
            advance(double, twin, g)
            want.append(values(twin))
        except Exception:
            want = got
    names = [f"w{i}" for i in range(len(w))]
    record.write(case, PEER, mx.__version__.replace("beta", "b"), name, options, dtype, names, before, grads[record.STEPS:], got, want)


def trainer(number):
    """A network, of which batch normalisation has parameters that are not trained."""
    rng = np.random.default_rng(number)
    if TWO:
        mx.npx.set_np()
        A, net = mx.np.array, mx.gluon.nn.HybridSequential()
    else:
        A, net = mx.nd.array, mx.gluon.nn.HybridSequential(prefix="")
    net.add(mx.gluon.nn.Dense(3, in_units=2), mx.gluon.nn.BatchNorm(in_channels=3), mx.gluon.nn.Dense(1, in_units=3))
    net.initialize(mx.init.Normal(0.5))
    params = net.collect_params()
    order = sorted(params)  # as a Trainer has them
    train = mx.gluon.Trainer(params, "adam", {"learning_rate": 0.02})
    trained = [n for n in order if params[n].grad_req != "null"]
    x, y = A(rng.standard_normal((8, 2)).astype("f")), A(rng.standard_normal((8, 1)).astype("f"))

    def step():
        with mx.autograd.record():
            loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        grads = [params[n].grad().asnumpy() for n in trained]
        train.step(1)
        return grads, [params[n].data().asnumpy() for n in trained]

    for _ in range(record.STEPS):
        step()
    case = f"Trainer_{number}"
    train.save_states(record.path(PEER, case, ".states"))
    before = [params[n].data().asnumpy() for n in trained]
    grads, got = zip(*[step() for _ in range(record.STEPS)])
    record.write(case, PEER, mx.__version__.replace("beta", "b"), "Adam", {"learning_rate": 0.02}, "float32", trained, before, grads, got, got)


for number, (name, options) in enumerate(BOTH + (SECOND if TWO else ONE)):
    run(number, name, options)
exact = {"learning_rate": 0.03125}  # operators take numbers as float32
run(100, "SGD", exact | {"momentum": 0.875}, dtype="float64")
run(101, "Nadam", exact, dtype="float64")
run(102, "Adam", LR, dump=False)
trainer(103)
run(104, "SGD", LR | {"momentum": 0.9, "multi_precision": True}, dtype="float16")
run(105, "SGD", exact | {"momentum": 0.875}, dtype="float16")
run(106, "Adam", LR | {"multi_precision": True, "wd": 0.1}, dtype="float16")

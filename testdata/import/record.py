"""What the recorders of this folder share: twenty steps, the state, twenty more."""
import gzip, json, os
import numpy as np

STEPS = 20
SHAPES = [[3], [2, 3], [], [4, 1], [2, 2, 2]]
HERE = os.path.dirname(os.path.abspath(__file__))


def gradients(rng, shapes, dtype, sparse=0.1):
    """For forty steps: noise, among it zeros, a step of zeros, a spike and tiny values."""
    out = []
    for step in range(2 * STEPS):
        gs = []
        for shape in shapes:
            g = np.round(rng.standard_normal(shape), 3)
            g = np.where(rng.random(shape) < sparse, 0, g)
            g = g * {7: 0, 24: 0, 12: 100, 28: 100, 15: 1e-6, 31: 1e-6}.get(step, 1)
            gs.append(np.asarray(g, dtype))
        out.append(gs)
    return out


def flat(a):
    return [float(x) for x in np.asarray(a).astype(np.float64).ravel()]


def write(name, peer, version, optimizer, options, dtype, names, start, grads, values, twin):
    """Writes the second half. twin has the values of a run in float64 from the same state."""
    gap = max((np.abs(np.float64(a) - b).max() for v, t in zip(values, twin) for a, b in zip(v, t) if a.size), default=0)
    exact = {"float64": (1e-10, 1e-12), "float16": (1e-3, 1e-6)}  # half a unit in the last place, twice
    rtol, atol = exact.get(dtype, (2e-6, max(1e-6, 4 * float(gap))))
    trace = dict(
        format="optimizer-trace/1", peer=peer, peer_version=version, optimizer=optimizer, options=options, dtype=dtype,
        note="the second half; the state before it lies beside this file",
        params=[dict(name=n, shape=list(w.shape), value=flat(w)) for n, w in zip(names, start)],
        steps=[dict(grads=[flat(x) for x in g], values=[flat(x) for x in v]) for g, v in zip(grads, values)],
        tolerance=dict(rtol=rtol, atol=atol))
    data = json.dumps(trace, separators=(",", ":")).encode()
    with open(path(peer, name, ".json.gz"), "wb") as f:
        f.write(gzip.compress(data, mtime=0))


def path(peer, name, end):
    os.makedirs(os.path.join(HERE, peer), exist_ok=True)
    return os.path.join(HERE, peer, name + end)

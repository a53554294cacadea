"""Saves parameters and the state of an optimizer of optax, for descent."""
import jax
import numpy
from safetensors.numpy import save_file


def export(params, opt_state, path, steps):
    """steps is the number of updates made so far."""
    tensors = {"optimizer/step": numpy.asarray(float(steps))}
    for prefix, tree in ("", params), ("optimizer/", opt_state):
        for key, value in jax.tree_util.tree_flatten_with_path(tree)[0]:
            v = numpy.asarray(value)
            name = prefix + jax.tree_util.keystr(key, simple=True, separator="/")
            tensors[name] = v if v.dtype == numpy.float32 else v.astype(numpy.float64)
    save_file(tensors, path, {"framework": "optax"})

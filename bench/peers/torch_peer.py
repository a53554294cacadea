"""PyTorch's optimizers: torch_peer.py fused | foreach."""

import sys

from torch.optim import SGD, Adagrad, Adam, RMSprop

import line
from torch_params import Params

RULES = {
    "sgd": (SGD, {"lr": 0.01}),
    "momentum": (SGD, {"lr": 0.01, "momentum": 0.9}),
    "rmsprop": (RMSprop, {"lr": 0.001, "alpha": 0.9, "eps": 1e-8}),
    "adagrad": (Adagrad, {"lr": 0.01, "eps": 1e-7}),
    "adam": (Adam, {"lr": 0.001}),
}


class Torch(Params):
    how = sys.argv[1]

    def prepare(self, rule, starts, grads, threads):
        make, options = line.lookup(RULES, rule)
        if self.how == "fused" and make is RMSprop:
            raise LookupError("no such rule")
        self.hold(starts, grads, threads)
        how = {"fused": {"fused": True}, "foreach": {"foreach": True}}[self.how]
        self.step = make(self.params, **options, **how).step


line.serve(Torch)

"""PyTorch's optimizers: torch_peer.py fused | foreach."""

import sys

import torch
from torch.optim import SGD, Adagrad, Adam, RMSprop

import line

RULES = {
    "sgd": (SGD, {"lr": 0.01}),
    "momentum": (SGD, {"lr": 0.01, "momentum": 0.9}),
    "rmsprop": (RMSprop, {"lr": 0.001, "alpha": 0.9, "eps": 1e-8}),
    "adagrad": (Adagrad, {"lr": 0.01, "eps": 1e-7}),
    "adam": (Adam, {"lr": 0.001}),
}


class Torch:
    how = sys.argv[1]

    def prepare(self, rule, starts, grads, threads):
        torch.set_num_threads(threads)
        make, options = line.lookup(RULES, rule)
        if self.how == "fused" and make is RMSprop:
            raise LookupError("no such rule")
        self.params = [torch.nn.Parameter(torch.tensor(w)) for w in starts]
        for param, grad in zip(self.params, grads):
            param.grad = torch.tensor(grad)
        how = {"fused": {"fused": True}, "foreach": {"foreach": True}}[self.how]
        self.step = make(self.params, **options, **how).step

    def wait(self):
        pass

    def scale(self, factor):
        for param in self.params:
            param.grad *= factor

    def weights(self):
        return [param.detach().numpy() for param in self.params]


line.serve(Torch)

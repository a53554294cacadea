"""MXNet's optimizers through the updater that its trainers use: mxnet_peer.py."""

import os

os.environ.setdefault("MXNET_OPTIMIZER_AGGREGATION_SIZE", "45")  # tensors a call, where a rule takes several

import mxnet as mx
from mxnet import optimizer

import line

RULES = {
    "sgd": lambda: optimizer.SGD(learning_rate=0.01),
    "momentum": lambda: optimizer.SGD(learning_rate=0.01, momentum=0.9),
    "rmsprop": lambda: optimizer.RMSProp(learning_rate=0.001, gamma1=0.9, epsilon=1e-8),
    "adagrad": lambda: optimizer.AdaGrad(learning_rate=0.01, eps=1e-7),
    "adam": lambda: optimizer.Adam(learning_rate=0.001),
    "lamb": lambda: optimizer.LAMB(learning_rate=0.001),
}


class MXNet:
    def prepare(self, rule, starts, grads, threads):
        self.updater = optimizer.get_updater(line.lookup(RULES, rule)())
        self.params, self.grads = [mx.nd.array(w) for w in starts], [mx.nd.array(g) for g in grads]
        self.indices = list(range(len(starts)))

    def step(self):
        self.updater(self.indices, self.grads, self.params)

    def wait(self):
        mx.nd.waitall()

    def scale(self, factor):
        for grad in self.grads:
            grad *= factor

    def weights(self):
        return [param.asnumpy() for param in self.params]


line.serve(MXNet)

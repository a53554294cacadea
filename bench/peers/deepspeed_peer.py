"""DeepSpeed's optimizers for the processor, compiled by its first use: deepspeed_peer.py."""

import line  # first, since DeepSpeed prints when it is imported

import torch
from deepspeed.ops.adagrad import DeepSpeedCPUAdagrad
from deepspeed.ops.adam import DeepSpeedCPUAdam

RULES = {
    "adam": (DeepSpeedCPUAdam, {"lr": 0.001, "adamw_mode": False}),
    "adagrad": (DeepSpeedCPUAdagrad, {"lr": 0.01, "eps": 1e-7}),
}


class DeepSpeed:
    def prepare(self, rule, starts, grads, threads):
        torch.set_num_threads(threads)
        make, options = line.lookup(RULES, rule)
        self.params = [torch.nn.Parameter(torch.tensor(w)) for w in starts]
        for param, grad in zip(self.params, grads):
            param.grad = torch.tensor(grad)
        self.step = make(self.params, **options).step

    def wait(self):
        pass

    def scale(self, factor):
        for param in self.params:
            param.grad *= factor

    def weights(self):
        return [param.detach().numpy() for param in self.params]


line.serve(DeepSpeed)

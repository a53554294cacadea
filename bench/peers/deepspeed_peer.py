"""DeepSpeed's optimizers for the processor, compiled by its first use: deepspeed_peer.py."""

import line  # first, since DeepSpeed prints when it is imported

from deepspeed.ops.adagrad import DeepSpeedCPUAdagrad
from deepspeed.ops.adam import DeepSpeedCPUAdam

from torch_params import Params

RULES = {
    "adam": (DeepSpeedCPUAdam, {"lr": 0.001, "adamw_mode": False}),
    "adagrad": (DeepSpeedCPUAdagrad, {"lr": 0.01, "eps": 1e-7}),
}


class DeepSpeed(Params):
    def prepare(self, rule, starts, grads, threads):
        make, options = line.lookup(RULES, rule)
        self.hold(starts, grads, threads)
        self.step = make(self.params, **options).step


line.serve(DeepSpeed)

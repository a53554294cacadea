"""Optax under jax.jit, which works in place of its donated arguments: optax_peer.py."""

import jax
import optax

import line

RULES = {
    "sgd": lambda: optax.sgd(0.01),
    "momentum": lambda: optax.sgd(0.01, momentum=0.9),
    "rmsprop": lambda: optax.rmsprop(0.001, decay=0.9, eps=1e-8),
    "adagrad": lambda: optax.adagrad(0.01, initial_accumulator_value=0, eps=1e-7),
    "adam": lambda: optax.adam(0.001),
    "lamb": lambda: optax.lamb(0.001),
}


class Optax:
    def prepare(self, rule, starts, grads, threads):
        rule = line.lookup(RULES, rule)()
        self.params, self.grads = jax.device_put((starts, grads))
        self.state = rule.init(self.params)

        def update(params, state, grads):
            updates, state = rule.update(grads, state, params)
            return optax.apply_updates(params, updates), state

        self.update = jax.jit(update, donate_argnums=(0, 1))

    def step(self):
        self.params, self.state = self.update(self.params, self.state, self.grads)

    def wait(self):
        jax.block_until_ready((self.params, self.state))

    def scale(self, factor):
        self.grads = [grad * factor for grad in self.grads]

    def weights(self):
        return self.params


line.serve(Optax)

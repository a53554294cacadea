"""How a peer written in Python talks to the conductor: see protocol/protocol.go.

A peer is a class with
    prepare(rule, starts, grads, threads)   lists of float32 arrays, one a tensor
    step()                                  makes a step, or begins to
    wait()                                  returns when all steps are done
    scale(factor)                           multiplies the gradients
    weights()                               a list of arrays
"""

import os
import sys
import time

import numpy as np

# What libraries print goes to stderr, from here on.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def start(n):
    i = np.arange(n, dtype=np.int64)
    return ((i * 7919 % 1013 - 506) / 1013).astype(np.float32)


def gradient(n):
    i = np.arange(n, dtype=np.int64)
    return np.where(i % 3 == 0, -1, 1).astype(np.float32) * (0.1 + i * 7907 % 1009 / 1009).astype(np.float32)


class Server:
    def __init__(self, make):
        self.make, self.peer = make, None

    def prepare(self, rule, weights, tensors, threads):
        n, shape = int(weights) * int(tensors), (int(tensors), int(weights))
        self.peer = self.make()
        self.peer.prepare(rule, list(start(n).reshape(shape)), list(gradient(n).reshape(shape)), int(threads))
        self.peer.wait()
        return "ok"

    def run(self, steps):
        begin = time.perf_counter_ns()
        for _ in range(int(steps)):
            self.peer.step()
        self.peer.wait()
        return f"ns {time.perf_counter_ns() - begin}"

    def scale(self, factor):
        self.peer.scale(float(factor))
        return "ok"

    def moved(self):
        flat = np.concatenate([np.asarray(w).reshape(-1) for w in self.peer.weights()])
        return f"moved {np.abs(flat.astype(np.float64) - start(flat.size)).mean()}"

    def drop(self):
        self.peer = None
        return "ok"


def lookup(table, rule):
    """The table's entry for a rule."""
    if rule not in table:
        raise LookupError("no such rule")
    return table[rule]


def serve(make):
    """Answer lines until there are no more."""
    server = Server(make)
    for line in sys.stdin:
        verb, *args = line.split()
        try:
            answer = getattr(server, verb)(*args)
        except Exception as error:  # whatever a framework raises is the answer
            answer = "no " + " ".join(f"{error}".split())[:300]
        print(answer, file=answers, flush=True)

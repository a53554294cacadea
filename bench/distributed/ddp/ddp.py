"""ddp.py HIDDEN BATCH WORKERS WARMUP STEPS: the seconds of so many steps of sgd
by PyTorch's DistributedDataParallel over gloo, a process with one thread a worker."""

import os
import socket
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn


def network(hidden):
    widths = [784, *hidden]
    layers = []
    for i, o in zip(widths, hidden):
        layers += [nn.Linear(i, o), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], 10))


def work(rank, hidden, batch, workers, warmup, steps):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = torch.rand(60_000, 784), torch.randint(10, (60_000,))
    model = network(hidden)
    if workers > 1:
        dist.init_process_group("gloo", rank=rank, world_size=workers)
        model = nn.parallel.DistributedDataParallel(model)
    sgd = torch.optim.SGD(model.parameters(), lr=0.001)
    order = torch.randperm(len(images))
    share = batch // workers
    for step in range(warmup + steps):
        if step == warmup:
            start = time.perf_counter()
        at = (step * batch + rank * share) % (len(images) - batch)
        rows = order[at : at + share]
        sgd.zero_grad()
        loss = nn.functional.cross_entropy(model(images[rows]), labels[rows])
        loss.backward()
        sgd.step()
        loss.item()  # descent shows the loss of each step too
    if rank == 0:
        print(time.perf_counter() - start)
    if workers > 1:
        dist.destroy_process_group()


def main():
    hidden = [int(h) for h in sys.argv[1].split(",")]
    batch, workers, warmup, steps = map(int, sys.argv[2:])
    if workers == 1:
        return work(0, hidden, batch, workers, warmup, steps)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), GLOO_SOCKET_IFNAME="lo")
    mp.spawn(work, (hidden, batch, workers, warmup, steps), nprocs=workers)


if __name__ == "__main__":
    main()

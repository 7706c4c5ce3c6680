"""Parsl's HighThroughputExecutor and MPIExecutor, measured as Drover is: 2 workers on this machine.

Prints lines `figure NAME VALUE`. Each mode warms the workers up first, but for `start`.
"""

import argparse
import os
import statistics
import sys
import time

import parsl
from parsl import bash_app, python_app
from parsl.config import Config
from parsl.executors import HighThroughputExecutor, MPIExecutor
from parsl.launchers import SimpleLauncher
from parsl.providers import LocalProvider


def noop():
    return None


def length(data):
    return len(data)


def true():
    return "/bin/true"


ONE_RANK = {"num_nodes": 1, "ranks_per_node": 1, "num_ranks": 1}


def ranks(parsl_resource_specification=ONE_RANK):
    return "$PARSL_MPI_PREFIX ./program"


def load(mode, encrypted, run_dir):
    blocks = {"init_blocks": 1, "min_blocks": 1, "max_blocks": 1}
    if mode == "mpi":
        executor = MPIExecutor(
            label="mpi",
            address="127.0.0.1",
            max_workers_per_block=2,
            mpi_launcher="mpiexec",
            encrypted=encrypted,
            provider=LocalProvider(launcher=SimpleLauncher(), **blocks),
        )
    else:
        executor = HighThroughputExecutor(
            label="htex",
            address="127.0.0.1",
            max_workers_per_node=2,
            cores_per_worker=1,
            encrypted=encrypted,
            provider=LocalProvider(**blocks),
        )
    return parsl.load(
        Config(
            executors=[executor],
            strategy="none",
            run_dir=run_dir,
            usage_tracking=0,
            initialize_logging=False,
        )
    )


def figure(name, value):
    print(f"figure {name} {value}", flush=True)


def rate(app, count, *arguments):
    begin = time.perf_counter()
    for future in [app(*arguments) for _ in range(count)]:
        future.result()
    return count / (time.perf_counter() - begin)


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("mode", choices=["noop", "roundtrip", "bash", "mpi", "payload", "start"])
    options.add_argument("--encrypted", action="store_true")
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--run-dir", required=True)
    options.add_argument("--name", required=True)
    given = options.parse_args()

    with load(given.mode, given.encrypted, given.run_dir):
        if given.mode == "start":
            python_app(noop)().result()
            figure(given.name, time.time() - float(os.environ["STARTED_AT"]))
        elif given.mode == "roundtrip":
            app = python_app(noop)
            rate(app, 200)
            times = []
            for _ in range(given.count):
                begin = time.perf_counter()
                app().result()
                times.append(1000 * (time.perf_counter() - begin))
            times.sort()
            figure(given.name + ".median", statistics.median(times))
            figure(given.name + ".p95", percentile(times, 0.95))
            figure(given.name + ".p99", percentile(times, 0.99))
        else:
            app = {"noop": python_app(noop), "bash": bash_app(true), "payload": python_app(length)}
            app["mpi"] = bash_app(ranks)
            arguments = [os.urandom(1 << 20)] if given.mode == "payload" else []
            chosen = app[given.mode]
            rate(chosen, min(500, given.count), *arguments)
            rates = [rate(chosen, given.count, *arguments) for _ in range(given.rounds)]
            figure(given.name, statistics.median(rates) * (1.048576 if given.mode == "payload" else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

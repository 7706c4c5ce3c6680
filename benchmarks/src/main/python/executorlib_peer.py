"""executorlib with block allocation (persistent workers), measured as Drover is: 2 workers.

Prints lines `figure NAME VALUE`.
"""

import argparse
import statistics
import sys
import time

from executorlib import SingleNodeExecutor


def noop():
    return None


def rate(executor, count):
    begin = time.perf_counter()
    for future in [executor.submit(noop) for _ in range(count)]:
        future.result()
    return count / (time.perf_counter() - begin)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--name", required=True)
    given = options.parse_args()
    with SingleNodeExecutor(
        max_workers=2, block_allocation=True, disable_dependencies=True
    ) as executor:
        rate(executor, 500)
        rates = [rate(executor, given.count) for _ in range(given.rounds)]
        print(f"figure {given.name} {statistics.median(rates)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Makes the recorded mixes of tasks, once: python3 recorded_mix.py > ../resources/dev/drover/benchmark/recorded-mixes.tsv

Six mixes of 500 tasks, seeds 4 to 9, since one alone may flatter anybody. Nodes: powers of two from 1 to 64, weighed as below, and one task in five has some
nodes more or fewer. Run times: log-normal, median 20 minutes, sigma 1, from 1 minute to 4 hours.
Limits: 1.1 to 3 times the run time, whole five minutes, as users ask for. Arrivals: 200 tasks at
once, the others over ten hours.
"""

import math
import random

SIZES = [1, 2, 4, 8, 16, 32, 64]
WEIGHTS = [24, 15, 17, 18, 13, 8, 5]


def mix(seed):
    chance = random.Random(seed)
    tasks = []
    for number in range(500):
        nodes = chance.choices(SIZES, WEIGHTS)[0]
        if chance.random() < 0.2:
            nodes = min(64, max(1, nodes + chance.randint(-nodes // 2, nodes // 2)))
        seconds = round(min(14_400, max(60, chance.lognormvariate(math.log(1_200), 1))))
        limit = math.ceil(seconds * chance.uniform(1.1, 3) / 300) * 300
        arrival = 0 if number < 200 else chance.randrange(36_000)
        tasks.append((arrival, nodes, seconds, limit))
    tasks.sort(key=lambda task: task[0])
    return tasks


def main():
    print("# seed\tarrival s\tnodes\trun time s\tlimit s; made by recorded_mix.py")
    for seed in range(4, 10):
        for task in mix(seed):
            print(seed, *task, sep="\t")


main()

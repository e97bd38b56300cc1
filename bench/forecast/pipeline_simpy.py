"""pipeline_simpy.py REPLICATIONS SEED [PART]: the pipeline (pipeline.h) in SimPy, a process for each person. PART: the model at one
hundredth of its size, say (100), because at full size SimPy takes minutes."""
import json
import math
import random
import sys
import time

import simpy

STATIONS = ((9500, 30, 0.6), (7800, 60, 0.8), (1650, 90, 0.8), (2000, 45, 0.5))
INITIAL, FIRST_TIER, UPPER, HUB = range(4)


class Model:
    def __init__(self, part, seed):
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.part = part
        self.events = 0
        self.ended = 0
        self.waited = [0.0] * 4
        self.served = [0] * 4
        self.stations = [simpy.Resource(self.env, max(1, places // part)) for places, _, _ in STATIONS]
        for _ in range(50000 // part):
            self.env.process(self.life(INITIAL))
        for _ in range(10000 // part):
            self.env.process(self.life(FIRST_TIER))
        self.env.process(self.arrivals())

    def arrivals(self):
        while True:
            yield self.env.timeout(self.random.expovariate(100000 / 365 / self.part))
            self.events += 1
            self.env.process(self.life(INITIAL))

    def served_at(self, station):
        _, mean, spread = STATIONS[station]
        begin = self.env.now
        with self.stations[station].request() as place:
            yield place
            self.waited[station] += self.env.now - begin
            self.served[station] += 1
            yield self.env.timeout(self.random.lognormvariate(math.log(mean) - spread * spread / 2, spread))
            self.events += 1

    def life(self, at):
        chance = self.random.random
        while True:
            if at == INITIAL:
                yield from self.served_at(INITIAL)
                if chance() < 0.45:
                    break
                at = FIRST_TIER if chance() < 0.75 else None
            elif at == FIRST_TIER:
                yield from self.served_at(FIRST_TIER)
                if chance() < 0.45:
                    break
                at = UPPER if chance() < 0.25 else None
            elif at == UPPER:
                yield from self.served_at(UPPER)
                if chance() < 0.30:
                    break
                at = None
            else:
                u = chance()
                if u < 0.20:
                    at = INITIAL
                elif u < 0.45:
                    yield self.env.timeout(self.random.expovariate(1 / 400))
                    self.events += 1
                    if chance() >= 0.60:
                        break
                elif u < 0.65:
                    yield self.env.timeout(self.random.expovariate(1 / 60))
                    self.events += 1
                    break
                else:
                    yield from self.served_at(HUB)
                    break
        self.ended += 1


def main():
    replications, seed = int(sys.argv[1]), int(sys.argv[2])
    part = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    seconds, events, ended, waits = [], 0, 0, [0.0] * 4
    for i in range(replications):
        begin = time.process_time()
        model = Model(part, seed + i)
        model.env.run(until=3650)
        seconds.append(time.process_time() - begin)
        events += model.events
        ended += model.ended
        for s in range(4):
            waits[s] += model.waited[s] / max(1, model.served[s]) / replications
    print(json.dumps({"name": "SimPy", "seconds": sorted(seconds)[len(seconds) // 2], "events": events / replications,
                      "ended": ended / replications, "waits": waits}))


main()

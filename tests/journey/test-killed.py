#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL for each program at random moments.  Every stone for which "saved"
was said is at the district exactly once, media hashes match, the chain has no
gap.  test-killed.py N for N cycles; CI does 100."""
import hashlib
import random
import re
import sys
import time

from cairn import (SAMPLE_STONE, District, Kiosk, Running, Tap, photo_file, place, roster_of,
                   tool, wait_until)

CYCLES = int(sys.argv[1]) if len(sys.argv) > 1 else 100
LIFE_S = 0.25  # that a program lives, at most, from its start or from its first stone


class Layer:
    """The store's writer, without a window: test-killed-kiosk.py has one."""

    def __init__(self, kiosk, learners, chance):
        self.kiosk, self.learners, self.chance = kiosk, learners, chance
        self.said, self.running = [], None

    def start(self):
        photo = ["--photo", photo_file(self.kiosk.folder, "photo.png", self.chance.random())]
        self.running = Running("lay", [
            tool("lay"), self.kiosk.store, "100000", "--wait-ms", "10", "--learner",
            self.chance.choice(self.learners), *SAMPLE_STONE,
            *(photo if self.chance.random() < 0.3 else [])], self.kiosk.folder)

    def kill(self):
        self.running.kill()
        self.said += re.findall(r"^saved \d+ (\S+)$", self.running.output(), re.MULTILINE)


def one_cycle(victim, district, kiosk, layer, agent, chance):
    layer.start()
    if chance.random() < 0.6:  # else it may die before it is of any use, on a slow machine always
        layer.running.wait_for(r"^saved ")
    time.sleep(chance.random() * LIFE_S)
    if victim == "agent":
        agent.kill()
        agent = kiosk.start_agent()
    elif victim == "district":
        district.kill()
        district.start()
    layer.kill()
    return agent


def deliver_all(kiosk, agent):
    def done():
        if not agent.alive():
            raise RuntimeError(agent.output())
        return kiosk.audit()["outbox"]["waiting"] == 0
    wait_until("everything to be delivered", done, 300)


def check_media(tap, teacher, records):
    """Of all records: a queue shows only as many as a teacher can look at."""
    names = {medium for record in records for medium in record["media"]}
    print(f"# {len(names)} different media")
    tap.check("media were laid at all", names)
    tap.equal("every medium is there, with the hash that names it",
              [name for name in names
               if hashlib.sha256(teacher.get(f"/media/{name}")).hexdigest() != name], [])


def main():
    tap = Tap()
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    chance = random.Random(seed)
    with place() as folder:
        district = District(folder).start()
        teacher = district.add_teacher()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        layer = Layer(kiosk, [learner for learner, _, _ in roster_of(kiosk)], chance)
        agent = kiosk.start_agent()
        for i in range(CYCLES):
            agent = one_cycle(("kiosk", "agent", "district")[i % 3], district, kiosk, layer,
                              agent, chance)
        deliver_all(kiosk, agent)
        tap.equal("the agent ends when asked", agent.stop(), 0)

        audit = kiosk.audit()
        here = [record["id"] for record in audit["records"]]
        there = kiosk.at_district()
        print(f"# {CYCLES} kills, {len(layer.said)} times saved was said, "
              f"{len(here)} stones here, {len(there)} there")
        tap.check("stones were laid at all", len(layer.said) > CYCLES // 3)
        tap.equal("every saved stone is in the store", sorted(set(layer.said) - set(here)), [])
        tap.equal("every stone is at the district exactly once, in order", there, here)
        tap.equal("the chain has no gap", [r["number"] for r in audit["records"]],
                  list(range(1, len(here) + 1)))
        tap.check("the store is whole", audit["whole"], audit["fault"])
        tap.equal("nothing was set aside", audit["outbox"]["aside"], 0)
        check_media(tap, teacher, audit["records"])
        district.stop()
    tap.end()


main()

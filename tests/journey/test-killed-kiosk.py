#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The kiosk's real window, tapped by a real pointer, and killed with SIGKILL
at random moments, in several rooms at once: every stone for which one showed
"saved" is at the district exactly once.  test-killed-kiosk.py N for N kills;
CI does 100."""
import concurrent.futures
import os
import random
import subprocess
import sys
import threading

import cairn
import kiosk_walk as walk

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
ROOMS = 4
LIFE_S = 9.0  # a whole walk takes about six seconds


def say_new(kiosk):
    """What was begun before the plug was pulled is offered: leave it be."""
    return kiosk.first_of("Start new", "That's me!")


def lay_one(kiosk, chance, saved):
    kiosk.press("Tap your class", "classes")
    kiosk.press("Room 4 · Ms. Okafor", "pictures")
    kiosk.press(chance.choice(["Maya R.", "Maya T.", "José Luis"]), "hello")
    kiosk.press(say_new(kiosk), "prompts")
    kiosk.press("How did you care for our room?", "ways")
    kiosk.press("Tap a picture", "choice")
    kiosk.press("I cleaned up", "levels")
    kiosk.press("I can by myself", "saved")
    saved.append(int(kiosk.wait("saved").split()[1]))
    kiosk.wait("step start")


def live_and_die(kiosk, chance, saved):
    """Notes the numbers for which "saved" was shown before the plug was pulled."""
    pulled = threading.Event()

    def pull():
        pulled.set()
        kiosk.program.kill()

    kiosk.start()
    plug = threading.Timer(0.5 + chance.random() * LIFE_S, pull)
    plug.start()
    try:
        while True:
            lay_one(kiosk, chance, saved)
    except (AssertionError, subprocess.TimeoutExpired):
        if not pulled.is_set():
            raise
    finally:
        plug.cancel()
        kiosk.stop()


class Room:
    """A kiosk, its agent, and a child who goes on whatever happens."""

    def __init__(self, folder, district, chance):
        os.mkdir(folder)
        self.chance, self.saved = chance, []
        self.desk = cairn.Kiosk(folder, district, "store")
        self.desk.deliver()
        self.agent = self.desk.start_agent()
        self.kiosk = walk.Kiosk(folder, 1280, 720, camera="none")

    def live(self, kills):
        try:
            for _ in range(kills):
                live_and_die(self.kiosk, self.chance, self.saved)
            self.kiosk.start()
            lay_one(self.kiosk, self.chance, self.saved)
        finally:
            self.kiosk.close()

    def check(self, tap, name):
        cairn.wait_until("everything to be delivered",
                         lambda: self.desk.audit()["outbox"]["waiting"] == 0)
        self.agent.stop()
        audit = self.desk.audit()
        ids = {r["number"]: r["id"] for r in audit["records"]}
        print(f"# {name}: saved was shown {len(self.saved)} times, {len(ids)} stones")
        tap.equal(f"{name}: every stone shown as saved is in the store",
                  sorted(set(self.saved) - set(ids)), [])
        tap.check(f"{name}: the store is whole", audit["whole"], audit["fault"])
        return list(ids.values())


def main():
    tap = cairn.Tap()
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    with cairn.place() as folder, concurrent.futures.ThreadPoolExecutor(ROOMS) as rooms_at_once:
        district = cairn.District(folder).start()
        rooms = [Room(os.path.join(folder, f"room-{i}"), district, random.Random(seed + i))
                 for i in range(ROOMS)]
        for _ in rooms_at_once.map(Room.live, rooms, [KILLS // ROOMS] * ROOMS):
            pass
        tap.check("each kiosk goes on after its last kill", True)
        stones = [one for i, room in enumerate(rooms) for one in room.check(tap, f"room {i + 1}")]
        tap.equal("every stone is at the district exactly once",
                  sorted(rooms[0].desk.at_district()), sorted(stones))
        district.stop()
    tap.end()


main()

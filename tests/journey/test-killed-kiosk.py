#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The kiosk's real window, tapped by a real pointer, and killed with SIGKILL
at random moments: every stone for which it showed "saved" is at the district
exactly once.  test-killed-kiosk.py N for N kills; CI does 12."""
import random
import subprocess
import sys
import threading

import cairn
import kiosk_walk as walk

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
LIFE_S = 9.0  # a whole walk takes about six seconds


def say_new(kiosk):
    """What was begun before the plug was pulled is offered: leave it be."""
    names = [name for *_, name in kiosk.things()]
    return "Start new" if "Start new" in names else "That's me!"


def lay_one(kiosk, chance):
    kiosk.press("No badge", "classes")
    kiosk.press("Room 4 · Ms. Okafor", "pictures")
    kiosk.press(chance.choice(["Maya R.", "Maya T.", "José Luis"]), "hello")
    kiosk.press(say_new(kiosk), "prompts")
    kiosk.press("How did you care for our room?", "ways")
    kiosk.press("Tap a picture", "choice")
    kiosk.press("I cleaned up", "levels")
    kiosk.press("I can by myself")
    said = kiosk.wait("saved")
    kiosk.wait("step start")
    return int(said.split()[1])


def live_and_die(kiosk, chance):
    """The numbers for which "saved" was shown before the plug was pulled."""
    saved = []
    kiosk.start()
    plug = threading.Timer(0.5 + chance.random() * LIFE_S, kiosk.program.kill)
    plug.start()
    try:
        while True:
            saved.append(lay_one(kiosk, chance))
    except (AssertionError, subprocess.TimeoutExpired) as error:
        if plug.is_alive() or kiosk.program.poll() is None:
            plug.cancel()
            raise error
    finally:
        plug.cancel()
        kiosk.stop()
    return saved


def main():
    tap = cairn.Tap()
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    chance = random.Random(seed)
    walk.WAIT_S = 4
    with cairn.place() as folder:
        district = cairn.District(folder).start()
        teacher = district.add_teacher()
        desk = cairn.Kiosk(folder, district, "store")
        desk.deliver()
        kiosk = walk.Kiosk(folder, 1280, 720, camera="none")
        agent = desk.start_agent()
        saved = []
        try:
            for _ in range(KILLS):
                saved += live_and_die(kiosk, chance)
            kiosk.start()
            saved.append(lay_one(kiosk, chance))
            tap.check("the kiosk goes on after the last kill", True)
        finally:
            kiosk.close()
        cairn.wait_until("everything to be delivered",
                         lambda: desk.audit()["outbox"]["waiting"] == 0)
        audit = desk.audit()
        ids = {r["number"]: r["id"] for r in audit["records"]}
        there = [entry["id"] for entry in teacher.entries()]
        print(f"# {KILLS} kills, saved was shown {len(saved)} times, {len(ids)} stones")
        tap.equal("every stone shown as saved is in the store",
                  sorted(set(saved) - set(ids)), [])
        tap.equal("every stone is at the district exactly once",
                  sorted(there), sorted(ids.values()))
        tap.check("the store is whole", audit["whole"], audit["fault"])
        agent.stop()
        district.stop()
    tap.end()


main()

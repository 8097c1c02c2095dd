#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The screen on which an adult sees how the kiosk is doing, in its real
window: opened by a long hold that no child makes, or by a key; of a kiosk with
a district, and of one that sends to another LRS."""
import json
import os
import subprocess
import sys

import cairn
import kiosk_walk as walk
from forwarding import secret_file
from toy_lrs import ToyLrs

SAFE = "Everything has arrived: safe to take away"
NOT_SAFE = "Stones are waiting here: please leave me plugged in"
LEARNER = "k7x2m9qd"


def has(kiosk, text):
    return any(text in name for name in kiosk.names())


def comes_to_say(kiosk, text):
    return cairn.wait_until(text, lambda: has(kiosk, text))


def english_of(kiosk, status):
    """What stands on the Spanish page in English, but for the agent's message."""
    said = json.loads(status)
    return [said["message"]] * (said["message"] not in kiosk.names()) + [
        word for word in ("Why", "For IT", "Not reached", "Nobody answers", "Last contact")
        if has(kiosk, word)]


def is_open(kiosk):
    return has(kiosk, "Sends to") or has(kiosk, "Envía a")


def says_all(tap, kiosk, name, wanted):
    """What a screen reader is told is there by and by, while a screen is made anew."""
    for text in wanted:
        comes_to_say(kiosk, text)
    tap.check(name, True)


def of_a_district(tap, folder):
    district = cairn.District(folder).start()
    desk = cairn.Kiosk(folder, district, "store")
    desk.lay(2, LEARNER)
    desk.deliver()
    kiosk = walk.Kiosk(folder, 1280, 720, camera="none", store=desk.store, health_seconds=600)
    kiosk.agent = {"district": district.url}
    try:
        kiosk.start()
        cairn.wait_until("the light", lambda: has(kiosk, SAFE))
        kiosk.press(SAFE)
        tap.check("a short tap on the light opens nothing", not is_open(kiosk))
        kiosk.hold(SAFE, "health")
        says_all(tap, kiosk, "a long one opens it: all has arrived, at whom, and what there is",
                 ["Sends to", SAFE, "District: ", "All is well", "None",
                  "Prompts and learners, version", "taken in 20", "GB", "Camera: none set", "Hand scanner: none set",
                  "Voice: works", "record 5"])
        with_names = [name for _, name, _ in cairn.roster_of(desk) if has(kiosk, name)]
        tap.equal("no child is named on it", with_names, [])
        district.stop()
        desk.lay(3, LEARNER)
        desk.deliver(check=False)
        comes_to_say(kiosk, "Stones waiting here: 3")
        comes_to_say(kiosk, "Not reached now. Nothing is lost")
        says_all(tap, kiosk, "while it is open it follows what happens",
                 ["Oldest waiting", "Not reached now. Nothing is lost", NOT_SAFE, "Why",
                  "Nobody answers there: is there a network", "For IT"])
        kiosk.press("Español", "health")
        says_all(tap, kiosk, "in Spanish, too", ["Piedras que esperan aquí: 3", "Envía a",
                                                 "Distrito: ", "Por qué",
                                                 "Allí no responde nadie"])
        tap.equal("but for what is IT's", english_of(kiosk, cairn.run(
            cairn.program("agent"), "status", "--json", "--config", desk.config,
            check=False).stdout), [])
        kiosk.press("Atrás", "start")
        tap.check("Back closes it", not is_open(kiosk))
    finally:
        kiosk.close()
        district.stop()


def by_key_and_by_itself(tap, folder):
    kiosk = walk.Kiosk(folder, 800, 480, health_seconds=600)
    try:
        kiosk.fill()
        kiosk.start()
        with open(os.path.join(kiosk.store, "kiosk.db.damaged-1"), "wb"):
            pass  # kept once, of a database that was damaged
        kiosk.tap("key", "Ctrl+h")
        kiosk.wait("step health")
        tap.check("a key opens it", is_open(kiosk))
        says_all(tap, kiosk, "a damaged copy that is kept is told", ["1 kept: IT should look"])
        says_all(tap, kiosk, "without a district it says so",
                 ["Nobody: no district is set", "Not enrolled yet", "Camera: works"])
        kiosk.tap("key", "Escape")
        kiosk.wait("step start")
        tap.check("Escape closes it", not is_open(kiosk))
        kiosk.hold(NOT_SAFE, "health")
        kiosk.show("learner-1", "step hello")
        tap.check("a badge closes it, and the child is greeted", has(kiosk, "Hello, Maya R.!"))
        kiosk.tap("key", "Ctrl+h")
        kiosk.press("That's me!", "prompts")
        tap.check("while a child is at work it does not open", not is_open(kiosk))
        kiosk.stop()
        kiosk.settings["health_seconds"] = 5
        kiosk.start()
        kiosk.hold(NOT_SAFE, "health")
        kiosk.wait("step start")
        tap.check("it closes by itself", not is_open(kiosk))
        kiosk.stop()
        kiosk.settings.update(store="/dev/null/nowhere", health_seconds=600)
        kiosk.start("step stuck")
        kiosk.hold(NOT_SAFE, "health")
        says_all(tap, kiosk, "where nothing works it still opens, and says why",
                 ["The record cannot be opened", "/dev/null/nowhere"])
    finally:
        kiosk.close()


def of_an_lrs(tap, folder):
    toy = ToyLrs()
    kiosk = walk.Kiosk(folder, 800, 480, camera="none", health_seconds=600)
    kiosk.agent = {"lrs": toy.url, "lrs_key_file": secret_file(folder, "lrs.key", "u:p\n")}
    try:
        kiosk.fill()
        kiosk.start()
        tap.check("before the first stone, too, nothing is called safe", not has(kiosk, SAFE))
        cairn.run(cairn.tool("lay"), kiosk.store, "4", "--learner", LEARNER, *cairn.SAMPLE_STONE)
        clock = os.path.join(folder, "clock")
        with open(clock, "w", encoding="ascii") as file:
            file.write(f"{'0' * 32} 1000000 {cairn.now_us()} 1\n")
        cairn.run(cairn.program("agent"), "--config", os.path.join(folder, "kiosk.conf"), "--once",
                  env={"CAIRN_CLOCK_FILE": clock})
        kiosk.hold(NOT_SAFE, "health")
        says_all(tap, kiosk, "of another LRS it says that there are no receipts, and what of it",
                 ["Everything was sent, without receipts: please leave me here",
                  "Another LRS, at 127.0.0.1. It gives no receipts: what was sent is kept here too,"
                  " until the disk is full", "All is well"])
        tap.check("and never that it is safe to take away", not has(kiosk, SAFE))
        toy.status = 401
        cairn.run(cairn.tool("lay"), kiosk.store, "1", "--learner", LEARNER, *cairn.SAMPLE_STONE)
        cairn.run(cairn.program("agent"), "--config", os.path.join(folder, "kiosk.conf"), "--once",
                  env={"CAIRN_CLOCK_FILE": clock}, check=False)
        comes_to_say(kiosk, "Stones waiting here: 1")
        says_all(tap, kiosk, "one that refuses us is an adult's matter, and it says why",
                 ["Refused: an adult must look", "The server does not take this kiosk's key",
                  "[agent] 401: "])
        status = cairn.run(cairn.program("agent"), "status", "--config",
                           os.path.join(folder, "kiosk.conf"), check=False).stdout
        tap.check("the agent's own status says the same", "refused" in status
                  and "because            key" in status and "[agent] 401: " in status, status)
    finally:
        kiosk.close()


def main():
    tap = cairn.Tap()
    for part in (of_a_district, by_key_and_by_itself, of_an_lrs):
        with cairn.place() as folder:
            try:
                part(tap, folder)
            except (AssertionError, RuntimeError, subprocess.SubprocessError) as fault:
                tap.check(f"{part.__name__} goes to its end", False, fault)
    tap.end()


if __name__ == "__main__":
    sys.exit(main())

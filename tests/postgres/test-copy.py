#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""archive copy between SQLite and PostgreSQL, killed at any moment, while a
server writes; and a backup of an archive in PostgreSQL."""
import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
from cairn import District, Kiosk, Tap, place, program, roster_of, run  # noqa: E402
from tool import Load, add_key  # noqa: E402
import database  # noqa: E402

KILLS = 10


def copy(source, target, check=True):
    return run(program("district"), "archive", "copy", source, target, check=check, timeout=600)


def killed_copies(source, target, chance):
    """How often it was killed before it came to its end; and its output."""
    for kills in range(KILLS):
        child = subprocess.Popen([program("district"), "archive", "copy", source, target],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            out, err = child.communicate(timeout=chance.random() * (0.2 + kills / 10))
            if child.returncode == 0:
                return kills, out
            raise RuntimeError(err)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
    return KILLS, copy(source, target).stdout


def while_it_writes(tap, district, chance):
    """What is moved is one instant: all of before, and nothing torn."""
    load = Load(lambda: [district.port], add_key(district.data), 4, chance)
    while len(load.held()) < 200:
        time.sleep(0.02)
    there = database.new()
    before = load.held()
    kills, out = killed_copies(district.data, there, chance)
    load.stop()
    tap.equal("no answer was odd", load.odd, [])
    ids = database.ids(there)
    tap.check(f"killed {kills} times: all of before is there", before <= ids, len(before - ids))
    tap.check("and of what came meanwhile, whole batches", ids <= load.held()
              | {each for one in load.tools for s, _ in [one.last] for each in
                 (x["id"] for x in s)} | database.stones(there))
    tap.check("tables are told with rows and hashes", "statement " in out, out)


def to_and_fro(tap, folder, district, chance):
    there, back = database.new(), os.path.join(folder, "back.db")
    _, forth = killed_copies(district.data, there, chance)
    kills, fro = killed_copies(there, back, chance)
    tap.check(f"to and fro, killed {kills} times on the way back: the same", forth == fro
              and len(fro.splitlines()) > 20, forth + fro)
    tap.equal("again: it is there already", copy(there, back).stdout, fro)
    return there


def another(tap, folder, there):
    os.mkdir(os.path.join(folder, "other"))
    other = District(os.path.join(folder, "other"))
    Kiosk(folder, other.start(), "other-kiosk")
    other.stop()
    done = copy(other.data, there, check=False)
    tap.check("another archive is refused", done.returncode == 1
              and "another archive" in done.stderr, done.stderr)


def moved(tap, folder, district, kiosk, there):
    """The district goes on in PostgreSQL, and its backup restores in SQLite."""
    with open(os.path.join(district.data, "district.conf"), "w", encoding="utf-8") as file:
        file.write(f"[server]\n# ours\narchive={there}\nqueue=100\n")
    district.config = os.path.join(district.data, "district.conf")
    district.start()
    kiosk.lay(2, roster_of(kiosk)[0][0])
    tap.equal("a kiosk goes on after the move", kiosk.deliver(check=False).returncode, 0)
    done = run(program("district"), "check", "--data", district.data, check=False)
    tap.check("and the record is whole", done.stdout.startswith("whole:"),
              done.stdout + done.stderr)
    path, new = os.path.join(folder, "a.backup"), os.path.join(folder, "restored")
    district.stop()  # it writes down who read what a moment later
    run(program("district"), "backup", path, "--data", district.data)
    out = run(program("district"), "restore", path, "--data", new).stdout
    tap.check("a backup restores without PostgreSQL, and says where it was", there in out, out)
    with open(os.path.join(new, "district.conf"), encoding="utf-8") as file:
        said = file.read()
    tap.check("its settings name the old archive no more",
              "postgres" not in said and "queue=100" in said and "# ours" in said, said)
    tap.equal("row by row", copy(new, database.new()).stdout, copy(there, os.path.join(
        folder, "third.db")).stdout)


def main():
    tap = Tap()
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    chance = random.Random(seed)
    with place() as folder:
        district = District(folder).start()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        kiosk.lay(20, roster_of(kiosk)[0][0])
        kiosk.deliver()
        while_it_writes(tap, district, chance)
        district.stop()
        there = to_and_fro(tap, folder, district, chance)
        another(tap, folder, there)
        moved(tap, folder, district, kiosk, there)
    tap.end()


main()

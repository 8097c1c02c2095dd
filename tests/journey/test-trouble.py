#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Disk full, disk read-only, database damaged: the child sees a calm word,
the file is kept, nothing that was saved is lost."""
import os
import subprocess

import cairn
import kiosk_walk as walk

DISK_BYTES = 48 * 1024 * 1024  # above what the store keeps in reserve
LEAVE_BYTES = 256 * 1024


def mount(path, options):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", path],
                          capture_output=True, text=True, check=False)


def fill_disk(path):
    """All but a little of the room goes to somebody else's file."""
    free = os.statvfs(path)
    size = free.f_bavail * free.f_frsize - LEAVE_BYTES
    with open(os.path.join(path, "ballast"), "wb") as file:
        while size > 0:
            size -= file.write(b"\0" * min(size, 1 << 20))


def answer(kiosk, last):
    """By hand, from the start to the last tap, whatever that leads to."""
    kiosk.press("Tap your class", "classes")
    kiosk.press("Room 4 · Ms. Okafor", "pictures")
    kiosk.press("Maya R.", "hello")
    kiosk.press(kiosk.first_of("Start new", "That's me!"), "prompts")
    kiosk.press("How did you care for our room?", "ways")
    kiosk.press("Tap a picture", "choice")
    kiosk.press("I cleaned up", "levels")
    kiosk.press("I can by myself")
    return kiosk.wait(last)


def on_a_small_disk(tap, folder):
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    done = mount(disk, f"size={DISK_BYTES}")
    if done.returncode != 0:
        for name in ("a full disk", "a read-only disk"):
            tap.skip(name, f"mounting a small disk is not allowed here: {done.stderr.strip()}")
        return
    kiosk = walk.Kiosk(folder, 1280, 720, camera="none", store=os.path.join(disk, "store"))
    try:
        kiosk.fill()
        kiosk.start()
        saved = int(answer(kiosk, "saved").split()[1])
        kiosk.wait("step start")

        fill_disk(disk)
        tap.check("disk full: a calm word", answer(kiosk, "step stuck"))
        tap.check("which says to tell an adult", any(
            "tell your teacher" in name for *_, name in kiosk.things()))
        os.unlink(os.path.join(disk, "ballast"))
        kiosk.press("OK", "start")
        tap.equal("with room again the next stone follows",
                  int(answer(kiosk, "saved").split()[1]), saved + 1)
        kiosk.wait("step start")

        kiosk.stop()
        done = mount(disk, "remount,ro")
        kiosk.start("step stuck")
        tap.check("read-only: a calm word from the start", done.returncode == 0, done.stderr)
        kiosk.stop()
        mount(disk, "remount,rw")
        found = cairn.audit(kiosk.store)
        tap.equal("nothing that was saved is lost", found["last_number"], saved + 1)
        tap.check("the store is whole", found["whole"], found["fault"])
    finally:
        kiosk.close()
        subprocess.run(["umount", disk], check=False)


def with_a_damaged_database(tap, folder):
    kiosk = walk.Kiosk(folder, 1280, 720, camera="none")
    try:
        kiosk.fill()
        cairn.run(cairn.tool("lay"), kiosk.store, "25", "--learner", "learner-1",
                  *cairn.SAMPLE_STONE)
        before = cairn.audit(kiosk.store)
        database = os.path.join(kiosk.store, "kiosk.db")
        with open(database, "r+b") as file:
            file.write(b"\xff" * os.path.getsize(database))
        for left_over in ("-wal", "-shm"):
            if os.path.exists(database + left_over):
                os.unlink(database + left_over)
        kiosk.start()
        tap.check("damaged: the kiosk starts all the same", True)
        kept = [name for name in os.listdir(kiosk.store) if ".damaged-" in name]
        tap.check("the damaged file is kept", kept != [], os.listdir(kiosk.store))
        kiosk.stop()
        after = cairn.audit(kiosk.store)
        tap.equal("every stone is there again",
                  [(r["number"], r["id"], r["hash"]) for r in after["records"]],
                  [(r["number"], r["id"], r["hash"]) for r in before["records"]])
        tap.check("the store is whole", after["whole"], after["fault"])
    finally:
        kiosk.close()


def main():
    tap = cairn.Tap()
    with cairn.place() as folder:
        on_a_small_disk(tap, folder)
        with_a_damaged_database(tap, folder)
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""backup, restore and check, with the real server running and writing.  With
an address of PostgreSQL as argument: of an archive there."""
import io
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time

from cairn import (SAMPLE_STONE, District, Kiosk, Tap, Teacher, photo_file, place, program,
                   roster_of, run, tool)
from tool import Load, add_key

KILLS = 8


def district_command(*words, check=True):
    return run(program("district"), *words, check=check, timeout=300)


def ids_in(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return {row[0] for row in db.execute("SELECT id FROM statement")}


def fill(folder, district):
    """Stones with photos of an enrolled kiosk."""
    kiosk = Kiosk(folder, district)
    kiosk.deliver()
    learner = roster_of(kiosk)[0][0]
    kiosk.lay(5, learner)
    for seed in range(3):
        run(tool("lay"), kiosk.store, "1", "--learner", learner, "--photo",
            photo_file(folder, f"photo{seed}.png", seed), *SAMPLE_STONE)
    kiosk.deliver()
    return kiosk


def erase_one(kiosk, district):
    """A learner whose stone is erased again; the certificate's file."""
    learner = roster_of(kiosk)[1][0]
    kiosk.lay(1, learner)
    kiosk.deliver()
    words = ("erase", "--data", district.data, "--learner", learner)
    token = re.search(r"--confirm (\w+)", district_command(*words, "--dry-run").stdout)[1]
    district_command(*words, "--confirm", token)
    return os.listdir(os.path.join(district.data, "certificates"))


def backup_while_it_writes(tap, folder, district, chance):
    """The backup of one instant, taken in the middle of things."""
    path = os.path.join(folder, "one.backup")
    load = Load(lambda: [district.port], add_key(district.data), 4, chance)
    while len(load.held()) < 100:
        time.sleep(0.02)
    before = load.held()
    done = district_command("backup", path, "--data", district.data)
    load.stop()
    tap.check("a backup says what it did and what it holds",
              "restored and checked" in done.stdout and "key" in done.stdout, done.stdout)
    tap.equal("nobody else may read it", os.stat(path).st_mode & 0o777, 0o600)
    tap.equal("nothing unfinished is left",
              [n for n in os.listdir(folder) if n.startswith("one.backup")], ["one.backup"])
    listed = subprocess.run(["tar", "tf", path], capture_output=True, text=True,
                            check=True).stdout.split()
    tap.check("tar lists it", {"district.db", "keys/district.key", "cairn-backup.sums",
                               "cairn-backup.end"} <= set(listed), listed)
    loose = os.path.join(folder, "loose")
    os.mkdir(loose)
    run("tar", "xf", path, "-C", loose)
    done = run("sh", "-c", 'cd "$1" && sha256sum -c --strict cairn-backup.sums', "sh", loose,
               check=False)
    tap.check("and sha256sum checks it", done.returncode == 0 and "district.db: OK" in done.stdout,
              done.stdout + done.stderr)
    shutil.rmtree(loose)
    return path, before, load


def restore(tap, folder, district, path, before, load, erased):
    new = os.path.join(folder, "new")
    district_command("restore", path, "--data", new)
    there = ids_in(os.path.join(new, "district.db"))
    tap.check("all that was held before the backup began is in it", before <= there,
              len(before - there))
    tap.check("and nothing that nobody sent", len(there - load.held()) <= 9 + 4 * 20)
    done = district_command("check", "--data", new, "--json")
    said = json.loads(done.stdout)
    tap.check("what was restored is whole", said["ok"] and said["looked_at"]["media"] >= 3, said)
    certificates = [f"certificates/{name}" for name in erased]
    tap.equal("there is a certificate", len(certificates), 1)
    for name in ["keys/district.key", *certificates]:
        with open(os.path.join(new, name), "rb") as one, \
                open(os.path.join(district.data, name), "rb") as other:
            tap.equal(f"{name} is the same", one.read(), other.read())
    done = district_command("erase", "--data", new, "--verify", os.path.join(new, certificates[0]))
    tap.equal("a certificate that was restored is the district's", done.returncode, 0)
    modes = {os.stat(os.path.join(at, name)).st_mode & 0o077
             for at, folders, files in os.walk(new) for name in folders + files}
    tap.equal("nobody else may read what was restored", modes, {0})
    done = district_command("restore", path, "--data", new, check=False)
    tap.check("a folder that holds something is left alone",
              done.returncode == 1 and "holds something" in done.stderr, done.stderr)
    return new


def goes_on(tap, district, kiosk, new):
    """The restored district takes the old one's place: same key, same kiosks."""
    district.stop()
    old, district.data = district.data, new
    district.settings()
    district.start()
    kiosk.lay(1, roster_of(kiosk)[0][0])
    tap.equal("a kiosk goes on with a district that was restored",
              kiosk.deliver(check=False).returncode, 0)
    Teacher(district, "second", district_command(
        "add-teacher", "--data", new, "--name", "second", "--class", "all").stdout.split()[-1])
    district.stop()
    done = district_command("check", "--data", new)
    tap.check("and its record is whole", done.stdout.startswith("whole:"), done.stdout)
    district.data = old


def rewritten(path, other, form, without):
    """The bytes of a backup of another format, without some entries."""
    with tarfile.open(path) as old, tarfile.open(other, "w") as new:
        for each in old:
            content = old.extractfile(each).read()
            if each.name.startswith(without):
                continue
            if each.name == "cairn-backup.json":
                content = content.replace(b'"format":2', b'"format":%d' % form)
                each.size = len(content)
            new.addfile(each, io.BytesIO(content))
    with open(other, "rb") as file:
        return file.read()


def old_format(tap, folder, path):
    """As backups were before 2026-11-27."""
    old, new = os.path.join(folder, "old.backup"), os.path.join(folder, "from-old")
    rewritten(path, old, 1, ("cairn-backup.sums", "certificates/"))
    done = district_command("restore", old, "--data", new)
    tap.check("a backup without sums restores, and it is said what is missing",
              "certificates/ is not there" in done.stdout, done.stdout)
    tap.equal("its record is whole", district_command("check", "--data", new).returncode, 0)
    rewritten(path, old, 3, ())
    done = district_command("restore", old, "--data", new + "er", check=False)
    tap.check("one of a later format is told so", done.returncode == 1
              and "install a later program" in done.stderr, done.stderr)


def broken_files(tap, folder, path):
    size = os.path.getsize(path)
    spoilt = os.path.join(folder, "spoilt.backup")
    with open(path, "rb") as file:
        whole = file.read()
    cases = {"cut off": whole[:size // 2], "cut at its end": whole[:-11 * 1024],
             "nothing": b"", "no tar": b"x" * 5000}
    with tarfile.open(path) as tar:
        for each in tar:
            if each.size and (not each.name.startswith("media/") or "medium" not in "".join(cases)):
                # The archive's last byte is of a row's text, or nothing's: no check would tell.
                at = each.offset_data + each.size - 2
                what = "a medium" if each.name.startswith("media/") else each.name
                cases[f"a flipped bit of {what}"] = (
                    whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1:])
    cases["without its sums"] = rewritten(path, spoilt, 2, ("cairn-backup.sums",))
    for what, content in cases.items():
        with open(spoilt, "wb") as file:
            file.write(content)
        new = os.path.join(folder, "from-spoilt")
        done = district_command("restore", spoilt, "--data", new, check=False)
        tap.check(f"{what}: refused, and there is no folder",
                  done.returncode == 1 and not os.path.exists(new)
                  and (what != "a flipped bit of district.db"
                       or "district.db is not what was written" in done.stderr), done.stderr)


def killed(tap, folder, district, chance):
    """Killed at any moment: no file of that name, or a whole one."""
    path = os.path.join(folder, "killed.backup")
    for _ in range(KILLS):
        child = subprocess.Popen([program("district"), "backup", path, "--data", district.data],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.random() * 1.5)
        child.kill()
        child.wait()
        if os.path.exists(path):
            new = os.path.join(folder, "after-kill")
            district_command("restore", path, "--data", new)
            shutil.rmtree(new)
            os.unlink(path)
    tap.equal("a backup that was killed hinders the next one in nothing",
              district_command("backup", path, "--data", district.data).returncode, 0)
    tap.equal("and what it left is gone",
              [n for n in os.listdir(folder) if n.startswith("killed.backup")],
              ["killed.backup"])
    new = os.path.join(folder, "killed-restore")
    for _ in range(KILLS):
        child = subprocess.Popen([program("district"), "restore", path, "--data", new],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.random() * 0.5)
        child.kill()
        child.wait()
        if os.path.exists(new):
            break
    if not os.path.exists(new):
        district_command("restore", path, "--data", new)
    tap.equal("a restore that was killed can be repeated",
              district_command("check", "--data", new).returncode, 0)


def damaged(tap, folder, district):
    """A medium whose bytes are others: no backup takes it for whole."""
    media = os.path.join(district.data, "media")
    victim = next(os.path.join(at, name) for at, _, files in os.walk(media) for name in files
                  if "incoming" not in at and len(name) == 64)
    with open(victim, "rb") as file:
        whole = file.read()
    with open(victim, "wb") as file:
        file.write(whole[::-1] + b"x")
    done = district_command("check", "--data", district.data, "--quick", check=False)
    tap.check("check names the medium and what to do", done.returncode == 1
              and os.path.basename(victim) in done.stdout and "backup" in done.stdout, done.stdout)
    path = os.path.join(folder, "damaged.backup")
    done = district_command("backup", path, "--data", district.data, check=False)
    tap.check("a record that is not whole makes no backup", done.returncode == 1
              and not os.path.exists(path) and os.path.basename(victim) in done.stderr,
              done.stderr)
    done = district_command("backup", path, "--even-damaged", "--data", district.data)
    tap.check("but it can be asked for", os.path.exists(path))
    with open(victim, "wb") as file:
        file.write(whole)


def main():
    tap = Tap()
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    chance = random.Random(seed)
    with place() as folder:
        district = District(folder, *sys.argv[1:2])
        district.start()
        kiosk = fill(folder, district)
        erased = erase_one(kiosk, district)
        path, before, load = backup_while_it_writes(tap, folder, district, chance)
        tap.equal("no answer was odd", load.odd, [])
        new = restore(tap, folder, district, path, before, load, erased)
        broken_files(tap, folder, path)
        old_format(tap, folder, path)
        killed(tap, folder, district, chance)
        damaged(tap, folder, district)
        goes_on(tap, district, kiosk, new)
    tap.end()


if __name__ == "__main__":
    main()

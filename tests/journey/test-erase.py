#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A learner is erased: at the district, and from there at the kiosk.  Nothing
of the others goes, the chain goes on, and a command that is killed anywhere
in between is finished by whoever comes next."""
import os
import random
import re
import signal
import subprocess
import time

from cairn import (District, Kiosk, SAMPLE_STONE, Tap, photo_file, place, program, roster_of, run,
                   tool, wait_until)
from forwarding import Asker, secret_file, statement

VICTIMS = 8       # learners whose erasure is killed
KILL_AFTER_S = 0.3


def files_of(folder):
    return [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]


def has(folder, *words):
    """Which files of a folder have one of these bytes."""
    found = []
    for path in files_of(folder):
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            continue  # the server has just removed it
        found += [os.path.relpath(path, folder) for word in words if word in data]
    return sorted(set(found))


def district_run(district, command, *arguments, check=True):
    return run(program("district"), command, "--data", district.data, *arguments, check=check)


def look(district, learner):
    out = district_run(district, "erase", "--learner", learner, "--dry-run").stdout
    counts = {name: int(n) for name, n in re.findall(r"^  (\w+) +(\d+)$", out, re.MULTILINE)}
    return counts, re.search(r"--confirm (\w+)", out)[1], out


def lay(kiosk, learner, text, photo):
    run(tool("lay"), kiosk.store, "1", "--learner", learner, *SAMPLE_STONE, "--text", text)
    run(tool("lay"), kiosk.store, "1", "--learner", learner, *SAMPLE_STONE, "--photo", photo)


def photo_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def return_one(teacher, learner, note):
    entry = next(e for e in teacher.entries() if e["learner"]["id"] == learner)
    teacher.post(f"/api/entries/{entry['id']}/decision",
                 {"decision": "returned", "reason": "tell-more", "note": note})


def refusals(tap, district, learner, token):
    done = district_run(district, "erase", "--learner", learner, check=False)
    tap.check("without having looked, nothing is erased",
              done.returncode != 0 and "--dry-run" in done.stderr, done.stderr)
    done = district_run(district, "erase", "--learner", learner, "--confirm", "0" * 12,
                        check=False)
    tap.check("nor with another token", done.returncode != 0, done.stdout)
    district_run(district, "hold", "add", "--learner", learner, "--why", "case 2026-12")
    done = district_run(district, "erase", "--learner", learner, "--confirm", token, check=False)
    tap.check("nor while a hold is in force",
              done.returncode != 0 and "case 2026-12" in done.stderr, done.stderr)
    tap.check("which is listed", learner in district_run(district, "hold", "list").stdout)
    district_run(district, "hold", "lift", "--learner", learner)
    tap.equal("and not when it is lifted", district_run(district, "hold", "list").stdout, "")


def one_learner(tap, folder, district, teacher, kiosk):
    (maya, name, badge), (other, _, _) = roster_of(kiosk)[:2]
    mine, theirs = photo_file(folder, "mine.png", 1), photo_file(folder, "theirs.png", 2)
    lay(kiosk, maya, "zyxquetzal says so", mine)
    lay(kiosk, other, "plainpebble says so", theirs)
    kiosk.deliver()
    return_one(teacher, maya, "zyxquetzal, tell more")
    kiosk.deliver()
    secrets = [b"zyxquetzal", photo_bytes(mine), name.encode(), badge.encode()]

    counts, token, out = look(district, maya)
    tap.equal("what would go is counted", [counts[n] for n in
              ("statements", "reviews", "media", "media_bytes", "badges", "learners")],
              [3, 1, 1, os.path.getsize(mine), 1, 1])
    tap.equal("and looking again tells the same", look(district, maya)[1], token)
    tap.check("the id is found by name", maya in
              district_run(district, "erase", "--find", name[:4].upper()).stdout)
    refusals(tap, district, maya, token)

    lay(kiosk, maya, "zyxquetzal once more", mine)  # not sent yet
    out = district_run(district, "erase", "--learner", maya, "--confirm", token).stdout
    path = re.search(r"^certificate: (.*)$", out, re.MULTILINE)[1]
    tap.equal("nothing of the learner is at the district",
              [f for f in has(district.data, *secrets) if not f.startswith("certificates/")], [])
    tap.check("the others' is", has(district.data, b"plainpebble") and
              has(district.data, photo_bytes(theirs)))
    audit = district_run(district, "audit", "--learner", maya).stdout
    tap.check("the audit log says who did it, and nothing of what there was",
              "erase" in audit and "hold add" in audit and "hold lift" in audit and
              "zyxquetzal" not in audit, audit)
    done = district_run(district, "erase", "--verify", path)
    tap.check("the certificate is ours", "statements         3" in done.stdout, done.stdout)
    with open(path, encoding="ascii") as file:
        line = file.read()
    with open(path, "w", encoding="ascii") as file:
        file.write(line.replace(line[20], "A" if line[20] != "A" else "B", 1))
    tap.check("unless it was changed", district_run(district, "erase", "--verify", path,
                                                    check=False).returncode != 0)

    kiosk.deliver()
    tap.equal("nothing of the learner is at the kiosk",
              has(kiosk.store, maya.encode(), *secrets), [])
    tap.check("the others' is", has(kiosk.store, b"plainpebble"))
    audit = kiosk.audit()
    tap.check("the kiosk's chain is whole", audit["whole"], audit["fault"])
    tap.equal("all of it is receipted", audit["outbox"],
              {"waiting": 0, "receipted": 6, "aside": 0, "receipted_number": 6})
    wait_until("the server to remove what came late",
               lambda: not has(district.data, photo_bytes(mine)))
    tap.check("what came late was not kept",
              not [f for f in has(district.data, *secrets)
                   if not f.startswith("certificates/")])
    lay(kiosk, other, "plainpebble goes on", theirs)
    kiosk.deliver()
    tap.equal("and the chain goes on", kiosk.audit()["outbox"]["receipted_number"], 8)
    tap.equal("the teacher sees the others' alone",
              {e["learner"]["id"] for e in teacher.entries()}, {other})


def erase_and_kill(district, learner, token, after_s):
    """Whether it had ended by itself."""
    with subprocess.Popen([program("district"), "erase", "--data", district.data, "--learner",
                           learner, "--confirm", token], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        time.sleep(after_s)
        ended = child.poll() is not None
        child.send_signal(signal.SIGKILL)
    return ended


def killed(tap, folder, district, kiosk):
    """Each learner has a photo and a text; all are killed while they are erased, most of them
    with no server to go on with it."""
    chance = random.Random(7)
    learners = [learner for learner, _, _ in roster_of(kiosk)][2:2 + VICTIMS + 2]
    words, photos = {}, {}
    for i, learner in enumerate(learners):
        photos[learner] = photo_file(folder, f"{i}.png", 100 + i)
        words[learner] = f"quagga{i}quagga".encode()
        lay(kiosk, learner, words[learner].decode(), photos[learner])
    kiosk.deliver()
    district.stop()
    for learner in learners[:VICTIMS]:
        erase_and_kill(district, learner, look(district, learner)[1],
                       chance.uniform(0, KILL_AFTER_S))
    district.start()  # which finishes what was begun
    for learner in learners[:VICTIMS]:
        done = district_run(district, "erase", "--learner", learner, "--dry-run", check=False)
        if done.returncode == 0:  # killed before its commit: all of it is there
            tap.check("killed too soon, nothing was erased",
                      has(district.data, words[learner]) and
                      has(district.data, photo_bytes(photos[learner])))
            token = look(district, learner)[1]
            district_run(district, "erase", "--learner", learner, "--confirm", token)
        wait_until("the rest of an erasure", lambda: not has(
            district.data, words[learner], photo_bytes(photos[learner])))
    certificates = os.path.join(district.data, "certificates")
    wait_until("all certificates", lambda: len(
        [name for name in os.listdir(certificates) if not name.endswith(".part")]) == VICTIMS + 1)
    for learner in learners[VICTIMS:]:
        tap.check("what nobody asked for is there", has(district.data, words[learner]) and
                  has(district.data, photo_bytes(photos[learner])))
    kiosk.deliver()
    audit = kiosk.audit()
    tap.check("the kiosk's chain is whole", audit["whole"], audit["fault"])
    tap.equal("it has the same of the same learners",
              [bool(has(kiosk.store, words[learner])) for learner in learners],
              [False] * VICTIMS + [True] * 2)


def by_mail(tap, folder, district, kiosk):
    """A tool knows the learner by an address, which nobody here does."""
    learner = roster_of(kiosk)[-1][0]
    asker = Asker(district)
    asker.post({**statement(1), "actor": {"mbox": "mailto:kid.one@quagga.example"}},
               {**statement(2), "actor": {"mbox": "mailto:teacher@school.example"},
                "result": {"response": "ask Kid.One@quagga.example"}},
               {**statement(3), "actor": {"mbox": "mailto:not-kid.one@quagga.example"}})
    look_for = ("erase", "--learner", learner, "--names")
    loose = secret_file(folder, "loose.names", "kid.one@quagga.example\n")
    os.chmod(loose, 0o644)
    done = district_run(district, *look_for, loose, "--dry-run", check=False)
    tap.check("others must not be able to read the names", done.returncode != 0 and
              "kid.one" not in done.stderr, done.stderr)
    out = run(program("district"), "erase", "--data", district.data, "--learner", learner,
              "--names", "-", "--dry-run", text_in="kid.one@quagga.example\n").stdout
    token = re.search(r"--confirm (\w+)", out)[1]
    path = secret_file(folder, "kid.names", "# the reading tool's\nkid.one@quagga.example\n")
    done = district_run(district, "erase", "--learner", learner, "--confirm", token, check=False)
    tap.check("what was looked at with names is not erased without them", done.returncode != 0,
              done.stdout)
    district_run(district, *look_for, path, "--confirm", token)
    rest = [statement(n)["id"] for n in (2, 3)]

    def ids():
        return [each for each in asker.ids() if each.startswith("00000000")]
    tap.equal("what a tool sent by an address is erased", ids(), rest)
    wait_until("the rest of it", lambda: not has(district.data, b" Kid.One@quagga",
                                                 b":kid.one@quagga"))
    asker.post({**statement(4), "actor": {"mbox": "mailto:KID.one@Quagga.example"}})
    tap.equal("and so is what it sends later", ids(), rest)


def by_age(tap, district):
    with open(os.path.join(district.data, "district.conf"), "w", encoding="utf-8") as file:
        file.write("[retention]\nundecided_days = 36500\n")
    out = district_run(district, "retention", "--dry-run").stdout
    tap.check("nothing is a hundred years old", re.search(r"statements +0$", out, re.MULTILINE),
              out)
    done = district_run(district, "retention", check=False)
    tap.check("retention says what it wants to be told", "--dry-run" in done.stderr, done.stderr)
    out = district_run(district, "retention", "--run").stdout
    tap.check("and erases nothing then", re.search(r"statements +0$", out, re.MULTILINE), out)


def main():
    tap = Tap()
    with place() as folder:
        district = District(folder).start()
        teacher = district.add_teacher()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        one_learner(tap, folder, district, teacher, kiosk)
        killed(tap, folder, district, kiosk)
        by_mail(tap, folder, district, kiosk)
        by_age(tap, district)
        log = district.running.output()
        tap.check("the log has no words of a child", "quagga" not in log and
                  "zyxquetzal" not in log, log)
        district.stop()
    tap.end()


main()

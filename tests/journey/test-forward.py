#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From a district to another LRS, by rule: two real districts and the real
forwarder between them.
"""
import csv
import glob
import os
import random

from cairn import (BUILD, District, Kiosk, SAMPLE_STONE, Tap, photo_file, place, program, roster_of,
                   run, tool, wait_until)
from forwarding import SUBMIT, Asker, Forwarder, key_of, statement, void

FILM_BYTES = 50 * 1024 * 1024
MEMORY_KIB = 40 * 1024  # of the forwarder, whatever it carries


def second_district(folder):
    inner = os.path.join(folder, "state")
    os.mkdir(inner)
    return District(inner).start()


def nothing_until_told(tap, forwarder, state):
    forwarder.rules("# nothing yet\n")
    tap.equal("without a rule a round says that an adult must look", forwarder.once(), 77)
    tap.check("and why", "no rules" in forwarder.status()["message"], forwarder.status())
    tap.equal("and nothing is sent", state.all(), [])
    forwarder.rules("send verb=nonsense\n")
    tap.equal("a rule that is none is refused", forwarder.once(), 77)
    tap.check("with its line", "line 1: verb=nonsense" in forwarder.status()["message"],
              forwarder.status()["message"])
    shown = forwarder.call("rules")
    tap.equal("also by the command that shows rules", shown.returncode, 78)


def from_kiosk_to_state(tap, folder, kiosk, forwarder, source, state):
    """Stones with photos, as kiosks lay them, arrive as they were."""
    learner = roster_of(kiosk)[0][0]
    kiosk.lay(60, learner)
    run(tool("lay"), kiosk.store, "2", "--learner", learner, "--photo",
        photo_file(folder, "photo.png", 1), *SAMPLE_STONE)
    kiosk.deliver()
    forwarder.rules(f"send verb={SUBMIT}\n")
    tap.equal("a round sends all of it", forwarder.once(), 0)
    tap.equal("in order, each once", state.ids(), source.ids())

    def essence(statements):
        return [{k: v for k, v in each.items() if k not in ("stored", "authority", "version")}
                for each in statements]
    tap.equal("word for word", essence(state.all()), essence(source.all()))
    status, said = state.ask("GET", "/statements?limit=1&attachments=true")
    tap.check("with its photo", status == 200 and b"\x89PNG" in said)
    tap.equal("what is there is not sent again", (forwarder.once(), forwarder.status()["sent"]),
              (0, 62))
    listed = forwarder.call("sent", "--learner", learner, "--home",
                            learner_home(source)).stdout.splitlines()
    tap.equal("what was sent of a learner is listed", len(listed), 62)
    tap.equal("of another, nothing", forwarder.call(
        "sent", "--learner", "nobody", "--home", learner_home(source)).stdout, "")


def in_two(tap, folder, forwarder, state):
    """The same two districts, in 2.0."""
    other = Forwarder(folder, forwarder.source["lrs"], forwarder.source["key_file"],
                      forwarder.target["lrs"], forwarder.target["key_file"], "two")
    other.target["version"] = "2.0.0"
    other.settings()
    before = state.ids()
    tap.equal("in 2.0 all of it goes again, and is the same", (other.once(), state.ids()),
              (0, before))
    tap.equal("which status says", other.status()["version"], "2.0.0")


def learner_home(source):
    return source.all()[0]["actor"]["account"]["homePage"]


def voiding(tap, forwarder, source, state):
    source.post(statement(1), statement(2, verb={"id": "https://x.example/other"}))
    forwarder.once()
    source.post(void(3, 1), void(4, 2))
    tap.equal("a voiding is sent on", (forwarder.once(), state.voided(1)), (0, 200))
    tap.check("where its statement went, and nowhere else",
              statement(3)["id"] in state.ids() and statement(4)["id"] not in state.ids())


def a_film(tap, forwarder, source, state):
    film = random.Random(7).randbytes(FILM_BYTES)
    sha2 = source.post_with(statement(10), film, "video/mp4")
    del film
    tap.equal("a film of 50 MB is sent on", forwarder.once(), 0)
    status, said = state.ask(
        "GET", f"/statements?statementId={statement(10)['id']}&attachments=true")
    tap.check("whole", status == 200 and sha2.encode() in said and len(said) > FILM_BYTES)
    tap.equal("and its copy on the way is gone",
              glob.glob(os.path.join(forwarder.folder, "spool", "*")), [])


def by_class_and_grade(tap, folder, district, kiosk, first, source):
    """What the district's file says of a learner decides; of whom it says nothing, nothing goes."""
    forwarder = Forwarder(folder, first.source["lrs"], first.source["key_file"],
                          first.target["lrs"], first.target["key_file"], "classes")
    forwarder.rules("send grade=KG\n")
    tap.equal("a rule by grade needs to be told of grades", forwarder.once(), 77)
    tap.check("and says what tells it", "cairn-district roster" in forwarder.status()["message"],
              forwarder.status()["message"])
    classes = os.path.join(folder, "classes.csv")
    run(program("district"), "roster", "--data", district.data, "--output", classes)
    with open(classes, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {name for _, name, _ in roster_of(kiosk)}
    tap.check("the district writes it: each learner once, and no name", len(rows)
              == len({row["learner"] for row in rows})
              == len({learner for learner, _, _ in roster_of(kiosk)})
              and not names & {value for row in rows for value in row.values()})
    here = next(row for row in rows if row["learner"] == roster_of(kiosk)[0][0])
    there = next(row for row in rows if row["grade"] != here["grade"])
    kiosk.lay(3, there["learner"])
    kiosk.deliver()
    learners = {row["learner"]: row for row in rows}
    of_whom = [each["actor"]["account"]["name"] for each in source.all()]
    for rule, column, wanted in ((f"grade={there['grade']}", "grade", there["grade"]),
                                 (f'class="{here["title"]}"', "title", here["title"])):
        due = sum(who in learners and learners[who][column] == wanted for who in of_whom)
        one = Forwarder(folder, first.source["lrs"], first.source["key_file"],
                        first.target["lrs"], first.target["key_file"], f"by-{column}")
        one.settings(classes=classes)
        one.rules(f"send {rule} verb={SUBMIT}\n")
        tap.equal(f"by {column}: theirs go, and no others",
                  (one.once(), one.status()["sent"], one.status()["kept"]),
                  (0, due, len(of_whom) - due))


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def memory(tap, forwarder, source, state):
    """The peak is read while the program still runs."""
    film = random.Random(8).randbytes(FILM_BYTES)
    source.post_with(statement(11), film, "video/mp4")
    del film
    running = forwarder.start()
    wait_until("the second film", lambda: statement(11)["id"] in state.ids())
    peak = peak_kib(running.child.pid)
    running.stop()
    if os.path.basename(BUILD) in ("asan", "tsan"):
        tap.skip("memory stays small", "a sanitizer has its own")
    else:
        tap.check("and costs no memory", peak < MEMORY_KIB, f"{peak} KiB")


def main():
    tap = Tap()
    with place() as folder:
        district, other = District(folder).start(), second_district(folder)
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        forwarder = Forwarder(
            folder, f"{district.url}/xapi", key_of(district, "statements/read", "read"),
            f"{other.url}/xapi", key_of(other, "statements/write", "write"))
        source, state = Asker(district), Asker(other)
        nothing_until_told(tap, forwarder, state)
        from_kiosk_to_state(tap, folder, kiosk, forwarder, source, state)
        in_two(tap, folder, forwarder, state)
        voiding(tap, forwarder, source, state)
        by_class_and_grade(tap, folder, district, kiosk, forwarder, source)
        a_film(tap, forwarder, source, state)
        memory(tap, forwarder, source, state)
        district.stop()
        other.stop()
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two districts on one database and one folder of media, behind what a load
balancer would be: a kiosk, a teacher and tools that go now to one, now to the
other, do not notice."""
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "journey")]
from cairn import (District, Kiosk, Running, Tap, place, photo_file, program, roster_of,  # noqa: E402
                   run, SAMPLE_STONE, tool, wait_until)
from tool import Load, Tool, add_key, statement  # noqa: E402
import database  # noqa: E402

ROUNDS = 10
REFILL_S = 30  # a wrong word more may be tried (PAIR_REFILL_US)


class Twin:
    """A second server of a district's."""

    def __init__(self, district):
        self.running = Running("twin", [program("district"), "serve", "--data", district.data,
                                        "--config", district.config, "--listen", "127.0.0.1:0"],
                               district.folder)
        self.port = int(self.running.wait_for(r"^listening on http://127\.0\.0\.1:(\d+)")[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        return self.running.stop()


def a_kiosk(tap, folder, district, twin, kiosk):
    """Each delivery to the other of the two; the bundle is the same."""
    learner = roster_of(kiosk)[0][0]
    one, codes = district.port, []
    for i in range(ROUNDS):
        district.port = (one, twin.port)[i % 2]
        kiosk.write_config()
        kiosk.lay(1, learner)
        run(tool("lay"), kiosk.store, "1", "--learner", learner, "--photo",
            photo_file(folder, f"{i}.png", i), *SAMPLE_STONE)
        codes.append(kiosk.deliver(check=False).returncode)
    district.port = one
    tap.equal("a kiosk delivers to the one and the other", codes, [0] * ROUNDS)
    tap.equal("nothing was set aside", kiosk.audit()["outbox"]["aside"], 0)


def a_teacher(tap, district, twin, teacher):
    """Signed in at the one, at work at both."""
    one = district.port
    entries = teacher.entries()
    before = len(entries)
    district.port = twin.port
    tap.equal("the session is good at the other", len(teacher.entries()), before)
    for entry in entries[:4]:
        district.port = twin.port if district.port == one else one
        teacher.post(f"/api/entries/{entry['id']}/decision", {"decision": "confirmed"})
    for port in (one, twin.port):
        district.port = port
        tap.equal("what was decided at either is decided at both",
                  (len(teacher.entries()), len(teacher.entries("decided"))), (before - 4, 4))
    teacher.post("/api/sign-out", {})
    district.port = one
    try:
        teacher.get("/api/session")
        gone = False
    except urllib.error.HTTPError as error:
        gone = error.code == 401
    tap.check("signed out at the other is signed out", gone)


def tools(tap, district, twin, key, address, chance):
    """Eight connections at both: all is held once, in one order, and what was
    written at the one is found at the other at once."""
    load = Load(lambda: [district.port, twin.port], key, 8, chance)
    line, missed = Tool(lambda: [district.port], key, chance), []
    for i in range(60):
        here, there = (district.port, twin.port) if i % 2 else (twin.port, district.port)
        one = statement(chance)
        one["verb"]["id"] = "http://example.org/verb/alone"  # the load has others: no page is full
        line.close()
        status, _ = line.ask("POST", "/xapi/statements", json.dumps(one).encode(), port=here)
        line.close()
        answer = line.ask("GET", "/xapi/statements?limit=200&verb=" + one["verb"]["id"],
                          port=there)
        if status == 200 and (answer is None or answer[0] != 200
                              or one["id"] not in answer[1].decode()):
            missed.append(answer and answer[0])
    load.stop()
    tap.equal("no answer was odd", load.odd[:2], [])
    tap.equal("what was written at the one is found at the other", missed, [])
    ids = database.ask(address, "SELECT id FROM statement WHERE kiosk IS NULL")
    tap.equal("all that was held is there", sorted(load.held() - set(ids)), [])
    tap.equal("once", len(ids), len(set(ids)))
    stored = [int(x) for x in database.ask(address,
                                           "SELECT stored_us FROM statement ORDER BY seq")]
    tap.check("each was stored later than the one before, whoever stored it",
              all(a < b for a, b in zip(stored, stored[1:])))


def guess(port, name):
    """The status of a wrong password."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/sign-in", method="POST",
                                     data=json.dumps({"name": name, "password": "wrong"}).encode(),
                                     headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def guesses(tap, district, twin, address):
    """Half of what may be guessed at each is all of it at both."""
    sum_of = "SELECT coalesce(sum(full_us), 0) FROM attempt"
    ports, statuses, began = (district.port, twin.port), [], time.monotonic()
    for i in range(10):
        before = database.ask(address, sum_of)
        statuses.append(guess(ports[i % 2], "guessed"))
        wait_until("it is counted", lambda: database.ask(address, sum_of) != before)
    tap.equal("who guesses is answered so often", statuses, [401] * 10)
    more = 0
    for port in ports:
        while (status := guess(port, "guessed")) == 401:
            more += 1
        tap.equal("and then told to wait, by each of both", status, 429)
    tap.check("and let try no more than time gives back",
              more <= (time.monotonic() - began) // REFILL_S, more)


def main():
    tap = Tap()
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    with place() as folder:
        address = database.new()
        district = District(folder, address).start()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        key = add_key(district.data)
        twin = Twin(district)
        a_kiosk(tap, folder, district, twin, kiosk)
        a_teacher(tap, district, twin, district.add_teacher())
        guesses(tap, district, twin, address)
        tools(tap, district, twin, key, address, random.Random(seed))
        tap.equal("both end well", (twin.stop(), district.stop()), (0, 0))
        done = run(program("district"), "check", "--data", district.data, check=False)
        tap.check("the record is whole", done.stdout.startswith("whole:"),
                  done.stdout + done.stderr)
    tap.end()


main()

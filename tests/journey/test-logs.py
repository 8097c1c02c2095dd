#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What district and agent log, when they log all they can: as text, as JSON,
and to a journal (a socket of our own in its place, if we may mount one).  No
name, badge, evidence, secret or query is in any of it."""
import json
import os
import re
import socket
import subprocess
import sys
import urllib.error

from cairn import (PATIENCE_S, SAMPLE_STONE, District, Kiosk, Tap, place, program, roster_of, run,
                   tool)
from tool import Tool, add_key, statement

ALL = {"G_MESSAGES_DEBUG": "all"}
EVIDENCE = "what-only-this-child-wrote"
BADGE = "101234567890123456789012"
REQUEST_ID = "b7f4a3c1d2e84f6a9c0b5d7e8f102938"


def traffic(district, kiosk, key):
    """Of every kind, good and bad; what must be in no log."""
    people = roster_of(kiosk)
    learner = people[0][0]
    run(tool("lay"), kiosk.store, "2", "--learner", learner, "--text", EVIDENCE, *SAMPLE_STONE)
    run(tool("lay"), kiosk.store, "1", "--badge", BADGE, *SAMPLE_STONE)
    sent = run(program("agent"), "--config", kiosk.config, "--once", env=ALL)
    teacher = district.add_teacher("teacher-" + str(len(people)) + os.urandom(3).hex())
    teacher.entries()
    for path in ("/api/queue?class=class-1&lang=en&x=" + EVIDENCE, "/media/" + EVIDENCE,
                 "/no/such/" + EVIDENCE, "/P/" + EVIDENCE):
        try:
            teacher.get(path)
        except urllib.error.HTTPError:
            pass
    try:
        teacher.post("/api/sign-in", {"name": "Mx-" + EVIDENCE, "password": "pw-" + EVIDENCE})
    except urllib.error.HTTPError:
        pass
    line = Tool(lambda: [district.port], key)
    one = statement(line.chance)
    one["actor"] = {"name": EVIDENCE, "mbox": f"mailto:{EVIDENCE}@example.org"}
    line.ask("POST", "/xapi/statements", json.dumps([one]).encode())
    line.ask("GET", f'/xapi/statements?agent={{"mbox":"mailto:{EVIDENCE}@example.org"}}')
    line.ask("GET", "/xapi/statements?verb=" + EVIDENCE)
    line.ask("POST", "/xapi/statements", EVIDENCE.encode())
    Tool(lambda: [district.port], "nobody:" + EVIDENCE).ask("GET", "/xapi/statements")
    line.close()
    names = [name for _, name, _ in people]
    words = {word for name in names for word in name.split() if len(word) > 3}
    forbidden = words | {EVIDENCE, BADGE, key.split(":")[1], teacher.token, "agent=", "lang=en"}
    return forbidden | {digits for _, _, digits in people if digits}, sent.stdout + sent.stderr


def judge(tap, what, log, forbidden, least):
    tap.check(f"{what}: something is logged", len(log) > least, log)
    tap.equal(f"{what}: and of no child anything",
              sorted(word for word in forbidden if word in log), [])


def as_text(tap, folder, district, kiosk, key):
    district.settings(log={"requests": "all", "format": "text"})
    district.start(env=ALL)
    forbidden, said = traffic(district, kiosk, key)
    district.stop()
    log = district.running.output()
    judge(tap, "text", log, forbidden, 500)
    judge(tap, "the agent", said, forbidden, 20)
    tap.check("text: requests by their routes", re.search(
        r"^POST /xapi/statements: 200 in \d+ ms, kiosk [0-9a-f-]{36}$", log, re.MULTILINE)
        and re.search(r"^GET /media/\*: 404 in", log, re.MULTILINE), log[-2000:])


def as_json(tap, district, kiosk, key):
    district.settings(log={"requests": "all", "format": "json"})
    district.start(env=ALL)
    forbidden, _ = traffic(district, kiosk, key)
    district.stop()
    log = district.running.output()
    judge(tap, "JSON", log, forbidden, 500)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    found = [line for line in lines if line.get("MESSAGE_ID") == REQUEST_ID]
    tap.check("JSON: each request has its fields", found and all(
        {"CAIRN_METHOD", "CAIRN_ROUTE", "CAIRN_STATUS", "CAIRN_DURATION_US"} <= set(line)
        for line in found))
    tap.check("JSON: a kiosk's have its id",
              any(re.fullmatch(r"[0-9a-f-]{36}", line["CAIRN_KIOSK"]) for line in found))


def by_default(tap, district, kiosk):
    district.settings()
    district.start()
    kiosk.deliver()
    district.stop()
    tap.check("by default a request that went well is not logged",
              "/xapi/" not in district.running.output() and "/kiosk/" not in
              district.running.output(), district.running.output())


def in_its_journal():
    """Within mounts of our own: what a child of ours logs as to systemd's."""
    os.makedirs("/run/systemd/journal", exist_ok=True)
    inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    inbox.bind("/run/systemd/journal/socket")
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    stream.bind("/run/systemd/journal/stdout")
    stream.listen()
    out = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    out.connect("/run/systemd/journal/stdout")
    child = subprocess.Popen(sys.argv[2:], stderr=out, stdout=out, stdin=subprocess.DEVNULL)
    inbox.settimeout(PATIENCE_S)
    try:
        sys.stdout.write(inbox.recv(65536).decode(errors="replace"))
    finally:
        child.kill()
        child.wait()


def to_the_journal(tap, district):
    """The very first message is enough: it is the same way for all."""
    if os.geteuid() != 0 or run("unshare", "-m", "true", check=False).returncode != 0:
        tap.skip("the journal gets fields", "no mounts of our own are to be had here")
        return
    district.settings(log={"requests": "all"})
    command = [program("district"), "serve", "--data", district.data, "--config",
               district.config, "--listen", "127.0.0.1:0"]
    inside = " ".join(f"'{word}'" for word in [sys.executable, __file__, "journal", *command])
    done = run("unshare", "-m", "sh", "-c", "mkdir -p /run/systemd && mount -t tmpfs tmpfs "
               f"/run/systemd && exec {inside}", env=ALL, check=False)
    tap.check("the journal gets fields", "MESSAGE=" in done.stdout and "PRIORITY=" in done.stdout
              and "GLIB_DOMAIN=" in done.stdout, done.stdout + done.stderr)


def main():
    tap = Tap()
    with place() as folder:
        district = District(folder).start()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        district.stop()
        key = add_key(district.data)
        as_text(tap, folder, district, kiosk, key)
        as_json(tap, district, kiosk, key)
        by_default(tap, district, kiosk)
        to_the_journal(tap, district)
    tap.end()


if sys.argv[1:2] == ["journal"]:
    in_its_journal()
else:
    main()

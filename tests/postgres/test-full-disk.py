#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A district whose PostgreSQL has no room, really: a small file system of the test's own has its
tables, then its write-ahead log.  What does not fit is answered 507 and leaves nothing; commands
say it and leave nothing half done; what was answered 200 is there when there is room again."""
import http.client
import json
import os
import random
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "journey")]
from cairn import (PATIENCE_S, ROSTER, District, Kiosk, Tap, place, program,  # noqa: E402
                   roster_of, run, wait_until)
from durable import hold_to_its_word, wait_for_writes  # noqa: E402
from small_disk import Disk, own_mounts  # noqa: E402
from tool import Load, Tool, add_key, statement  # noqa: E402
import cluster  # noqa: E402
import database  # noqa: E402
import prometheus  # noqa: E402

SIZE = 96 << 20
LONG = 4 << 20     # of a request: more than tables keep for later
STONES = 300       # of a kiosk, likewise
LEARNERS = 1000    # of a roster, likewise
BRIM = 1 << 20     # left for what a new connection writes
PIECE = 6 << 20    # for a part of the archive
ADVICE = "give the database's disk room"
TABLES = ("statement", "entry", "document", "learner", "badge", "erasure", "erased")


# --- what is told ---

def get(district, path):
    line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
    line.request("GET", path)
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def health(district):
    status, text = get(district, "/healthz")
    return status, json.loads(text)["archive"]


def archive_ready(district):
    return prometheus.parse(get(district, "/metrics")[1])["cairn_archive_ready"][1][0][2]


def counts(address):
    return {table: int(database.ask(address, f"SELECT count(*) FROM {table}")[0])
            for table in TABLES}


# --- what is sent ---

def long_statements(chance, size=LONG, count=20):
    """Words that no compression makes shorter."""
    told = [statement(chance) for _ in range(count)]
    for one in told:
        one["result"] = {"response": chance.randbytes(size // count // 2).hex()}
    return told


def requests_of(sender, chance):
    """What is asked, and the ids that must be there then."""
    told = long_statements(chance)
    state = ("/xapi/activities/state?activityId=https://example.org/a&stateId=s&agent="
             "%7B%22mbox%22%3A%22mailto%3Aa%40example.org%22%7D")
    note = chance.randbytes(LONG)
    yield "long statements", {one["id"] for one in told}, lambda: sender.ask(
        "POST", "/xapi/statements", json.dumps(told).encode())
    yield "a document", set(), lambda: sender.ask("PUT", state, note, "text/plain")


def refused(tap, what, answer):
    status, body = answer
    tap.check(f"{what}: 507, which says what is wrong",
              status == 507 and json.loads(body)["code"] == "full", answer)


def tools(tap, disk, district, address, sender, chance):
    known = statement(chance)
    tap.equal("with room a statement goes in",
              sender.ask("POST", "/xapi/statements", json.dumps(known).encode())[0], 200)
    for what, ids, ask in requests_of(sender, chance):
        before = counts(address)
        disk.fill()
        refused(tap, what, ask())
        tap.equal(f"{what}: nothing of it is there", counts(address), before)
        status, body = sender.ask("GET", f"/xapi/statements?statementId={known['id']}")
        tap.equal(f"{what}: what was there is read", (status, json.loads(body).get("id")),
                  (200, known["id"]))
        tap.equal(f"{what}: an answer lacks nothing of what it promises",
                  lacking(sender, address), [])
        refused(tap, f"{what}, again", ask())
        told_and_over(tap, disk, district, what)
        tap.check(f"{what}: with room the same goes in", ask()[0] in (200, 204))
        tap.check(f"{what}: and is there", ids <= database.ids(address)
                  and counts(address) != before)


def lacking(sender, address):
    """Of what a tool sent until the instant that the answer names."""
    found, more, through = set(), "/xapi/statements?limit=200&ascending=true", None
    while more:
        status, body = sender.ask("GET", more)
        if status != 200:
            return [status]
        through = through or sender.headers["X-Experience-API-Consistent-Through"]
        page = json.loads(body)
        found, more = found | {one["id"] for one in page["statements"]}, page["more"]
    sent = database.ask(address, "SELECT id FROM statement WHERE kiosk IS NULL AND stored_us <="
                        f" extract(epoch FROM '{through}'::timestamptz) * 1000000")
    return [one for one in sent if one not in found]


def told_and_over(tap, disk, district, what):
    wait_until("/healthz to tell it", lambda: health(district) == (503, "full"))
    tap.equal(f"{what}: /metrics tells it, too", archive_ready(district), 0)
    log = district.running.output()
    tap.check(f"{what}: the log says what to do", ADVICE in log, log[-2000:])
    disk.make_room()
    wait_until("/healthz to tell that it is over", lambda: health(district) == (200, "ok"))
    tap.equal(f"{what}: and so does /metrics, with nothing written meanwhile",
              archive_ready(district), 1)


def a_kiosk(tap, disk, kiosk, address):
    """What it cannot deliver it keeps, and sets nothing aside."""
    kiosk.lay(STONES, roster_of(kiosk)[0][0])
    disk.fill()
    kiosk.deliver(check=False)
    there, outbox = len(database.stones(address)), kiosk.audit()["outbox"]
    tap.check("a kiosk keeps what does not fit", there < STONES, there)
    tap.equal("and sets nothing aside", outbox["aside"], 0)
    disk.make_room()
    kiosk.deliver()
    tap.equal("and delivers all of it when there is room", len(database.stones(address)), STONES)


# --- what IT types ---

def command(district, *words):
    return run(program("district"), words[0], "--data", district.data, *words[1:], check=False)


def said(tap, what, done):
    """The last line is the command's own word: what, where, what to do."""
    last = (done.stderr.strip().splitlines() or [""])[-1]
    tap.check(f"{what}: an error that says what to do", done.returncode == 1 and ADVICE in last,
              f"{done.returncode}: {done.stderr}")


def large_roster(folder):
    path = os.path.join(folder, "roster")
    shutil.copytree(ROSTER, path)
    with open(os.path.join(path, "users.csv"), "a", encoding="utf-8") as file:
        file.writelines(f"many-{i},,,true,org-2,student,many{i},,{'Anna' * 5},{'Long' * 10}{i},"
                        ",,,,,,01,\n" for i in range(LEARNERS))
    with open(os.path.join(path, "enrollments.csv"), "a", encoding="utf-8") as file:
        file.writelines(f"enr-many-{i},,,class-1,org-2,many-{i},student,,,\n"
                        for i in range(LEARNERS))
    return path


def importing(tap, disk, district, address, roster):
    before = counts(address)
    disk.fill()
    said(tap, "a roster", command(district, "import-roster", roster))
    tap.equal("a roster: nothing of it is there", counts(address), before)
    disk.make_room()
    tap.equal("a roster: with room it goes in",
              command(district, "import-roster", roster).returncode, 0)
    tap.check("a roster: whole", counts(address)["learner"] >= before["learner"] + LEARNERS)


def erasing(tap, disk, district, address, learner):
    """Until the commit nothing happened; behind it, it goes on when there is room."""
    before = counts(address)
    token = command(district, "erase", "--learner", learner, "--dry-run").stdout.split()[-1]
    disk.fill()
    said(tap, "looking what to erase", command(district, "erase", "--learner", learner,
                                               "--dry-run"))
    done = command(district, "erase", "--learner", learner, "--confirm", token)
    said(tap, "erasing", done)
    tap.equal("erasing: nothing has gone", counts(address), before)
    disk.make_room()
    disk.fill(leave=2 * BRIM)
    done = command(district, "erase", "--learner", learner, "--confirm", token)
    said(tap, "erasing with room for that, but not to rewrite the tables", done)
    tap.check("it says that it is erased, and what is not done yet",
              "it is erased, but not yet all of it from the disk" in done.stderr, done.stderr)
    certificates = os.path.join(district.data, "certificates")
    tap.check("no certificate says what is not done", not os.path.isdir(certificates)
              or not os.listdir(certificates))
    disk.make_room()
    wait_until("the server to go on with it", lambda: os.path.isdir(certificates)
               and len(os.listdir(certificates)) == 1)
    tap.equal("with room the server goes on with it, and certifies it",
              counts(address)["erased"], STONES)


def copying(tap, disk, district, server):
    there = database.new(server.url, "TABLESPACE small")
    copy = [program("district"), "archive", "copy", district.data]
    disk.fill(leave=BRIM)
    said(tap, "a copy without room for its tables", run(*copy, there, check=False))
    disk.make_room()
    disk.fill(leave=PIECE)
    said(tap, "a copy with room for a part", run(*copy, there, check=False))
    disk.make_room()
    done = run(*copy, there, check=False)
    straight = run(*copy, os.path.join(district.folder, "straight.db"))
    tap.equal("with room the same goes on, and is the same row by row", done.stdout,
              straight.stdout)


def backing_up(tap, disk, district):
    path = os.path.join(district.folder, "a.backup")
    disk.fill(leave=BRIM)
    tap.equal("a full database is backed up to another disk",
              command(district, "backup", path).returncode, 0)
    full = os.path.join(disk.folder, "a.backup")
    done = command(district, "backup", full)
    tap.check("a backup to a full disk says where room is wanted", done.returncode == 1
              and f"make room where {full}" in done.stderr, done.stderr)
    tap.equal("and leaves nothing there", sorted(os.listdir(disk.folder)), ["filler", "tables"])
    disk.make_room()


# --- the tables ---

def full_tables(tap, server, folder, chance):
    disk = Disk(os.path.join(server.folder, "small"), SIZE)
    spot = os.path.join(disk.folder, "tables")
    os.mkdir(spot)
    server.give(disk.folder)
    server.give(spot)
    database.ask(server.url, f"CREATE TABLESPACE small LOCATION '{spot}'")
    address = database.new(server.url, "TABLESPACE small")
    district = District(folder, address).start()
    kiosk = Kiosk(folder, district)
    kiosk.deliver()
    a_kiosk(tap, disk, kiosk, address)
    key = run(program("district"), "key", "add", "--data", district.data, "--scopes",
              "all").stdout.strip()
    tools(tap, disk, district, address, Tool(lambda: [district.port], key), chance)
    erasing(tap, disk, district, address, roster_of(kiosk)[0][0])
    importing(tap, disk, district, address, large_roster(folder))
    copying(tap, disk, district, server)
    backing_up(tap, disk, district)
    tap.equal("it ends well", district.stop(), 0)
    done = command(district, "check")
    tap.check("the record is whole", done.stdout.startswith("whole:"), done.stdout + done.stderr)


# --- the write-ahead log ---

def move_log(server, disk):
    """As IT would: to a disk of its own."""
    server.end()
    log, there = os.path.join(server.data, "pg_wal"), os.path.join(disk.folder, "log")
    shutil.copytree(log, there)
    shutil.rmtree(log)
    os.symlink(there, log)
    for at, _, files in os.walk(there):
        for path in (at, *(os.path.join(at, name) for name in files)):
            server.give(path)
    server.start()


def write_until_it_breaks(district, key, chance):
    """Large batches of one more tool; their ids, and the answer to the last."""
    sender, held = Tool(lambda: [district.port], key, chance), []
    while True:
        batch = long_statements(chance)
        status, _ = sender.ask("POST", "/xapi/statements", json.dumps(batch).encode()) or (0, b"")
        if status != 200:
            return held, status
        held += [one["id"] for one in batch]


def full_log(tap, server, folder, chance):
    disk = Disk(os.path.join(server.folder, "small-log"), SIZE)
    server.give(disk.folder)
    move_log(server, disk)
    address = database.new(server.url)
    district = District(folder, address).start()
    key = add_key(district.data)
    load = Load(lambda: [district.port], key, 4, chance, fine=(200, 429, 503, 507))
    wait_until("a hundred statements", lambda: len(load.held()) > 100)
    disk.fill()
    held, status = write_until_it_breaks(district, key, chance)
    tap.check("PostgreSQL that cannot write its log: 507 or 503", status in (507, 503), status)
    wait_until("/healthz to tell it", lambda: health(district)[0] == 503)
    tap.check("the server itself goes on", district.running.alive())
    disk.make_room()
    if server.has_ended():
        server.start()
    more, media = wait_for_writes(district, key)
    wait_until("/healthz to tell that it is over", lambda: health(district) == (200, "ok"))
    load.stop()
    hold_to_its_word(tap, district, load, database.ask(address, "SELECT id FROM statement"),
                     (held + more, media))
    tap.equal("it ends well", district.stop(), 0)


def main():
    tap = Tap()
    reason = cluster.why_not()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return
    if not own_mounts():
        tap.skip("a full disk", "this user may mount nothing")
        tap.end()
        return
    os.environ.pop("G_DEBUG", None)  # that there is no room is a warning to give
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    chance = random.Random(seed)
    for what in (full_tables, full_log):
        with cluster.Cluster() as server, place() as folder:
            what(tap, server, folder, chance)
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A district whose disk is full, really: a small file system of the test's own.  What does not fit
is answered 507 and leaves nothing; what is there is read; with room again the same goes in."""
import base64
import hashlib
import http.client
import json
import os
import shutil
import sqlite3
import uuid

from cairn import (PATIENCE_S, SAMPLE_STONE, District, Kiosk, Tap, photo_file, place, program,
                   roster_of, run, tool, wait_until)
from small_disk import Disk, own_mounts

SIZE = 96 << 20
FILM = 2 << 20


class Tool:
    def __init__(self, district):
        self.district = district
        key = run(program("district"), "key", "add", "--data", district.data, "--scopes",
                  "all").stdout.strip()
        self.user = base64.b64encode(key.encode()).decode()

    def ask(self, method, path, body=None, kind="application/json"):
        line = http.client.HTTPConnection("127.0.0.1", self.district.port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Basic {self.user}", "X-Experience-API-Version": "1.0.3"}
        if body is not None:
            headers["Content-Type"] = kind
        line.request(method, path, body, headers)
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()


def statement(words=0, film=None):
    made = {"id": str(uuid.uuid4()), "actor": {"mbox": "mailto:tool@example.org"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted"},
            "object": {"id": "https://example.org/thing"},
            "result": {"response": os.urandom(words // 2).hex()}}
    if film is not None:
        made["attachments"] = [{"usageType": "https://example.org/film", "display": {"en": "film"},
                                "contentType": "video/mp4", "length": len(film),
                                "sha2": hashlib.sha256(film).hexdigest()}]
    return made


def with_film(made, film):
    sha256 = hashlib.sha256(film).hexdigest()
    return ("--x\r\nContent-Type: application/json\r\n\r\n" + json.dumps(made)
            + "\r\n--x\r\nContent-Type: video/mp4\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {sha256}\r\n\r\n").encode() + film + b"\r\n--x--\r\n"


def held(district):
    """The statements and media that have rows, and all files of media."""
    with sqlite3.connect(f"file:{district.data}/district.db?mode=ro", uri=True) as db:
        ids = {row[0] for row in db.execute("SELECT id FROM statement")}
        media = {row[0] for row in db.execute("SELECT sha256 FROM medium")}
    files = {name for at, _, names in os.walk(os.path.join(district.data, "media"))
             for name in names}
    return ids, media, files


def refused(tap, what, answer):
    status, headers, body = answer
    tap.equal(f"{what}: 507", status, 507)
    said = json.loads(body) if status == 507 else {}
    tap.check(f"{what}: which says what is wrong, and to come back",
              said.get("code") == "full" and "Retry-After" in headers, (said, dict(headers)))


def more_than_the_log(district):
    """Bytes for which the write-ahead log must grow: what it has it would use again."""
    return os.path.getsize(os.path.join(district.data, "district.db-wal")) + FILM


def requests_of(district, sender):
    """What is asked, and the id of what must be there then."""
    film = os.urandom(FILM)
    shown = statement(film=film)
    state = ("/xapi/activities/state?activityId=https://example.org/a&stateId=s&agent="
             "%7B%22mbox%22%3A%22mailto%3Aa%40example.org%22%7D")
    yield ("a statement with a film", shown["id"], lambda: sender.ask(
        "POST", "/xapi/statements", with_film(shown, film), "multipart/mixed; boundary=x"))
    told = [statement(words=more_than_the_log(district) // 20) for _ in range(20)]
    yield ("long statements", told[-1]["id"], lambda: sender.ask(
        "POST", "/xapi/statements", json.dumps(told)))
    note = os.urandom(more_than_the_log(district))
    yield ("a document", None, lambda: sender.ask("PUT", state, note, "text/plain"))


def says(sender):
    status, _, body = sender.ask("GET", "/healthz")
    return status, json.loads(body)["archive"]


def fill_and_ask(tap, disk, district, sender, known):
    for what, own, ask in requests_of(district, sender):
        before = held(district)
        disk.fill()
        refused(tap, what, ask())
        tap.equal(f"{what}: nothing of it is there", held(district), before)
        status, _, body = sender.ask("GET", f"/xapi/statements?statementId={known}")
        tap.equal(f"{what}: what was there is read", (status, json.loads(body).get("id")),
                  (200, known))
        refused(tap, f"{what}, again", ask())
        if "film" not in what:  # that is the media's folder, of which `disk` tells
            wait_until("/healthz to tell it", lambda: says(sender) == (503, "full"))
        disk.make_room()
        wait_until("/healthz to tell that it is over", lambda: says(sender) == (200, "ok"))
        tap.check(f"{what}: with room again the same goes in", ask()[0] in (200, 204))
        if own:
            tap.check(f"{what}: and is there", own in held(district)[0] - before[0])


def a_kiosk(tap, disk, district, kiosk, folder):
    """What it cannot deliver it keeps, and sets nothing aside."""
    learner = roster_of(kiosk)[0][0]
    run(tool("lay"), kiosk.store, "1", "--learner", learner, "--photo",
        photo_file(folder, "photo.png", 1), *SAMPLE_STONE)
    before = len(kiosk.at_district())
    disk.fill()
    kiosk.deliver(check=False)
    outbox = kiosk.audit()["outbox"]
    tap.equal("a kiosk keeps its stone, and sets nothing aside",
              (len(kiosk.at_district()), outbox["aside"]), (before, 0))
    disk.make_room()
    kiosk.deliver()
    tap.equal("and delivers it when there is room", len(kiosk.at_district()), before + 1)


def whole(tap, folder, disk, district):
    district.start()
    kiosk = Kiosk(folder, district)
    kiosk.deliver()
    sender, first = Tool(district), statement()
    tap.equal("with room a statement goes in",
              sender.ask("POST", "/xapi/statements", json.dumps(first))[0], 200)
    fill_and_ask(tap, disk, district, sender, first["id"])
    a_kiosk(tap, disk, district, kiosk, folder)
    tap.equal("it ends well", district.stop(), 0)
    done = run(program("district"), "check", "--data", district.data, check=False)
    tap.check("the record is whole", done.stdout.startswith("whole:"),
              done.stdout + done.stderr)


def main():
    tap = Tap()
    if not own_mounts():
        tap.skip("a full disk", "this user may mount nothing")
        tap.end()
        return
    with place() as folder:
        disk = Disk(os.path.join(folder, "small"), SIZE)
        district = District(disk.folder)
        district.settings(limits={"disk_reserve_bytes": 0})
        shutil.move(district.config, os.path.join(folder, "district.conf"))
        district.config = os.path.join(folder, "district.conf")
        try:
            whole(tap, folder, disk, district)
        finally:
            district.kill()
    tap.end()


main()

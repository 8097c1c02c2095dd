#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Media in a store that speaks S3, a real one (OpenStack Swift), and in a folder: large ones in
little memory, a store that stands still, a copy from one place to the other, and SIGKILL."""
import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import sqlite3
import urllib.error
import uuid

from cairn import (PATIENCE_S, SAMPLE_STONE, District, Kiosk, Tap, photo_file, place, program,
                   roster_of, run, tool, wait_until)
from s3_store import BUCKET, SECRET, Store, s3_is_there

LARGE = 50 << 20
GROWTH = 16 << 20  # of memory, for something large


# --- a tool that sends attachments ------------------------------------------

class Tool:
    def __init__(self, district):
        self.district = district
        key = run(program("district"), "key", "add", "--data", district.data, "--scopes",
                  "all").stdout.strip()
        self.user = base64.b64encode(key.encode()).decode()

    def begin(self, method, path, headers):
        line = http.client.HTTPConnection("127.0.0.1", self.district.port, timeout=PATIENCE_S)
        line.putrequest(method, path)
        for name, value in {"Authorization": f"Basic {self.user}",
                            "X-Experience-API-Version": "1.0.3", **headers}.items():
            line.putheader(name, value)
        line.endheaders()
        return line

    def send(self, block, count, chunked=False, stop_after=None):
        """One statement with an attachment of count times block; its id and the answer."""
        digest = hashlib.sha256()
        for _ in range(count):
            digest.update(block)
        sha256, own = digest.hexdigest(), str(uuid.uuid4())
        statement = {"id": own, "actor": {"mbox": "mailto:tool@example.org"},
                     "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted"},
                     "object": {"id": "https://example.org/film"},
                     "attachments": [{"usageType": "https://example.org/film",
                                      "display": {"en": "a film"}, "contentType": "video/mp4",
                                      "length": len(block) * count, "sha2": sha256}]}
        head = ("--x\r\nContent-Type: application/json\r\n\r\n" + json.dumps(statement)
                + "\r\n--x\r\nContent-Type: video/mp4\r\nContent-Transfer-Encoding: binary\r\n"
                f"X-Experience-API-Hash: {sha256}\r\n\r\n").encode()
        tail = b"\r\n--x--\r\n"
        size = {"Transfer-Encoding": "chunked"} if chunked else {
            "Content-Length": str(len(head) + len(block) * count + len(tail))}
        line = self.begin("POST", "/xapi/statements",
                          {"Content-Type": "multipart/mixed; boundary=x", **size})

        def put(piece):
            line.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        put(head)
        for sent in range(count):
            if sent == stop_after:
                return own, sha256, line
            put(block)
        put(tail)
        if chunked:
            line.send(b"0\r\n\r\n")
        return own, sha256, self.answer(line)

    @staticmethod
    def answer(line):
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def read(self, own):
        """Size and SHA-256 of a statement's answer with its attachment, as it comes."""
        line = self.begin("GET", f"/xapi/statements?statementId={own}&attachments=true", {})
        answer = line.getresponse()
        if answer.status != 200:
            return answer.status, dict(answer.getheaders()), answer.read()
        boundary = re.search(r"boundary=\"?([^\";]+)", answer.getheader("Content-Type"))[1]
        block = answer.read(1 << 16)
        second = block.index(b"\r\n\r\n", block.index(b"--" + boundary.encode(), 10)) + 4
        digest, kept, size = hashlib.sha256(), block[second:], 0
        end = len(f"\r\n--{boundary}--\r\n")
        while True:
            block = answer.read(1 << 16)
            whole = kept + block
            cut = len(whole) - end
            digest.update(whole[:cut])
            size += cut
            kept = whole[cut:]
            if not block:
                return 200, size, digest.hexdigest()


# --- what the district has --------------------------------------------------

def memory(district, what):
    with open(f"/proc/{district.running.child.pid}/status", encoding="ascii") as file:
        return int(re.search(rf"^{what}:\s+(\d+) kB", file.read(), re.M)[1]) << 10


def forget_peak(district):
    with open(f"/proc/{district.running.child.pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    return memory(district, "VmRSS")


def rows(district):
    with contextlib.closing(sqlite3.connect(os.path.join(district.data, "district.db"))) as db:
        return dict(db.execute("SELECT sha256, size FROM medium"))


def files(district):
    """SHA-256 of each medium in the folder."""
    found = {}
    for folder, _, names in os.walk(os.path.join(district.data, "media")):
        if os.path.basename(os.path.dirname(folder)) != "incoming":
            for name in names:
                if len(name) == 64:
                    with open(os.path.join(folder, name), "rb") as file:
                        found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def incoming(district):
    return [name for _, _, names in os.walk(os.path.join(district.data, "media", "incoming"))
            for name in names]


def copy(district, *words, check=True):
    return run(program("district"), "media", "--data", district.data, "--config", district.config,
               "copy", *words, check=check)


# --- the checks -------------------------------------------------------------

def large(tap, district, sender, where):
    """A 50 MB attachment each way; twice in, by both ways that a body can come."""
    block = os.urandom(1 << 20)
    sender.read(sender.send(b"to warm up", 1)[0])
    for chunked in (False, True):
        how = "in chunks" if chunked else "at once"
        before = forget_peak(district)
        own, sha256, said = sender.send(block, LARGE >> 20, chunked)
        grown = memory(district, "VmHWM") - before
        tap.equal(f"{where}: 50 MB sent {how} are kept", said[0], 200)
        tap.check(f"{where}: and cost no such memory", grown < GROWTH, grown)
        print(f"# {where}, {how}: {grown >> 10} KiB more at the peak")
    before = forget_peak(district)
    got = sender.read(own)
    grown = memory(district, "VmHWM") - before
    tap.equal(f"{where}: they are read back whole", got, (200, LARGE, sha256))
    tap.check(f"{where}: which costs no such memory either", grown < GROWTH, grown)
    print(f"# {where}, out: {grown >> 10} KiB more at the peak")
    tap.equal(f"{where}: nothing is left on its way in", incoming(district), [])


def limits(tap, folder):
    district = District(os.path.join(folder, "limits")).start()
    sender = Tool(district)
    for setting, status in (("medium_bytes", 413), ("batch_bytes", 413), ("incoming_bytes", 503)):
        district.stop()
        district.settings(limits={setting: 100000})
        district.start()
        answer = sender.send(b"x" * 120000, 1)[2]
        tap.equal(f"over {setting}", answer[0], status)
        if status == 413:
            tap.check(f"the answer names {setting}", setting in answer[2].decode(), answer[2])
        else:
            tap.check("and says when to come back", "Retry-After" in answer[1], answer)
        tap.equal("what fits is kept", sender.send(b"x" * 50000, 1)[2][0], 200)
    tap.equal("nothing else is left", (len(rows(district)), incoming(district)), (1, []))
    district.stop()


def killed(tap, district, sender, where):
    before = rows(district)
    _, sha256, line = sender.send(os.urandom(1 << 20), 20, stop_after=10)
    wait_until("the upload to be under way", lambda: incoming(district))
    district.kill()
    line.close()
    tap.check(f"{where}: SIGKILL leaves what was half sent", bool(incoming(district)))
    district.start()
    tap.equal(f"{where}: the next start clears it", incoming(district), [])
    tap.equal(f"{where}: and no row names it", (sha256 in rows(district), rows(district)),
              (False, before))


def still(tap, district, store, teacher, kiosk, folder):
    """The store stands still, and goes on."""
    url = next(piece["url"] for entry in teacher.entries() for piece in entry["pieces"]
               if piece.get("url", "").startswith("/media/"))

    def get():
        """None: later, as a store in Python may say on a busy machine."""
        try:
            return teacher.get(url)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            return None
    photo = wait_until("the photo", get)
    tap.equal("a teacher gets the photo", hashlib.sha256(photo).hexdigest(), url[len("/media/"):])

    store.running.child.send_signal(signal.SIGSTOP)
    try:
        teacher.get(url)
        status, after = 200, None
    except urllib.error.HTTPError as error:
        status, after = error.code, error.headers.get("Retry-After")
    tap.equal("while the store stands still a photo is to be had later",
              (status, after is not None), (503, True))
    run(tool("lay"), kiosk.store, "1", "--learner", roster_of(kiosk)[0][0], "--photo",
        photo_file(folder, "later.png", 7), *SAMPLE_STONE)
    before = len(kiosk.at_district())
    kiosk.deliver(check=False)
    tap.equal("and a new one stays at the kiosk", len(kiosk.at_district()), before)
    store.running.child.send_signal(signal.SIGCONT)
    wait_until("it to be there", lambda: kiosk.deliver(check=False).returncode == 0)
    tap.equal("until it goes on: then it is there", len(kiosk.at_district()), before + 1)
    tap.equal("and the old one, too", wait_until("the photo", get), photo)


def moved(tap, district, store):
    """To a folder and back to another prefix."""
    wanted = rows(district)
    done = copy(district, f"s3://{BUCKET}/media", "folder").stdout
    tap.check("all are copied to the folder", done.startswith(f"{len(wanted)} copied"), done)
    tap.equal("byte for byte", files(district), {name: name for name in wanted})
    done = copy(district, f"s3://{BUCKET}/media", "folder").stdout
    tap.check("again copies nothing", f"0 copied (0 bytes), {len(wanted)} there already" in done,
              done)
    done = copy(district, "folder", f"s3://{BUCKET}/other/place").stdout
    tap.check("and from it to S3", done.startswith(f"{len(wanted)} copied"), done)
    done = copy(district, "--verify", "folder", f"s3://{BUCKET}/other/place").stdout
    tap.check("where all are what they were", f"{len(wanted)} there already, 0 damaged" in done,
              done)
    first = sorted(wanted)[0]
    with open(os.path.join(district.data, "media", first[:2], first), "r+b") as file:
        file.write(b"\xff\x00\xff")
    failed = copy(district, "folder", f"s3://{BUCKET}/third", check=False)
    tap.check("what is damaged is named and not copied",
              failed.returncode == 1 and first in failed.stderr
              and f"{len(wanted) - 1} copied" in failed.stdout, failed.stdout + failed.stderr)
    os.chmod(store.key, 0o644)
    failed = copy(district, "folder", f"s3://{BUCKET}/third", check=False)
    tap.check("a key that others may read is not used", failed.returncode == 1
              and SECRET not in failed.stderr and "credentials" in failed.stderr, failed.stderr)
    os.chmod(store.key, 0o600)


def in_s3(tap, folder):
    store = Store(folder)
    try:
        district = District(os.path.join(folder, "s3"))
        district.settings(media=store.settings(stall_s=60, patience_s=60))
        district.start()
        sender, teacher = Tool(district), district.add_teacher()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        run(tool("lay"), kiosk.store, "1", "--learner", roster_of(kiosk)[0][0], "--photo",
            photo_file(folder, "photo.png", 1), *SAMPLE_STONE)
        kiosk.deliver()
        tap.equal("S3: a kiosk's photo has a row", len(rows(district)), 1)
        tap.equal("S3: and no file here", files(district), {})
        large(tap, district, sender, "S3")
        killed(tap, district, sender, "S3")
        moved(tap, district, store)
        district.stop()
        district.settings(media=store.settings(stall_s=1, patience_s=1, retries=1))
        district.start()
        still(tap, district, store, teacher, kiosk, folder)
        district.stop()
    finally:
        store.running.child.send_signal(signal.SIGCONT)
        store.running.kill()


def main():
    tap = Tap()
    with place() as folder:
        for name in ("limits", "folder", "s3"):
            os.mkdir(os.path.join(folder, name))
        limits(tap, folder)
        district = District(os.path.join(folder, "folder")).start()
        sender = Tool(district)
        large(tap, district, sender, "folder")
        killed(tap, district, sender, "folder")
        district.stop()
        if s3_is_there():
            in_s3(tap, folder)
        else:
            tap.skip("media in S3", "python3-swift is not installed")
    tap.end()


main()

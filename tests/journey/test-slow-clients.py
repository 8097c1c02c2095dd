#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that keep a server waiting, and many of them; large media in little
memory; and a stop in the middle of it all."""
import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import resource
import select
import signal
import socket
import sqlite3
import time

from cairn import (PATIENCE_S, SAMPLE_STONE, District, Kiosk, Tap, photo_file, place, program, roster_of, tool,
                   run, wait_until)

IDLE_S = 1
LARGE = 50 << 20
GROWTH = 12 << 20  # of memory, for something large
MANY = 5000
PER_LINE = 64 << 10  # of memory, for a connection that only stays
FILES = 2 * MANY + 1000  # that the test may open


def connect(district, receive_buffer=None):
    line = socket.socket()
    if receive_buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    line.connect(("127.0.0.1", district.port))
    return line


def said_by(line):
    """Nothing, too, when it was cut in the middle of what we said."""
    try:
        return line.recv(65536)
    except ConnectionResetError:
        return b""


def is_cut(line, trickle=b""):
    """Says a byte now and then and never what it should; is it cut?"""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if select.select([line], [], [], 0.2)[0]:
                if not line.recv(4096):
                    return True
            elif trickle:
                line.sendall(trickle)
        except OSError:
            return True
    return False


def answers(district):
    """The status; None to one who was so slow that it was cut."""
    line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
    try:
        line.request("GET", "/")
        return line.getresponse().status
    except (ConnectionError, http.client.BadStatusLine):
        return None


def say(line, words, and_no_more=False):
    """Or find out that a slow machine's line was cut before."""
    try:
        line.sendall(words)
        if and_no_more:
            line.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def slow(tap, district):
    silent, headers, body, first = (connect(district) for _ in range(4))
    say(first, b"G")
    say(headers, b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ")
    say(body, b"POST /api/sign-in HTTP/1.1\r\nHost: here\r\nContent-Length: 4000\r\n"
                 b"Content-Type: application/json\r\n\r\n")
    tap.check("a connection that says nothing is closed", is_cut(silent))
    tap.check("a request that comes by the byte is cut", is_cut(first, b"E"))
    tap.check("headers that come by the byte are cut", is_cut(headers, b"x"))
    tap.check("a body that comes by the byte is cut", is_cut(body, b" "))


def half_closed(tap, district):
    """More than there may be connections: none holds its place."""
    lines = [connect(district) for _ in range(30)]
    for line in lines:
        say(line, b"", and_no_more=True)
    tap.check("who only closes its own half is let go", all(is_cut(line) for line in lines))
    asked = [connect(district) for _ in range(30)]
    for line in asked:
        say(line, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", and_no_more=True)
    tap.check("and so is who asked before", all(is_cut(line) for line in asked))
    tap.equal("others are answered", wait_until("an answer", lambda: answers(district)), 200)


def idle(tap, district):
    before = forget_peak(district)
    lines = []
    for _ in range(MANY):
        lines.append(connect(district))
        lines[-1].sendall(b"GET /robots.txt HTTP/1.1\r\nHost: here\r\n\r\n")
    good = sum(line.recv(4096).startswith(b"HTTP/1.1 404") for line in lines)
    tap.equal(f"{MANY} connections that stay are answered", good, MANY)
    tap.equal("and another beside them", answers(district), 200)
    grown = growth(district, before)
    print(f"# {MANY} connections: {grown // MANY} bytes more for each")
    tap.check("and they stay cheap", grown < MANY * PER_LINE, grown)
    for line in lines:
        line.close()


# --- large media ------------------------------------------------------------

def memory(district, what):
    with open(f"/proc/{district.running.child.pid}/status", encoding="ascii") as file:
        return int(re.search(rf"^{what}:\s+(\d+) kB", file.read(), re.M)[1]) << 10


def forget_peak(district):
    with open(f"/proc/{district.running.child.pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    return memory(district, "VmRSS")


def growth(district, before):
    return memory(district, "VmHWM") - before


def upload(tap, district, kiosk):
    """A batch that is refused at its end costs as much as any."""
    folder = os.path.join(kiosk.store, "secrets")
    with open(os.path.join(folder, os.listdir(folder)[0]), encoding="utf-8") as file:
        secrets = json.load(file)
    user = base64.b64encode(f"{secrets['kiosk']}:{secrets['secret']}".encode()).decode()
    block = os.urandom(1 << 20)
    digest = hashlib.sha256()
    for _ in range(LARGE >> 20):
        digest.update(block)
    head = ("--x\r\nContent-Type: application/json\r\n\r\n[]\r\n--x\r\nContent-Type: video/mp4\r\n"
            "Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "
            f"{digest.hexdigest()}\r\n\r\n").encode()
    tail = b"\r\n--x--\r\n"
    before = forget_peak(district)
    line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
    line.putrequest("POST", "/xapi/statements")
    for name, value in (("Authorization", f"Basic {user}"), ("X-Experience-API-Version", "1.0.3"),
                        ("Content-Type", "multipart/mixed; boundary=x"),
                        ("Content-Length", str(len(head) + LARGE + len(tail)))):
        line.putheader(name, value)
    line.endheaders()
    line.send(head)
    for _ in range(LARGE >> 20):
        line.send(block)
    line.send(tail)
    answer = line.getresponse()
    said = json.loads(answer.read())
    tap.equal("50 MB that no record names are refused", (answer.status, said["code"]),
              (400, "invalid"))
    grown = growth(district, before)
    print(f"# 50 MB in: {grown >> 10} KiB more at the peak")
    tap.check("50 MB sent cost no 50 MB of memory", grown < GROWTH, grown)


def tool_header(district):
    key = run(program("district"), "key", "add", "--data", district.data, "--scopes",
              "all").stdout.strip()
    return "Basic " + base64.b64encode(key.encode()).decode()


def send_parts(district, who, statement, digest, block):
    head = ("--x\r\nContent-Type: application/json\r\n\r\n" + json.dumps(statement)
            + "\r\n--x\r\nContent-Type: video/mp4\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {digest}\r\n\r\n").encode()
    tail = b"\r\n--x--\r\n"
    line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
    line.putrequest("POST", "/xapi/statements")
    for name, value in (("Authorization", who), ("X-Experience-API-Version", "1.0.3"),
                        ("Content-Type", "multipart/mixed; boundary=x"),
                        ("Content-Length", str(len(head) + LARGE + len(tail)))):
        line.putheader(name, value)
    line.endheaders()
    line.send(head)
    for _ in range(LARGE >> 20):
        line.send(block)
    line.send(tail)
    answer = line.getresponse()
    answer.read()
    return answer.status


def by_tool(tap, district):
    """50 MB with a tool's statement, in and out again."""
    who, block = tool_header(district), os.urandom(1 << 20)
    digest = hashlib.sha256(block * (LARGE >> 20)).hexdigest()
    statement = {"actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": "http://example.org/v"},
                 "object": {"id": "http://example.org/o"},
                 "attachments": [{"usageType": "http://example.org/u", "display": {"en": "film"},
                                  "contentType": "video/mp4", "length": LARGE, "sha2": digest}]}
    before = forget_peak(district)
    tap.equal("50 MB of a tool are kept", send_parts(district, who, statement, digest, block), 200)
    grown = growth(district, before)
    print(f"# 50 MB in from a tool: {grown >> 10} KiB more at the peak")
    tap.check("and cost no such memory", grown < GROWTH, grown)

    before = forget_peak(district)
    line = connect(district)
    line.sendall("\r\n".join(["GET /xapi/statements?attachments=true HTTP/1.1", "Host: here",
                              f"Authorization: {who}", "X-Experience-API-Version: 1.0.3", "",
                              ""]).encode())
    answer, size = read(line)
    tap.check("they are given back whole", answer.status == 200 and size > LARGE, size)
    grown = growth(district, before)
    print(f"# 50 MB out to a tool: {grown >> 10} KiB more at the peak")
    tap.check("for as little", grown < GROWTH, grown)


def plant(district, sha256):
    """A large medium where the photo of an entry was."""
    path = os.path.join(district.data, "media", sha256[:2], sha256)
    with open(path, "r+b") as file:
        file.truncate(LARGE)
    with contextlib.closing(sqlite3.connect(os.path.join(district.data, "district.db"))) as db:
        db.execute("UPDATE medium SET size = ? WHERE sha256 = ?", (LARGE, sha256))
        db.commit()


def ask_medium(district, teacher, sha256, *headers, receive_buffer=None):
    line = connect(district, receive_buffer)
    cookie = "; ".join(f"{each.name}={each.value}" for each in teacher.jar)
    line.sendall("\r\n".join([f"GET /media/{sha256} HTTP/1.1", "Host: here", f"Cookie: {cookie}",
                              *headers, "", ""]).encode())
    return line


def read(line):
    answer = http.client.HTTPResponse(line)
    answer.begin()
    size = 0
    while True:
        block = answer.read(1 << 16)
        if not block:
            return answer, size
        size += len(block)


def download(tap, district, teacher, sha256):
    before = forget_peak(district)
    answer, size = read(ask_medium(district, teacher, sha256))
    tap.equal("a large medium is sent whole", (answer.status, size), (200, LARGE))
    grown = growth(district, before)
    print(f"# 50 MB out: {grown >> 10} KiB more at the peak")
    tap.check("and costs no such memory either", grown < GROWTH, grown)

    answer, size = read(ask_medium(district, teacher, sha256, "Range: bytes=100-299"))
    tap.equal("a range of it is sent alone",
              (answer.status, size, answer.getheader("Content-Range")),
              (206, 200, f"bytes 100-299/{LARGE}"))
    answer, _ = read(ask_medium(district, teacher, sha256, f"Range: bytes={LARGE}-"))
    tap.equal("a range beyond it is refused", (answer.status, answer.getheader("Content-Range")),
              (416, f"bytes */{LARGE}"))
    answer, size = read(ask_medium(district, teacher, sha256, "Range: bytes=0-9",
                                   'If-Range: "another"'))
    tap.equal("a range of what it was before is not", (answer.status, size), (200, LARGE))


def stalled(tap, district, teacher, sha256):
    """What a server has given up may still be on its way: its descriptors tell."""
    def descriptors():
        return len(os.listdir(f"/proc/{district.running.child.pid}/fd"))
    before = descriptors()
    for name, reads in (("not at all", 0), ("by the byte", 1)):
        line = ask_medium(district, teacher, sha256, receive_buffer=4096)
        wait_until("the answer's begin", lambda: select.select([line], [], [], 0)[0])

        def is_gone():
            try:
                if reads:
                    line.recv(reads)
            except ConnectionResetError:
                pass
            return descriptors() <= before
        tap.check(f"who reads {name} what it asked for is cut",
                  wait_until("the cut", is_gone, PATIENCE_S))
        line.close()


# --- the end ----------------------------------------------------------------

def stop(tap, district, kiosk):
    """SIGTERM while a request is half sent."""
    body = json.dumps({"name": "nobody", "password": "wrong"}).encode()
    line, resting = connect(district), connect(district)
    resting.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: here\r\n\r\n")
    resting.recv(65536)
    line.sendall(b"POST /api/sign-in HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
                 b"Expect: 100-continue\r\n" + f"Content-Length: {len(body)}\r\n\r\n".encode())
    line.recv(100)  # it has begun
    line.sendall(body[:10])
    district.running.child.send_signal(signal.SIGTERM)
    district.running.wait_for("stopping")

    def sent_back():
        with connect(district) as newcomer:
            newcomer.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            said = said_by(newcomer)
        return b" 503 " in said.split(b"\r\n")[0] and b"Retry-After: " in said
    tap.check("a server that stops sends newcomers back",
              wait_until("newcomers to be sent back", sent_back))
    resting.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    said = said_by(resting)
    tap.check("nor a new request", said == b"" or b" 503 " in said.split(b"\r\n")[0], said)
    line.sendall(body[10:])
    answer = http.client.HTTPResponse(line)
    answer.begin()
    tap.equal("but finishes the one at hand", answer.status, 401)
    tap.equal("and ends well", district.running.child.wait(PATIENCE_S), 0)


def stop_at_last(tap, district):
    line = connect(district)
    line.sendall(b"POST /api/sign-in HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
                 b"Expect: 100-continue\r\nContent-Length: 4000\r\n\r\n")
    line.recv(100)
    district.running.child.send_signal(signal.SIGTERM)
    tap.equal("who never ends its request does not hold the stop up",
              district.running.child.wait(PATIENCE_S), 0)


def notified(tap, folder, district):
    path = os.path.join(folder, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(path)
        heard.settimeout(PATIENCE_S)
        district.start(env={"NOTIFY_SOCKET": path})
        said = heard.recv(4096).decode()
        tap.check("systemd hears that it is ready",
                  said.startswith("READY=1\n") and district.url in said, said)
        district.stop()
        tap.equal("and that it stops", heard.recv(4096), b"STOPPING=1")


def first_medium(kiosk):
    with contextlib.closing(sqlite3.connect(os.path.join(kiosk.district.data,
                                                         "district.db"))) as db:
        return db.execute("SELECT sha256 FROM entry_medium").fetchone()[0]


def main():
    tap = Tap()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, FILES), hard))
    with place() as folder:
        district = District(folder)
        district.settings(server={"idle_s": 3600, "stop_s": 300})
        district.start()
        teacher, kiosk = district.add_teacher(), Kiosk(folder, district)
        kiosk.deliver()
        run(tool("lay"), kiosk.store, "1", "--learner", roster_of(kiosk)[0][0], "--photo",
            photo_file(folder, "photo.png", 1), *SAMPLE_STONE)
        kiosk.deliver()
        upload(tap, district, kiosk)
        by_tool(tap, district)
        idle(tap, district)
        stop(tap, district, kiosk)

        sha256 = first_medium(kiosk)
        plant(district, sha256)
        district.start()
        download(tap, district, teacher, sha256)
        district.stop()

        district.settings(server={"idle_s": IDLE_S, "slow_bytes_per_s": 25000000, "stop_s": 1,
                                  "connections": 20})
        district.start()
        slow(tap, district)
        half_closed(tap, district)
        stalled(tap, district, teacher, sha256)
        stop_at_last(tap, district)
        notified(tap, folder, district)
    tap.end()


main()

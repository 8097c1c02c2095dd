# SPDX-License-Identifier: Apache-2.0
"""The real programs, started and ended, for journeys written in Python.

Everything lives in one temporary folder, listens on 127.0.0.1 on a port that
the kernel gave, and is ended by its process id.
"""
import atexit
import contextlib
import http.cookiejar
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build", "debug"))
BIN = os.environ.get("BIN", os.path.join(BUILD, "bin"))
TOOLS = os.path.join(BUILD, "tests", "journey")
PACK = os.path.join(ROOT, "app", "portrait", "sample")
ROSTER = os.path.join(ROOT, "app", "roster", "sample")
PATIENCE_S = 180  # that a slow, busy machine may need; others are never near it
DETAIL_MAX = 400  # of a line that says why a check failed
DAY_US = 86_400_000_000


def program(name):
    return os.path.join(BIN, f"cairn-{name}")


def tool(name):
    return os.path.join(TOOLS, name)


def now_us():
    return time.time_ns() // 1000


class Tap:
    """Prints TAP; a check that fails is a test that fails, and the next runs."""

    def __init__(self):
        self.number, self.bad = 0, 0

    def check(self, name, good, detail=""):
        self.number += 1
        self.bad += 0 if good else 1
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}", flush=True)
        if not good and detail != "":
            for line in str(detail).splitlines():
                print(f"#   {line[:DETAIL_MAX]}", flush=True)
        return good

    def equal(self, name, got, wanted):
        return self.check(name, got == wanted, f"got {got!r}, wanted {wanted!r}")

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.number}", flush=True)
        sys.exit(1 if self.bad else 0)


def run(*command, text_in=None, env=None, check=True, timeout=600):
    done = subprocess.run(command, input=text_in, capture_output=True, text=True,
                          env={**os.environ, **(env or {})}, timeout=timeout, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"{os.path.basename(command[0])} {command[1:]} ended with "
                           f"{done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def hold_port(port=0):
    """A socket whose port the kernel gives to nobody else while it is open, so that a
    server can leave it and have it again."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held


def wait_until(what, question, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.05)
    raise RuntimeError(f"waited {seconds} s in vain for {what}")


class Running:
    """A program that goes on; its output is in a file."""

    def __init__(self, name, command, folder, env=None):
        self.log = os.path.join(folder, f"{name}.log")
        with open(self.log, "ab") as log:
            self.begin = log.tell()
            self.child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT,
                                          stdin=subprocess.DEVNULL,
                                          env={**os.environ, **(env or {})})
        atexit.register(self.kill)  # also of a journey that breaks off

    def output(self):
        with open(self.log, "rb") as log:
            log.seek(self.begin)
            return log.read().decode(errors="replace")

    def wait_for(self, pattern, seconds=PATIENCE_S):
        def found():
            ended = self.child.poll() is not None  # before: what it said last counts
            match = re.search(pattern, self.output(), re.MULTILINE)
            if match is None and ended:
                raise RuntimeError(f"{self.log} ended with {self.child.returncode}:\n"
                                   f"{self.output()}")
            return match
        return wait_until(f"{pattern} in {self.log}", found, seconds)

    def alive(self):
        return self.child.poll() is None

    def kill(self):
        if self.alive():
            self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self):
        if self.alive():
            self.child.terminate()
            try:
                self.child.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.child.kill()
                raise
        return self.child.wait()


class District:
    """A district with the sample portrait and roster; its archive is in SQLite,
    or at an address."""

    def __init__(self, folder, archive=None):
        self.folder, self.data = folder, os.path.join(folder, "district")
        self.running, self.scheme = None, "http"
        self.held = hold_port()
        self.port = self.held.getsockname()[1]
        self.config = os.path.join(folder, "district.conf")
        self.settings()
        if archive:  # for every command, as IT would say it
            os.makedirs(self.data, mode=0o700)
            self.config = os.path.join(self.data, "district.conf")
            self.settings(server={"archive": archive})
        run(program("district"), "import-portrait", "--data", self.data, PACK)
        run(program("district"), "import-roster", "--data", self.data, ROSTER)

    def settings(self, **groups):
        """Each group a dictionary; of the next start."""
        with open(self.config, "w", encoding="utf-8") as file:
            for group, words in groups.items():
                file.write(f"[{group}]\n")
                file.writelines(f"{key}={value}\n" for key, value in words.items())

    def start(self, listen=None, env=None):
        self.running = Running("district", [program("district"), "serve", "--data", self.data,
                                            "--config", self.config, "--listen",
                                            listen or f"127.0.0.1:{self.port}"],
                               self.folder, env)
        match = self.running.wait_for(r"^listening on (?:(https?)://127\.0\.0\.1:(\d+)|unix:)")
        if match[1]:
            self.scheme, self.port = match[1], int(match[2])
        return self

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def stop(self):
        return self.running.stop() if self.running else 0

    def kill(self):
        self.running.kill()

    def enrolment_code(self):
        out = run(program("district"), "enrol-code", "--data", self.data).stdout
        return re.search(r"\d{12}", out)[0]

    def add_teacher(self, login="teacher"):
        out = run(program("district"), "add-teacher", "--data", self.data, "--name", login,
                  "--class", "all").stdout
        return Teacher(self, login, out.strip().split()[-1])


class Teacher:
    """A teacher's browser without the pages."""

    def __init__(self, district, login, password):
        self.district = district
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar))
        self.token = ""
        own = "".join(random.choices("abcdefghjkmnpqrstuvwxyz", k=20))
        self.token = self.post("/api/sign-in", {"name": login, "password": password})["token"]
        session = self.post("/api/password", {"old": password, "new": own})
        self.token = session["token"]
        self.classes = session["classes"]

    def request(self, method, path, body=None):
        request = urllib.request.Request(self.district.url + path, method=method)
        request.add_header("Cairn-Token", self.token)
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with self.opener.open(request, data=data, timeout=PATIENCE_S) as answer:
            return answer.read()

    def post(self, path, body):
        return json.loads(self.request("POST", path, body) or b"null")

    def get(self, path):
        return self.request("GET", path)

    def entries(self, state="waiting"):
        """Of all classes, each once, though one may be in several queues."""
        found = {}
        for each in self.classes:
            queue = json.loads(self.get(f"/api/queue?class={each['id']}&lang=en&state={state}"))
            for entry in queue["entries"]:
                found[entry["id"]] = entry
        return list(found.values())


class Kiosk:
    """A kiosk's store and settings, enrolled with a district."""

    def __init__(self, folder, district, name="kiosk", enrol=True):
        self.folder, self.district, self.name = folder, district, name
        self.store = os.path.join(folder, name)
        self.config = os.path.join(folder, f"{name}.conf")
        self.clock = None
        self.write_config()
        if enrol:
            run(program("agent"), "enrol", "--config", self.config,
                text_in=district.enrolment_code() + "\n")

    def write_config(self, **kiosk):
        words = {"store": self.store, "camera": "none", "speech": "none",
                 "fullscreen": "false", **kiosk}
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("[kiosk]\n")
            file.writelines(f"{key}={value}\n" for key, value in words.items())
            file.write(f"[agent]\ndistrict={self.district.url}\npoll_seconds=1\n")

    def environment(self):
        return {"CAIRN_CLOCK_FILE": self.clock} if self.clock else {}

    def set_clock(self, boot, since_boot_us, wall_us, trusted):
        self.clock = os.path.join(self.folder, f"{self.name}.clock")
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(f"{boot} {since_boot_us} {wall_us} {int(trusted)}\n")
        os.rename(self.clock + ".new", self.clock)

    def deliver(self, check=True):
        return run(program("agent"), "--config", self.config, "--once",
                   env=self.environment(), check=check)

    def at_district(self):
        """The ids of all its records there, from the archive itself: a queue
        shows only as many as a teacher can look at."""
        database = os.path.join(self.district.data, "district.db")
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            return [row[0] for row in db.execute(
                "SELECT id FROM statement WHERE number IS NOT NULL ORDER BY seq")]

    def reviews(self):
        """evidence → decision, as they came down to the kiosk."""
        with contextlib.closing(sqlite3.connect(f"file:{self.store}/kiosk.db?mode=ro",
                                                uri=True)) as db:
            return dict(db.execute("SELECT evidence, decision FROM review"))

    def start_agent(self):
        return Running(f"{self.name}-agent", [program("agent"), "--config", self.config],
                       self.folder, self.environment())

    def lay(self, count, learner, *options, check=True):
        return run(tool("lay"), self.store, str(count), "--learner", learner, *SAMPLE_STONE,
                   *options, env=self.environment(), check=check)

    def audit(self):
        return audit(self.store)


def audit(store):
    """What the store holds, and whether all of it is whole."""
    done = run(tool("audit"), store, check=False)
    if done.returncode == 1:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def sample_stone():
    with open(os.path.join(PACK, "portrait.toml"), "rb") as file:
        pack = tomllib.load(file)
    prompt = pack["prompt"][0]
    statement = next(s for s in pack["statement"] if s["id"] == prompt["statement"])
    return ["--prompt", prompt["id"], "--statement", statement["uuid"],
            "--portrait", pack["portrait"]["id"],
            "--portrait-version", pack["portrait"]["version"]]


SAMPLE_STONE = sample_stone()


def roster_of(kiosk):
    """What the district sent: id, name, badge of each learner."""
    with contextlib.closing(sqlite3.connect(f"file:{kiosk.store}/kiosk.db?mode=ro",
                                            uri=True)) as db:
        return db.execute("SELECT learner.id, name, digits FROM learner"
                          " LEFT JOIN badge ON badge.learner = learner.id"
                          " ORDER BY position").fetchall()


def photo_file(folder, name, seed):
    """A small but real PNG, another for each seed."""
    import struct
    import zlib

    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body
                + struct.pack(">I", zlib.crc32(kind + body)))
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(3 * 32) for _ in range(32))
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2,
                                                                    0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


@contextlib.contextmanager
def place():
    folder = tempfile.mkdtemp(prefix="cairn-journey-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

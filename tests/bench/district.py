# SPDX-License-Identifier: Apache-2.0
"""The district as a tool that speaks xAPI meets it: how much it takes in, how
soon it finds it again, and what that costs; with SQLite and with PostgreSQL.
"""
import base64
import contextlib
import json
import os
import re
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import urllib.parse
import urllib.request

import cairn
import cluster
from figures import MADE, line, number, output, pss_mib

ROUNDS = 3
ATTACHMENT = 100_000
FEWEST = 20_000  # statements a second, of 64 connections, 50 a request
GROWTH = 4       # rounds more of it
FULL_LOAD = (64, 50, 0, 60_000)
LOADS = [  # connections, statements a request, bytes of its attachment, statements
    (1, 1, 0, 1000), (8, 1, 0, 4000), (64, 1, 0, 10_000),
    (1, 50, 0, 20_000), (8, 50, 0, 40_000), FULL_LOAD,
    (8, 1, ATTACHMENT, 400),
]


def name_of(load):
    lines, batch, attachment, _ = load
    return (f"{lines} connection{'s' if lines > 1 else ''}, "
            f"{'single' if batch == 1 else f'{batch} a request'}"
            f"{', with 100 kB' if attachment else ''}")


class Course:
    """A district with one tool, which knows its key; archive: "" or a PostgreSQL's address."""

    def __init__(self, folder, archive=""):
        os.makedirs(folder)
        self.district = cairn.District(folder)
        if archive:
            with open(os.path.join(self.district.data, "district.conf"), "w",
                      encoding="utf-8") as file:
                file.write(f"[server]\narchive={archive}\n")
            self.district.settings(server={"archive": archive})
        self.key = cairn.run(cairn.program("district"), "key", "add", "--data",
                             self.district.data, "--scopes", "all").stdout.strip()
        self.seed = 0
        self.district.start()

    @property
    def pid(self):
        return self.district.running.child.pid

    def writes(self):
        """Commits so far: of statements, and of what they are found by."""
        with urllib.request.urlopen(self.district.url + "/metrics", timeout=30) as answer:
            text = answer.read().decode()
        return tuple(int(float(re.search(rf"^{name}(?:{{}})? (\S+)$", text, re.M)[1]))
                     for name in ("cairn_writer_commit_duration_seconds_count",
                                  "cairn_writer_draws_total"))

    def threads(self):
        """Processor ticks of each thread that is not a moment's."""
        used = {}
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{self.pid}/task/{thread}/stat",
                                                    encoding="ascii") as file:
                text = file.read()
                name = text[text.index("(") + 1:text.rindex(")")]
                words = text.rsplit(")", 1)[1].split()
                used[name] = used.get(name, 0) + int(words[11]) + int(words[12])
        return used

    def load(self, load):
        """What tests/bench/load prints, and the commits and processor ticks that it cost."""
        lines, batch, attachment, count = load
        self.seed += 1
        commits, ticks = self.writes(), self.threads()
        words = output([f"{MADE}/tests/bench/load", str(self.district.port), self.key, str(lines),
                        str(batch), str(attachment), str(count), str(self.seed)]).split()
        n, sent_us, found_us, middle, late, sender = map(int, words)
        after = self.threads()
        return {"n": n, "rate": n / found_us * 1e6, "acknowledged": n / sent_us * 1e6,
                "middle": middle / 1000, "late": late / 1000, "sender": sender / n,
                "commits": [b - a for a, b in zip(commits, self.writes())],
                "ticks": {name: after[name] - ticks.get(name, 0) for name in after}}


class Plain:
    """The baseline's own database, with the schema and the rows of the district's."""

    def __init__(self, course, folder):
        self.database = os.path.join(course.district.data, "district.db")
        self.path = os.path.join(folder, "plain.db")
        with contextlib.closing(sqlite3.connect(self.database)) as source, \
                contextlib.closing(sqlite3.connect(self.path)) as copy:
            source.backup(copy)

    def rate(self, n, commits):
        """Statements a second when the same rows are inserted with as many commits."""
        entries, seconds = output([f"{MADE}/tests/bench/plain-inserts", self.path, self.database,
                                   *map(str, commits)]).split()
        if int(entries) != n:
            raise ValueError(f"the district has {entries} new rows of {n}")
        return n / float(seconds)


def print_costs(course, runs, plain):
    n = sum(run["n"] for run in runs)
    parts = {"MHD-worker": "talking and checking", "writer": "the writer",
             "checkpoint": "checkpoints"}
    ticks_us = 1e6 / os.sysconf("SC_CLK_TCK")
    costs = [f"{number(sum(run['ticks'].get(name, 0) for run in runs) * ticks_us / n)} us in {what}"
             for name, what in parts.items()]
    print(f"  a statement takes {number(1e6 / statistics.median(r['rate'] for r in runs))} us; of "
          f"a processor: {', '.join(costs)}, "
          f"{number(statistics.median(r['sender'] for r in runs))} us in the load; a plain INSERT "
          f"{number(1e6 / statistics.median(plain))} us with its share of the commit; "
          f"the district's memory then {number(pss_mib(course.pid))} MiB", flush=True)


def print_load(course, load, runs, plain, theirs):
    name = name_of(load)
    line(f"SQLite, {name}", "statements/s", [run["rate"] for run in runs], plain,
         "plain INSERTs of the same rows", 0.5 if load[1] == 50 else None, least=True,
         fewest=FEWEST if load == FULL_LOAD else None)
    line("  an answer", "ms", [run["middle"] for run in runs])
    line("  at 99 %", "ms", [run["late"] for run in runs])
    print_costs(course, runs, plain)
    if theirs:
        line(f"PostgreSQL, {name}", "statements/s", [run["rate"] for run in theirs],
             [run["rate"] for run in runs], "SQLite")
        line("  an answer", "ms", [run["middle"] for run in theirs])
        line("  at 99 %", "ms", [run["late"] for run in theirs])


def measure(folder, load):
    """One load in archives of its own: what is there already bounds the rate, too."""
    with contextlib.ExitStack() as stack:
        course = Course(os.path.join(folder, "sqlite"))
        stack.callback(course.district.stop)
        plain, other = Plain(course, folder), None
        if cluster.why_not() is None:
            server = stack.enter_context(cluster.Cluster())
            other = Course(os.path.join(folder, "postgres"), server.url)
            stack.callback(other.district.stop)
        ours, inserts, theirs = [], [], []
        for _ in range(ROUNDS):
            ours.append(course.load(load))
            inserts.append(plain.rate(ours[-1]["n"], ours[-1]["commits"]))
            if other:
                theirs.append(other.load(load))
        print_load(course, load, ours, inserts, theirs)
        if load == FULL_LOAD:
            print_growth(course, [run["rate"] for run in ours])


def print_growth(course, rates):
    """The same load goes on: each new id and term has more pages to fall on."""
    rates = rates + [course.load(FULL_LOAD)["rate"] for _ in range(GROWTH)]
    print("  by what is there already: " +
          ", ".join(f"{number(rate)} statements/s of {i * FULL_LOAD[3]}"
                    for i, rate in enumerate(rates)), flush=True)


def loads(folder):
    """Durable and findable statements, turn and turn about: SQLite, plain INSERTs, PostgreSQL."""
    for i, load in enumerate(LOADS):
        measure(os.path.join(folder, str(i)), load)
        shutil.rmtree(os.path.join(folder, str(i)))


# --- finding ------------------------------------------------------------------

STEPS = [10_000, 100_000, 1_000_000]
FLAT = 2
CLASSES, IN_A_CLASS = 40, 25
ASKED = 25  # times each
HOME = "https://district.example.org"


def write_roster(folder):
    """The sample's roster with CLASSES classes of IN_A_CLASS learners each."""
    shutil.copytree(cairn.ROSTER, folder)
    rows = {"classes": [], "users": [], "enrollments": []}
    for room in range(CLASSES):
        rows["classes"].append(f"class-{room},,,Room {room},01,course-1,,homeroom,{room},org-2,"
                               "year-2027,,,")
        for child in range(room * IN_A_CLASS, (room + 1) * IN_A_CLASS):
            rows["users"].append(f"stu-{child},,,true,org-2,student,student{child},,Child{child},"
                                 f"Name{child},,,,,,,01,")
            rows["enrollments"].append(f"enr-{child},,,class-{room},org-2,stu-{child},student,,,")
    for name, lines in rows.items():
        path = os.path.join(folder, f"{name}.csv")
        with open(path, encoding="utf-8") as file:
            head = file.readline()
        with open(path, "w", encoding="utf-8") as file:
            file.write(head + "\n".join(lines) + "\n")


def identity_of(kiosk):
    folder = os.path.join(kiosk.store, "secrets")
    with open(os.path.join(folder, os.listdir(folder)[0]), encoding="utf-8") as file:
        return json.load(file)["kiosk"]


def escape(text):
    return urllib.parse.quote(text, safe="")


def lasting_questions(course):
    """Paths by what they ask for: about people and things of the first statements, so that
    what they find was there from the beginning, and the answers stay as long."""
    some = course.get("/xapi/statements?limit=50&ascending=true")["statements"][::6]
    verb = escape("http://adlnet.gov/expapi/verbs/mastered")
    agents = [escape(json.dumps(each["actor"])) for each in some]
    activities = [escape(each["object"]["id"]) for each in some]
    above = [escape(each["context"]["contextActivities"]["parent"][0]["id"]) for each in some]
    pairs = [f"agent={agent}&verb={escape(each['verb']['id'])}"
             for agent, each in zip(agents, some)]
    sessions = {each["context"]["registration"] for each in some}
    base = "/xapi/statements?limit="
    return {
        "the newest": [f"{base}20"],
        "since the first": [f"{base}20&ascending=true&since={escape(some[0]['stored'])}"],
        "an agent": [f"{base}1&agent={each}" for each in agents],
        "an agent, also related": [f"{base}1&related_agents=true&agent={each}"
                                   for each in agents],
        "an activity": [f"{base}2&activity={each}" for each in activities],
        "an activity, also related": [f"{base}20&related_activities=true&activity={each}"
                                      for each in above],
        "a verb": [f"{base}20&verb={verb}"],
        "an agent and a verb": [f"{base}1&{each}" for each in pairs],
        "a registration": [f"{base}20&registration={each}" for each in sessions],
    }


def questions(course):
    """And about what has come last."""
    last = course.get("/xapi/statements?limit=20")["statements"][-1]["stored"]
    base = "/xapi/statements?limit=20"
    return {**course.lasting, "since a moment ago": [f"{base}&ascending=true&since={escape(last)}"],
            "until a moment ago": [f"{base}&until={escape(last)}"]}


class Library(Course):
    """A district that is filled step by step, and one who asks it."""

    def __init__(self, folder, archive=""):
        super().__init__(folder, archive)
        roster = os.path.join(folder, "roster")
        write_roster(roster)
        cairn.run(cairn.program("district"), "import-roster", "--data", self.district.data, roster)
        self.lasting = None  # questions
        self.teacher = self.district.add_teacher()
        kiosk = cairn.Kiosk(folder, self.district)
        where = archive or os.path.join(self.district.data, "district.db")
        self.filler = subprocess.Popen(
            [f"{MADE}/tests/bench/fill", where, self.key.split(":")[0], identity_of(kiosk),
             "teacher"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self):
        self.filler.stdin.close()
        self.filler.wait(60)
        self.district.stop()

    def fill(self, count):
        print(count, file=self.filler.stdin, flush=True)
        seconds = float(self.filler.stdout.readline())
        self.lasting = self.lasting or lasting_questions(self)
        return seconds

    @property
    def authorization(self):
        return "Authorization: Basic " + base64.b64encode(self.key.encode()).decode()

    def get(self, path):
        request = urllib.request.Request(self.district.url + path)
        for header in (self.authorization, "X-Experience-API-Version: 1.0.3"):
            request.add_header(*header.split(": ", 1))
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def ask(self, paths, *headers):
        """Milliseconds of each path's quickest answer, for the sizes can't take turns and what
        else the machine does only adds; and the bytes of the first."""
        out = output([f"{MADE}/tests/bench/ask", str(self.district.port), str(ASKED), *headers],
                     input_text="\n".join(paths))
        rows = [row.split() for row in out.split("\n") if row]
        return [int(row[0]) / 1000 for row in rows], int(rows[0][2])

    def ask_all(self):
        """Milliseconds, and bytes, by what was asked."""
        found = {f"statements: {name}": self.ask(paths, self.authorization,
                                                 "X-Experience-API-Version: 1.0.3")
                 for name, paths in questions(self).items()}
        cookie = "Cookie: " + "; ".join(f"{each.name}={each.value}" for each in self.teacher.jar)
        queue = [f"/api/queue?class={each['id']}&lang=en&state=waiting"
                 for each in self.teacher.classes[:8]]
        found["review queue of a class"] = self.ask(queue, cookie)
        return found


def answers(folder, archive="", name="SQLite"):
    course = Library(os.path.join(folder, "library"), archive)
    found = []
    try:
        for count in STEPS:
            seconds = course.fill(count)
            found.append(course.ask_all())
            print(f"{name}: {count} statements are there, filled in {seconds:.0f} s", flush=True)
    finally:
        course.stop()
    for what in found[0]:
        least, most = found[0][what][0], found[-1][what][0]
        line(f"{name}, {what}, of {STEPS[-1]}", "ms", most, least, f"the same of {STEPS[0]}", FLAT)
        between = ", ".join(f"{number(statistics.median(each[what][0]))} ms of {count}"
                            for each, count in zip(found[1:-1], STEPS[1:-1]))
        print(f"  {between}; {found[0][what][1]} and {found[-1][what][1]} bytes", flush=True)


def answers_of_postgres(folder):
    """The same from PostgreSQL."""
    with cluster.Cluster() as server:
        answers(folder, server.url, "PostgreSQL")


# --- waiting ------------------------------------------------------------------

CROWD = 5000
PER_LINE_MAX = 64  # KiB that one may cost


def open_line(port):
    line = socket.create_connection(("127.0.0.1", port))
    line.sendall(b"GET /xapi/about HTTP/1.1\r\nHost: here\r\n\r\n")
    return line


def crowd(folder):
    """Memory of a district that CROWD clients are connected with, each answered once."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    district = cairn.District(folder)
    district.settings(server={"idle_s": 3600})
    district.start()
    lines = []
    try:
        empty = pss_mib(district.running.child.pid)
        for _ in range(CROWD // 100):
            some = [open_line(district.port) for _ in range(100)]
            lines += some
            if not all(line.recv(4096).startswith(b"HTTP/1.1 200") for line in some):
                raise ValueError("somebody got another answer")
        full = pss_mib(district.running.child.pid)
    finally:
        for each in lines:
            each.close()
        district.stop()
    line(f"memory with {CROWD} idle connections", "MiB", [full], [empty], "without")
    line("  of each", "KiB", [(full - empty) * 1024 / CROWD], most=PER_LINE_MAX)


BENCHES = {"loads": loads, "answers": answers, "crowd": crowd}
LONG = {"large-postgres": answers_of_postgres}  # measured when they are named

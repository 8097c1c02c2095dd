# SPDX-License-Identifier: Apache-2.0
"""The district as a tool that speaks xAPI meets it: how much it takes in, how
soon it finds it again, and what that costs; with SQLite and with PostgreSQL.
"""
import contextlib
import os
import re
import shutil
import sqlite3
import statistics
import time
import urllib.request

import cairn
import cluster
from figures import MADE, line, number, output, pss_mib

ROUNDS = 3
ATTACHMENT = 100_000
FEWEST = 20_000  # statements a second, of 64 connections, 50 a request
LOADS = [  # connections, statements a request, bytes of its attachment, statements
    (1, 1, 0, 1000), (8, 1, 0, 4000), (64, 1, 0, 10_000),
    (1, 50, 0, 20_000), (8, 50, 0, 40_000), (64, 50, 0, 60_000),
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
    most = load[:2] == (64, 50)
    line(f"SQLite, {name}", "statements/s", [run["rate"] for run in runs], plain,
         "plain INSERTs of the same rows", 0.5 if load[1] == 50 else None, least=True,
         fewest=FEWEST if most else None)
    line("  an answer", "ms", [run["middle"] for run in runs])
    line("  at 99 %", "ms", [run["late"] for run in runs])
    print_costs(course, runs, plain)
    if theirs:
        line(f"PostgreSQL, {name}", "statements/s", [run["rate"] for run in theirs],
             [run["rate"] for run in runs], "SQLite")
        line("  an answer", "ms", [run["middle"] for run in theirs])
        line("  at 99 %", "ms", [run["late"] for run in theirs])


def loads(folder):
    """Durable and findable statements, turn and turn about: SQLite, plain INSERTs, PostgreSQL."""
    with contextlib.ExitStack() as stack:
        course = Course(os.path.join(folder, "sqlite"))
        stack.callback(course.district.stop)
        plain, other = Plain(course, folder), None
        if cluster.why_not() is None:
            server = stack.enter_context(cluster.Cluster())
            other = Course(os.path.join(folder, "postgres"), server.url)
            stack.callback(other.district.stop)
        for load in LOADS:
            ours, inserts, theirs = [], [], []
            for _ in range(ROUNDS):
                ours.append(course.load(load))
                inserts.append(plain.rate(ours[-1]["n"], ours[-1]["commits"]))
                if other:
                    theirs.append(other.load(load))
            print_load(course, load, ours, inserts, theirs)


BENCHES = {"loads": loads}

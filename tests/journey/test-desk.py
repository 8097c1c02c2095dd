#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`make run` as a newcomer types it, in a terminal on a machine without a
display: it says where everything is, all of that answers, Ctrl-C ends every
process, and the next run goes on with the same data until `make demo-clean`.
"""
import json
import os
import pty
import re
import shutil
import signal
import stat
import sys
import tempfile
import threading
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cairn  # noqa: E402

FLAVOUR = os.path.basename(cairn.BUILD)
FIRST_BADGE = ["950", "130"]  # in the strip of cards, on the page of 1024 x 768
OWN_PASSWORD = "three stones on a hill"


def environment(demo):
    env = {name: value for name, value in os.environ.items()
           if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BUILD", "BIN", "FLAVOUR")}
    env.update(CAIRN_DEMO=demo, BUILD=os.path.dirname(cairn.BUILD))
    # cairo leaks by the fonts that the sheets of cards need for some names.
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    return env


MAKE = ["make", "--no-print-directory", "-C", cairn.ROOT, f"FLAVOUR={FLAVOUR}"]


def make(demo, target, check=True):
    return cairn.run(*MAKE, target, check=check,
                     env={"CAIRN_DEMO": demo, "BUILD": os.path.dirname(cairn.BUILD)})


class Desk:
    """One `make run`, and what its terminal showed."""
    running = []

    def __init__(self, demo):
        self.shown = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe("make", [*MAKE, "run"], environment(demo))
        Desk.running.append(self)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                some = os.read(self.terminal, 4096)
            except OSError:
                return
            if not some:
                return
            self.shown += some.decode(errors="replace").replace("\r", "")

    def find(self, pattern, seconds=cairn.PATIENCE_S):
        return cairn.wait_until(f"{pattern} in:\n{self.shown}",
                                lambda: re.search(pattern, self.shown), seconds)

    def descendants(self):
        parents = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                    rest = file.read()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(pid)] = int(rest.rpartition(")")[2].split()[1])
        found, more = set(), {self.pid}
        while more:
            more = {pid for pid, parent in parents.items() if parent in more} - found
            found |= more
        return found

    def press_ctrl_c(self):
        """Returns make's exit status."""
        os.write(self.terminal, b"\x03")
        return self.wait()

    def wait(self):
        ended = cairn.wait_until("the end of make run",
                                 lambda: os.waitpid(self.pid, os.WNOHANG)[0] and "ended")
        Desk.running.remove(self)
        return ended


def alive(pids):
    found = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                if "Z" not in file.read().rpartition(")")[2][:3]:
                    found.append(pid)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def named(pids, name):
    found = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                if file.read().strip() == name[:15]:
                    found.append(pid)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def get(address):
    with urllib.request.urlopen(address, timeout=cairn.PATIENCE_S) as answer:
        return answer.status, answer.read(200)


def post(address, body, headers=None):
    request = urllib.request.Request(address, data=json.dumps(body).encode(), method="POST",
                                     headers={"Content-Type": "application/json",
                                              **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=cairn.PATIENCE_S) as answer:
            cookies = answer.headers.get_all("Set-Cookie", [])
            return answer.status, json.load(answer), next(
                (each for each in cookies if each.startswith("cairn=")), "")
    except urllib.error.HTTPError as refused:
        return refused.code, {}, ""


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def hold_up_badge(tap, demo, desk, kiosk):
    """The kiosk as it is drawn into a browser, and a tap on a card there."""
    [drawer] = named(desk.descendants(), "gtk4-broadwayd")
    cairn.run("node", f"{cairn.ROOT}/tests/journey/tap-page.mjs", kiosk, *FIRST_BADGE,
              f"{demo}/log/kiosk.log", "step hello")
    tap.check("a badge that is tapped in the browser is read by the kiosk", True)
    tap.check("and what draws there has not fallen over",
              drawer in named(desk.descendants(), "gtk4-broadwayd"))


def kiosks(demo):
    return cairn.run(cairn.program("district"), "kiosks", "--data", f"{demo}/district").stdout


def choose_password(teacher, password):
    """As the pages do at the first sign-in."""
    status, session, cookie = post(f"{teacher}api/sign-in",
                                   {"name": "teacher", "password": password})
    if status != 200 or not session["must_change"]:
        return False
    status, _, _ = post(f"{teacher}api/password", {"old": password, "new": OWN_PASSWORD},
                        {"Cookie": cookie.split(";")[0], "Cairn-Token": session["token"]})
    return status == 200


def first_run(tap, demo):
    desk = Desk(demo)
    desk.find(r"Ctrl-C ends it")  # the last line: what is above it is whole
    kiosk = desk.find(r"kiosk +(http://127\.0\.0\.1:\d+/)")[1]
    teacher = desk.find(r"teacher +(http://127\.0\.0\.1:\d+/)")[1]
    password = desk.find(r"password +(\S+)")[1]
    tap.equal("the printed kiosk answers", get(kiosk)[0], 200)
    tap.equal("the printed teacher's page answers", get(teacher)[0], 200)
    hold_up_badge(tap, demo, desk, kiosk)
    with open(f"{demo}/cards.pdf", "rb") as file:
        tap.equal("the cards are a PDF", file.read(5), b"%PDF-")
    tap.equal("the password is for the owner's eyes", mode(f"{demo}/teacher-password"), 0o600)
    tap.equal("nobody else looks into the demo", mode(demo), 0o700)
    tap.check("a second run of the same demo is refused",
              "already running" in make(demo, "run", check=False).stderr)
    tap.check("demo-clean leaves a running demo alone",
              make(demo, "demo-clean", check=False).returncode != 0
              and os.path.exists(f"{demo}/district"))
    [agent] = named(desk.descendants(), "cairn-agent")
    os.kill(agent, signal.SIGKILL)
    desk.find(r"cairn-agent ended by itself")
    cairn.wait_until("the agent again", lambda: named(desk.descendants(), "cairn-agent"))
    tap.check("a program that falls is named and started again", True)
    tap.check("the printed password signs in, and is then one's own",
              choose_password(teacher, password))
    everyone = desk.descendants()
    tap.check("all three programs run", all(named(everyone, f"cairn-{name}")
                                            for name in ("kiosk", "agent", "district")))
    desk.press_ctrl_c()
    tap.equal("Ctrl-C ends every process", alive(everyone), [])
    return kiosk, teacher


def second_run(tap, demo, kiosk, teacher):
    held = [cairn.hold_port(int(re.search(r":(\d+)", each)[1])) for each in (kiosk, teacher)]
    before = kiosks(demo)
    cairn.run(cairn.tool("lay"), f"{demo}/kiosk", "3")
    desk = Desk(demo)
    desk.find(r"Ctrl-C ends it")
    tap.check("the next run has the same addresses",
              kiosk in desk.shown and teacher in desk.shown)
    for each in held:
        each.close()
    tap.check("a password of one's own is not printed over",
              "the one you chose" in desk.shown and not os.path.exists(f"{demo}/teacher-password"))
    cairn.wait_until("three stones at the district", lambda: "held 3" in kiosks(demo))
    tap.equal("what was laid while nothing ran arrives, at the same kiosk",
              kiosks(demo).split()[0], before.split()[0])
    fresh = make(demo, "demo-password").stdout.split()[-1]
    tap.equal("demo-password makes one that signs in",
              post(f"{teacher}api/sign-in", {"name": "teacher", "password": fresh})[0], 200)
    everyone = desk.descendants()
    os.kill(desk.pid, signal.SIGTERM)
    desk.wait()
    cairn.wait_until("every process to end", lambda: not alive(everyone))
    tap.check("being told to end, it ends every process too", True)


def main():
    tap = cairn.Tap()
    folder = tempfile.mkdtemp(prefix="desk-")
    demo = os.path.join(folder, "demo")
    try:
        second_run(tap, demo, *first_run(tap, demo))
        make(demo, "demo-clean")
        tap.check("demo-clean forgets it all", not os.path.exists(demo))
    except RuntimeError as fault:
        tap.check("the run goes as written", False, fault)
    finally:
        for desk in list(Desk.running):
            desk.press_ctrl_c()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""A kiosk in a window of its own, walked through by a real pointer.

No district: fill-store gives the store the sample pack and roster.  What is
on the screen is found by its accessible name (tap.c), badges and cards are
pictures before the kiosk's camera, and the kiosk's lines on its standard
output say when a step is shown.
"""
import contextlib
import math
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build", "debug"))
WAIT_S = 120  # against what never comes, on any machine
PATIENCE_S = 20  # until a press is taken for lost
PORTS_ABOVE = 6000  # X displays have numbers to 65535 less that
DIAGONAL_MM = 178  # app/screens/ui.c takes the screen for that


class TooLate(AssertionError):
    """The kiosk runs, but did not say what it should."""


def tool(name):
    return os.path.join(BUILD, "tests", "journey", name)


class Desk:
    """An X server, a session bus and a folder for sockets of our own: the bus of a desk
    that was just closed may still be about to remove its own."""

    def __init__(self, width, height):
        # The lowest free number would soon be another's again, and an X server that ends
        # removes the socket of that number after it has let it go.
        self.held = socket.socket()
        self.held.bind(("127.0.0.1", 0))
        number = str(self.held.getsockname()[1] - PORTS_ABOVE)
        reader, writer = os.pipe()
        self.x = subprocess.Popen(
            ["Xvfb", ":" + number, "-displayfd", str(writer), "-screen", "0",
             f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"], pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as display:
            if display.readline().strip() != number:
                raise RuntimeError(f"no X server at :{number}")
        self.runtime = tempfile.mkdtemp(prefix="desk-")
        self.env = dict(os.environ, DISPLAY=":" + number, XDG_RUNTIME_DIR=self.runtime)
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.env)
        # Whole stacks, for not-ours.lsan knows GLib's leak only by its bottom.
        asan = os.environ.get("ASAN_OPTIONS", "") + ":fast_unwind_on_malloc=0"
        self.env.update(GDK_BACKEND="x11", ASAN_OPTIONS=asan,
                        DBUS_SESSION_BUS_ADDRESS=self.bus.stdout.readline().strip())

    def close(self):
        for child in (self.bus, self.x):
            child.terminate()
            child.wait()
        self.held.close()
        shutil.rmtree(self.runtime, ignore_errors=True)


class Kiosk:
    def __init__(self, folder, width, height, **settings):
        self.folder, self.width, self.height = folder, width, height
        self.store = settings.get("store", os.path.join(folder, "store"))
        self.cards = os.path.join(folder, "cards")
        self.lens = os.path.join(folder, "lens")
        self.said = os.path.join(folder, "said")
        self.settings = {"store": self.store, "camera": "pictures:" + self.lens,
                         "scanner": "none", "speech": "file:" + self.said,
                         "fullscreen": "false", "idle_seconds": 600,
                         "notice_seconds": 600, **settings}
        self.agent = {}  # its group of the settings, as an adult's screen tells it
        self.desk = Desk(width, height)
        self.px_per_mm = math.hypot(width, height) / DIAGONAL_MM
        for path in (self.cards, self.lens):
            os.makedirs(path, exist_ok=True)
        self.program, self.shown = None, 0

    def fill(self, pack=os.path.join(ROOT, "app/portrait/sample")):
        """Returns what the first learner's badge says."""
        return subprocess.run([tool("fill-store"), self.store, pack,
                               os.path.join(ROOT, "app/roster/sample"), self.cards],
                              check=True, text=True, stdout=subprocess.PIPE).stdout.strip()

    def start(self, until="ready"):
        config = os.path.join(self.folder, "kiosk.conf")
        with open(config, "w", encoding="utf-8") as out:
            out.write("[kiosk]\n" + "".join(f"{k}={v}\n" for k, v in self.settings.items()))
            if self.agent:
                out.write("[agent]\n" + "".join(f"{k}={v}\n" for k, v in self.agent.items()))
        self.log = open(os.path.join(self.folder, "kiosk.log"), "ab")
        self.program = subprocess.Popen(
            [os.path.join(BUILD, "bin", "cairn-kiosk"), "--config", config,
             "--size", f"{self.width}x{self.height}"],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=dict(self.desk.env, G_DEBUG="fatal-criticals"))
        self.lines = queue.Queue()
        threading.Thread(target=self.read, args=[self.program.stdout, self.lines],
                         daemon=True).start()
        self.wait(until)

    @staticmethod
    def read(out, lines):
        for line in out:
            lines.put(line.strip())
        lines.put(None)

    def wait(self, wanted, seconds=WAIT_S):
        """Until the kiosk says so; what it said before that is passed over."""
        end, seen = time.monotonic() + seconds, []
        while True:
            try:
                line = self.lines.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                raise TooLate(f"no \"{wanted}\" from the kiosk, only {seen}") from None
            if line is None:
                raise AssertionError(f"the kiosk ended before \"{wanted}\", after {seen}:\n"
                                     + self.last_words())
            if line == wanted or line.startswith(wanted + " "):
                return line
            seen.append(line)

    def last_words(self):
        """How it ended, and the end of its log."""
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return f"{self.program.wait(WAIT_S)}\n{log.read()[-2000:]}"

    def tap(self, *words):
        finger = subprocess.Popen([tool("tap"), *words], env=self.desk.env, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + 2 * WAIT_S
        while finger.poll() is None:
            if self.program.poll() is not None or time.monotonic() > end:
                finger.kill()
            time.sleep(0.02)
        out, bad = finger.communicate()
        if self.program.poll() is not None:
            raise AssertionError(f"the kiosk ended before tap {words}:\n" + self.last_words())
        if finger.returncode != 0:
            raise AssertionError(bad.strip() + "; there is: "
                                 + ", ".join(name for *_, name in self.things()))
        return out

    def things(self):
        """(role, x, y, width, height, name) of all that is on the screen; what
        a screen reader is told comes a moment after the picture, and by and by:
        it is all there when it is twice the same."""
        end = time.monotonic() + WAIT_S
        rows, before = self.list(), None
        while (not rows or rows != before) and time.monotonic() < end:
            if self.program.poll() is not None:
                break
            time.sleep(0.05)
            rows, before = self.list(), rows
        return rows

    def list(self):
        out = subprocess.run([tool("tap"), "list"], env=self.desk.env, text=True,
                             stdout=subprocess.PIPE, check=False, timeout=WAIT_S).stdout
        rows = [line.split("\t", 5) for line in out.splitlines()]
        return [(row[0], *map(int, row[1:5]), row[5]) for row in rows]

    def press(self, name, then=None):
        time.sleep(0.35)  # a press sooner was meant for the screen before
        self.tap("press", name)
        if then and not self.comes(then):
            print(f"# nothing came of \"{name}\": pressed again, as a child would")
            self.tap("press", name)
            self.wait("step " + then)

    def hold(self, name, then):
        """A finger that stays until the step comes."""
        self.tap("down", name)
        try:
            return self.wait("step " + then)
        finally:
            self.tap("up")

    def names(self):
        return [name for *_, name in self.things()]

    def first_of(self, *names):
        """The first of these names that is on the screen, when one is."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            there = self.names()
            for name in names:
                if name in there:
                    return name
            if self.program.poll() is not None:
                break
        raise AssertionError(f"none of {names} is on the screen")

    def comes(self, then):
        """Whether the step comes within the time a child would wait for it."""
        try:
            return self.wait("step " + then, PATIENCE_S)
        except TooLate:
            return None

    @contextlib.contextmanager
    def held(self, card):
        """A picture before the lens, as long as this lasts."""
        self.shown += 1
        held = os.path.join(self.lens, f"held-{self.shown}.png")
        shutil.copy(os.path.join(self.cards, card + ".png"), held + ".part")
        os.replace(held + ".part", held)
        try:
            yield
        finally:
            os.unlink(held)

    def show(self, card, then="step"):
        """Holds a card before the lens until the kiosk has seen it."""
        with self.held(card):
            return self.wait(then)

    def picture(self, path):
        subprocess.run(["import", "-window", "root", path], env=self.desk.env, check=True)

    def stop(self, how=signal.SIGTERM):
        if self.program is not None:
            self.program.send_signal(how)
            self.program.wait(WAIT_S)
            self.program = None
            self.log.close()

    def close(self):
        try:
            self.stop()
        finally:
            self.desk.close()

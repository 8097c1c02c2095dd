# SPDX-License-Identifier: Apache-2.0
"""What the measuring modules share: figures as lines, and programs that give them."""
import contextlib
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MADE = os.path.join(ROOT, "build", "release")
os.environ["BUILD"] = MADE
os.environ.pop("BIN", None)
sys.path.insert(0, os.path.join(ROOT, "tests", "journey"))
sys.path.insert(0, os.path.join(ROOT, "tests", "postgres"))

TOOL_S = 300  # until a measuring program is given up
TICKS = os.sysconf("SC_CLK_TCK")


# --- printing ---------------------------------------------------------------

def spread(values):
    values = sorted(values)
    return f"{values[len(values) // 10]:.4g}–{values[-1 - len(values) // 10]:.4g}"


def number(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def line(name, unit, ours, theirs=None, baseline="", bar=None, least=False, most=None,
         fewest=None):
    """bar is of the ratio, least: it must be reached; most and fewest are of the value itself."""
    value = statistics.median(ours)
    text = f"{name}: {number(value)} {unit}"
    if len(ours) > 1:
        text += f" ({spread(ours)} of {len(ours)})"
    if theirs:
        other = statistics.median(theirs)
        ratio = value / other
        text += f", ratio {ratio:.3f} to {baseline} ({number(other)} {unit}, {spread(theirs)})"
        if bar:
            met = ratio >= bar if least else ratio <= bar
            text += f", bar {bar:g}: {'met' if met else 'short'}"
    if most:
        text += f", bar {most:g} {unit}: {'met' if value <= most else 'short'}"
    if fewest:
        text += f", bar {fewest:g} {unit}: {'met' if value >= fewest else 'short'}"
    print(text, flush=True)


# --- programs ---------------------------------------------------------------

def output(command, input_text=None, **more):
    """What it prints.  Given up after TOOL_S: told to stop, so that it can end what it started."""
    if input_text is not None:
        more["stdin"] = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, **more) as child:
        try:
            out, _ = child.communicate(input_text, timeout=TOOL_S)
        except BaseException:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(15)
            child.kill()
            raise
    if child.returncode != 0:
        raise subprocess.CalledProcessError(child.returncode, command)
    return out


def tool(name, *arguments, **more):
    out = output([f"{MADE}/tests/bench/{name}", *arguments], **more)
    return [[int(word) for word in row.split()] for row in out.split("\n") if row.strip()]


def column(rows, i, scale=1):
    return [row[i] / scale for row in rows]


def pss_mib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(row.split()[1]) for row in file if row.startswith("Pss:")) / 1024


def processor_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS

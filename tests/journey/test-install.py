#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `make install` lays down is whole: the programs run from there, a
district can be made of the sample that came with them, and each systemd unit
starts what is there.
"""
import glob
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cairn  # noqa: E402

FLAVOUR = os.path.basename(cairn.BUILD)
PREFIX = "/opt/cairn"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def install(root):
    cairn.run("make", "--no-print-directory", "-C", cairn.ROOT, f"FLAVOUR={FLAVOUR}",
              f"BUILD={os.path.dirname(cairn.BUILD)}", f"PREFIX={PREFIX}", f"DESTDIR={root}",
              "install", env={"MAKEFLAGS": ""}, timeout=600)


def check_programs(tap, there):
    for name in ("kiosk", "agent", "district", "forward"):
        shown = cairn.run(f"{there}/bin/cairn-{name}", "--help").stdout
        tap.check(f"cairn-{name} says how it is used", "Usage" in shown, shown)


def check_sample(tap, there, data):
    district, samples = f"{there}/bin/cairn-district", f"{there}/share/cairn"
    said = cairn.run(district, "import-portrait", "--data", data,
                     f"{samples}/portrait/sample").stdout
    said += cairn.run(district, "import-roster", "--data", data,
                      f"{samples}/roster/sample").stdout
    tap.check("the sample that came along makes a district",
              "24 prompts" in said and "40 learners" in said, said)


def check_units(tap, root, there):
    units = sorted(glob.glob(f"{there}/lib/systemd/system/cairn-*.service"))
    tap.equal("each program has its unit", len(units), 4)
    users = read(f"{there}/lib/sysusers.d/cairn.conf")
    for unit in units:
        text, name = read(unit), os.path.basename(unit)
        [program] = re.findall(rf"^ExecStart=.*?({PREFIX}/bin/\S+)", text, re.M)
        [user] = re.findall(r"^User=(\S+)", text, re.M)
        tap.check(f"{name} starts a program that is there", os.access(root + program, os.X_OK))
        tap.check(f"{name} runs as a user that is made", f"u {user} " in users)
        tap.check(f"{name} has no gap left in it", "@PREFIX@" not in text)


def check_readme(tap, there):
    docs = f"{there}/share/doc/cairn"
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", read(f"{docs}/README.md"))
    tap.check("the README has its picture",
              pictures and all(os.path.exists(f"{docs}/{each}") for each in pictures))
    tap.check("the licence lies beside it", os.path.exists(f"{docs}/LICENSE"))


def main():
    tap = cairn.Tap()
    root = tempfile.mkdtemp(prefix="install-")
    there = root + PREFIX
    try:
        install(root)
        check_programs(tap, there)
        check_sample(tap, there, f"{root}/data")
        check_units(tap, root, there)
        check_readme(tap, there)
    except RuntimeError as fault:
        tap.check("installing goes as written", False, fault)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()

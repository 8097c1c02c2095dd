#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The manual pages: mandoc finds nothing wrong, and every command, option and
setting that the programs know is in them."""
import glob
import os
import re
import shutil
import subprocess

from cairn import BIN, ROOT, Tap, place, program, run

PAGES = os.path.join(ROOT, "firmware", "manual")


def make_pages(folder):
    pages = {}
    for source in sorted(glob.glob(os.path.join(PAGES, "*.in"))):
        name = os.path.basename(source).removesuffix(".in")
        pages[name] = os.path.join(folder, name)
        with open(pages[name], "w", encoding="utf-8") as file:
            file.write(run(os.path.join(PAGES, "page"), source, BIN).stdout)
    return pages


def rendered(page):
    """As a reader sees it, hyphens plain, without backspaces."""
    text = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=300", page], check=True,
                          capture_output=True, text=True).stdout
    return re.sub(r".\x08", "", text).replace("\u2010", "-").replace("\u2212", "-")


def options_of(text):
    application = text.partition("Application Options:")[2]
    return set(re.findall(r"(?<=\s)--[a-z-]+", application.partition("\n\n")[0]))


def settings_of(name):
    """group, key, default, what it is: as the program has them."""
    text = run(program(name), "--settings").stdout
    group, about, found = "", [], []
    for line in text.splitlines():
        if line.startswith("["):
            group = line.strip("[]")
        elif line.startswith("# "):
            about.append(line[2:])
        elif "=" in line:
            key, _, default = line.removeprefix("#").partition("=")
            found.append((group, key, default, " ".join(about)))
            about = []
    return found


def words_of_the_agent():
    """Its commands and exit statuses, and its reasons for the kiosk's page."""
    with open(os.path.join(ROOT, "app", "store", "link.c"), encoding="utf-8") as source:
        reasons = re.findall(r'\[LINK_\w+\] = "([a-z-]+)"', source.read())
    with open(os.path.join(ROOT, "sync", "agent", "main.c"), encoding="utf-8") as source:
        statuses = re.findall(r"^\tEXIT_\w+ = (\d+),", source.read(), re.MULTILINE)
    commands = re.findall(r"^  ([a-z-]+)  ", run(program("agent"), "--help").stdout, re.MULTILINE)
    return reasons, statuses, commands


def main():
    tap = Tap()
    if not shutil.which("mandoc"):
        tap.skip("the manual pages", "no mandoc: apt-get install mandoc")
        tap.end()
    with place() as folder:
        pages = make_pages(folder)
        for name, page in pages.items():
            done = run("mandoc", "-T", "lint", "-W", "warning", page, check=False)
            tap.check(f"{name}: mandoc finds nothing", done.stdout == "" and
                      done.returncode == 0, done.stdout)
        text = {name: rendered(page) for name, page in pages.items()}
        tap.check("nothing is left to be filled in",
                  not any(re.search(r"@[A-Z]", each) for each in text.values()))
        help_text = run(program("district"), "--help").stdout
        for command in re.findall(r"^  ([a-z-]+) ", help_text, re.MULTILINE):
            said = run(program("district"), command, "--help").stdout
            part = re.search(rf"\n   {command}\b.*?(?=\n   [a-z]|\n[A-Z])",
                             text["cairn-district.8"], re.DOTALL)
            tap.check(f"cairn-district {command} is there with its options", part and
                      options_of(said) <= set(re.findall(r"--[a-z-]+", part[0])),
                      f"{options_of(said)}\n{part and part[0]}")
        for page, name in (("cairn-agent.8", "agent"), ("cairn-kiosk.1", "kiosk"),
                           ("cairn-forward.8", "forward")):
            options = options_of(run(program(name), "--help").stdout)
            tap.check(f"cairn-{name}: its options are there", options
                      <= set(re.findall(r"--[a-z-]+", text[page])), options)
        for words in words_of_the_agent():
            missing = [word for word in words
                       if not re.search(rf"^ +{word}( |$)", text["cairn-agent.8"], re.MULTILINE)
                       and f"cairn-agent {word}" not in text["cairn-agent.8"]]
            tap.check(f"cairn-agent: so are {words[0]} … {words[-1]}", len(words) > 2
                      and not missing, missing)
        for page, name, least in (("district.conf.5", "district", 30), ("kiosk.conf.5", "agent", 20),
                                  ("forward.conf.5", "forward", 20)):
            known = settings_of(name)
            words = " ".join(text[page].split())
            missing = [key for _, key, _, about in known
                       if key not in words or " ".join(about.split()) not in words]
            tap.check(f"{page}: every setting and what it is", len(known) >= least
                      and not missing, missing)
        with open(os.path.join(folder, "district.conf"), "w", encoding="utf-8") as file:
            file.write(run(program("district"), "--settings").stdout)
        done = run(program("district"), "kiosks", "--data", folder, check=False)
        tap.equal("what --settings prints is a file of settings", (done.returncode, done.stderr),
                  (0, ""))
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From a printed card to the teacher's page and back: the district's own
sheets before the kiosk's camera, real taps, the agent, and a teacher in a
browser whose page shows the new stones by itself.  What she decides is on
the kiosk's screen when the children come again."""
import glob
import json
import os
import subprocess

import cairn
import kiosk_walk as walk

CONFIRMED, RETURNED = "Maya R.", "José Luis"
CARD = "A2C3"  # offers photo and drawing
DPI = 100
BADGE_MM, BADGES = (88.9, 50.8), (2, 5)  # app/cards/README.md
PROMPT_MM, PROMPTS = (92, 124), (2, 2)


def codes_of(picture):
    done = cairn.run("zbarimg", "--quiet", "--raw", picture, check=False)
    return done.stdout.split()


def cut(page, folder):
    """A sheet along its dashes: one picture a card."""
    prompts = codes_of(page)[0].startswith("HTTPS:")
    (width, height), (columns, rows) = (PROMPT_MM, PROMPTS) if prompts else (BADGE_MM, BADGES)
    across, down = (round(side * DPI / 25.4) for side in (width, height))
    cards = os.path.join(folder, "card-%d.png")
    cairn.run("convert", page, "-gravity", "center",
              "-crop", f"{across * columns}x{down * rows}+0+0", "+repage", "-gravity", "NorthWest",
              "-crop", f"{across}x{down}", "+repage", cards)
    return sorted(glob.glob(os.path.join(folder, "card-*.png")))


def print_cards(district, folder, names):
    """The district's printed sheets, cut; the cards of these codes into the folder."""
    sheets = os.path.join(folder, "sheets.pdf")
    # cairo leaks by the fonts that some names need.
    cairn.run(cairn.program("district"), "sheets", "--data", district.data, "--out", sheets,
              env={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"})
    cairn.run("pdftoppm", "-r", str(DPI), "-png", sheets, os.path.join(folder, "page"))
    for page in glob.glob(os.path.join(folder, "page-*.png")):
        for card in cut(page, folder):
            for code in codes_of(card):
                name = next((names[key] for key in names if key in code), None)
                if name:
                    os.replace(card, os.path.join(folder, name + ".png"))
    missing = [name for name in names.values()
               if not os.path.exists(os.path.join(folder, name + ".png"))]
    if missing:
        raise RuntimeError(f"not on the sheets: {missing}")


def lay(kiosk, name):
    kiosk.show(name, "step hello")
    kiosk.press("That's me!", "prompts")
    kiosk.show(CARD, "step ways")
    if name == CONFIRMED:
        kiosk.press("Take a photo", "photo")
        kiosk.press("Take the photo")
    else:
        kiosk.press("Draw", "drawing")
        kiosk.tap("draw", "Drawing paper")
    kiosk.press("Done", "levels")
    kiosk.press("I can by myself", "saved")
    kiosk.wait("step start")


def come_again(kiosk, name, *shown):
    """Fails unless all of that is on the screen when this child comes again."""
    kiosk.show(name, "step hello")
    for words in shown:
        kiosk.tap("wait", words)
    kiosk.press("Not me", "start")


def media_of(desk):
    return [medium for record in desk.audit()["records"] for medium in record["media"]]


def there_and_back(tap, folder, district, desk, kiosk):
    login = "okafor"
    one_time = cairn.run(cairn.program("district"), "add-teacher", "--data", district.data,
                         "--name", login, "--class", "all").stdout.split()[-1]
    teacher = cairn.Running("teacher", [
        "node", os.path.join(cairn.ROOT, "tests", "journey", "teacher.mjs"),
        district.url, login, one_time, CONFIRMED, RETURNED], folder)
    agent = desk.start_agent()
    try:
        teacher.wait_for("^looking$")
        kiosk.start()
        lay(kiosk, CONFIRMED)
        lay(kiosk, RETURNED)
        tap.check("a badge and a card before the camera, and taps, lay a stone", True)
        seen = json.loads(teacher.wait_for(r"^decided (.*)$")[1])
        tap.check("the teacher's page shows both by itself, and decides on them", True)
        tap.equal("the pictures in the browser are those of the kiosk, byte for byte",
                  seen, media_of(desk))
        cairn.wait_until("both decisions at the kiosk", lambda: len(desk.reviews()) == 2)
        come_again(kiosk, CONFIRMED, "Stones on your cairn: 1. Seen by your teacher: 1")
        tap.check("what was confirmed is ticked on the child's cairn", True)
        come_again(kiosk, RETURNED, "Stones on your cairn: 1", "Can you show it again?",
                   "Let's look again")
        tap.check("what was returned says why, and offers another look", True)
        tap.equal("the teacher's browser ends well", teacher.child.wait(cairn.PATIENCE_S), 0)
    finally:
        teacher.stop()
        agent.stop()


def main():
    tap = cairn.Tap()
    with cairn.place() as folder:
        district = cairn.District(folder).start()
        desk = cairn.Kiosk(folder, district, "store")
        desk.deliver()
        kiosk = walk.Kiosk(folder, 1280, 720)
        try:
            badges = {badge: name for _, name, badge in cairn.roster_of(desk)
                      if name in (CONFIRMED, RETURNED)}
            print_cards(district, kiosk.cards, {**badges, f"/P/{CARD}": CARD})
            there_and_back(tap, folder, district, desk, kiosk)
            tap.check("the store is whole", desk.audit()["whole"])
        except (AssertionError, RuntimeError, subprocess.SubprocessError, OSError) as why:
            tap.check("the way from card to review comes to its end", False, why)
        finally:
            kiosk.close()
        district.stop()
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How the kiosk treats who stands before it, in its real window: everything is
said, in both languages; nobody is hurried out of their work; a strange code,
a strange badge and a wrong name are met kindly; and the light tells an adult
the truth."""
import os
import re
import shutil
import subprocess

import cairn
import kiosk_walk as walk

CLASS = "Room 4 · Ms. Okafor"
TILES = {  # by step: what is to be tapped there, in English and in Spanish
    "ways": [("Take a photo", "Tomar una foto"), ("Draw", "Dibujar"),
             ("Tap a picture", "Tocar un dibujo")],
    "choice": [("I cleaned up", "Limpié"), ("I put it away", "Lo guardé"),
               ("I got ready", "Me preparé")],
    "levels": [("I need help", "Necesito ayuda"), ("I can by myself", "Puedo sin ayuda"),
               ("Skip", "Saltar")],
}
SAFE = "Everything has arrived: safe to take away"
BLUE = "#4682B4"  # nothing on a screen of ours has it
NOT_SAFE = "Stones are waiting here: please leave me plugged in"


def said(kiosk):
    try:
        with open(kiosk.said, encoding="utf-8") as lines:
            return [line for line in lines.read().splitlines() if "beep" not in line]
    except FileNotFoundError:
        return []


def in_both(tap, kiosk, step, button, then):
    """What can be tapped is said; after a tap on the languages, in the other."""
    english = said(kiosk)[-1]
    kiosk.press("Español", step)
    spanish = said(kiosk)[-1]
    kiosk.press("English", step)
    missing = [word for pair in TILES[step] for word, all_said in zip(pair, (english, spanish))
               if word not in all_said]
    tap.check(f"{step}: all that can be tapped is said in both languages",
              not missing and english.startswith("en spoken")
              and spanish.startswith("es spoken"), f"{missing}\n{english}\n{spanish}")
    kiosk.press(button, then)


def everything_is_said(tap, kiosk):
    kiosk.press("No badge", "classes")
    kiosk.press(CLASS, "pictures")
    kiosk.press("Maya R.", "hello")
    tap.check("hello: the name is said, and what to tap",
              "Hello, Maya R.!" in said(kiosk)[-1] and "green" in said(kiosk)[-1], said(kiosk))
    before = said(kiosk)
    kiosk.press("Say it again")
    cairn.wait_until("a word more", lambda: len(said(kiosk)) > len(before))
    tap.equal("what was said is said again", said(kiosk)[len(before):], before[-1:])
    kiosk.press("That's me!", "prompts")
    kiosk.press("How did you care for our room?", "ways")
    in_both(tap, kiosk, "ways", "Tap a picture", "choice")
    in_both(tap, kiosk, "choice", "I put it away", "levels")
    in_both(tap, kiosk, "levels", "Skip", "saved")
    kiosk.wait("step start")
    tap.check("a stone is celebrated aloud", "Saved!" in said(kiosk)[-1], said(kiosk))


def a_recording_comes_first(tap, kiosk):
    kiosk.show("learner-1", "step hello")
    kiosk.show("A2D4", "step ways")
    tap.check("a prompt that the pack has recorded is played",
              said(kiosk)[-1].startswith("en recorded How did you take care of your own things?"),
              said(kiosk))
    kiosk.press("Español", "ways")
    tap.check("one that it has not, in this language, is spoken",
              said(kiosk)[-1].startswith("es spoken "), said(kiosk))
    kiosk.press("Atrás", "prompts")
    kiosk.press("Atrás", "hello")
    kiosk.press("Atrás", "start")
    tap.check("the next child begins in the school's language",
              "No badge" in [name for *_, name in kiosk.things()])


def a_strange_code_is_refused(tap, kiosk):
    kiosk.show("cereal", "step foreign")
    tap.check("a cereal box is refused kindly, aloud",
              "That code isn't one of ours" in said(kiosk)[-1], said(kiosk)[-1])
    kiosk.press("OK", "start")
    kiosk.show("learner-1", "step hello")
    kiosk.show("A2C3", "step ways")
    kiosk.press("Español", "ways")
    kiosk.show("cereal", "step foreign")
    tap.check("in Spanish too", "Ese código no es nuestro" in said(kiosk)[-1], said(kiosk))
    kiosk.press("Bien", "ways")
    tap.check("and the child is where it was", True)
    kiosk.press("Atrás", "prompts")
    kiosk.press("Atrás", "hello")


def not_me(tap, kiosk):
    """At hello, in Spanish, of learner 1."""
    before = len(cairn.audit(kiosk.store)["records"])
    kiosk.press("No soy yo", "start")
    tap.check("not me leads back to the start, in the school's language",
              "No badge" in [name for *_, name in kiosk.things()])
    tap.equal("and nothing is recorded of it", len(cairn.audit(kiosk.store)["records"]), before)
    kiosk.show("learner-2", "step hello")
    tap.check("whose badge it is then is greeted", "Hello, Maya T.!" in said(kiosk)[-1],
              said(kiosk))
    kiosk.press("Not me", "start")


def an_unknown_badge_records(tap, kiosk, other):
    digits = other.fill()  # another school's
    shutil.copy(os.path.join(other.cards, "learner-1.png"),
                os.path.join(kiosk.cards, "stranger.png"))
    kiosk.show("stranger", "step hello")
    kiosk.press("That's me!", "prompts")
    kiosk.show("A2C3", "step ways")
    kiosk.press("Tap a picture", "choice")
    kiosk.press("I cleaned up", "levels")
    kiosk.press("Skip", "saved")
    kiosk.wait("step start")
    record = cairn.audit(kiosk.store)["records"][-1]
    tap.check("a badge that the roster does not know records, as that badge",
              (record["learner"], record["badge"]) == ("", digits), record)


def pictures_until(kiosk, folder, line):
    """All that were taken before the kiosk said so."""
    shots = []
    while line not in kiosk.lines.queue:
        path = os.path.join(folder, f"shot-{len(shots)}.png")
        kiosk.picture(path)
        shots.append(path)
    return shots[:-1]


def bright(path, area):
    """How many colours there are as bright as paper; ink, ground and stones are dark or pale."""
    found = subprocess.run(["convert", path, "-crop", area, "+repage", "-depth", "8",
                            "-unique-colors", "txt:-"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    return sum(max(rgb) - min(rgb) > 165 for rgb in rgbs(found))


def rgbs(text):
    """Of the lines that convert prints: "0,0: (187,34,17)  #BB2211  srgb(…)"."""
    for code in re.findall(r"#([0-9A-F]{6})\b", text):
        yield tuple(int(code[i:i + 2], 16) for i in (0, 2, 4))


def talks(tap, folder):
    pack = os.path.join(folder, "pack")
    shutil.copytree(os.path.join(walk.ROOT, "app/portrait/sample"), pack)
    os.makedirs(os.path.join(pack, "audio/en"))
    with open(os.path.join(pack, "audio/en/prompt.A2D4.say.ogg"), "wb") as ogg:
        ogg.write(b"OggS")  # tests/unit/test-speech.c plays a real one
    kiosk = walk.Kiosk(os.path.join(folder, "talks"), 1024, 768)
    other = walk.Kiosk(os.path.join(folder, "other"), 1024, 768)
    try:
        kiosk.fill(pack)
        kiosk.start()
        everything_is_said(tap, kiosk)
        a_recording_comes_first(tap, kiosk)
        a_strange_code_is_refused(tap, kiosk)
        not_me(tap, kiosk)
        an_unknown_badge_records(tap, kiosk, other)
    finally:
        kiosk.close()
        other.close()


def starts(kiosk):
    try:
        kiosk.start()
        return True
    except AssertionError:
        return False
    finally:
        kiosk.stop()


def waits(tap, folder):
    """Nobody there: it asks, waits, and keeps what was begun."""
    kiosk = walk.Kiosk(os.path.join(folder, "waits"), 800, 480, idle_seconds=30,
                       warn_seconds=19, notice_seconds=5)
    try:
        kiosk.fill()
        tap.check("less than 20 seconds to answer cannot be set", not starts(kiosk))
        kiosk.settings["warn_seconds"] = 20
        kiosk.start()
        kiosk.show("cereal", "step foreign")
        kiosk.wait("step start")
        tap.check("a calm word passes by itself", True)
        kiosk.show("learner-1", "step hello")
        kiosk.show("A2C3", "step ways")
        kiosk.press("Draw", "drawing")
        kiosk.tap("draw", "Drawing paper")
        kiosk.wait("step still-there")
        tap.check("it asks aloud whether somebody is there",
                  "Are you still there?" in said(kiosk)[-1], said(kiosk))
        kiosk.press("I'm here!", "drawing")
        tap.check("who answers goes on where they were", True)
        kiosk.wait("step still-there")
        kiosk.wait("step start")
        tap.equal("nothing is laid that nobody laid", cairn.audit(kiosk.store)["records"], [])
        kiosk.show("learner-2", "step hello")
        tap.check("another child is not offered it",
                  "Finish mine" not in [name for *_, name in kiosk.things()])
        kiosk.show("learner-1", "step hello")
        kiosk.press("Finish mine", "drawing")
        kiosk.press("Done", "levels")  # an empty sheet would not be taken
        kiosk.press("Skip", "saved")
        kiosk.wait("step start")
        records = cairn.audit(kiosk.store)["records"]
        tap.check("Finish mine takes up the drawing, and it becomes a stone",
                  [len(r["media"]) for r in records] == [1], records)
    finally:
        kiosk.close()


def scans_by_hand(tap, folder):
    scanner, line = os.openpty()
    kiosk = walk.Kiosk(os.path.join(folder, "hand"), 800, 480, camera="none",
                       scanner="serial:" + os.ttyname(line))
    try:
        badge = kiosk.fill()
        kiosk.start()
        os.write(scanner, badge.encode() + b"\r\n")
        kiosk.wait("step hello")
        names = [name for *_, name in kiosk.things()]
        tap.check("a hand scanner greets by the badge", "Hello, Maya R.!" in names, names)
        tap.check("and the end of its line presses nothing", kiosk.lines.empty())
        kiosk.press("That's me!", "prompts")
        kiosk.press("How did you care for our room?", "ways")
        names = [name for *_, name in kiosk.things()]
        tap.check("without a camera no photo is offered", "Take a photo" not in names, names)
        kiosk.press("Back", "prompts")
        kiosk.press("Back", "hello")
        kiosk.press("Not me", "start")
        os.close(line)
        os.close(scanner)
        kiosk.wait("step start")
        kiosk.press("Tap your class", "classes")
        tap.check("with its plug pulled, the class is the way in", True)
    finally:
        kiosk.close()
    tap.skip("keys of a scanner that is a keyboard stay off the screen",
             "Xvfb takes no keys from the kernel; tests/unit/test-hand-scanner.c shows the grab "
             "where there is /dev/uinput")


def vault(kiosk):
    return [name for _, _, names in os.walk(os.path.join(kiosk.store, "media"))
            for name in names]


def shows(kiosk, folder, colour):
    """Somewhere on the screen."""
    path = os.path.join(folder, "screen.png")
    kiosk.picture(path)
    return colour in subprocess.run(["convert", path, "-depth", "8", "-unique-colors", "txt:-"],
                                    check=True, text=True, stdout=subprocess.PIPE).stdout


def forgets_what_was_discarded(tap, folder):
    """A photo that was taken again is nobody's: when all is quiet it goes."""
    kiosk = walk.Kiosk(os.path.join(folder, "discards"), 1024, 768)
    try:
        kiosk.fill()
        kiosk.start()
        kiosk.show("learner-1", "step hello")
        kiosk.show("A2C3", "step ways")
        kiosk.press("Take a photo", "photo")
        kiosk.press("Take the photo")
        kiosk.press("Done", "levels")
        kiosk.press("Back", "photo")
        subprocess.run(["convert", "-size", "640x480", "xc:" + BLUE,
                        os.path.join(kiosk.cards, "blue.png")], check=True)
        with kiosk.held("blue"):
            cairn.wait_until("the lens to see it", lambda: shows(kiosk, folder, BLUE))
            kiosk.press("Take the photo")
            kiosk.press("Done", "levels")
        tap.equal("two photos are in the vault", len(vault(kiosk)), 2)
        kiosk.press("Skip", "saved")
        kiosk.wait("step start")
        kiosk.stop()
        kiosk.settings["idle_seconds"] = 5
        kiosk.start()
        cairn.wait_until("a tidy vault", lambda: len(vault(kiosk)) == 1)
        records = cairn.audit(kiosk.store)["records"]
        tap.equal("the discarded one goes, and the stone's stays",
                  records[0]["media"], vault(kiosk))
    finally:
        kiosk.close()


def waits_for_no_clock(tap, folder):
    """A board's clock may stand still or jump; a press is a press."""
    kiosk = walk.Kiosk(os.path.join(folder, "frozen"), 800, 480, camera="none")
    clock = os.path.join(folder, "frozen.clock")
    with open(clock, "w", encoding="ascii") as file:
        file.write(f"{'0' * 32} 1000000 {cairn.now_us()} 1\n")
    kiosk.desk.env["CAIRN_CLOCK_FILE"] = clock
    try:
        kiosk.fill()
        kiosk.start()
        kiosk.press("Tap your class", "classes")
        kiosk.press(CLASS, "pictures")
        kiosk.press("Maya R.", "hello")
        tap.check("presses count while the clock stands still", True)
    finally:
        kiosk.close()


def words_stay_clear(tap, folder):
    """Of the paper that rains on a new stone."""
    kiosk = walk.Kiosk(os.path.join(folder, "clear"), 1280, 720)
    try:
        kiosk.fill()
        kiosk.start()
        kiosk.show("learner-1", "step hello")
        kiosk.show("A2C3", "step ways")
        kiosk.press("Tap a picture", "choice")
        kiosk.press("I cleaned up", "levels")
        kiosk.press("Skip", "saved")
        shots = pictures_until(kiosk, folder, "step start")
        kiosk.stop()
        tap.equal("no paper falls on the word Saved",
                  [bright(shot, "1280x110+0+590") for shot in shots], [0] * len(shots))
    finally:
        kiosk.close()


def tells_whether_it_is_safe(tap, folder):
    place = os.path.join(folder, "light")
    os.makedirs(place)
    district = cairn.District(place).start()
    desk = cairn.Kiosk(place, district, "store")
    desk.deliver()
    kiosk = walk.Kiosk(place, 1280, 720, camera="none", store=desk.store)
    agent = desk.start_agent()
    try:
        kiosk.start()
        kiosk.tap("wait", SAFE, "120000")
        tap.check("all delivered: safe to take away", True)
        agent.stop()
        district.stop()
        kiosk.press("Tap your class", "classes")
        kiosk.press(CLASS, "pictures")
        kiosk.press("Maya R.", "hello")
        kiosk.press("That's me!", "prompts")
        kiosk.press("How did you care for our room?", "ways")
        kiosk.press("Tap a picture", "choice")
        kiosk.press("I cleaned up", "levels")
        kiosk.press("Skip", "saved")
        kiosk.wait("step start")
        kiosk.tap("wait", NOT_SAFE, "120000")
        tap.check("a stone that waits here: not safe", True)
        district.start()
        agent = desk.start_agent()
        kiosk.tap("wait", SAFE, "120000")
        tap.check("it has arrived: safe again", True)
    finally:
        kiosk.close()
        agent.stop()
        district.stop()


def main():
    tap = cairn.Tap()
    with cairn.place() as folder:
        for part in (talks, waits, scans_by_hand, forgets_what_was_discarded, waits_for_no_clock,
                     words_stay_clear, tells_whether_it_is_safe):
            try:
                part(tap, folder)
            except (AssertionError, RuntimeError, subprocess.SubprocessError) as fault:
                tap.check(f"{part.__name__} goes to its end", False, fault)
    tap.end()


main()

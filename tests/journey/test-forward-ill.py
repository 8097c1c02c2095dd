#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The forwarder and what may happen to it: a target that is ill, a source that
is no district, rules about people, and SIGKILL.
"""
import glob
import json
import os
import random
import time

from cairn import (District, Kiosk, SAMPLE_STONE, Tap, photo_file, place, roster_of, run, tool,
                   wait_until)
from forwarding import (SUBMIT, VALIDATED, VOIDED, Asker, Forwarder, key_of, secret_file, statement)
from toy_lrs import ToyLrs

KILLS = int(os.environ.get("KILLS", "25"))


def toys(folder, name, **manners):
    """A forwarder from one toy to another."""
    source, target = ToyLrs(), ToyLrs()
    for key, value in manners.items():
        setattr(target, key, value)
    key = secret_file(folder, "toy.key", "u:p\n")
    return Forwarder(folder, source.url, key, target.url, key, name), source, target


def one_is_poison(tap, folder):
    forwarder, source, target = toys(folder, "poison")
    ids = [source.add(statement(n)) for n in range(60)]
    target.poison = {ids[23], ids[41]}
    tap.equal("what one statement has does not hold up others", forwarder.once(), 0)
    tap.equal("all others are there, in order", target.ids(),
              [each for each in ids if each not in target.poison])
    shown = forwarder.status()
    tap.equal("the bad ones are set aside, and shown",
              {each["id"] for each in shown["aside"]}, target.poison)
    tap.check("with why, and without what they say",
              all("400" in each["reason"] and "not taken" not in each["reason"]
                  for each in shown["aside"]))
    tap.equal("they are not listed as sent",
              len(forwarder.call("sent").stdout.splitlines()), 58)
    before = len(target.requests)
    forwarder.once()
    tap.equal("and not tried again by themselves",
              [each for each in target.requests[before:] if each[0] == "POST"], [])
    target.poison = set()
    tap.equal("an adult can send them after all", forwarder.call("retry-aside").returncode, 0)
    tap.equal("and then nothing is aside",
              (sorted(target.ids()), forwarder.status()["aside"]), (sorted(ids), []))


def all_is_refused(tap, folder):
    """A target that takes nothing must not empty the source into a corner."""
    forwarder, source, target = toys(folder, "refused", refuse_all=True)
    ids = [source.add(statement(n)) for n in range(60)]
    tap.equal("a target that refuses all is an adult's matter", forwarder.once(), 77)
    tap.check("few are set aside for it", len(forwarder.status()["aside"]) <= 10)
    target.refuse_all = False
    forwarder.once()
    forwarder.call("retry-aside")
    tap.equal("and all arrive in the end", sorted(target.ids()), sorted(ids))


def other_answers(tap, folder):
    forwarder, source, target = toys(folder, "answers")
    source.add(statement(1))
    for name, manners, code in (
            ("a network's sign-in page is no answer", {"sign_in": True}, 75),
            ("a target that is busy is tried later", {"status": 503, "retry_after": "120"}, 75),
            ("a target that does not know us is an adult's matter", {"status": 401}, 77),
            ("so is one that moved", {"status": 302}, 77)):
        for key, value in manners.items():
            setattr(target, key, value)
        tap.equal(name, (forwarder.once(), target.ids()), (code, []))
        target.sign_in, target.status, target.retry_after = False, 0, None
    tap.equal("status says so, and says it to cron", forwarder.call("status").returncode, 75)
    os.chmod(forwarder.target["key_file"], 0o644)
    tap.equal("a key that others may read is not used", forwarder.once(), 78)
    os.chmod(forwarder.target["key_file"], 0o600)
    target.stop()
    tap.equal("nobody there is later", forwarder.once(), 75)


def versions(tap, folder):
    forwarder, source, target = toys(folder, "versions", speaks=["2.0.0"])
    ids = [source.add(statement(1))]
    tap.equal("a target that speaks 2.0 alone", (forwarder.once(), target.ids()), (0, ids))
    tap.equal("is spoken to in 2.0", set(target.versions), {"2.0.0"})
    forwarder.target["version"] = "1.0.3"
    forwarder.settings()
    tap.equal("a version that it does not speak is said", forwarder.once(), 77)


def a_source_that_is_no_district(tap, folder):
    """One instant may hold several statements, more than a page."""
    forwarder, source, target = toys(folder, "source")
    ids = [source.add(statement(n), same_instant=3 < n < 25) for n in range(40)]
    source.hold_back = 3
    tap.equal("many of one instant", forwarder.once(), 0)
    tap.equal("are all sent, but for what is not promised yet", target.ids(), ids[:-3])
    source.hold_back = 0
    source.absolute_more = True
    ids += [source.add(statement(n)) for n in range(40, 60)]
    tap.equal("which comes next", (forwarder.once(), target.ids()), (0, ids))
    forwarder.source["lrs"] = target.url
    forwarder.settings()
    tap.equal("a folder is of one pair", forwarder.once(), 77)


def what_goes_along(tap, folder):
    """The default: no name, no photo, no word, no record."""
    district, target = District(folder).start(), ToyLrs()
    kiosk = Kiosk(folder, district)
    kiosk.deliver()
    learner = roster_of(kiosk)[0][0]
    kiosk.lay(2, learner)
    run(tool("lay"), kiosk.store, "1", "--learner", learner, "--photo",
        photo_file(folder, "photo.png", 1), *SAMPLE_STONE)
    kiosk.deliver()
    forwarder = Forwarder(folder, f"{district.url}/xapi",
                          key_of(district, "statements/read", "read"), target.url,
                          secret_file(folder, "toy.key", "u:p"), "veiled")
    for key in ("actors", "extensions", "media", "words"):
        del forwarder.words[key]
    forwarder.settings()
    tap.equal("pseudonyms need a key", forwarder.once(), 78)
    forwarder.settings(pseudonym_home="https://state.example/pupil",
                       pseudonym_key=secret_file(folder, "pseudonyms", "k" * 40))
    tap.equal("with one they go", (forwarder.once(), len(target.ids())), (0, 3))
    for name, text in (("its learner", learner), ("a photo", "PNG"), ("an attachment", "sha2"),
                       ("the record", "xapi/record"), ("the kiosk", "authority")):
        tap.check(f"and {name} does not", text.encode() not in target.raw)
    names = {each["actor"]["account"]["name"] for each in target.statements}
    tap.equal("one child is one pseudonym", len(names), 1)
    home = Asker(district).all()[0]["actor"]["account"]["homePage"]
    listed = forwarder.call("sent", "--learner", learner, "--home", home).stdout.splitlines()
    tap.equal("by which what was sent is found", {line.split("\t")[2] for line in listed}, names)
    only_confirmed(tap, folder, district)
    district.stop()


def only_confirmed(tap, folder, district):
    """By a teacher on the pages, and by a tool that says so."""
    target, asker, teacher = ToyLrs(), Asker(district), district.add_teacher()
    forwarder = Forwarder(folder, f"{district.url}/xapi",
                          key_of(district, "statements/read", "read"), target.url,
                          secret_file(folder, "toy.key", "u:p"), "confirmed")
    forwarder.rules(f"send verb={VALIDATED}\nsend verb={SUBMIT} confirmed\n")
    asker.post(statement(1), statement(2))
    tap.equal("what no teacher confirmed stays", (forwarder.once(), target.ids()), (0, []))
    asker.post({**statement(3), "actor": {"mbox": "mailto:teacher@d.example"},
                "verb": {"id": VALIDATED},
                "object": {"objectType": "StatementRef", "id": statement(2)["id"]}})
    tap.equal("what one confirmed goes, and before the word of it", (forwarder.once(),
              target.ids()), (0, [statement(2)["id"], statement(3)["id"]]))
    first, second = [each["id"] for each in teacher.entries()][:2]
    teacher.post(f"/api/entries/{second}/decision", {"decision": "returned", "reason": "talk",
                                                     "note": "a word about a child"})
    tap.equal("what a teacher returned stays", (forwarder.once(), len(target.ids())), (0, 2))
    teacher.post(f"/api/entries/{first}/decision", {"decision": "confirmed"})
    forwarder.once()
    tap.equal("what a teacher confirmed on the pages goes", target.ids()[2], first)
    said = target.statements[3]
    tap.equal("and who confirmed it", (said["object"]["id"], said["actor"]["account"]["name"]),
              (first, "teacher"))
    teacher.request("DELETE", f"/api/entries/{first}/decision")
    forwarder.once()
    tap.equal("an undo voids the word, and the entry stays",
              [(each["verb"]["id"], each["object"]["id"]) for each in target.statements[4:]],
              [(VOIDED, said["id"])])
    returned = [each for each in asker.all() if each["verb"]["id"].endswith("/return")]
    tap.equal("a return is a statement, too", [each["object"]["id"] for each in returned],
              [second])
    tap.check("with its reason, and without the note", "talk" in json.dumps(returned)
              and "word about" not in json.dumps(returned))


def one_medium_is_lost(tap, folder):
    """A disk that lost a photo holds up neither its statement's readers nor what came after."""
    home = os.path.join(folder, "losing")
    os.mkdir(home)
    district, target = District(home).start(), ToyLrs()
    asker = Asker(district)
    lost = asker.post_with(statement(1), b"what the disk lost", "text/plain")
    asker.post_with(statement(2), b"what it kept", "text/plain")
    asker.post(statement(3))
    [path] = glob.glob(os.path.join(district.data, "media", "**", f"*{lost[2:]}"), recursive=True)
    os.rename(path, os.path.join(home, "found"))
    status, said = asker.ask("GET", "/statements?attachments=true")
    tap.equal("a page is answered, with the media that are there",
              (status, all(statement(n)["id"].encode() in said for n in (1, 2, 3)),
               b"disk lost" in said, b"it kept" in said), (200, True, False, True))
    forwarder = Forwarder(folder, f"{district.url}/xapi",
                          key_of(district, "statements/read", "losing"), target.url,
                          secret_file(folder, "toy.key", "u:p"), "losing")
    forwarder.rules("send\n")
    tap.equal("what came after goes", (forwarder.once(), target.ids()),
              (0, [statement(2)["id"], statement(3)["id"]]))
    [aside] = forwarder.status()["aside"]
    tap.equal("it is set aside", aside["id"], statement(1)["id"])
    tap.check("with why", "medium" in aside["reason"], aside["reason"])
    os.rename(os.path.join(home, "found"), path)
    tap.equal("and goes when the photo is found",
              (forwarder.call("retry-aside").returncode, statement(1)["id"] in target.ids()),
              (0, True))
    district.stop()


def killed(tap, folder):
    """At any moment: all arrive, each is stored once, in the end."""
    forwarder, source, target = toys(folder, "killed")
    chance, ids = random.Random(1), []
    for n in range(KILLS):
        ids += [source.add(statement(n * 20 + k)) for k in range(20)]
        running = forwarder.start()
        time.sleep(chance.uniform(0.005, 0.12))
        running.kill()
    tap.equal("after the last kill a round goes well", forwarder.once(), 0)
    tap.equal(f"killed {KILLS} times, everything is there once, in order", target.ids(), ids)
    sent = [line.split("\t")[1] for line in forwarder.call("sent").stdout.splitlines()]
    tap.equal("and in the ledger once", sent, ids)
    with open(os.path.join(forwarder.folder, "state.json"), encoding="utf-8") as file:
        tap.equal("its place is the end", json.load(file)["since"],
                  source.statements[-1]["stored"])
    target.user = "Basic dTpx"
    forwarder.target["key_file"] = secret_file(folder, "renewed.key", "u:p")
    forwarder.settings()
    ids.append(source.add(statement(9999)))
    running = forwarder.start()
    wait_until("a refusal", lambda: "does not take our key" in forwarder.status()["message"])
    secret_file(folder, "renewed.key", "u:q")
    wait_until("what is new", lambda: ids[-1] in target.ids())
    tap.check("a key that is renewed is taken without a new start", ids[-1] in target.ids())
    tap.equal("SIGTERM ends it well", running.stop(), 0)


def main():
    tap = Tap()
    with place() as folder:
        one_is_poison(tap, folder)
        all_is_refused(tap, folder)
        other_answers(tap, folder)
        versions(tap, folder)
        a_source_that_is_no_district(tap, folder)
        what_goes_along(tap, folder)
        one_medium_is_lost(tap, folder)
        killed(tap, folder)
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An LRS of another make, that others run, takes what a district forwards and
what a kiosk without a district sends."""
from cairn import (District, Kiosk, SAMPLE_STONE, Tap, photo_file, place, roster_of, run,
                   tool, wait_until)
from forwarding import SUBMIT, Asker, Forwarder, key_of, secret_file, statement, void
from lone_kiosk import Lone, lay_some
from third import KEY, ThirdLrs

STONES = 60  # more than one batch


def forwarder_to(folder, district, third, name):
    source = key_of(district, "statements/read", name)
    return Forwarder(folder, f"{district.url}/xapi", source, third.url,
                     secret_file(folder, f"{name}-target.key", KEY), name)


def by_id(lrs):
    """That LRS has no order of what came in one millisecond."""
    return sorted(lrs.all(), key=lambda each: each["id"])


def ids_of(statements):
    return [each["id"] for each in statements]


def stones(tap, folder, kiosk, forwarder, source, third):
    learner = roster_of(kiosk)[0][0]
    picture = photo_file(folder, "photo.png", 1)
    kiosk.lay(STONES, learner)
    run(tool("lay"), kiosk.store, "1", "--learner", learner, "--photo", picture, *SAMPLE_STONE)
    kiosk.deliver()
    forwarder.rules(f"send verb={SUBMIT}\n")
    tap.equal("a round sends all of it", forwarder.once(), 0)
    theirs, ours = by_id(third), by_id(source)
    tap.equal("each once", ids_of(theirs), ids_of(ours))

    def said(of, name):
        return [each.get(name) for each in of]
    for name in ("timestamp", "context", "result", "attachments"):
        tap.equal(f"its {name} as it was", said(theirs, name), said(ours, name))
    tap.equal("and whose it is", [each["actor"]["account"] for each in theirs],
              [each["actor"]["account"] for each in ours])
    tap.check("with one photo", wait_until("its file", lambda: len(third.files()) == 1))
    tap.equal("what is there is not sent again", (forwarder.once(), len(third.ids())),
              (0, STONES + 1))


def again(tap, folder, district, source, third):
    """A forwarder that has lost its place sends all of it once more: it is the same."""
    second = forwarder_to(folder, district, third, "second")
    second.rules(f"send verb={SUBMIT}\n")
    tap.equal("all of it once more is taken", second.once(), 0)
    tap.equal("and changes nothing", ids_of(by_id(third)), ids_of(by_id(source)))
    shown = second.status()
    tap.equal("with nothing set aside", (shown["aside"], shown["sent"]), ([], STONES + 1))


def attached(tap, forwarder, source, third):
    """That LRS reads parts as texts, piece by piece: of a photo's bytes it keeps what it can."""
    words = b"I can count: one, two, three."
    source.post_with(statement(6), words, "text/plain")
    forwarder.rules("send\n")
    tap.equal("a text goes along", forwarder.once(), 0)
    tap.equal("and is not refused", forwarder.status()["aside"], [])
    # Which it may still be writing when it has answered.
    tap.check("byte for byte", wait_until("its file", lambda: words in third.files()))


def refused(tap, forwarder, source, third):
    """What 2.0 adds this one does not know, and refuses a batch that has it."""
    new = {**statement(2), "context": {"contextAgents": [
        {"objectType": "contextAgent", "agent": {"mbox": "mailto:a@school.example"}}]}}
    source.post(statement(1))
    status = source.ask_as("2.0.0", "POST", "/statements", new)[0]
    tap.equal("a statement of 2.0 is here", status, 200)
    source.post(statement(3), statement(4))
    forwarder.rules("send\n")
    tap.equal("one that is refused holds up no other", forwarder.once(), 0)
    held = third.ids()
    tap.equal("they are there and it is not", [statement(n)["id"] in held for n in (1, 2, 3, 4)],
              [True, False, True, True])
    tap.equal("it is set aside", [each["id"] for each in forwarder.status()["aside"]],
              [statement(2)["id"]])


def voided(tap, forwarder, source, third):
    source.post(void(5, 3))
    tap.equal("a voiding goes there", forwarder.once(), 0)
    tap.equal("and voids", (third.ask("/statements?statementId=" + statement(3)["id"])[0],
                            third.ask("/statements?voidedStatementId=" + statement(3)["id"])[0]),
              (404, 200))


def pseudonyms(tap, folder, district, third):
    forwarder = forwarder_to(folder, district, third, "pseudonyms")
    forwarder.rules("send\n")
    forwarder.settings(actors="pseudonym", pseudonym_home="https://state.example/pupil",
                       pseudonym_key=secret_file(folder, "pseudonym.key", "0123456789abcdef" * 4),
                       extensions="", media="false", words="false")
    tap.equal("under pseudonyms it takes them, too", forwarder.once(), 0)
    found = third.all()
    tap.check("and knows nobody", found and all(
        each["actor"]["account"]["homePage"] == "https://state.example/pupil" and
        "name" not in each["actor"] for each in found))


def lone_kiosk(tap, folder, third):
    kiosk = Lone(folder, third.url, secret_file(folder, "lone.key", KEY), "lone")
    lay_some(folder, kiosk)
    tap.equal("a kiosk without a district sends there", kiosk.once(), 0)
    tap.equal("each once", sorted(third.ids()),
              sorted(each["id"] for each in kiosk.audit()["records"]))
    shown = kiosk.status()
    tap.equal("noted as sent, and as no receipt", (shown["sent"], shown["receipted"],
                                                   shown["waiting"], shown["safe"]),
              (6, 0, 0, False))
    kiosk.agent("send-again")
    tap.equal("all of it again is taken, and changes nothing",
              (kiosk.once(), len(third.ids()), set(kiosk.states())), (0, 6, {"sent"}))


def main():
    tap = Tap()
    with place() as folder:
        district = District(folder).start()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        source = Asker(district)
        third = ThirdLrs(folder)
        forwarder = forwarder_to(folder, district, third, "first")
        stones(tap, folder, kiosk, forwarder, source, third)
        again(tap, folder, district, source, third)
        attached(tap, forwarder, source, third)
        refused(tap, forwarder, source, third)
        voided(tap, forwarder, source, third)
        third.stop()
        other = ThirdLrs(folder, "other")
        pseudonyms(tap, folder, district, other)
        other.stop()
        alone = ThirdLrs(folder, "alone")
        lone_kiosk(tap, folder, alone)
        alone.stop()
        district.stop()
    tap.end()


main()

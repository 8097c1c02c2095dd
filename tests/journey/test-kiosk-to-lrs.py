#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A kiosk that is pointed at an LRS which is no district: one in memory that
does what the specification asks and no more, and our own district as any tool
with a key sees it.  And what must never be claimed then.
"""
import os

from cairn import DAY_US, District, Tap, now_us, place
from forwarding import Asker, key_of, secret_file
from lone_kiosk import BOOT, LEARNER, Lone, lay_some
from toy_lrs import ToyLrs


def lone(folder, name, **manners):
    toy = ToyLrs()
    for key, value in manners.items():
        setattr(toy, key, value)
    kiosk = Lone(folder, toy.url, secret_file(folder, f"{name}.key", "u:p\n"), name)
    lay_some(folder, kiosk)
    return kiosk, toy


def sends_and_claims_nothing(tap, folder):
    kiosk, toy = lone(folder, "lone")
    shown = kiosk.status()
    tap.equal("before, all of it waits", (shown["waiting"], shown["safe"]), (6, False))
    tap.equal("an LRS is sent what a district would be", kiosk.once(), 0)
    tap.equal("each once, and the photo", (len(set(toy.ids())), len(toy.media)), (6, 1))
    tap.equal("ids in statements begin with its address",
              toy.statements[0]["actor"]["account"]["homePage"], toy.url + "/learner")
    shown = kiosk.status()
    tap.equal("it is noted as sent, and as no receipt",
              (shown["sent"], shown["receipted"], shown["waiting"]), (6, 0, 0))
    tap.equal("the link is online", shown["link"], "online")
    tap.check("which is not safe to take away", shown["safe"] is False)
    tap.check("and why is said", "no receipts" in shown["message"] and len(shown["lacks"]) == 5)
    text = kiosk.agent("status")
    tap.check("also to people", "safe to take away  no" in text.stdout
              and "signs nothing" in text.stdout, text.stdout)
    tap.equal("to whom it tells that all is well otherwise", text.returncode, 0)
    asked = len(toy.requests)
    kiosk.once()
    tap.equal("nothing is sent again by itself",
              [each for each in toy.requests[asked:] if each[0] == "POST"], [])
    kiosk.set_clock(BOOT, 2_000_000, now_us() + 400 * DAY_US, True)
    kiosk.once()
    tap.check("and nothing is forgotten, a year later",
              all(each["remembered"] for each in kiosk.audit()["records"]))
    return kiosk, toy


def refusals(tap, folder):
    kiosk, toy = lone(folder, "refused")
    toy.poison = {kiosk.audit()["records"][2]["id"]}
    tap.equal("one that is refused holds up no other", (kiosk.once(), len(toy.ids())), (0, 5))
    tap.equal("and is set aside", kiosk.states(), ["sent"] * 2 + ["aside"] + ["sent"] * 3)
    tap.check("which the link says", "refused by the LRS" in kiosk.status()["message"])
    toy.poison = set()
    tap.check("an adult can send all again", "6 records" in kiosk.agent("send-again").stdout)
    tap.equal("and each is there once", (kiosk.once(), len(toy.ids())), (0, 6))
    for name, manners, code in (("a sign-in page takes nothing", {"sign_in": True}, 75),
                                ("a busy LRS takes it later", {"status": 503}, 75),
                                ("one without our key is an adult's matter", {"status": 401}, 77)):
        kiosk.agent("send-again")
        for key, value in manners.items():
            setattr(toy, key, value)
        tap.equal(name, (kiosk.once(), kiosk.status()["waiting"]), (code, 6))
        toy.sign_in, toy.status = False, 0


def version_two(tap, folder):
    kiosk, toy = lone(folder, "two", speaks=["2.0.0"])
    tap.equal("an LRS of 2.0 alone is spoken to in 2.0",
              (kiosk.once(), len(toy.ids()), set(toy.versions)), (0, 6, {"2.0.0"}))


def settings(tap, folder, kiosk):
    for name, words in (("two masters are refused", {"district": "http://127.0.0.1:1"}),
                        ("a key file must be there", {"lrs_key_file": "/nowhere"}),
                        ("a version must be one", {"lrs_version": "3"}),
                        ("a base must be one", {"lrs_base": "here"}),
                        ("only https leaves this machine", {"lrs": "http://lrs.example"})):
        before = dict(kiosk.words)
        kiosk.words.update(words)
        kiosk.write_config()
        tap.equal(name, kiosk.once(), 78)
        kiosk.words = before
    kiosk.write_config()
    os.chmod(kiosk.words["lrs_key_file"], 0o640)
    tap.equal("a key that others may read is not used", kiosk.once(), 78)
    os.chmod(kiosk.words["lrs_key_file"], 0o600)


def a_district_as_an_lrs(tap, folder, district):
    """As any tool would: no enrolment, a key that may write."""
    kiosk = Lone(folder, f"{district.url}/xapi", key_of(district, "statements/write", "plain"),
                 "plain")
    lay_some(folder, kiosk)
    tap.equal("our own district, asked as any LRS", kiosk.once(), 0)
    tap.equal("has them all", len(Asker(district).all()), 6)
    tap.equal("and the kiosk no receipt", kiosk.status()["sent"], 6)


def enrolled_after_all(tap, kiosk, district):
    kiosk.words = {"district": district.url, "poll_seconds": "1"}
    kiosk.write_config()
    kiosk.agent("enrol", text_in=district.enrolment_code() + "\n")
    kiosk.lay(1, LEARNER)
    tap.equal("a kiosk that is enrolled later", kiosk.once(), 0)
    tap.equal("has a receipt for all of it", set(kiosk.states()), {"receipted"})
    shown = kiosk.status()
    tap.equal("and is safe to take away", (shown["safe"], shown["lacks"]), (True, []))


def main():
    tap = Tap()
    with place() as folder:
        kiosk, _ = sends_and_claims_nothing(tap, folder)
        refusals(tap, folder)
        version_two(tap, folder)
        settings(tap, folder, kiosk)
        inner = os.path.join(folder, "inner")
        os.mkdir(inner)
        district = District(inner).start()
        a_district_as_an_lrs(tap, folder, district)
        enrolled_after_all(tap, kiosk, district)
        district.stop()
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A week without network: 200 stones, a clock that says 1970, reboots; then
the network returns and every stone arrives once, in order, with a time that
is right or honestly approximate."""
import random

from cairn import (DAY_US, District, Kiosk, Tap, now_us, photo_file, place, roster_of)

STONES = 200
BOOTS = 10
TRUSTED_BOOT = 4  # somebody's phone gave the time for a moment in this one


def boot_id(n):
    return f"{n + 1:032x}"


def live_offline(kiosk, folder, learners):
    """Lays the stones; returns number → the true time, which no board knew, and when the
    last boot was."""
    truth, number = {}, 0
    began = now_us() - 7 * DAY_US
    chance = random.Random(2026)
    for boot in range(BOOTS):
        booted = began + boot * 7 * DAY_US // BOOTS
        since = 30_000_000
        for i in range(STONES // BOOTS):
            since += chance.randrange(20_000_000, 900_000_000)
            trusted = boot == TRUSTED_BOOT and i == 3
            kiosk.set_clock(boot_id(boot), since,
                            booted + since if trusted else since, trusted)
            photo = (["--photo", photo_file(folder, "photo.png", number)]
                     if i % 5 == 0 else [])
            kiosk.lay(1, chance.choice(learners), *photo)
            number += 1
            truth[number] = booted + since
    return truth, booted


def goes_on(kiosk, booted):
    """The last boot, now; when that was."""
    at = now_us()
    kiosk.set_clock(boot_id(BOOTS - 1), at - booted, at - booted, False)
    return at


def check_times(tap, entries, truth, within_us):
    off = [n for n, e in entries.items()
           if abs(e["time"]["us"] - truth[n]) > e["time"]["about_us"] + within_us]
    tap.equal("every time is right, or about right by its own word", off, [])
    per_boot = STONES // BOOTS
    exact = [n for n, e in entries.items() if e["time"]["about_us"] == 0]
    known = [n for n in truth if (n - 1) // per_boot in (TRUSTED_BOOT, BOOTS - 1)]
    tap.equal("a boot whose time was ever known is exact", sorted(exact), known)
    shown = [entries[n]["time"]["us"] for n in sorted(entries)]
    tap.check("times never run backwards", shown == sorted(shown))


def main():
    tap = Tap()
    with place() as folder:
        district = District(folder).start()
        teacher = district.add_teacher()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        learners = [learner for learner, _, _ in roster_of(kiosk)]
        tap.equal("the roster came down", len(learners), 40)
        district.stop()

        truth, booted = live_offline(kiosk, folder, learners)
        goes_on(kiosk, booted)
        tap.equal("offline the agent says: later", kiosk.deliver(check=False).returncode, 75)
        audit = kiosk.audit()
        tap.equal("all of them wait", audit["outbox"]["waiting"], STONES)
        tap.check("the chain is whole", audit["whole"], audit["fault"])

        district.start()
        stood_at = goes_on(kiosk, booted)  # and its clock stands still while the network is back
        kiosk.deliver()
        stood_us = now_us() - stood_at
        tap.equal("all of them are receipted", kiosk.audit()["outbox"]["receipted"], STONES)
        by_id = {record["id"]: record for record in kiosk.audit()["records"]}
        found = teacher.entries()
        tap.equal("each arrived once", sorted(e["id"] for e in found), sorted(by_id))
        entries = {by_id[e["id"]]["number"]: e for e in found}
        check_times(tap, entries, truth, stood_us + 5_000_000)
        kiosk.deliver()
        tap.equal("sending again adds nothing", len(teacher.entries()), STONES)
        tap.equal("the district ends when asked", district.stop(), 0)
    tap.end()


main()

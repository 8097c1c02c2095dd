#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A copied SD card: two kiosks with one identity are told apart, nothing is
lost, nothing is merged into another child."""
import os
import shutil

from cairn import District, Kiosk, Tap, place, program, roster_of, run


def copy_of(kiosk, folder):
    shutil.copytree(kiosk.store, os.path.join(folder, "copy"))
    return Kiosk(folder, kiosk.district, "copy", enrol=False)


def main():
    tap = Tap()
    with place() as folder:
        district = District(folder).start()
        teacher = district.add_teacher()
        first = Kiosk(folder, district)
        first.deliver()
        maya, other = [learner for learner, _, _ in roster_of(first)][:2]
        first.lay(3, maya)
        first.deliver()
        first.lay(2, maya)

        second = copy_of(first, folder)
        first.lay(4, maya)
        second.lay(5, other)
        first.deliver()
        second.deliver()
        first.lay(1, maya)
        second.lay(1, other)
        second.deliver()
        first.deliver()

        one, two = first.audit(), second.audit()
        tap.check("the copy has another identity", one["kiosk"] != two["kiosk"])
        for name, audit in (("first", one), ("copy", two)):
            tap.equal(f"{name}: nothing waits", audit["outbox"]["waiting"], 0)
            tap.equal(f"{name}: nothing was set aside",
                      [(r["number"], r["reason"]) for r in audit["records"]
                       if r["state"] == "aside"], [])
            tap.check(f"{name}: the chain is whole", audit["whole"], audit["fault"])
        laid = {r["id"]: r["learner"] for r in one["records"] + two["records"]}
        found = {e["id"]: e["learner"]["id"] for e in teacher.entries()}
        tap.equal("all stones of both are there, each its child's", found, laid)
        tap.equal("and no more", len(found), 3 + 2 + 4 + 5 + 2)
        fleet = run(program("district"), "kiosks", "--data", district.data).stdout
        tap.check("the district says so", one["kiosk"] in fleet and two["kiosk"] in fleet, fleet)
        district.stop()
    tap.end()


main()

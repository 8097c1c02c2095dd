# SPDX-License-Identifier: Apache-2.0
"""Kill a district at random while many write to it, and hold it to its word:
what was answered with 2xx is there, once, with its media."""
import hashlib
import json
import os
import random
import time

from cairn import PATIENCE_S, Tap, program, run, wait_until
from tool import Load, Tool, add_key

CONNECTIONS = 8
LIFE_S = 0.6  # between two kills, at most
ENOUGH = 100  # statements that were held


def media_files(district):
    """sha256 → whether its file has it."""
    found, root = {}, os.path.join(district.data, "media")
    for at, _, files in os.walk(root):
        if os.path.basename(at) == "incoming":
            continue
        for name in files:
            with open(os.path.join(at, name), "rb") as file:
                found[name] = hashlib.sha256(file.read()).hexdigest() == name
    return found


def findings(district):
    """What check finds, but for files cut off before their commit."""
    done = run(program("district"), "check", "--data", district.data, "--json", check=False,
               timeout=600)
    if not done.stdout:
        return [done.stderr]
    return [one for one in json.loads(done.stdout)["findings"]
            if one["what"] != "a file that no statement names"]


def wait_for_writes(district, key):
    """Until it takes statements again."""
    tool, answers = Tool(lambda: [district.port], key), []

    def writes():
        answers.append(tool.send())
        return answers[-1] is not None and answers[-1][0] == 200
    try:
        wait_until("the district to write again", writes, PATIENCE_S * 2)
    except RuntimeError as why:
        raise RuntimeError(f"{why}: {answers[-1]}\n{district.running.output()[-2000:]}") from why
    tool.close()
    return tool.held, tool.media


def hold_to_its_word(tap, district, load, ids, more):
    """ids: of all that is in the archive, as often as it is there."""
    held = load.held() | set(more[0])
    tap.check(f"{len(held)} statements were taken", len(held) > ENOUGH)
    tap.equal("no answer was odd", load.odd[:3], [])
    tap.equal("every statement answered 200 is there", sorted(held - set(ids))[:5], [])
    tap.equal("nothing is doubled", len(ids), len(set(ids)))
    sent = held | {one["id"] for tool in load.tools if tool.last for one in tool.last[0]}
    unasked = [tool.unsure for tool in load.tools]
    tap.equal("nothing is there that nobody sent",
              sorted(set(ids) - sent - set().union(*unasked))[:5], [])
    files = media_files(district)
    tap.equal("every medium answered 200 is there, whole",
              [sha for sha in load.media() | set(more[1]) if not files.get(sha)], [])
    tap.equal("and the record is whole", findings(district), [])


def run_cycles(district, victims, cycles, ids):
    """victims: functions that kill something and have it back; ids: of the
    archive, read past the district."""
    tap, seed = Tap(), random.randrange(1 << 32)
    print(f"# seed {seed}")
    chance = random.Random(seed)
    key = add_key(district.data)
    load = Load(lambda: [district.port], key, CONNECTIONS, chance)
    for i in range(cycles):
        time.sleep(chance.random() * LIFE_S)
        victims[i % len(victims)]()
    more = wait_for_writes(district, key)
    wait_until("enough to be held", lambda: len(load.held()) > ENOUGH)
    load.stop()
    print(f"# {cycles} kills, {len(load.held())} statements held")
    hold_to_its_word(tap, district, load, ids(), more)
    return tap

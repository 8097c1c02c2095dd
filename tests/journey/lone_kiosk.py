# SPDX-License-Identifier: Apache-2.0
"""A kiosk that has no district, but some other LRS."""
import json

from cairn import Kiosk, SAMPLE_STONE, now_us, photo_file, program, run, tool

LEARNER = "k7x2m9qd"
BOOT = "0123456789abcdef0123456789abcdef"


class Lone(Kiosk):
    """A kiosk without a district."""

    def __init__(self, folder, url, key, name):
        self.words = {"lrs": url, "lrs_key_file": key, "poll_seconds": "1"}
        super().__init__(folder, None, name, enrol=False)
        self.set_clock(BOOT, 1_000_000, now_us(), True)

    def write_config(self, **kiosk):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"[kiosk]\nstore={self.store}\ncamera=none\n[agent]\n")
            file.writelines(f"{key}={value}\n" for key, value in self.words.items())

    def agent(self, *words, **options):
        return run(program("agent"), "--config", self.config, *words, env=self.environment(),
                   check=False, **options)

    def once(self):
        return self.agent("--once").returncode

    def status(self):
        return json.loads(self.agent("status", "--json").stdout)

    def states(self):
        return [each["state"] for each in self.audit()["records"]]


def lay_some(folder, kiosk):
    kiosk.lay(5, LEARNER)
    run(tool("lay"), kiosk.store, "1", "--learner", LEARNER, "--photo",
        photo_file(folder, f"{kiosk.name}.png", 1), *SAMPLE_STONE, env=kiosk.environment())

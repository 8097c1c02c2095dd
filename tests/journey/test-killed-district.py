#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A district in SQLite, killed at random while eight connections write about
the same actors.  test-killed-district.py N for N kills; CI does 40."""
import contextlib
import os
import signal
import sqlite3
import sys

from cairn import District, place
from durable import run_cycles

CYCLES = int(sys.argv[1]) if len(sys.argv) > 1 else 40


def main():
    with place() as folder:
        district = District(folder).start()

        def kill():
            district.kill()
            district.start()

        def stop():
            """Gracefully: it must end, and well."""
            code = district.stop()
            if code != 0:
                raise RuntimeError(f"a stop ended with {code}")
            district.start()

        def freeze():
            """As a machine that hangs does, and is then switched off."""
            district.running.child.send_signal(signal.SIGSTOP)
            kill()

        def ids():
            path = os.path.join(district.data, "district.db")
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
                return [row[0] for row in db.execute("SELECT id FROM statement")]
        tap = run_cycles(district, [kill, kill, stop, freeze], CYCLES, ids)
        district.stop()
    tap.end()


main()

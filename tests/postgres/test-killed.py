#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A district in PostgreSQL: the district is killed, PostgreSQL is told to end
at once (SIGQUIT) or is killed, all at random, while eight connections write
about the same actors.  test-killed.py N for N kills; CI does 24."""
import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "journey")]
from cairn import District, place  # noqa: E402
from durable import run_cycles  # noqa: E402
import cluster  # noqa: E402
import database  # noqa: E402

CYCLES = int(sys.argv[1]) if len(sys.argv) > 1 else 24
PATIENCE_S = 300


def start_again(server):
    """A killed server's children may hold its memory for a moment."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return server.start()
        except RuntimeError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def main():
    reason = cluster.why_not()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return
    os.environ.pop("G_DEBUG", None)  # that its database is gone is a warning to give
    with cluster.Cluster() as server, place() as folder:
        address = database.new(server.url)
        district = District(folder, address).start()

        def kill_district():
            district.kill()
            district.start()

        def end_at_once():
            server.server.send_signal(signal.SIGQUIT)
            server.server.wait()
            start_again(server)

        def kill_server():
            server.kill()
            start_again(server)

        tap = run_cycles(district, [kill_district, end_at_once, kill_district, kill_server],
                         CYCLES, lambda: database.ask(address, "SELECT id FROM statement"))
        district.stop()
    tap.end()


main()

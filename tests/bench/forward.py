# SPDX-License-Identifier: Apache-2.0
"""What cairn-forward sends on from one district to another, beside what an
agent delivers: the same statements, to a server of the same kind."""
import os
import statistics
import subprocess
import time

from figures import line, processor_s
import cairn
from forwarding import Forwarder, key_of

ENTRIES = 5000
ROUNDS = 5


class Relay:
    """A kiosk with a real agent, its district, and another district behind that."""

    def __init__(self, folder):
        inner = os.path.join(folder, "state")
        os.mkdir(inner)
        self.source, self.target = cairn.District(folder).start(), cairn.District(inner).start()
        self.kiosk = cairn.Kiosk(folder, self.source)
        self.kiosk.deliver()
        self.learners = [row[0] for row in cairn.roster_of(self.kiosk)][:25]
        self.forwarder = Forwarder(
            folder, f"{self.source.url}/xapi", key_of(self.source, "statements/read", "read"),
            f"{self.target.url}/xapi", key_of(self.target, "statements/write", "write"))

    def lay(self):
        for learner in self.learners:
            self.kiosk.lay(ENTRIES // len(self.learners), learner)

    def deliver(self):
        began = time.monotonic()
        self.kiosk.deliver()
        return time.monotonic() - began

    def forward(self):
        """Seconds; and of a processor, in the forwarder and in either district."""
        servers = [each.running.child.pid for each in (self.source, self.target)]
        before, began = [processor_s(pid) for pid in servers], time.monotonic()
        child = subprocess.Popen([cairn.program("forward"), "--config", self.forwarder.config,
                                  "--once"], stderr=subprocess.DEVNULL)
        _, child.returncode, usage = os.wait4(child.pid, 0)
        took = time.monotonic() - began
        if child.returncode != 0:
            raise ValueError(f"cairn-forward ended with {child.returncode}")
        used = [processor_s(pid) - then for pid, then in zip(servers, before)]
        return took, usage.ru_utime + usage.ru_stime, *used

    def stop(self):
        self.source.stop()
        self.target.stop()


def forward(folder):
    """A round of each at a time, so that both meet the same machine."""
    relay = Relay(folder)
    delivered, forwarded, costs = [], [], []
    try:
        for _ in range(ROUNDS):
            relay.lay()
            delivered.append(ENTRIES / relay.deliver())
            took, *cost = relay.forward()
            forwarded.append(ENTRIES / took)
            costs.append(cost)
        if relay.forwarder.status()["sent"] != ENTRIES * ROUNDS:
            raise ValueError(f"not all was sent on: {relay.forwarder.status()}")
    finally:
        relay.stop()
    line("district to district, by cairn-forward", "statements/s", forwarded, delivered,
         "what an agent delivers of them")
    own, source, target = (1e6 / ENTRIES * statistics.median(cost) for cost in zip(*costs))
    print(f"  a statement takes {own:.0f} us of a processor in cairn-forward, {source:.0f} us in "
          f"the district that is read, {target:.0f} us in the one that is written to", flush=True)

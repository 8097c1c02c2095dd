# SPDX-License-Identifier: Apache-2.0
"""A small file system of a test's own, to be filled.  It is mounted in a mount namespace of the
test's own, so it is gone with the test, however that ends."""
import os
import subprocess
import sys

from cairn import run

SPACE = "CAIRN_TEST_OWN_MOUNTS"


def own_mounts():
    """Starts this again where what it mounts is its own, and goes with it; False if it cannot."""
    if os.environ.get(SPACE):
        return True
    unshare = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
    probe = [*unshare, "sh", "-c", 'mount -t tmpfs -o size=1m none "$1"', "sh", "/mnt"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        return False
    os.execvpe(unshare[0], [*unshare, sys.executable, os.path.abspath(sys.argv[0])],
               {**os.environ, SPACE: "1"})


class Disk:
    def __init__(self, folder, size):
        self.folder, self.filler = folder, os.path.join(folder, "filler")
        os.makedirs(folder)
        run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", folder)

    def fill(self, leave=0):
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
            end = file.tell()
            file.truncate(max(end - leave, 0))

    def make_room(self):
        os.unlink(self.filler)

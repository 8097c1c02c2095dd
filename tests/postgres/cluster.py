#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL cluster of the tests' own, from Debian's package.

    tests/postgres/cluster.py COMMAND ...     runs it with CAIRN_TEST_POSTGRES, the cluster's address

In a new folder, on a unix socket only, fsync on; ended and removed with the command.
"""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

START_S = 300
ALSO_ROOT = "1000"  # a name of root's in a user namespace below


def is_real_root():
    """Whether we are root, and not only called so in a user namespace."""
    with open("/proc/self/uid_map", encoding="ascii") as ids:
        return os.geteuid() == 0 and ids.read().split()[:2] == ["0", "0"]


def programs():
    """The newest release's folder of programs, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return os.path.dirname(max(found, key=lambda p: int(p.split("/")[4]))) if found else None


def why_not():
    """Why there can be no cluster here, or None."""
    return None if programs() else "no PostgreSQL: apt-get install postgresql"


class Cluster:
    def __init__(self):
        # PostgreSQL refuses to run as root; and a test's own folder is not for others.
        self.user = pwd.getpwnam("postgres") if is_real_root() else None
        self.folder = tempfile.mkdtemp(prefix="cairn-pg-", dir="/tmp" if self.user else None)
        self.data = os.path.join(self.folder, "data")
        self.url = f"postgresql://cairn@/postgres?host={self.folder}"
        self.server = None
        self.give(self.folder)
        self.call("initdb", "-D", self.data, "-U", "cairn", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-instructions")
        self.start()

    def give(self, path):
        """Makes it PostgreSQL's."""
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def words(self, program, *arguments):
        become = ["setpriv", "--pdeathsig", "INT"]
        if os.geteuid() == 0 and not self.user:
            become[:0] = ["unshare", "--user", f"--map-user={ALSO_ROOT}",
                          f"--map-group={ALSO_ROOT}"]
        if self.user:
            become += [f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}",
                       "--clear-groups"]
        return become + [os.path.join(programs(), program), *arguments]

    def call(self, program, *arguments):
        subprocess.run(self.words(program, *arguments), check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL)

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.server = subprocess.Popen(
                self.words("postgres", "-D", self.data, "-k", self.folder,
                           "-c", "listen_addresses=", "-c", "fsync=on",
                           "-c", "shared_buffers=64MB", "-c", "max_connections=200"),
                cwd=self.folder, stdout=log, stderr=log)
        end = time.monotonic() + START_S
        while subprocess.run(self.words("pg_isready", "-q", "-h", self.folder),
                             check=False, cwd=self.folder).returncode != 0:
            if self.server.poll() is not None or time.monotonic() > end:
                with open(os.path.join(self.folder, "log"), encoding="utf-8") as log:
                    raise RuntimeError(f"PostgreSQL does not start:\n{log.read()}")
            time.sleep(0.05)

    def kill(self):
        """As a power cut does: the postmaster first, its children by themselves."""
        self.server.kill()
        self.server.wait()

    def has_ended(self):
        return self.server.poll() is not None

    def end(self):
        if not self.has_ended():
            self.server.send_signal(signal.SIGINT)
            self.server.wait()

    def stop(self):
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def main():
    reason = why_not()
    if reason:
        sys.exit(reason)
    with Cluster() as cluster:
        sys.exit(subprocess.run(sys.argv[1:], check=False,
                                env={**os.environ, "CAIRN_TEST_POSTGRES": cluster.url}).returncode)


if __name__ == "__main__":
    main()

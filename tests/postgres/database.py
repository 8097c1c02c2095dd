# SPDX-License-Identifier: Apache-2.0
"""Databases in the cluster that tests/run started, for tests in Python."""
import itertools
import os
import subprocess

NUMBERS = itertools.count(1)


def ask(address, sql):
    done = subprocess.run(["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", address,
                           "-c", sql], capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout.split()


def new(cluster=None, how=""):
    """The address of an empty one."""
    cluster = cluster or os.environ["CAIRN_TEST_POSTGRES"]
    name = f"python_{os.getpid()}_{next(NUMBERS)}"
    ask(cluster, f"CREATE DATABASE {name} {how}")
    return f"{cluster}&dbname={name}"


def ids(address):
    return set(ask(address, "SELECT id FROM statement"))


def stones(address):
    return set(ask(address, "SELECT id FROM statement WHERE kiosk IS NOT NULL"))

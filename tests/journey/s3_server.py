#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""OpenStack Swift with its S3 API, whole, in one process on 127.0.0.1.

    s3_server.py FOLDER ACCESS SECRET BUCKET

Prints "listening on http://127.0.0.1:PORT"; ends at SIGTERM.  It checks signatures and hashes as a
store in use does.  Objects live in memory, accounts and containers in FOLDER; what is missing of an
installation (rings, configuration) is made there.
"""
import os
import sys

import eventlet
import eventlet.wsgi

eventlet.monkey_patch()

from swift.common import utils  # noqa: E402

PARTITION_POWER = 1
DEVICE = "disk"


def configure(folder):
    path = os.path.join(folder, "swift.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write("[swift-hash]\nswift_hash_path_suffix = tests\n\n"
                   "[storage-policy:0]\nname = one\ndefault = yes\n")
    utils.SWIFT_CONF_FILE = path
    utils.HASH_PATH_SUFFIX = b"tests"
    os.makedirs(os.path.join(folder, "devices", DEVICE), exist_ok=True)


def write_ring(folder, name, port):
    from swift.common.ring import RingBuilder
    builder = RingBuilder(PARTITION_POWER, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": port,
                     "device": DEVICE, "weight": 1, "meta": "", "replication_ip": "127.0.0.1",
                     "replication_port": port})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f"{name}.ring.gz"))


def serve(app, listener):
    return eventlet.spawn(eventlet.wsgi.server, listener, app, log_output=False, debug=False)


def start_storage(folder):
    from swift.account.server import AccountController
    from swift.container.server import ContainerController
    from swift.obj.mem_server import ObjectController
    conf = {"devices": os.path.join(folder, "devices"), "mount_check": "false",
            "swift_dir": folder, "log_level": "ERROR"}
    listeners = {}
    for name in ("account", "container", "object"):
        listeners[name] = eventlet.listen(("127.0.0.1", 0))
        write_ring(folder, name, listeners[name].getsockname()[1])
    for name, controller in (("account", AccountController), ("container", ContainerController),
                             ("object", ObjectController)):
        serve(controller(conf), listeners[name])


class Cache:
    """What memcached is to Swift."""

    def __init__(self):
        self.held = {}

    def set(self, key, value, **_):
        self.held[key] = value

    def get(self, key, **_):
        return self.held.get(key)

    def delete(self, key, **_):
        self.held.pop(key, None)

    def incr(self, key, delta=1, **_):
        self.held[key] = self.held.get(key, 0) + delta
        return self.held[key]


def with_cache(app):
    cache = Cache()

    def call(env, start):
        env["swift.cache"] = cache
        return app(env, start)
    return call


def start_proxy(folder, access, secret):
    from swift.common.middleware import catch_errors, gatekeeper, listing_formats, tempauth
    from swift.common.middleware.s3api import s3api
    from swift.proxy.server import Application
    conf = {"swift_dir": folder, "account_autocreate": "true", "log_level": "ERROR",
            "allow_account_management": "true"}
    app = Application(conf)
    account, user = access.split(":")
    pipeline = [(tempauth.filter_factory, {f"user_{account}_{user}": f"{secret} .admin"}),
                (s3api.filter_factory, {"auth_pipeline_check": "false",
                                           "storage_domain": "localhost"}),
                (listing_formats.filter_factory, {}), (gatekeeper.filter_factory, {}),
                (catch_errors.filter_factory, {})]
    for factory, extra in pipeline:
        app = factory({}, **{"log_level": "ERROR", **extra})(app)
    app = with_cache(app)
    listener = eventlet.listen(("127.0.0.1", 0))
    return serve(app, listener), listener.getsockname()[1]


def make_bucket(folder, access, bucket):
    """As who runs Swift would: by its own client, within."""
    from swift.common.internal_client import InternalClient
    path = os.path.join(folder, "internal.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write("[DEFAULT]\nswift_dir = " + folder + "\n[pipeline:main]\n"
                   "pipeline = catch_errors proxy-server\n"
                   "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
                   "[filter:catch_errors]\nuse = egg:swift#catch_errors\n")
    client = InternalClient(path, "tests", 3)
    client.create_container("AUTH_" + access.split(":")[0], bucket)


def main():
    folder, access, secret, bucket = sys.argv[1:]
    configure(folder)
    start_storage(folder)
    proxy, port = start_proxy(folder, access, secret)
    make_bucket(folder, access, bucket)
    print(f"listening on http://127.0.0.1:{port}", flush=True)
    proxy.wait()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What watches a district: is it ready, its figures, and its log."""
import http.client
import json
import os
import shutil
import socket
import subprocess

import prometheus
from cairn import (District, Kiosk, PATIENCE_S, SAMPLE_STONE, Tap, photo_file, place, roster_of, run, tool,
                   wait_until)

KEY = "a key for reading figures"


def ask(district, path, **headers):
    line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
    line.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = line.getresponse()
    return answer, answer.read().decode()


def health(district):
    answer, text = ask(district, "/healthz")
    return answer.status, json.loads(text)


def figures(district, **headers):
    answer, text = ask(district, "/metrics", **headers)
    return answer, prometheus.parse(text) if answer.status == 200 else text


def value(families, name, **labels):
    return sum(each for full, said, each in families[name][1] if full == name
               and labels.items() <= said.items())


def readiness(tap, district):
    wait_until("the server to be ready", lambda: health(district)[0] == 200)
    tap.equal("a server that can commit is ready", health(district),
              (200, {"status": "ready", "archive": "ok", "disk": "ok", "media": "ok"}))
    district.stop()
    district.settings(limits={"disk_reserve_bytes": 1 << 50})
    district.start()
    wait_until("the first commit", lambda: health(district)[1]["archive"] == "ok")
    status, said = health(district)
    tap.equal("one whose disk is nearly full is not",
              (status, said["status"], said["disk"]), (503, "not-ready", "full"))
    district.stop()
    district.settings()


def who_may_read(tap, folder, district):
    tap.equal("this machine may read the figures", figures(district)[0].status, 200)
    for header in ("X_Forwarded_For", "Forwarded", "Via"):
        tap.equal(f"but not what comes with {header.replace('_', '-')}",
                  figures(district, **{header: "127.0.0.1"})[0].status, 403)
    district.stop()
    key = os.path.join(folder, "metrics.key")
    with open(key, "w", encoding="ascii") as file:
        file.write(KEY + "\n")
    os.chmod(key, 0o600)
    district.settings(metrics={"key_file": key})
    district.start()
    tap.equal("with a key set, who has none may not", figures(district)[0].status, 403)
    tap.equal("nor with another", figures(district, Authorization="Bearer x")[0].status, 403)
    tap.equal("but who has it, from anywhere",
              figures(district, Authorization=f"Bearer {KEY}", Via="1.1 x")[0].status, 200)
    os.chmod(key, 0o644)
    tap.equal("a key that others may read opens nothing",
              figures(district, Authorization=f"Bearer {KEY}")[0].status, 403)
    district.stop()
    district.settings()


def what_they_say(tap, district, kiosk):
    _, before = figures(district)
    kiosk.deliver()
    ask(district, "/media/no-such-thing")
    answer, families = figures(district)
    tap.equal("the format is named", answer.getheader("Content-Type"),
              "text/plain; version=0.0.4; charset=utf-8")
    tap.equal("names, types and units are as Prometheus has them",
              list(prometheus.lint(families)), [])
    promtool = shutil.which("promtool")
    if promtool:
        _, text = ask(district, "/metrics")
        done = subprocess.run([promtool, "check", "metrics"], input=text, text=True,
                              capture_output=True, check=False)
        tap.equal("promtool finds nothing", (done.returncode, done.stderr), (0, ""))
    tap.equal("statements are counted", value(families, "cairn_statements_total"), 4)
    tap.equal("so are requests, by route and status",
              value(families, "cairn_http_requests_total", route="/xapi/statements",
                    method="POST", status="200"), 1)
    tap.equal("a path is its route, not what was asked",
              value(families, "cairn_http_requests_total", route="/media/*", status="401"), 1)
    tap.check("media are counted", value(families, "cairn_media_stored_bytes_total") > 3000)
    tap.equal("a kiosk was heard within the hour",
              value(families, "cairn_kiosks", heard_within="hour"), 1)
    tap.equal("its folder of media is well", value(families, "cairn_media_ready"), 1)
    # What was just asked for is being written down.
    tap.check("nothing waits", wait_until("an empty queue", lambda: value(
        figures(district)[1], "cairn_writer_queue_length") == 0))
    for name in ("cairn_database_size_bytes", "process_resident_memory_bytes",
                 "process_open_fds", "process_max_fds", "cairn_disk_free_bytes"):
        tap.check(f"{name} is there", value(families, name) > 0)
    count = "cairn_writer_commit_duration_seconds"
    tap.check("commits took their time", sum(
        each for full, _, each in families[count][1] if full == f"{count}_count") > 0)
    return before


def a_store_that_is_gone(tap, folder, district):
    """Media in S3, where nobody listens: said, counted, and no reason to take all servers away."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        key = os.path.join(folder, "s3.key")
        with open(key, "w", encoding="ascii") as file:
            file.write("an-access-key\na-secret-word\n")
        os.chmod(key, 0o600)
        district.settings(media={"place": "s3://stones/secret-prefix", "endpoint": endpoint,
                                 "credentials": key, "retries": 0,
                                 "probe_s": 3600})
        district.start()
        wait_until("the store to be asked",
                   lambda: health(district)[1]["media"] not in ("starting", "ok"))
        status, said = health(district)
        tap.equal("a store that is gone is told, and the server is ready for the rest",
                  (status, said["status"], said["media"]), (200, "ready", "unreachable"))
        for _ in range(20):
            health(district)
        _, families = figures(district)
        tap.equal("whoever asks often has it asked once",
                  value(families, "cairn_media_requests_total"), 1)
        tap.equal("the failure is counted, by its kind",
                  (value(families, "cairn_media_failures_total", kind="unreachable"),
                   value(families, "cairn_media_failures_total"),
                   value(families, "cairn_media_ready")), (1, 1, 0))
        tap.check("with its time", value(families, "cairn_media_last_failure_timestamp_seconds",
                                         kind="unreachable") > 1e9)
        tap.equal("names, types and units are as Prometheus has them, here too",
                  list(prometheus.lint(families)), [])
        _, text = ask(district, "/metrics")
        tap.check("no key, no bucket", not any(word in text + json.dumps(said) for word in (
            "an-access-key", "a-secret-word", "secret-prefix")))
        district.stop()
        district.settings()


def main():
    tap = Tap()
    with place() as folder:
        district = District(folder)
        district.start()
        readiness(tap, district)
        district.start()
        who_may_read(tap, folder, district)
        district.start()
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        learner = roster_of(kiosk)[0][0]
        kiosk.lay(3, learner)
        run(tool("lay"), kiosk.store, "1", "--learner", learner, "--photo",
            photo_file(folder, "photo.png", 1), *SAMPLE_STONE)
        what_they_say(tap, district, kiosk)
        district.stop()
        a_store_that_is_gone(tap, folder, district)
    tap.end()


main()

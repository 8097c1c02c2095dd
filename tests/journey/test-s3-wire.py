#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What goes to a store that speaks S3, over TLS: whom a district believes, how it names the
bucket, and that each request is signed, by a reckoning of the test's own beside a real store's."""
import hashlib
import http.client
import json
import os
import shutil
import socket
import ssl
import threading

import sigv4
from authority import Authority
from cairn import (PATIENCE_S, SAMPLE_STONE, District, Kiosk, Tap, photo_file, place, program, roster_of, run,
                   tool, wait_until)
from s3_store import ACCESS, BUCKET, SECRET, Store, s3_is_there

TOKEN = "FwoGZXIvYXdzEBYaD/a+session+token/that+is+long=="


class Front:
    """TLS before a server that has none; it keeps what clients sent."""

    def __init__(self, port, certificate, key):
        self.port_behind, self.streams, self.refused = port, [], 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(line,), daemon=True).start()

    def serve(self, line):
        try:
            line = self.context.wrap_socket(line, server_side=True)
        except OSError:
            self.refused += 1
            return
        behind = socket.create_connection(("127.0.0.1", self.port_behind))
        sent = bytearray()
        self.streams.append(sent)
        back = threading.Thread(target=self.pump, args=(behind, line, None), daemon=True)
        back.start()
        self.pump(line, behind, sent)
        back.join()
        line.close()
        behind.close()

    @staticmethod
    def pump(one, other, record):
        try:
            while True:
                block = one.recv(1 << 16)
                if not block:
                    break
                if record is not None:
                    record += block
                other.sendall(block)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def take(self):
        """The requests since the last time; connections go on in whole requests."""
        taken = [request for stream in self.streams for request in sigv4.requests(bytes(stream))]
        for stream in self.streams:
            stream.clear()
        return taken

    def close(self):
        self.listener.close()


def health(district):
    line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
    line.request("GET", "/healthz")
    return json.loads(line.getresponse().read())


class Class:
    """A kiosk and a teacher: a photo goes in, and comes out."""

    def __init__(self, folder, district):
        self.folder, self.district = folder, district
        self.teacher, self.kiosk = district.add_teacher(), Kiosk(folder, district)
        self.kiosk.deliver()
        self.learner, self.n = roster_of(self.kiosk)[0][0], 0

    def lay(self):
        self.n += 1
        run(tool("lay"), self.kiosk.store, "1", "--learner", self.learner, "--photo",
            photo_file(self.folder, f"{self.n}.png", self.n), *SAMPLE_STONE)

    def photos(self):
        return {piece["url"][len("/media/"):]: piece["url"] for entry in self.teacher.entries()
                for piece in entry["pieces"] if piece.get("url", "").startswith("/media/")}

    def goes(self):
        """Whether a new photo goes in and all come out as they were."""
        self.lay()
        self.kiosk.write_config()
        self.kiosk.deliver()
        photos = self.photos()
        return len(photos) == self.n and all(
            hashlib.sha256(self.teacher.get(url)).hexdigest() == name
            for name, url in photos.items())


def strangers(tap, district, store, front, authority, desk):
    """Nobody vouches for the store, or for another name."""
    for how, more in (("whom nobody vouches for", {}),
                      ("who is somebody else", {"ca_file": authority.file,
                                                "endpoint": f"https://127.0.0.1:{front.port}"})):
        district.settings(media=store.settings(
            **{"endpoint": f"https://localhost:{front.port}", "retries": 0, **more}))
        district.start()
        before = len(desk.kiosk.at_district())
        desk.kiosk.write_config()
        desk.kiosk.deliver(check=False)
        tap.equal(f"to a store {how} nothing goes", len(desk.kiosk.at_district()), before)
        wait_until("health to say so", lambda: health(district)["media"] == "certificate")
        tap.equal("not one request", front.take(), [])
        district.stop()
    tap.check("it was asked, and hung up on",
              wait_until("a refusal", lambda: front.refused > 0))


def signed(tap, front, secret_words, how):
    taken = front.take()
    tap.check(f"{how}: it came this way", {"PUT", "GET"} <= {each.method for each in taken},
              [each.method for each in taken])
    tap.equal(f"{how}: each request is signed, all that matters of it",
              [fault for fault in (sigv4.fault_of(each, ACCESS, SECRET) for each in taken) if fault],
              [])
    tap.equal(f"{how}: which another secret would not sign",
              {sigv4.fault_of(each, ACCESS, SECRET + "x") for each in taken},
              {"another signature"})
    tap.check(f"{how}: and has no secret in it", not any(
        secret_words in "".join([each.path, each.query, *each.headers.values()])
        for each in taken))
    return taken


def ways(tap, district, store, front, authority, desk):
    over_tls = {"endpoint": f"https://localhost:{front.port}", "ca_file": authority.file}
    with open(store.key, encoding="ascii") as file:
        plain = file.read()
    for how, more, token in (("the bucket in the path", {}, ""),
                             ("the bucket in the name", {"path_style": "false"}, ""),
                             ("a session's token", {"path_style": "false"}, TOKEN)):
        with open(store.key, "w", encoding="ascii") as file:
            file.write(plain + (token + "\n" if token else ""))
        district.settings(media=store.settings(**over_tls, **more))
        district.start()
        tap.check(f"{how}: photos go in and out", desk.goes())
        district.stop()
        taken = signed(tap, front, SECRET, how)
        name = "localhost" if not more else f"{BUCKET}.localhost"
        tap.equal(f"{how}: it is asked for so", {each.headers["host"] for each in taken},
                  {f"{name}:{front.port}"})
        tap.equal(f"{how}: and by such paths", {each.path.split("/")[1] for each in taken if
                                                each.method == "PUT"},
                  {"media" if more else BUCKET})
        tap.equal(f"{how}: with its token or none",
                  {each.headers.get("x-amz-security-token") for each in taken}, {token or None})


def main():
    tap = Tap()
    if not s3_is_there():
        tap.skip("S3 over TLS", "python3-swift is not installed")
        tap.end()
        return
    with place() as folder:
        authority = Authority(folder)
        certificate, key = (os.path.join(folder, name) for name in ("s3.pem", "s3-tls.key"))
        authority.sign("store", certificate, key, f"DNS:localhost,DNS:{BUCKET}.localhost")
        store = Store(folder)
        front = Front(store.port, certificate, key)
        district = District(folder)
        try:
            district.start()
            desk = Class(folder, district)
            desk.lay()
            district.stop()
            strangers(tap, district, store, front, authority, desk)
            ways(tap, district, store, front, authority, desk)
            shutil.copy(district.config, os.path.join(district.data, "district.conf"))
            done = run(program("district"), "check", "--data", district.data, check=False)
            tap.check("the record is whole", done.stdout.startswith("whole:"),
                      done.stdout + done.stderr)
        finally:
            district.kill()
            front.close()
            store.running.kill()
    tap.end()


main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The district with a certificate of its own, the agent with a CA of its own;
what is renewed, what is refused, and a proxy in front."""
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess

from authority import Authority
from cairn import District, Kiosk, PATIENCE_S, Tap, place, program, roster_of, run, wait_until


def context(authority, **versions):
    made = ssl.create_default_context(cafile=authority.file)
    for name, value in versions.items():
        setattr(made, name, value)
    return made


def connect(district, tls):
    return tls.wrap_socket(socket.create_connection(("127.0.0.1", district.port)),
                           server_hostname="127.0.0.1")


def name_of(line):
    return dict(pair[0] for pair in line.getpeercert()["subject"])["commonName"]


def asked(line):
    """Over a connection that lives on."""
    line.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    answer = http.client.HTTPResponse(line)
    answer.begin()
    answer.read()
    return answer


def serve_and_fail(district, *options):
    done = subprocess.run([program("district"), "serve", "--data", district.data, "--config",
                           district.config, *options], capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)
    return done.returncode, done.stderr


def agent_over_tls(tap, folder, district, authority):
    kiosk = Kiosk(folder, district, enrol=False)
    with open(kiosk.config, "a", encoding="utf-8") as file:
        file.write(f"ca_file={authority.file}\n")
    run(program("agent"), "enrol", "--config", kiosk.config,
        text_in=district.enrolment_code() + "\n")
    kiosk.deliver()
    kiosk.lay(3, roster_of(kiosk)[0][0])
    kiosk.deliver()
    tap.equal("an agent that trusts the district's own CA delivers",
              len(kiosk.at_district()), 3)

    stranger = Kiosk(folder, district, "stranger", enrol=False)
    done = run(program("agent"), "enrol", "--config", stranger.config,
               text_in=district.enrolment_code() + "\n", check=False)
    tap.check("an agent that does not trust it says so",
              done.returncode != 0 and "not trusted" in done.stderr, done.stderr)


def versions(tap, district, authority):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with connect(district, context(authority, minimum_version=version,
                                       maximum_version=version)) as line:
            tap.equal(f"{version.name} is spoken", asked(line).status, 200)
    old = context(authority, minimum_version=ssl.TLSVersion.TLSv1,
                  maximum_version=ssl.TLSVersion.TLSv1_1)
    old.set_ciphers("ALL:@SECLEVEL=0")
    try:
        connect(district, old).close()
        tap.check("TLS 1.1 is not", False)
    except (ssl.SSLError, ConnectionError):
        tap.check("TLS 1.1 is not", True)


def renewal(tap, district, authority, certificate, key):
    reload = lambda: district.running.child.send_signal(signal.SIGHUP)
    with connect(district, context(authority)) as old:
        tap.equal("the certificate is the one in the file", name_of(old), "first")
        authority.sign("second", certificate, key)
        reload()
        wait_until("the new certificate", lambda: "reloaded" in district.running.output())
        with connect(district, context(authority)) as new:
            tap.equal("after SIGHUP a new connection gets the new one", name_of(new), "second")
            tap.equal("and is answered", asked(new).status, 200)
        tap.equal("the old connection lives on", asked(old).status, 200)

        os.chmod(key, 0o644)
        reload()
        district.running.wait_for(r"the old certificate stays: .*")
        with open(certificate, "w", encoding="ascii") as file:
            file.write("nothing\n")
        reload()
        wait_until("the second refusal", lambda: district.running.output()
                   .count("the old certificate stays") == 2)
        with connect(district, context(authority)) as new:
            tap.equal("a broken new file, or a key others may read, keeps the old one",
                      name_of(new), "second")
    authority.sign("third", certificate, key)
    authority.sign("fourth", certificate + ".other", key)
    reload()
    wait_until("the third refusal", lambda: "is not the certificate's key"
               in district.running.output())
    tap.check("a key of another certificate is refused", True)


def refusals(tap, district, certificate, key):
    os.chmod(key, 0o640)
    status, said = serve_and_fail(district, "--listen", "127.0.0.1:0")
    tap.check("a key that others may read is refused at the start",
              status != 0 and key in said, said)
    district.settings()
    status, said = serve_and_fail(district, "--listen", "0.0.0.0:0")
    tap.check("plain HTTP does not listen where others could hear",
              status != 0 and "speaks_tls" in said, said)
    status, said = serve_and_fail(district, "--listen", "nowhere")
    tap.check("a place that is none is refused", status != 0 and "127.0.0.1:8080" in said, said)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def sign_in(line, client, name="nobody", proto="https"):
    """An attempt with a wrong password; the status and its headers."""
    line.request("POST", "/api/sign-in", json.dumps({"name": name, "password": "wrong"}),
                 {"Content-Type": "application/json", "X-Forwarded-For": client,
                  "X-Forwarded-Proto": proto})
    answer = line.getresponse()
    answer.read()
    return answer.status, dict(answer.getheaders())


def tries_until_refused(line, clients):
    """A slow machine's tries are given back while it tries."""
    for n in range(400):
        status, _ = sign_in(line, clients(n), f"nobody{n}")
        if status == 429:
            return n
    return None


def behind_a_proxy(tap, folder, district):
    district.settings(proxy={"trusted": "127.0.0.1"})
    path = os.path.join(folder, "socket")
    district.start(f"unix:{path}")
    line = UnixConnection(path)
    _, headers = sign_in(line, "198.51.100.7")
    tap.check("https by a proxy's word brings HSTS", "Strict-Transport-Security" in headers)
    _, headers = sign_in(line, "198.51.100.7", proto="http")
    tap.check("http by its word does not", "Strict-Transport-Security" not in headers)
    tap.check("attempts are counted for the client behind a proxy",
              tries_until_refused(line, lambda n: "198.51.100.8") is not None)
    tap.equal("and for no other client", sign_in(line, "198.51.100.9")[0], 401)
    district.kill()
    district.start(f"unix:{path}")
    tap.equal("what a killed server left at the path is no hindrance",
              sign_in(UnixConnection(path), "198.51.100.7")[0], 401)
    district.stop()
    tap.check("the socket is gone with the server", not os.path.exists(path))

    district.settings()
    district.start()
    line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
    tap.check("a stranger's word for itself counts for nothing",
              tries_until_refused(line, lambda n: f"198.51.100.{n % 250}") is not None)
    _, headers = sign_in(line, "198.51.100.7")
    tap.check("nor for https", "Strict-Transport-Security" not in headers)
    district.stop()


def main():
    tap = Tap()
    with place() as folder:
        authority = Authority(folder)
        certificate, key = os.path.join(folder, "own.pem"), os.path.join(folder, "own.key")
        authority.sign("first", certificate, key)
        district = District(folder)
        district.settings(server={"tls_certificate": certificate, "tls_key": key})
        district.start()
        tap.equal("with a certificate it listens by https", district.scheme, "https")
        agent_over_tls(tap, folder, district, authority)
        versions(tap, district, authority)
        renewal(tap, district, authority, certificate, key)
        district.stop()
        refusals(tap, district, certificate, key)
        behind_a_proxy(tap, folder, district)
    tap.end()


main()

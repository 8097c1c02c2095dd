#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From a district to another LRS, by rule: two real districts and the real
forwarder between them, and an LRS of our own making that can be as ill as a
test likes.
"""
import base64
import glob
import hashlib
import json
import os
import random
import urllib.error
import urllib.request

from cairn import (BUILD, District, Kiosk, Running, SAMPLE_STONE, Tap, photo_file, place, program,
                   roster_of, run, tool, wait_until)

VERBS = "http://activitystrea.ms/"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
FILM_BYTES = 50 * 1024 * 1024
MEMORY_KIB = 40 * 1024  # of the forwarder, whatever it carries


def key_of(district, scopes, name):
    """A tool's key in a 0600 file, as the forwarder wants it."""
    out = run(program("district"), "key", "add", "--data", district.data, "--scopes", scopes)
    path = os.path.join(district.folder, f"{name}.key")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(out.stdout)
    return path


def secret_file(folder, name, text):
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(text)
    return path


class Forwarder:
    def __init__(self, folder, source, source_key, target, target_key, name="forward"):
        self.folder, self.name = os.path.join(folder, name), name
        self.config = os.path.join(folder, f"{name}.conf")
        self.rules_file = os.path.join(folder, f"{name}.rules")
        self.place = folder
        self.source = {"lrs": source, "key_file": source_key}
        self.target = {"lrs": target, "key_file": target_key}
        self.words = {"folder": self.folder, "rules": self.rules_file, "actors": "plain",
                      "extensions": "*", "media": "true", "words": "true", "poll_seconds": "1"}
        self.rules("send\n")
        self.settings()

    def settings(self, **words):
        self.words.update(words)
        with open(self.config, "w", encoding="utf-8") as file:
            for group, lines in (("source", self.source), ("target", self.target),
                                 ("forward", self.words)):
                file.write(f"[{group}]\n")
                file.writelines(f"{key}={value}\n" for key, value in lines.items())

    def rules(self, text):
        with open(self.rules_file, "w", encoding="utf-8") as file:
            file.write(text)

    def call(self, *words, **options):
        return run(program("forward"), "--config", self.config, *words, check=False, **options)

    def once(self):
        return self.call("--once").returncode

    def status(self):
        return json.loads(self.call("status", "--json").stdout)

    def start(self):
        return Running(self.name, [program("forward"), "--config", self.config], self.place)


def statement(number, **more):
    return {"id": f"00000000-0000-4000-8000-{number:012d}",
            "actor": {"account": {"homePage": "https://d.example/learner", "name": f"l{number}"},
                      "name": "Maya R."},
            "verb": {"id": VERBS + "submit"},
            "object": {"id": f"https://d.example/evidence/{number}"}, **more}


class Asker:
    """Somebody who speaks xAPI with a district."""

    def __init__(self, district):
        self.district = district
        with open(key_of(district, "all", "asker"), encoding="ascii") as file:
            self.key = base64.b64encode(file.read().strip().encode()).decode()

    def ask(self, method, path, body=None, kind="application/json"):
        request = urllib.request.Request(f"{self.district.url}/xapi{path}", data=body,
                                         method=method)
        request.add_header("Authorization", "Basic " + self.key)
        request.add_header("X-Experience-API-Version", "1.0.3")
        if body is not None:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def post(self, *statements):
        status, said = self.ask("POST", "/statements", json.dumps(statements).encode())
        if status != 200:
            raise RuntimeError(f"{status}: {said[:300]}")

    def post_with(self, one, content, kind):
            sha2 = hashlib.sha256(content).hexdigest()
        one = {**one, "attachments": [{
            "usageType": "http://id.tincanapi.com/attachment/supporting_media",
            "display": {"en": "film"}, "contentType": kind, "length": len(content),
            "sha2": sha2}]}
        body = (b"--b\r\nContent-Type: application/json\r\n\r\n" + json.dumps(one).encode()
                + b"\r\n--b\r\nContent-Type: " + kind.encode()
                + b"\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "
                + sha2.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n")
        status, said = self.ask("POST", "/statements", body, "multipart/mixed; boundary=b")
        if status != 200:
            raise RuntimeError(f"{status}: {said[:300]}")
        return sha2

    def all(self):
        found, path = [], "/statements?ascending=true"
        while path:
            said = json.loads(self.ask("GET", path)[1])
            found += said["statements"]
            path = said["more"].removeprefix("/xapi") if said["more"] else ""
        return found

    def ids(self):
        return [each["id"] for each in self.all()]

    def voided(self, number):
        return self.ask("GET", "/statements?voidedStatementId=" + statement(number)["id"])[0]


def void(number, target):
    return {**statement(number), "verb": {"id": VOIDED},
            "object": {"objectType": "StatementRef", "id": statement(target)["id"]}}


def second_district(folder):
    inner = os.path.join(folder, "state")
    os.mkdir(inner)
    return District(inner).start()


def nothing_until_told(tap, forwarder, state):
    forwarder.rules("# nothing yet\n")
    tap.equal("without a rule a round says that an adult must look", forwarder.once(), 77)
    tap.check("and why", "no rules" in forwarder.status()["message"], forwarder.status())
    tap.equal("and nothing is sent", state.all(), [])
    forwarder.rules("send verb=nonsense\n")
    tap.equal("a rule that is none is refused", forwarder.once(), 77)
    tap.check("with its line", "line 1: verb=nonsense" in forwarder.status()["message"],
              forwarder.status()["message"])
    shown = forwarder.call("rules")
    tap.equal("also by the command that shows rules", shown.returncode, 78)


def from_kiosk_to_state(tap, folder, kiosk, forwarder, source, state):
    """Stones with photos, as kiosks lay them, arrive as they were."""
    learner = roster_of(kiosk)[0][0]
    kiosk.lay(60, learner)
    run(tool("lay"), kiosk.store, "2", "--learner", learner, "--photo",
        photo_file(folder, "photo.png", 1), *SAMPLE_STONE)
    kiosk.deliver()
    forwarder.rules(f"send verb={VERBS}submit\n")
    tap.equal("a round sends all of it", forwarder.once(), 0)
    tap.equal("in order, each once", state.ids(), source.ids())

    def essence(statements):
        return [{k: v for k, v in each.items() if k not in ("stored", "authority", "version")}
                for each in statements]
    tap.equal("word for word", essence(state.all()), essence(source.all()))
    status, said = state.ask("GET", "/statements?limit=1&attachments=true")
    tap.check("with its photo", status == 200 and b"\x89PNG" in said)
    tap.equal("what is there is not sent again", (forwarder.once(), forwarder.status()["sent"]),
              (0, 62))
    listed = forwarder.call("sent", "--learner", learner, "--home",
                            learner_home(source)).stdout.splitlines()
    tap.equal("what was sent of a learner is listed", len(listed), 62)
    tap.equal("of another, nothing", forwarder.call(
        "sent", "--learner", "nobody", "--home", learner_home(source)).stdout, "")


def learner_home(source):
    return source.all()[0]["actor"]["account"]["homePage"]


def voiding(tap, forwarder, source, state):
    source.post(statement(1), statement(2, verb={"id": "https://x.example/other"}))
    forwarder.once()
    source.post(void(3, 1), void(4, 2))
    tap.equal("a voiding is sent on", (forwarder.once(), state.voided(1)), (0, 200))
    tap.check("where its statement went, and nowhere else",
              statement(3)["id"] in state.ids() and statement(4)["id"] not in state.ids())


def a_film(tap, forwarder, source, state):
    film = random.Random(7).randbytes(FILM_BYTES)
    sha2 = source.post_with(statement(10), film, "video/mp4")
    del film
    tap.equal("a film of 50 MB is sent on", forwarder.once(), 0)
    status, said = state.ask(
        "GET", f"/statements?statementId={statement(10)['id']}&attachments=true")
    tap.check("whole", status == 200 and sha2.encode() in said and len(said) > FILM_BYTES)
    tap.equal("and its copy on the way is gone",
              glob.glob(os.path.join(forwarder.folder, "spool", "*")), [])


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def memory(tap, forwarder, source, state):
    """The peak is read while the program still runs."""
    film = random.Random(8).randbytes(FILM_BYTES)
    source.post_with(statement(11), film, "video/mp4")
    del film
    running = forwarder.start()
    wait_until("the second film", lambda: statement(11)["id"] in state.ids(), 60)
    peak = peak_kib(running.child.pid)
    running.stop()
    if os.path.basename(BUILD) in ("asan", "tsan"):
        tap.skip("memory stays small", "a sanitizer has its own")
    else:
        tap.check("and costs no memory", peak < MEMORY_KIB, f"{peak} KiB")


def main():
    tap = Tap()
    with place() as folder:
        district, other = District(folder).start(), second_district(folder)
        kiosk = Kiosk(folder, district)
        kiosk.deliver()
        forwarder = Forwarder(
            folder, f"{district.url}/xapi", key_of(district, "statements/read", "read"),
            f"{other.url}/xapi", key_of(other, "statements/write", "write"))
        source, state = Asker(district), Asker(other)
        nothing_until_told(tap, forwarder, state)
        from_kiosk_to_state(tap, folder, kiosk, forwarder, source, state)
        voiding(tap, forwarder, source, state)
        a_film(tap, forwarder, source, state)
        memory(tap, forwarder, source, state)
        district.stop()
        other.stop()
    tap.end()


main()

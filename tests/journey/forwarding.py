# SPDX-License-Identifier: Apache-2.0
"""What journeys of the forwarder share: it, keys, and somebody who speaks xAPI."""
import base64
import hashlib
import json
import os
import urllib.error
import urllib.request

from cairn import PATIENCE_S, Running, program, run

SUBMIT = "http://activitystrea.ms/submit"
VALIDATED = "https://w3id.org/xapi/tla/verbs/validated"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def secret_file(folder, name, text):
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(text)
    return path


def key_of(district, scopes, name):
    """A tool's key in a 0600 file, as the forwarder wants it."""
    out = run(program("district"), "key", "add", "--data", district.data, "--scopes", scopes)
    return secret_file(district.folder, f"{name}.key", out.stdout)


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
            "verb": {"id": SUBMIT},
            "object": {"id": f"https://d.example/evidence/{number}"}, **more}


class Asker:
    """Somebody who speaks xAPI with a district."""

    def __init__(self, district):
        self.district = district
        with open(key_of(district, "all", "asker"), encoding="ascii") as file:
            self.key = base64.b64encode(file.read().strip().encode()).decode()

    def ask_as(self, version, method, path, said):
        return self.ask(method, path, json.dumps(said).encode(), version=version)

    def ask(self, method, path, body=None, kind="application/json", version="1.0.3"):
        request = urllib.request.Request(f"{self.district.url}/xapi{path}", data=body,
                                         method=method)
        request.add_header("Authorization", "Basic " + self.key)
        request.add_header("X-Experience-API-Version", version)
        if body is not None:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
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

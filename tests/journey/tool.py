# SPDX-License-Identifier: Apache-2.0
"""A tool that speaks xAPI, for journeys: it sends, and remembers what was held."""
import base64
import hashlib
import http.client
import json
import random
import threading
import uuid

from cairn import PATIENCE_S, program, run

SHARED_ACTORS = 5  # that all connections write about


def add_key(data):
    """id:secret of a new key that may write and read."""
    out = run(program("district"), "key", "add", "--data", data, "--name", "journey",
              "--scopes", "statements/write statements/read").stdout
    return next(word for word in out.split() if ":" in word)


def statement(chance):
    return {"id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "actor": {"mbox": f"mailto:actor{chance.randrange(SHARED_ACTORS)}@example.org"},
            "verb": {"id": f"http://example.org/verb/{chance.randrange(3)}"},
            "object": {"id": f"http://example.org/activity/{chance.randrange(4)}"}}


def with_attachment(one, body):
    one["attachments"] = [{"usageType": "http://example.org/usage", "display": {"en": "a file"},
                           "contentType": "application/octet-stream", "length": len(body),
                           "sha2": hashlib.sha256(body).hexdigest()}]
    return one


def multipart(statements, bodies):
    out = b"--part\r\nContent-Type: application/json\r\n\r\n" + json.dumps(statements).encode()
    for body in bodies:
        out += (b"\r\n--part\r\nContent-Type: application/octet-stream\r\n"
                b"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "
                + hashlib.sha256(body).hexdigest().encode() + b"\r\n\r\n" + body)
    return out + b"\r\n--part--\r\n", "multipart/mixed; boundary=part"


class Tool:
    """One connection; ask() gives status and body, or None when the line broke."""

    def __init__(self, ports, key, chance=None):
        self.ports, self.chance = ports, chance or random.Random()
        self.auth = "Basic " + base64.b64encode(key.encode()).decode()
        self.held, self.media, self.last, self.line = [], [], None, None
        self.headers = {}    # of the last answer
        self.unsure = set()  # sent, and the line broke before the answer

    def ask(self, method, path, body=None, kind="application/json", port=None):
        try:
            if self.line is None:
                self.line = http.client.HTTPConnection(
                    "127.0.0.1", port or self.chance.choice(self.ports()), timeout=PATIENCE_S)
            self.line.request(method, path, body, {
                "Authorization": self.auth, "X-Experience-API-Version": "1.0.3",
                **({"Content-Type": kind} if body is not None else {})})
            answer = self.line.getresponse()
            self.headers = answer.headers
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def close(self):
        if self.line is not None:
            self.line.close()
        self.line = None

    def send(self):
        """One batch; sometimes with a file; sometimes the one before again."""
        again = self.last is not None and self.chance.random() < 0.3
        if not again:
            count = self.chance.choice([1, 1, 5, 20])
            statements, bodies = [statement(self.chance) for _ in range(count)], []
            if self.chance.random() < 0.3:
                bodies = [self.chance.randbytes(self.chance.randrange(1, 20000))]
                with_attachment(statements[0], bodies[0])
            self.last = (statements, bodies)
        statements, bodies = self.last
        body, kind = json.dumps(statements).encode(), "application/json"
        if bodies:
            body, kind = multipart(statements, bodies)
        answer = self.ask("POST", "/xapi/statements", body, kind)
        if answer is None or answer[0] != 200:
            self.unsure |= {one["id"] for one in statements}
        if answer is not None and answer[0] == 200:
            self.held += [one["id"] for one in statements]
            self.media += [hashlib.sha256(each).hexdigest() for each in bodies]
        return answer


class Load:
    """Many connections that send until they are told to stop."""

    def __init__(self, ports, key, connections, chance, fine=(200, 429, 503)):
        self.fine = fine
        self.tools = [Tool(ports, key, random.Random(chance.random()))
                      for _ in range(connections)]
        self.stopping, self.odd = threading.Event(), []
        self.threads = [threading.Thread(target=self.go_on, args=[tool], daemon=True)
                        for tool in self.tools]
        for thread in self.threads:
            thread.start()

    def go_on(self, tool):
        while not self.stopping.is_set():
            answer = tool.send()
            if answer is not None and answer[0] not in self.fine:
                self.odd.append(answer)
            if answer is None or answer[0] != 200:
                self.stopping.wait(0.02)  # the server may not be there yet
                tool.close()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def held(self):
        return {each for tool in self.tools for each in tool.held}

    def media(self):
        return {each for tool in self.tools for each in tool.media}

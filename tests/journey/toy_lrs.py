# SPDX-License-Identifier: Apache-2.0
"""An LRS in memory that does what the specification asks and nothing beyond,
and is as ill as a test wishes.  In one process with the test that asks it.
"""
import email.parser
import hashlib
import http.server
import json
import threading
import time
import urllib.parse
import uuid

PAGE = 7  # statements, whatever the client asks for


def stamp(us):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(us // 1_000_000)) + f".{us % 1_000_000:06d}Z"


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that was killed is no fault of ours; other faults fail the test."""


class ToyLrs:
    def __init__(self):
        self.statements, self.media = [], {}  # in the order they were stored; sha2 → bytes
        self.lock = threading.Lock()
        self.clock = time.time_ns() // 1000 - 3_600_000_000
        self.requests, self.versions = [], []  # (method, path); X-Experience-API-Version
        self.raw = b""  # all that was ever posted
        # manners
        self.speaks = ["1.0.3", "2.0.0"]
        self.poison = set()  # ids that are refused
        self.refuse_all, self.status, self.retry_after, self.sign_in = False, 0, None, False
        self.hold_back = 0  # the newest that are not promised yet
        self.absolute_more = False
        self.user = "Basic " + "dTpw"  # u:p
        self.server = Server(("127.0.0.1", 0), self.handler())
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/data/xAPI"

    def ids(self):
        with self.lock:
            return [each["id"] for each in self.statements]

    def add(self, statement, same_instant=False):
        """As if somebody had stored it: several may share an instant."""
        with self.lock:
            self.clock += 0 if same_instant else 1_000
            one = {"id": str(uuid.uuid4()), "timestamp": stamp(self.clock), "version": "1.0.0",
                   **statement, "stored": stamp(self.clock)}
            self.statements.append(one)
            return one["id"]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # --- what a request does ---

    def take(self, statements, parts):
        """(status, answer): all or nothing."""
        with self.lock:
            held = {each["id"]: each for each in self.statements}
            for one in statements:
                one.setdefault("id", str(uuid.uuid4()))
                if self.refuse_all or one["id"] in self.poison:
                    return 400, "this one is not taken"
                for each in one.get("attachments", []):
                    if "fileUrl" not in each and each["sha2"] not in parts:
                        return 400, "an attachment without its content"
                if one["id"] in held and held[one["id"]]["actor"] != one["actor"]:
                    return 409, "another one has this id"
            for one in statements:
                if one["id"] not in held:
                    self.clock += 1_000
                    self.statements.append({**one, "stored": stamp(self.clock)})
            self.media.update(parts)
            return 200, [one["id"] for one in statements]

    def find(self, query, path):
        with self.lock:
            if "statementId" in query:
                for one in self.statements:
                    if one["id"] == query["statementId"]:
                        return 200, one
                return 404, "none"
            if query.get("ascending") != "true":
                return 400, "this toy only ascends"
            found = [one for one in self.statements if one["stored"] > query.get("since", "")]
            start = int(query.get("from", 0))
            most = min(PAGE, int(query.get("limit", PAGE)) or PAGE)
            more = ""
            if start + most < len(found):
                more = path + "?" + urllib.parse.urlencode({**query, "from": start + most})
                if self.absolute_more:
                    more = f"http://127.0.0.1:{self.port}{more}"
            return 200, {"statements": found[start:start + most], "more": more}

    def through(self):
        with self.lock:
            if self.hold_back and len(self.statements) > self.hold_back:
                return self.statements[-self.hold_back - 1]["stored"]
            return stamp(time.time_ns() // 1000)

    # --- HTTP ---

    def handler(self):
        toy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def say(self, status, answer, kind="application/json", version=True, **headers):
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if version:
                    self.send_header("X-Experience-API-Version",
                                     self.headers.get("X-Experience-API-Version", "1.0.3"))
                    self.send_header("X-Experience-API-Consistent-Through", toy.through())
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def is_ill(self):
                toy.requests.append((self.command, self.path))
                if toy.sign_in:
                    self.say(200, b"<html>Welcome to our wireless</html>", "text/html", False)
                elif toy.status:
                    more = {"Retry_After": toy.retry_after} if toy.retry_after else {}
                    self.say(toy.status, "as the toy says", version=toy.status < 500, **more)
                else:
                    return False
                return True

            def refuses(self):
                if self.headers.get("Authorization") != toy.user:
                    self.say(401, "who are you?")
                    return True
                version = self.headers.get("X-Experience-API-Version", "")
                toy.versions.append(version)
                if version not in toy.speaks:
                    self.say(400, "another version, please")
                    return True
                return False

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                if self.is_ill():
                    return
                if url.path == "/data/xAPI/about":
                    self.say(200, {"version": toy.speaks})
                elif not self.refuses():
                    status, answer = toy.find(dict(urllib.parse.parse_qsl(url.query)), url.path)
                    self.say(status, answer)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.is_ill() or self.refuses():
                    return
                toy.raw += body
                first, parts = split(body, self.headers["Content-Type"])
                said = json.loads(first)
                self.say(*toy.take(said if isinstance(said, list) else [said], parts))

        return Handler


def split(body, kind):
    """The statements, and the other parts by their hash, which must fit."""
    if not kind.startswith("multipart/mixed"):
        return body, {}
    boundary = kind.split("boundary=")[1].strip('"').encode()
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not pieces[-1].startswith(b"--"):
        raise ValueError("multipart without its end")
    first, parts = None, {}
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = email.parser.Parser().parsestr(head.decode())
        if first is None:
            first = content
        else:
            if hashlib.sha256(content).hexdigest() != headers["X-Experience-API-Hash"]:
                raise ValueError("a part with another hash")
            parts[headers["X-Experience-API-Hash"]] = content
    return first, parts

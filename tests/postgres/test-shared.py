#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two districts that share one database: what both take in at once, about the
same people and things, is all there, in one order, from either of them."""
import base64
import concurrent.futures
import http.client
import json
import os
import shutil
import sys
import urllib.parse
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
import cluster  # noqa: E402
from cairn import District, Tap, place, program, run  # noqa: E402

SENDERS = 4   # to each district
BATCHES = 12  # of each sender
BATCH = 5
PATIENCE_S = 300


class Sender:
    def __init__(self, district, key):
        self.line = http.client.HTTPConnection("127.0.0.1", district.port, timeout=PATIENCE_S)
        self.headers = {"Authorization": "Basic " + base64.b64encode(key.encode()).decode(),
                        "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        self.line.request(method, path, json.dumps(body) if body is not None else None,
                          self.headers)
        answer = self.line.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def send(self, statements):
        return self.ask("POST", "/xapi/statements", statements)


def statement(i):
    return {"id": str(uuid.uuid4()), "actor": {"mbox": f"mailto:{i % 3}@example.org"},
            "verb": {"id": "http://example.org/verb"},
            "object": {"id": f"http://example.org/thing/{i % 2}",
                       "definition": {"name": {"en": f"thing {i % 2}"}}}}


def send_all(district, key):
    """The ids that were acknowledged, and what else was answered."""
    sender, held, others = Sender(district, key), [], []
    for i in range(BATCHES):
        batch = [statement(i * BATCH + k) for k in range(BATCH)]
        status, said = sender.send(batch)
        if status == 200:
            held += [each["id"] for each in batch]
        else:
            others.append((status, said))
    return held, others


def read_all(district, key, query=""):
    sender, found = Sender(district, key), []
    path = f"/xapi/statements?limit=50&ascending=true{query}"
    while path:
        status, page = sender.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {page}")
        found += page["statements"]
        path = page["more"]
    return found


def together(tap, districts, key):
    with concurrent.futures.ThreadPoolExecutor(2 * SENDERS) as pool:
        ends = list(pool.map(lambda i: send_all(districts[i % 2], key), range(2 * SENDERS)))
    held = {one for ids, _ in ends for one in ids}
    tap.equal("nobody was refused", [each for _, others in ends for each in others], [])
    tap.equal("all were acknowledged", len(held), 2 * SENDERS * BATCHES * BATCH)
    for name, district in zip(("one", "the other"), districts):
        found = read_all(district, key)
        tap.check(f"all are found, each once, at {name}",
                  len(found) == len(held) and {each["id"] for each in found} == held, len(found))
        stored = [each["stored"] for each in found]
        tap.check(f"no two were stored at one instant, nor before the one before, at {name}",
                  all(a < b for a, b in zip(stored, stored[1:])))
    half = stored[len(stored) // 2]
    tap.equal("since skips none", len(read_all(districts[0], key, f"&since={half}")),
              len(stored) - len(stored) // 2 - 1)
    agent = urllib.parse.quote(json.dumps({"mbox": "mailto:1@example.org"}))
    tap.equal("and one of the people is found in all of them",
              len(read_all(districts[1], key, f"&agent={agent}")), len(held) // 3)


def across(tap, districts, key):
    one, other = (Sender(district, key) for district in districts)
    sent = statement(0)
    tap.equal("what one has taken", one.send([sent])[0], 200)
    status, page = other.ask("GET", f"/xapi/statements?statementId={sent['id']}")
    tap.equal("the other gives back at once", (status, page and page["id"]), (200, sent["id"]))
    tap.equal("and takes again", other.send([sent])[0], 200)
    sent["verb"] = {"id": "http://example.org/another"}
    tap.equal("but not as another", other.send([sent])[0], 409)


def database():
    """An empty one of the cluster."""
    url = os.environ["CAIRN_TEST_POSTGRES"]
    run(os.path.join(cluster.programs(), "createdb"), f"--maintenance-db={url}", "shared")
    return url.replace("/postgres?", "/shared?")


def start(folder, name, archive):
    own = os.path.join(folder, name)
    os.mkdir(own)
    district = District(own)
    district.settings(server={"archive": archive})
    shutil.copy(district.config, os.path.join(district.data, "district.conf"))
    return district.start()


def main():
    tap = Tap()
    archive = database()
    with place() as folder:
        districts = [start(folder, name, archive) for name in ("one", "other")]
        key = run(program("district"), "key", "add", "--data", districts[0].data, "--scopes",
                  "all").stdout.strip()
        together(tap, districts, key)
        across(tap, districts, key)
        for district in districts:
            tap.equal("it ends well", district.stop(), 0)
    tap.end()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keys and the audit log with the real programs: two district processes on one database
(SQLite; PostgreSQL if there is a cluster, as tests/postgres has it), a kiosk that is renewed and
then revoked, a teacher that is shown out, a tool whose secrets overlap, an administrator who
reads who did what."""
import base64
import hashlib
import http.client
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "postgres"))
import cluster  # noqa: E402
from cairn import (PATIENCE_S, Kiosk, District, Running, Tap, Teacher, place,  # noqa: E402
                   program, roster_of, run, wait_until)

REFILL_S = 30  # a wrong word more may be tried (PAIR_REFILL_US)
XAPI = {"X-Experience-API-Version": "1.0.3"}
STATEMENT = {"actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": "http://v.org/did"},
             "object": {"id": "http://a.org/1"}}


class Two(District):
    """Two processes of one district; `ports` are both."""

    def __init__(self, folder, archive):
        self.archive = archive
        os.makedirs(os.path.join(folder, "district"), mode=0o700)
        with open(os.path.join(folder, "district", "district.conf"), "w",
                  encoding="utf-8") as file:
            file.write(f"[server]\narchive={archive}\n" if archive else "")
        super().__init__(folder)
        self.settings(server={"archive": archive} if archive else {})
        self.second = None

    def start(self, listen=None, env=None):
        super().start(listen, env)
        self.second = Running("second", [program("district"), "serve", "--data", self.data,
                                         "--config", self.config, "--listen", "127.0.0.1:0"],
                              self.folder, env)
        match = self.second.wait_for(r"^listening on http://127\.0\.0\.1:(\d+)")
        self.ports = [self.port, int(match[1])]
        return self

    def stop(self):
        return (super().stop(), self.second.stop())

    def command(self, *words, **how):
        return run(program("district"), words[0], "--data", self.data, *words[1:], **how)

    def key(self, *words, **how):
        return self.command("key", *words, **how).stdout.strip()

    def keys(self):
        return {each["id"]: each for each in json.loads(self.key("list", "--json"))}

    def audit(self, *words):
        return json.loads(self.command("audit", "--json", *words).stdout)


def ask(port, method, path, user=None, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    lines = {**XAPI, **(headers or {})}
    if user:
        lines["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
    if body is not None:
        lines["Content-Type"] = "application/json"
    connection.request(method, path, json.dumps(body) if body is not None else None, lines)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def statuses(district, user, path="/xapi/statements?limit=1"):
    return [ask(port, "GET", path, user)[0] for port in district.ports]


def tools(tap, district):
    secret_file = os.path.join(district.folder, "secret")
    with open(os.open(secret_file, os.O_WRONLY | os.O_CREAT, 0o600), "w",
              encoding="utf-8") as file:
        file.write("our lake: 27 stones\n")
    made = district.key("add", "--name", "A lake", "--scopes", "all")
    ident = made.split(":")[0]
    tap.equal("a new key works in both processes", statuses(district, made), [200, 200])
    renewed = district.key("rotate", ident, "--grace", "24")
    tap.equal("with a grace, both secrets do",
              statuses(district, made) + statuses(district, renewed), [200] * 4)
    tap.equal("the list says so", district.keys()[ident]["state"], "overlap")
    last = district.key("rotate", ident)
    tap.equal("without, only the last does", statuses(district, made) +
              statuses(district, renewed) + statuses(district, last), [401] * 4 + [200] * 2)
    district.key("revoke", ident)
    tap.equal("revoked, none does, at once in both", statuses(district, last), [401, 401])
    refused = district.command("key", "rotate", ident, check=False)
    tap.check("and it is not renewed by a slip", refused.returncode == 1 and
              "--restore" in refused.stderr, refused.stderr)
    chosen = "lake:our lake: 27 stones"
    tap.equal("a chosen user and secret come from a file",
              district.key("add", "--user", "lake", "--scopes", "statements/write",
                           "--secret-file", secret_file), "lake")
    tap.equal("and let it in", [ask(port, "POST", "/xapi/statements", chosen, STATEMENT)[0]
                                for port in district.ports], [200, 200])
    tap.equal("as far as its scopes go", statuses(district, chosen), [403, 403])
    os.chmod(secret_file, 0o644)
    refused = district.command("key", "add", "--user", "x", "--secret-file", secret_file,
                               check=False)
    tap.check("a file that others may read is refused", refused.returncode == 1 and
              "chmod 600" in refused.stderr, refused.stderr)
    tap.equal("a secret comes from standard input, too",
              district.key("add", "--user", "pond", "--secret-file", "-",
                           text_in="another long word 9\n"), "pond")
    tap.check("the list tells no secret", not any(
        each in district.key("list") + district.key("list", "--json")
        for each in (made.split(":")[1], "our lake", "another long")))


def kiosks(tap, district):
    kiosk, other = Kiosk(district.folder, district), Kiosk(district.folder, district, "other")
    kiosk.deliver()
    other.deliver()
    learner = roster_of(kiosk)[0][0]
    kiosk.lay(3, learner)
    kiosk.deliver()
    ident = kiosk_id(kiosk)
    code = district.key("rotate", ident)
    kiosk.lay(2, learner)
    refused = kiosk.deliver(check=False)
    tap.check("a kiosk whose secret ended is told to enrol again", refused.returncode == 77 and
              "enrol it again" in refused.stderr + refused.stdout,
              refused.stderr + refused.stdout)
    tap.equal("it keeps what waits", kiosk.audit()["outbox"]["waiting"], 2)
    taken = run(program("agent"), "enrol", "--config", other.config, text_in=code + "\n",
                check=False)
    tap.equal("its code is nobody else's", taken.returncode, 77)
    agent = kiosk.start_agent()
    agent.wait_for("refused")
    run(program("agent"), "enrol", "--config", kiosk.config, text_in=code + "\n")
    wait_until("what waited to arrive", lambda: kiosk.audit()["outbox"]["waiting"] == 0)
    agent.stop()
    tap.equal("enrolled again, all arrives by itself, and the chain is whole",
              (kiosk.audit()["whole"], district.keys()[ident]["state"]), (True, "active"))
    district.key("revoke", ident)
    kiosk.lay(1, learner)
    tap.equal("revoked, it is refused", kiosk.deliver(check=False).returncode, 77)
    plain = run(program("agent"), "enrol", "--config", kiosk.config,
                text_in=district.enrolment_code() + "\n", check=False)
    tap.equal("and an ordinary code does not help", plain.returncode, 77)
    again = district.key("rotate", ident, "--restore")
    run(program("agent"), "enrol", "--config", kiosk.config, text_in=again + "\n")
    kiosk.deliver()
    tap.equal("let in again, nothing was lost", kiosk.audit()["outbox"]["waiting"], 0)
    other.deliver()
    return kiosk, learner


def kiosk_id(kiosk):
    keys = json.loads(kiosk.district.key("list", "--json", "--kind", "kiosk"))
    return next(each["id"] for each in keys
                if os.path.exists(os.path.join(kiosk.store, "secrets", each["id"])))


def people(tap, district, learner):
    teacher = district.add_teacher()
    entries = teacher.entries()
    teacher.post(f"/api/entries/{entries[0]['id']}/decision", {"decision": "confirmed"})
    one_time = district.key("add", "--kind", "administrator", "it", "--name", "The IT")
    it = Teacher(district, "it", one_time)
    tap.equal("an administrator sees no class", it.classes, [])
    tap.equal("but the kiosks", len(json.loads(it.get("/api/admin/kiosks"))), 2)
    wait_until("the reads to be written", lambda: any(
        each["action"] == "GET /api/queue" for each in district.audit("--who", "teacher")))
    seen = json.loads(it.get(f"/api/admin/audit?learner={learner}"))["events"]
    tap.check("and who decided on a learner's entry", any(
        each["who"] == "teacher" and each["action"] == "POST /api/entries/*/decision"
        and each["about"] == learner for each in seen), seen)
    session = [ask(port, "GET", "/api/session", headers={"Cookie": cookies(teacher)})[0]
               for port in district.ports]
    tap.equal("a session is good in both processes", session, [200, 200])
    it.request("POST", "/api/admin/keys/revoke", {"kind": "teacher", "id": "teacher"})
    session = [ask(port, "GET", "/api/session", headers={"Cookie": cookies(teacher)})[0]
               for port in district.ports]
    tap.equal("a revoked teacher is signed out of both", session, [401, 401])
    wrong_words(tap, district)


def wrong_words(tap, district):
    """The one process lets ten be tried, and the other then none."""
    def guess(port):
        return ask(port, "POST", "/api/sign-in", body={"name": "teacher", "password": "x"})[0]

    def tried(port):
        """How many until it refuses."""
        statuses = []
        while 429 not in statuses:
            statuses.append(guess(port))
        return len(statuses) - 1 if set(statuses) <= {401, 429} else statuses

    one, other = district.ports
    began = time.monotonic()
    first = tried(one)
    # The log's events are written behind what was counted.
    wait_until("the refusal to be in the audit log", lambda: any(
        each["action"] == "POST /api/sign-in" and each["status"] == 429
        for each in district.audit()))
    more = tried(other) + tried(one)
    back = (time.monotonic() - began) // REFILL_S  # of a slow machine's
    tap.check("ten wrong words may be tried", 10 <= first <= 10 + back, (first, back))
    tap.check("then none, in either process", first + more <= 10 + back, (first, more, back))


def cookies(teacher):
    return "; ".join(f"{each.name}={each.value}" for each in teacher.jar)


def who_did_what(tap, district, kiosk):
    district.stop()  # what was read is written by then
    events = district.audit()
    actions = {each["action"] for each in events}
    tap.equal("commands and requests are all there", {
        "key add", "key rotate", "key revoke", "import-roster", "add-teacher",
        "POST /kiosk/enrol", "POST /xapi/statements", "GET /xapi/statements",
        "POST /api/sign-in", "POST /api/admin/keys/revoke"} - actions, set())
    text = json.dumps(events, ensure_ascii=False)
    names = [name for _, name, _ in roster_of(kiosk)]
    tap.equal("no child's name is in it", [name for name in names if name in text], [])
    tap.check("and no secret", "our lake" not in text)


def hash_of(before, event):
    """As KEYS.md has it, for anybody who does not believe the program."""
    text = b""
    for each in [before] + [event[name] for name in (
            "seq", "at_us", "kind", "who", "address", "action", "object", "about", "n", "status")]:
        word = str(each).encode()
        text += b"%d:%s," % (len(word), word)
    return hashlib.sha256(text).hexdigest()


def chain(tap, district):
    """Two servers and the commands have written it."""
    events, before = district.audit(), "0" * 64
    tap.equal("events are numbered without a gap", [each["seq"] for each in events],
              list(range(1, len(events) + 1)))
    wrong = []
    for each in events:
        if hash_of(before, each) != each["hash"]:
            wrong.append(each)
        before = each["hash"]
    tap.equal("each has the hash of itself and the one before", wrong, [])
    noted = f"{events[-1]['seq']}:{before}"
    tap.equal("check finds the same", district.command("check", "--audit", noted).returncode, 0)
    other = district.command("check", "--audit", noted[:-4] + "beef", check=False)
    tap.check("and that another was there is told",
              other.returncode == 1 and "this event is another" in other.stdout, other.stdout)


def journey(tap, archive):
    with place() as folder:
        district = Two(folder, archive).start()
        tools(tap, district)
        kiosk, learner = kiosks(tap, district)
        people(tap, district, learner)
        who_did_what(tap, district, kiosk)
        chain(tap, district)


def database():
    """An empty one of the cluster, or "" for SQLite."""
    url = os.environ.get("CAIRN_TEST_POSTGRES", "")
    if url:
        run(os.path.join(cluster.programs(), "createdb"), f"--maintenance-db={url}", "keys")
    return url.replace("/postgres?", "/keys?")


def main():
    tap = Tap()
    journey(tap, database())
    tap.end()


main()

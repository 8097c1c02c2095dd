# SPDX-License-Identifier: Apache-2.0
"""An LRS of another make as a target (third-lrs.cjs), and what it then has."""
import base64
import json
import os
import urllib.error
import urllib.request

from cairn import PATIENCE_S, ROOT, Running

KEY = "tool:its secret"


class ThirdLrs:
    """Of a new process each time: nothing of it is left when it ends."""

    def __init__(self, folder, name="third"):
        home = os.path.join(folder, name)
        os.mkdir(home)
        self.storage = os.path.join(home, "storage")
        self.running = Running(name, [
            "node", os.path.join(ROOT, "tests", "journey", "third-lrs.cjs"), home], home)
        self.url = f"http://127.0.0.1:{self.running.wait_for(r'listening on ([0-9]+)')[1]}/xAPI"

    def ask(self, path):
        request = urllib.request.Request(self.url + path)
        request.add_header("Authorization", "Basic " + base64.b64encode(KEY.encode()).decode())
        request.add_header("X-Experience-API-Version", "1.0.3")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def all(self):
        found, path = [], "/statements?ascending=true&limit=100"
        while path:
            said = json.loads(self.ask(path)[1])
            found += said["statements"]
            path = said["more"].removeprefix("/xAPI") if said["more"] else ""
        return found

    def ids(self):
        return [each["id"] for each in self.all()]

    def get(self, each):
        return json.loads(self.ask(f"/statements?statementId={each}")[1])

    def files(self):
        """The content of each attachment that it keeps."""
        found = []
        for where, _, names in os.walk(self.storage):
            for name in names:
                with open(os.path.join(where, name), "rb") as file:
                    found.append(file.read())
        return found

    def stop(self):
        self.running.stop()

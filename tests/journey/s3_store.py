# SPDX-License-Identifier: Apache-2.0
"""A real store that speaks S3, for districts that keep their media there."""
import os

from cairn import PATIENCE_S, Running, run

HERE = os.path.dirname(os.path.abspath(__file__))
BUCKET = "stones"
ACCESS, SECRET = "school:district", "a+secret/of=it"


def s3_is_there():
    return run("/usr/bin/python3", "-c", "import swift", check=False).returncode == 0


class Store:
    """Swift, and the settings of a district that keeps its media there."""

    def __init__(self, folder):
        data = os.path.join(folder, "swift")
        os.makedirs(data)
        self.running = Running("s3", ["/usr/bin/python3", os.path.join(HERE, "s3_server.py"), data,
                                      ACCESS, SECRET, BUCKET], folder)
        self.url = self.running.wait_for(r"^listening on (http://127\.0\.0\.1:\d+)")[1]
        self.key = os.path.join(folder, "s3.key")
        with open(self.key, "w", encoding="ascii", opener=lambda path, flags: os.open(
                path, flags, 0o600)) as file:
            file.write(f"{ACCESS}\n{SECRET}\n")

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def settings(self, **more):
        return {"place": f"s3://{BUCKET}/media", "endpoint": self.url, "credentials": self.key,
                "retry_ms": 10, **more}

# SPDX-License-Identifier: Apache-2.0
"""Certificates of a test's own."""
import os

from cairn import run


class Authority:
    """A district's own CA and what it signs."""

    def __init__(self, folder):
        self.folder, self.file = folder, os.path.join(folder, "ca.pem")
        self.key = os.path.join(folder, "ca.key")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", self.key, "-out", self.file, "-days", "9999", "-subj",
            "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign")

    def sign(self, name, out, key, names="IP:127.0.0.1"):
        request = os.path.join(self.folder, "request.pem")
        more = os.path.join(self.folder, "more.conf")
        with open(more, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        run("openssl", "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key,
            "-days", "9998", "-extfile", more, "-out", out)
        os.chmod(key, 0o600)

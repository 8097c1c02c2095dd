# SPDX-License-Identifier: Apache-2.0
"""AWS Signature Version 4 from its specification: what a request was signed with."""
import hashlib
import hmac
import re


class Request:
    def __init__(self, head, body):
        first, *lines = head.decode("ascii").split("\r\n")
        self.method, target, _ = first.split(" ")
        self.path, _, self.query = target.partition("?")
        self.headers = {name.lower(): value.strip()
                        for name, _, value in (line.partition(":") for line in lines)}
        self.body = body


def requests(stream):
    """All that came over one connection; the last may not be whole."""
    found = []
    while b"\r\n\r\n" in stream:
        head, _, stream = stream.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
        size = int(length[1]) if length else 0
        if len(stream) < size:
            break
        found.append(Request(head, stream[:size]))
        stream = stream[size:]
    return found


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def fault_of(request, access, secret):
    """What is wrong with its signature; None: it is right."""
    said = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=(.+), ?SignedHeaders=(.+), ?Signature=(\w+)",
                        request.headers.get("authorization", ""))
    if not said:
        return "no signature"
    name, day, region, service, end = said[1].rsplit("/", 4)
    stamp, payload = request.headers["x-amz-date"], request.headers["x-amz-content-sha256"]
    signed = said[2].split(";")
    must = {"host"} | {each for each in request.headers if each.startswith("x-amz-")}
    if name != access or end != "aws4_request" or not stamp.startswith(day):
        return f"another credential: {said[1]}"
    if signed != sorted(signed) or not must <= set(signed):
        return f"not all is signed: {must - set(signed)}"
    if hashlib.sha256(request.body).hexdigest() != payload:
        return "another body"
    lines = "".join(f"{each}:{' '.join(request.headers[each].split())}\n" for each in signed)
    asked = "\n".join((request.method, request.path, "&".join(sorted(request.query.split("&"))),
                       lines, said[2], payload))
    text = "\n".join(("AWS4-HMAC-SHA256", stamp, "/".join((day, region, service, end)),
                      hashlib.sha256(asked.encode()).hexdigest()))
    key = mac(mac(mac(mac(b"AWS4" + secret.encode(), day), region), service), end)
    return None if mac(key, text).hex() == said[3] else "another signature"

# SPDX-License-Identifier: Apache-2.0
"""Prometheus' text format 0.0.4, read strictly, and its naming conventions."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)?\}})? "
                    r"([-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|NaN)")
TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}
UNITS = ("seconds", "bytes", "total", "info", "length", "size", "fds", "ready", "kiosks",
         "connections")


class Wrong(Exception):
    pass


def labels_of(text):
    found = re.findall(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"', text or "")
    if len(dict(found)) != len(found):
        raise Wrong(f"a label twice: {text}")
    return dict(found)


def family_of(name, kind):
    if kind == "histogram":
        return re.sub(r"_(bucket|sum|count)$", "", name)
    return name


def parse(text):
    """{family: (type, [(name, labels, value)])}"""
    if not text.endswith("\n"):
        raise Wrong("the last line has no end")
    families, current, seen = {}, None, set()
    for line in text[:-1].split("\n"):
        about = re.fullmatch(rf"# (HELP|TYPE) ({NAME}) (.+)", line)
        if about and about[1] == "HELP":
            current = about[2]
            if current in families:
                raise Wrong(f"{current} comes twice")
            families[current] = (None, [])
        elif about:
            if about[2] != current or families[current][0] or about[3] not in TYPES:
                raise Wrong(line)
            families[current] = (about[3], [])
        else:
            sample = SAMPLE.fullmatch(line)
            if not sample:
                raise Wrong(f"no sample: {line}")
            kind, samples = families[current]
            if family_of(sample[1], kind) != current or (sample[1], sample[2]) in seen:
                raise Wrong(f"out of place or twice: {line}")
            seen.add((sample[1], sample[2]))
            samples.append((sample[1], labels_of(sample[2]),
                            float(sample[3].replace("Inf", "inf"))))
    return families


def check_histogram(name, samples):
    series = {}
    for full, labels, value in samples:
        key = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        series.setdefault(key, {})[full.removeprefix(name) + labels.get("le", "")] = value
    for one in series.values():
        buckets = [(float(key.removeprefix("_bucket").replace("+Inf", "inf")), value)
                   for key, value in one.items() if key.startswith("_bucket")]
        values = [value for _, value in buckets]
        if buckets != sorted(buckets) or values != sorted(values):
            raise Wrong(f"{name}: its buckets do not rise")
        if buckets[-1][0] != float("inf") or buckets[-1][1] != one["_count"] or "_sum" not in one:
            raise Wrong(f"{name}: +Inf is not the count, or there is no sum")


def lint(families):
    """What promtool check metrics would say."""
    for name, (kind, samples) in families.items():
        if kind is None or not samples:
            yield f"{name} has no type or no sample"
        if (kind == "counter") != name.endswith("_total"):
            yield f"{name} is a {kind}"
        if not name.endswith(UNITS):
            yield f"{name} has no unit"
        if re.search(r"milli|micro|kilo|mega|minute|hour|[A-Z]", name):
            yield f"{name} is not in base units"
        if kind == "histogram":
            check_histogram(name, samples)
        if kind == "counter" and any(value < 0 for _, _, value in samples):
            yield f"{name} is below nothing"

#!/usr/bin/env python3
"""The diary's JSON Schema and the daemon's own checks must say the same about any payload.
Usage: check-diary.py JUDGE-DIARY [COUNT]; SEED=N repeats a run.

Payloads are made from a good one by mutation. The verdict of a validator that is not ours, and of
the few rules that a schema cannot say (written out below, and in the schema's descriptions), is
compared with that of the program that calls inbound_take."""
import collections
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "proto" / "mqtt" / "diary.schema.json"
NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.timezone.utc)  # the judge's clock
FIRST = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
GOOD = {"v": 1, "id": "m1", "at": "2026-11-24T08:00:00+01:00", "pain": 4}
PAYLOAD_MAX = 4096


# ---- the reference

def ecma_pattern(_validator, pattern, instance, _schema):
    """Schemas speak ECMA-262, where $ is the very end; Python's also stands before a last newline."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def make_validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": ecma_pattern})(schema)


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)


def object_of(pairs):
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key twice is no JSON here")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def beyond_schema(entry):
    """What a schema cannot say; None: nothing is wrong."""
    try:  # seven digits of a fraction are more than Python reads
        at = datetime.datetime.fromisoformat(re.sub(r"\.[0-9]+", "", entry["at"]).replace("Z", "+00:00"))
    except ValueError:
        return "no such day"
    try:
        if at < FIRST:
            return "before 2000"
        if at > NOW + datetime.timedelta(days=1) or (
                at == NOW + datetime.timedelta(days=1) and re.search(r"\.0*[1-9]", entry["at"]) and milliseconds(entry["at"])):
            return "in the future"
    except OverflowError:
        return "before 2000" if entry["at"] < "1" else "in the future"
    for key, octets in (("place", 63), ("note", 511)):
        if len((entry.get(key) or "").encode()) > octets:
            return f"{key} has too many octets"
    return None


def milliseconds(text):
    fraction = re.search(r"\.([0-9]+)", text)
    return int((fraction.group(1) + "000")[:3]) if fraction else 0


def reference(validator, payload):
    """(accepted, why not)"""
    if len(payload) > PAYLOAD_MAX:
        return False, "too large"
    try:
        entry = json.loads(payload.decode(), parse_constant=refuse_constant, object_pairs_hook=object_of)
    except ValueError:
        return False, "no JSON"
    if any("\0" in text or re.search("[\ud800-\udfff]", text) for text in texts(entry)):
        return False, "a NUL or half a character"
    error = next(iter(validator.iter_errors(entry)), None)
    if error:
        return False, f"schema: {'.'.join(map(str, error.absolute_path)) or error.validator}"
    why = beyond_schema(entry)
    return why is None, why


# ---- payloads

ANYTHING = [None, True, False, 0, 1, -1, 1.5, 1.0, 10, 11, 1e3, "", "1", "x", [], [1], {}, {"v": 1}, "null", 2**53, -0.0]


def some_text(chance, length):
    alphabet = chance.choice(["abcXYZ019._-", "aä€😀", "a\"\\/\n\t\x01\x7f", "a\ud800\udc00", "a\0"])
    return "".join(chance.choice(alphabet) for _ in range(length))


def some_id(chance):
    text = "".join(chance.choice("abcXYZ019._-") for _ in range(chance.choice([1, 2, 39, 40, 41])))
    return chance.choice([text, text + "\n", "." + text[1:], text[:-1] + chance.choice("/+# äé~\0"), text])


def some_time(chance):
    def two(low, high):
        return f"{chance.choice([low, high, chance.randint(low, high), chance.randint(0, 99)]):02d}"
    date = chance.choice(["2026-11-24", "2026-11-25", "2000-01-01", "1999-12-31", "2024-02-29", "2023-02-29", "2100-02-29", "9999-12-31", "0000-01-01",
                          "0001-01-01", f"{chance.randint(1999, 2027)}-{two(1, 12)}-{two(1, 31)}"])
    clock = chance.choice(["12:00:00", "23:59:59", "23:59:60", "24:00:00", f"{two(0, 23)}:{two(0, 59)}:{two(0, 59)}"])
    fraction = chance.choice(["", "", ".0", ".5", ".001", ".0009", ".123456789", ".", ",5"])
    offset = chance.choice(["Z", "Z", "+00:00", "-00:00", "+01:00", "-12:00", f"{chance.choice('+-')}{two(0, 23)}:{two(0, 59)}", "z", "", "+0100", "+1:00",
                            "Z\n", " Z"])
    return date + chance.choice("TTTTTTt _") + clock + fraction + offset


def some_value(chance, key):
    if key in ("place", "note"):
        most = {"place": 63, "note": 511}[key]
        return some_text(chance, chance.choice([0, 1, 5, most // 4, most // 3, most // 2, most - 1, most, most + 1]))
    make = {"id": some_id, "at": some_time, "v": lambda c: c.choice([1, 1.0, 2, 0, "1", True]),
            "pain": lambda c: c.choice([0, 10, -1, 11, 4.0, 3.5, c.randint(0, 10), c.uniform(-1, 11), 1e400, 10**400])}
    return make[key](chance) if key in make else chance.choice([some_text(chance, 3), *ANYTHING])


def some_payload(chance):
    entry = dict(GOOD)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        key = chance.choice(["v", "id", "at", "at", "at", "pain", "pain", "place", "note", "mood", "Pain", ""])
        how = chance.random()
        if how < 0.08:
            entry.pop(key, None)
        elif how < 0.2:
            entry[key] = chance.choice(ANYTHING)
        else:
            entry[key] = some_value(chance, key)
    items = list(entry.items())
    chance.shuffle(items)
    value = dict(items) if chance.random() > 0.02 else chance.choice([items, *ANYTHING])
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, None, 1]))
    text = text.replace("Infinity", "1e999")
    if text.endswith("}") and chance.random() < 0.05:  # a key once more, or one of its own
        text = text[:-1].rstrip() + (", " if len(text) > 2 else "") + chance.choice(['"pain": 4}', '"x": {"a": 1, "b": [{"a": 1}]}}', '"x": [{"a": 1, "a": 1}]}'])
    payload = text.encode("utf-8", "surrogatepass")
    how = chance.random()
    if how < 0.03:
        return payload[:chance.randrange(len(payload))]
    if how < 0.05:
        return payload + chance.choice([b"x", b"{}", b",", b"\0", b"]", payload])
    if how < 0.07:
        return chance.choice([b" ", b"\n\t\r "]) + payload + chance.choice([b" ", b"\r\n"])
    if how < 0.09:
        return payload + b" " * max(0, chance.choice([4095, 4096, 4097, 9000]) - len(payload))
    if how < 0.12:
        at = chance.randrange(len(payload) + 1)
        return payload[:at] + chance.choice([b"\xff", b"\xc0\x80", b"\xe4", b"\xed\xa0\x80"]) + payload[at:]
    return payload


def main(arguments):
    judge, count = arguments[0], int(arguments[1]) if len(arguments) > 1 else 12000
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1, 10**6)))
    print(f"seed {seed} (repeat with: SEED={seed})")
    chance = random.Random(seed)
    validator = make_validator()
    payloads = [some_payload(chance) for _ in range(count)]
    done = subprocess.run([judge], input="".join(p.hex() + "\n" for p in payloads), capture_output=True, text=True, timeout=300)
    verdicts = [line for line in done.stdout.splitlines() if re.fullmatch(r"[01] [a-z_]+", line)]
    if done.returncode != 0 or len(verdicts) != count:
        print(f"{judge}: exit {done.returncode}, {len(verdicts)} verdicts of {count}\n{done.stderr[-2000:]}\n0 passed, 1 failed, 0 skipped")
        return 1
    seen, differ = collections.Counter(), collections.Counter()
    for payload, verdict in zip(payloads, verdicts):
        accepted, why = reference(validator, payload)
        case = "accepted" if accepted else why
        seen[case] += 1
        if accepted != (verdict[0] == "1"):
            differ[case] += 1
            if differ.total() <= 10:
                print(f"differ: {payload[:300]!r}\n    schema and rules: {'accepted' if accepted else 'refused, ' + why}; daemon: {verdict}")
    for why, times in seen.most_common():
        print(f"  {times:5d} {why}" + (f", {differ[why]} of them differ" if differ[why] else ""))
    wanted = ["accepted", "no JSON", "too large", "a NUL or half a character", "schema: at", "schema: pain", "schema: id", "schema: v", "schema: place",
              "schema: note", "schema: required", "no such day", "before 2000", "in the future", "place has too many octets", "note has too many octets"]
    missed = [why for why in wanted if not seen[why]] if count >= 12000 else []
    if missed:
        print(f"never made: {', '.join(missed)}")  # then agreement about it proves nothing
    failed = len(differ) + len(missed)  # cases, not payloads
    print(f"{len(seen) - len(differ)} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""The JSON Schemas of inbound messages and the daemon's own checks must say the same about any payload.
Usage: check-inbound.py JUDGE-INBOUND [COUNT [KIND…]]; SEED=N repeats a run.

Payloads are made from a schema's own examples by mutation, along the schema. The verdict of a
validator that is not ours, and of the few rules that a schema cannot say (written out below, and in
the schemas' descriptions), is compared with that of the program that calls inbound_take."""
import calendar
import collections
import datetime
import importlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys

import jsonschema

check_messages = importlib.import_module("check-messages")
MQTT = pathlib.Path(__file__).resolve().parent.parent / "proto" / "mqtt"
KINDS = ["diary", "plan", "assessment", "acknowledge", "receipt", "resend", "consent"]
NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.timezone.utc)  # the judge's clock
FIRST = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
PAYLOAD_MAX = 4096
OCTETS = {"place": 63, "note": 511}
FLAG = "flag-1"  # the red flag that the judge's ledger holds


# ---- the reference

def ecma_pattern(_validator, pattern, instance, _schema):
    """Schemas speak ECMA-262, where $ is the very end; Python's also stands before a last newline."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def read_schema(kind):
    schema = json.loads((MQTT / f"{kind}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def make_validator(schema):
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


def milliseconds(text):
    fraction = re.search(r"\.([0-9]+)", text)
    return int((fraction.group(1) + "000")[:3]) if fraction else 0


def day_exists(text):
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    return day <= calendar.monthrange(year or 2000, month)[1]  # the year 0 leaps


def week_exists(text):
    year, week = int(text[:4]), int(text[6:])
    return week <= (datetime.date(year or 2000, 12, 28).isocalendar()[1])  # the year 0 is like 2000


def past_fault(text):
    try:  # seven digits of a fraction are more than Python reads
        at = datetime.datetime.fromisoformat(re.sub(r"\.[0-9]+", "", text).replace("Z", "+00:00"))
        if at < FIRST:
            return "before 2000"
        last = NOW + datetime.timedelta(days=1)
        return "in the future" if at > last or at == last and milliseconds(text) else None
    except (ValueError, OverflowError):
        return "before 2000" if text < "1" else "in the future"


def beyond_schema(kind, message):
    """What a schema cannot say; None: nothing is wrong."""
    for key in ("at", "since", "until"):
        if message.get(key) is not None and not day_exists(message[key]):
            return "no such day"
    if "at" in message and past_fault(message["at"]):
        return past_fault(message["at"])
    for key, octets in OCTETS.items():
        if isinstance(message.get(key), str) and len(message[key].encode()) > octets:
            return f"{key} has too many octets"
    if message.get("corrects") == message["id"]:
        return "corrects itself"
    if kind == "diary" and message["id"] == FLAG:
        return "its id is taken"
    if kind == "plan":
        if not day_exists(message["from"]):
            return "no such day"
        if message["from"] < "2000":
            return "before 2000"
        if message.get("baseline_week") and not week_exists(message["baseline_week"]):
            return "no such week"
        if message["based_on"] != 0:
            return "no such version"
    if kind == "acknowledge" and message.get("redflag") not in (None, FLAG):
        return "no such red flag"
    return None


def reference(kind, validator, payload):
    """(accepted, why not)"""
    if len(payload) > PAYLOAD_MAX:
        return False, "too large"
    try:
        message = json.loads(payload.decode(), parse_constant=refuse_constant, object_pairs_hook=object_of)
    except ValueError:
        return False, "no JSON"
    if any("\0" in text or re.search("[\ud800-\udfff]", text) for text in texts(message)):
        return False, "a NUL or half a character"
    error = next(iter(validator.iter_errors(message)), None)
    if error:
        return False, f"schema: {'.'.join(map(str, error.absolute_path)) or error.validator}"
    if message.get("runner") not in (None, "anna"):
        return False, "another runner"
    why = beyond_schema(kind, message)
    return why is None, why


# ---- payloads

ANYTHING = [None, True, False, 0, 1, -1, 1.5, 1.0, 10, 11, 1e3, "", "1", "x", [], [1], {}, {"v": 1}, "null", 2**53, -0.0, [{}], {"left": 1}]


def some_text(chance, length):
    alphabet = chance.choice(["abcXYZ019._-", "aä€😀", "a\"\\/\n\t\x01\x7f", "a\ud800\udc00", "a\0"])
    return "".join(chance.choice(alphabet) for _ in range(length))


def some_id(chance):
    text = "".join(chance.choice("abcXYZ019._-") for _ in range(chance.choice([1, 2, 39, 40, 41])))
    return chance.choice([text, text + "\n", "." + text[1:], text[:-1] + chance.choice("/+# äé~\0"), text, "m1", "a1", "a2", FLAG])


def two(chance, low, high):
    return f"{chance.choice([low, high, chance.randint(low, high), chance.randint(0, 99)]):02d}"


def some_date(chance):
    return chance.choice(["2026-11-24", "2026-11-25", "2000-01-01", "1999-12-31", "2024-02-29", "2023-02-29", "2100-02-29", "9999-12-31", "0000-01-01",
                          "0001-01-01", f"{chance.randint(1999, 2027)}-{two(chance, 1, 12)}-{two(chance, 1, 31)}"])


def some_time(chance):
    clock = chance.choice(["12:00:00", "23:59:59", "23:59:60", "24:00:00", f"{two(chance, 0, 23)}:{two(chance, 0, 59)}:{two(chance, 0, 59)}"])
    fraction = chance.choice(["", "", ".0", ".5", ".001", ".0009", ".123456789", ".", ",5"])
    offset = chance.choice(["Z", "Z", "+00:00", "-00:00", "+01:00", "-12:00", f"{chance.choice('+-')}{two(chance, 0, 23)}:{two(chance, 0, 59)}", "z", "",
                            "+0100", "+1:00", "Z\n", " Z"])
    return some_date(chance) + chance.choice("TTTTTTt _") + clock + fraction + offset


def some_week(chance):
    return chance.choice(["2026-W53", "2025-W53", "2020-W53", "2026-W00", f"{chance.randint(2020, 2027)}-W{two(chance, 1, 53)}", "2026-W4", "2026-w40", "2026W40"])


def some_run(chance):
    return chance.choice(["20261123T173012Z", "20261123T173012Zb", "20261123T173012", "2026112T173012Z", "20261123T173012ZB", "20261123T173012Z\n", "x"])


def some_code(chance):
    return chance.choice(["pain_high", "a" * 31, "a" * 32, "9lives", "a_9", "A", "a-b", "a\n", "_a"])


def some_message_id(chance):
    ledger = "".join(chance.choice("0123456789abcdef") for _ in range(chance.choice([8, 8, 8, 8, 7, 9])))
    row = chance.choice(["0", "1", "17", "0" * 18 + "1", "9223372036854775807", "9223372036854775808", "9" * 19, "9" * 20, "", "-1", "\u0661"])
    return chance.choice([f"{ledger}-{row}"] * 6 + [ledger + row, f"{ledger}-{row}\n", f"{ledger.upper()}-{row}", f" {ledger}-{row}"])


def by_pattern(chance, schema):
    pattern = schema["pattern"]
    for mark, make in (("[0-9a-f]{8}-", some_message_id), ("T(", some_time), ("[0-9]{8}T", some_run), ("-W", some_week), ("-(0[1-9]", some_date), ("[a-z][a-z0-9_]*", some_code),
                       ("[A-Za-z0-9_-]", some_id)):
        if mark in pattern:
            return make(chance)
    return "".join(chance.choice("abz09_") for _ in range(chance.choice([1, 2, 32, 33]))) + chance.choice(["", "", "", "A", " ", "\n"])


def some_number(chance, schema):
    least, most = schema.get("minimum", 0), schema.get("maximum", 9)
    value = chance.choice([least, most, least - 1, most + 1, chance.randint(least, most), float(chance.randint(least, most)),
                           chance.randint(2 * least, 2 * most) / 2, chance.uniform(least - 1, most + 1), most + 0.5, 1e400])
    return 10**400 if "multipleOf" not in schema and chance.random() < 0.03 else value


def some_value(chance, schema, top):
    """One that the schema may or may not take."""
    if "$ref" in schema:
        schema = {**schema, **top["$defs"][schema["$ref"].split("/")[-1]]}
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if chance.random() < 0.12:
        return chance.choice(ANYTHING)
    if "const" in schema:
        return chance.choice([schema["const"], 1.0, 2, 0, "1", True])
    if "enum" in schema:
        return chance.choice([*schema["enum"], *schema["enum"], "other", "", True])
    if "object" in types:
        keys = [key for key in schema["properties"] if chance.random() < 0.4]
        value = {key: some_value(chance, schema["properties"][key], top) for key in keys}
        return {**value, "more": 1} if chance.random() < 0.05 else value
    if "array" in types:
        return [some_value(chance, schema["items"], top) for _ in range(chance.choice([0, 1, 1, 2, 3, 12, 13] + [schema["maxItems"] + n for n in (0, 1) if schema.get("maxItems", 0) > 13]))]
    if "boolean" in types:
        return chance.choice([True, False])
    if "integer" in types or "number" in types:
        return some_number(chance, schema)
    if "pattern" in schema:
        return by_pattern(chance, schema)
    most = schema.get("maxLength", 8)
    return some_text(chance, chance.choice([0, 1, 5, most // 4, most // 3, most // 2, most - 1, most, most + 1]))


def mutate(chance, value, schema, top):
    """The value with one thing changed, somewhere in it."""
    if not isinstance(value, dict) or "properties" not in schema:
        if isinstance(value, list) and value and "items" in schema and chance.random() < 0.7:
            at = chance.randrange(len(value))
            return [*value[:at], mutate(chance, value[at], schema["items"], top), *value[at + 1:]]
        return some_value(chance, schema, top)
    value = dict(value)
    key = chance.choice([*schema["properties"], *(key for key in value if key in schema["properties"])])
    how = chance.random()
    if how < 0.1:
        value.pop(key, None)
    elif how < 0.2:
        value[key] = chance.choice(ANYTHING)
    elif how < 0.24:
        value[chance.choice(["mood", "Pain", ""])] = chance.choice(ANYTHING)
    elif key in value and how < 0.6:
        value[key] = mutate(chance, value[key], schema["properties"][key], top)
    else:
        value[key] = some_value(chance, schema["properties"][key], top)
    return value


def spoil(chance, payload):
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


def some_payload(chance, schema):
    message = chance.choice(schema["examples"])
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        message = mutate(chance, message, schema, schema)
    items = list(message.items())
    chance.shuffle(items)
    value = dict(items) if chance.random() > 0.02 else chance.choice([items, *ANYTHING])
    text = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, None, 1]))
    if text.endswith("}") and chance.random() < 0.05:  # a key once more, or one of its own
        text = text[:-1].rstrip() + (", " if len(text) > 2 else "") + chance.choice(['"v": 1}', '"x": {"a": 1, "b": [{"a": 1}]}}', '"x": [{"a": 1, "a": 1}]}'])
    return spoil(chance, text.replace("Infinity", "1e999").encode("utf-8", "surrogatepass"))


# ---- the comparison

ANY = ["accepted", "no JSON", "too large", "a NUL or half a character", "schema: id", "schema: v", "schema: required", "another runner"]
WANTED = {
    "diary": ["schema: at", "schema: pain", "schema: place", "schema: note", "no such day", "before 2000", "in the future", "place has too many octets",
              "note has too many octets", "schema: corrects", "corrects itself", "schema: withdrawn", "schema: anyOf", "schema: not", "schema: rpe", "schema: run",
              "schema: sitting_h", "schema: exercises", "schema: exercises.0.sets", "schema: exercises.0.item", "schema: ostrc", "schema: ostrc.q2",
              "schema: redflags", "schema: redflags.fever", "schema: treatment.soft_tissue", "schema: stiff_on_waking"],
    "plan": ["schema: based_on", "schema: from", "no such day", "before 2000", "no such week", "no such version", "schema: per_week.exercise",
             "schema: exercises.0.side", "schema: alerts.spike", "schema: alerts.pain_from", "schema: by", "schema: baseline_week"],
    "assessment": ["schema: at", "schema: movements.deep_squat", "schema: movements.hurdle_step.left", "schema: clearing.shoulder.left", "schema: joints.hip",
                   "schema: withdrawn", "schema: anyOf", "corrects itself", "in the future"],
    "acknowledge": ["schema: at", "schema: by", "schema: alert", "schema: oneOf", "schema: since", "schema: until", "no such red flag", "no such day"],
    "receipt": ["schema: ids", "schema: ids.0"],
    "resend": ["schema: since", "no such day"],
    "consent": ["schema: by", "schema: consent"],
}


def compare(judge, kind, count, chance):
    """(cases that agree, cases that differ or never came)"""
    schema = read_schema(kind)
    validator = make_validator(schema)
    payloads = [json.dumps(example).encode() for example in schema["examples"]]
    payloads += [some_payload(chance, schema) for _ in range(count - len(payloads))]
    done = subprocess.run([judge], input="".join(f"{kind} {p.hex()}\n" for p in payloads), capture_output=True, text=True, timeout=300)
    verdicts = [line for line in done.stdout.splitlines() if re.fullmatch(r"[01] [a-z0-9_-]+", line)]
    if done.returncode != 0 or len(verdicts) != count:
        print(f"{judge}: exit {done.returncode}, {len(verdicts)} verdicts of {count}\n{done.stderr[-2000:]}")
        return 0, 1
    seen, differ = collections.Counter(), collections.Counter()
    for payload, verdict in zip(payloads, verdicts):
        accepted, why = reference(kind, validator, payload)
        case = "accepted" if accepted else why
        seen[case] += 1
        if accepted != (verdict[0] == "1"):
            differ[case] += 1
            if differ.total() <= 10:
                print(f"differ: in/{kind} {payload[:300]!r}\n    schema and rules: {'accepted' if accepted else 'refused, ' + why}; daemon: {verdict}")
    print(f"  in/{kind}: {count} payloads, {seen['accepted']} accepted, {len(seen) - 1} reasons to refuse the others; {differ.total()} differ")
    missed = [why for why in [*ANY, *WANTED[kind]] if not seen[why]] if count >= 12000 else []
    if missed:
        print(f"never made: {', '.join(missed)}")  # then agreement about it proves nothing
    return len(seen) - len(differ), len(differ) + len(missed)


def check_told(judge):
    """What the examples, taken, make the gateway say: every message is as its schema wants it."""
    lines = [f"{kind} {json.dumps(example).encode().hex()}\n" for kind in KINDS for example in read_schema(kind)["examples"]
             if kind not in ("acknowledge", "consent")]  # they end what the others begin
    done = subprocess.run([judge, "--tell"], input="".join(lines), capture_output=True, text=True, timeout=60)
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    schemas = check_messages.validators()
    wrong = [f"{m['topic']} {problem}" for m in messages for problem in [check_messages.check_message(m, schemas, lambda *_: True)] if problem]
    kinds = {m["topic"].split("/")[5] for m in messages}
    wrong += [f"nothing came on {kind}" for kind in ("ack", "redflag", "plan") if kind not in kinds]
    for sentence in wrong:
        print(f"told: {sentence}")
    print(f"  told: {len(messages)} messages on {', '.join(sorted(kinds))}, {len(wrong)} wrong")
    return len(messages), len(wrong) + (done.returncode != 0)


def main(arguments):
    judge, count = arguments[0], int(arguments[1]) if len(arguments) > 1 else 12000
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1, 10**6)))
    print(f"seed {seed} (repeat with: SEED={seed})")
    passed = failed = 0
    for kind in arguments[2:] or KINDS:
        good, bad = compare(judge, kind, count, random.Random(f"{seed} {kind}"))
        passed, failed = passed + good, failed + bad
    good, bad = check_told(judge)
    print(f"{passed + good} passed, {failed + bad} failed, 0 skipped")
    return 1 if failed + bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

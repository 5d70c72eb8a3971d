#!/usr/bin/env python3
"""Validates every message of a capture (`mosquitto_sub -F %j`) against the contract's schemas,
with a validator that is not ours. Usage: check-messages.py CLINIC.jsonl | --self-test"""
import json
import pathlib
import re
import sys
import tempfile

import jsonschema

MQTT = pathlib.Path(__file__).resolve().parent.parent / "proto" / "mqtt"
LEVEL = r"[^/+#]+"
# topic below strided/v1/CLINIC/GATEWAY: schema, largest payload, may be cleared, retained
TOPICS = [
    (re.compile(r"status"), "status", 8191, False),
    (re.compile(rf"{LEVEL}/summary"), "summary", 2047, True),
    (re.compile(rf"{LEVEL}/week/\d{{4}}-W\d{{2}}"), "week", 8191, True),
    (re.compile(rf"{LEVEL}/run/{LEVEL}"), "run", 8191, True),
    (re.compile(rf"{LEVEL}/ack/{LEVEL}"), "ack", 8191, False),
    (re.compile(rf"{LEVEL}/redflag/{LEVEL}"), "redflag", 8191, True),
    (re.compile(rf"{LEVEL}/plan"), "runner-plan", 8191, True),
    (re.compile(rf"{LEVEL}/in/diary"), "diary", 4096, False),
    (re.compile(rf"{LEVEL}/in/plan"), "plan", 4096, False),
    (re.compile(rf"{LEVEL}/in/assessment"), "assessment", 4096, False),
    (re.compile(rf"{LEVEL}/in/acknowledge"), "acknowledge", 4096, False),
    (re.compile(rf"{LEVEL}/in/receipt"), "receipt", 4096, False),
    (re.compile(rf"{LEVEL}/in/resend"), "resend", 4096, False),
    (re.compile(rf"{LEVEL}/in/consent"), "consent", 4096, False),
]


def validators():
    found = {}
    for path in MQTT.glob("*.schema.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        found[path.name.split(".")[0]] = jsonschema.Draft202012Validator(schema)
    return found


def parts_of(topic):
    """strided/v1/CLINIC/GATEWAY/rest → rest"""
    levels = topic.split("/")
    if levels[:2] != ["strided", "v1"] or not 5 <= len(levels) <= 7:
        return None
    return "/".join(levels[4:])


def check_names(name, rest, body):
    """What the topic says and what the payload says must be the same."""
    levels = rest.split("/")
    if name != "status" and levels[1] != "in" and body.get("runner") != levels[0]:
        return f"runner is {body.get('runner')!r}"
    key = {"week": "week", "run": "run", "ack": "id", "redflag": "redflag"}.get(name)
    return f"{key} is {body.get(key)!r}" if key and body.get(key) != levels[2] else None


def check_message(message, schemas, accepted):
    topic, payload = message["topic"], message.get("payload") or ""
    rest = parts_of(topic)
    for form, name, largest, may_clear in TOPICS:
        if rest is None or not form.fullmatch(rest):
            continue
        if "/in/" in topic and not accepted(topic, payload):
            return None  # what is refused may be anything
        if payload == "":
            return None if may_clear else "is empty"
        if len(payload.encode()) > largest:
            return f"has {len(payload.encode())} octets, at most {largest}"
        try:
            body = json.loads(payload)
        except ValueError as error:
            return f"is not JSON: {error}"
        error = jsonschema.exceptions.best_match(schemas[name].iter_errors(body))
        if error:
            return f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        if message.get("qos") not in (None, 1):
            return f"came with QoS {message['qos']}"
        return check_names(name, rest, body)
    return "is on a topic that the contract does not have"


def accepted_entries(messages):
    """Whether a diary entry was accepted, by the answers in the same capture."""
    good = set()
    for message in messages:
        if "/ack/" in message["topic"] and message.get("payload"):
            try:
                answer = json.loads(message["payload"])
            except ValueError:
                continue  # told where it is checked
            if answer.get("accepted") is True:
                good.add((message["topic"].split("/")[4], answer.get("id")))

    def accepted(topic, payload):
        try:
            return (topic.split("/")[4], json.loads(payload).get("id")) in good
        except (ValueError, AttributeError):
            return False
    return accepted


def check(path):
    schemas = validators()
    with open(path, encoding="utf-8") as file:
        messages = [message for message in map(json.loads, file) if message["topic"].startswith("strided/")]
    accepted = accepted_entries(messages)
    wrong = []
    for message in messages:
        problem = check_message(message, schemas, accepted)
        if problem:
            wrong.append(f"{message['topic']} {problem}")
    for text in wrong[:20]:
        print(text)
    print(f"{len(messages)} messages checked, {len(wrong)} wrong")
    return 1 if wrong or not messages else 0


def self_test():
    top = "strided/v1/c/g/"
    ack = {"v": 1, "id": "d-1", "answer_id": "0a1b2c3d-7", "generated_at": "2026-11-24T08:00:00.000Z", "runner": "r",
           "accepted": True, "code": "stored", "message": "stored"}
    cases = [
        (True, top + "r/ack/d-1", json.dumps(ack)),
        (False, top + "r/ack/d-2", json.dumps(ack)),  # another id than the topic's
        (False, top + "r/ack/d-1", json.dumps({**ack, "accepted": "yes"})),
        (False, top + "r/ack/d-1", json.dumps({**ack, "surplus": 1})),
        (False, top + "r/ack/d-1", "{"),
        (True, top + "r/week/2026-W47", ""),
        (False, top + "status", ""),
        (False, top + "r/other", "{}"),
        (False, top + "r/summary", json.dumps({"v": 1})),
    ]
    failures = 0
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for good, topic, payload in cases:
            file.seek(0)
            file.truncate()
            file.write(json.dumps({"topic": topic, "payload": payload, "qos": 1}) + "\n")
            file.flush()
            if (check(file.name) == 0) != good:
                print(f"expected {'good' if good else 'wrong'}: {topic} {payload}")
                failures += 1
    print(f"{len(cases) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(self_test() if sys.argv[1] == "--self-test" else check(sys.argv[1]))

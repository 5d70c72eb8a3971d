#!/usr/bin/env python3
"""Holds what the pods had against what the ledger has and the clinic got.

  (a) ledger.jsonl equals pods.jsonl by (pod, epoch, seq, fields), lost ones listed
  (c) every outbox row reached the clinic exactly once by its id: on the row's own topic, and however
      often an id was delivered, it was the same message each time
(b), the recomputation of the weeks, is tests/recompute.py.

Usage: verify-handover.py DIR           with pods.jsonl ledger.jsonl clinic.jsonl outbox.jsonl
       verify-handover.py --radio DIR   (a) only, where time passes on the way: a sample's tick is when it
                                        came, and one sent while the link ended may be lost: nobody keeps it
       verify-handover.py --self-test"""
import json
import pathlib
import re
import sys
import tempfile

KEYS = "pod placement epoch seq kind tick".split()  # of every record of a pod
# Where the message of an outbox row belongs, below strided/v1/CLINIC/GATEWAY/
TOPICS = {"status": "status", "summary": "{runner}/summary", "week": "{runner}/week/{key}", "run": "{runner}/run/{key}",
          "ack": "{runner}/ack/{key}"}

RADIO_MS = 2000


def lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SystemExit(f"{path}:{number}: not JSON: {error}")


def keyed(records, what, names):
    found, problems = {}, []
    for record in records:
        if any(name not in record for name in names):
            problems.append(f"{what}: a line is no record: {json.dumps(record)[:100]}")
            continue
        key = (record["pod"], record["epoch"], record["seq"])
        if key in found:
            problems.append(f"{what}: {key} is there twice")
        found[key] = record
    return found, problems


def check_records(directory, radio=False):
    pods, problems = keyed(lines(directory / "pods.jsonl"), "pods.jsonl", KEYS)
    ledger, more = keyed(lines(directory / "ledger.jsonl"), "ledger.jsonl", "pod epoch seq kind".split())
    problems += more
    lost = [(key[0], key[1], key[2], record["last_seq"]) for key, record in ledger.items() if record["kind"] == "lost"]

    def is_lost(key):
        return any(key[0] == pod and key[1] == epoch and first <= key[2] <= last for pod, epoch, first, last in lost)

    last_sample = {}
    for key, record in pods.items():
        if record["kind"] == "sample":
            last_sample[key[:2]] = max(key[2], last_sample.get(key[:2], 0))
    n_lost = 0
    for key, record in pods.items():
        if key not in ledger or (ledger[key]["kind"] == "lost" and record["kind"] != "lost"):
            if is_lost(key):
                n_lost += 1
            elif radio and record["kind"] == "sample" and record["seq"] == last_sample[key[:2]]:
                print(f"(a) {key}: the last sample of a link did not arrive")
            else:
                problems.append(f"(a) {key} ({record['kind']}) is not in the ledger")
            continue
        for name, value in record.items():
            if radio and name == "tick" and record["kind"] == "sample" and abs(ledger[key]["tick"] - value) <= RADIO_MS:
                continue
            if ledger[key].get(name) != value:
                problems.append(f"(a) {key} {name}: pod {value!r}, ledger {ledger[key].get(name)!r}")
    problems += [f"(a) {key} is in the ledger, but no pod made it" for key in ledger if key not in pods]
    # what the pods told as lost, and we say so, too
    n_lost += sum(1 for pod, epoch, first, last in lost for seq in range(first, last + 1)
                  if pods.get((pod, epoch, seq), {"kind": "lost"})["kind"] == "lost")
    print(f"(a) {len(pods)} records of pods, {len(ledger)} in the ledger, {n_lost} lost with a reason")
    if not pods:
        problems.append("(a) the pods made no record: nothing was proved")
    return problems


def read_clinic(path, problems):
    """id → [(topic, payload)] as delivered; topics that were cleared."""
    deliveries, cleared = {}, set()
    for message in lines(path):
        topic, payload = message["topic"], message.get("payload") or ""
        if "/in/" in topic:
            continue
        if not payload:
            cleared.add(below_prefix(topic))  # a cleared retained topic carries no id
            continue
        text = payload if isinstance(payload, str) else json.dumps(payload, sort_keys=True)
        try:
            body = json.loads(text)
        except ValueError:
            problems.append(f"(c) {topic}: payload is not JSON")
            continue
        if body.get("will"):
            continue
        # an answer's id is that of the message it answers; its own is answer_id
        deliveries.setdefault(body.get("answer_id", body.get("id")), []).append((topic, text))
    return deliveries, cleared


def below_prefix(topic):
    return "/".join(topic.split("/")[4:])


def cleared_kind(key):
    """A row that clears has the key of what it clears: a week, a run, or nothing of the summary."""
    return "summary" if not key else "week" if re.fullmatch(r"[0-9]{4}-W[0-9]{2}", key) else "run"


def check_row(row, deliveries, cleared):
    """What is wrong with the hand-over of one settled row, or None."""
    topic = TOPICS[cleared_kind(row["key"]) if row["kind"] == "clear" else row["kind"]].format(**row)
    if row["kind"] == "clear":
        return None if topic in cleared else f"was settled, but {topic} was not cleared"
    copies = deliveries.get(row["message_id"])
    if not copies:
        return "did not reach the clinic"
    if not any(below_prefix(at) == topic for at, _ in copies):
        return f"belongs on {topic}, but id {row['message_id']} came on {below_prefix(copies[0][0])}"
    return None


def check_outbox(directory):
    problems, settled, owners = [], 0, {}
    deliveries, cleared = read_clinic(directory / "clinic.jsonl", problems)
    for row in lines(directory / "outbox.jsonl"):
        name = f"outbox row {row['id']} ({row['kind']} {row['key']})"
        if row["kind"] != "clear":
            owners.setdefault(row["message_id"], []).append(name)
        if row["state"] == "waiting":
            problems.append(f"(c) {name} still waits")
        elif row["state"] == "settled":
            settled += 1
            wrong = check_row(row, deliveries, cleared)
            if wrong:
                problems.append(f"(c) {name} {wrong}")
    for message_id, names in owners.items():
        if len(names) > 1:
            problems.append(f"(c) one id, {message_id}, for {' and '.join(names)}")
    for message_id, copies in deliveries.items():
        if len(set(copies)) > 1:
            problems.append(f"(c) id {message_id} came with {len(set(copies))} different contents, first on {copies[0][0]}")
        if message_id not in owners and not all(topic.endswith("/status") for topic, _ in copies):
            problems.append(f"(c) id {message_id} on {copies[0][0]} is no row of the outbox")
    print(f"(c) {settled} rows settled, {len(deliveries)} different ids at the clinic")
    if not settled:
        problems.append("(c) no row was settled: nothing was proved")
    return problems


def self_test():
    """A hand-over that holds is found to hold, and each way in which it may not is found."""
    pod = {"pod": "C0:00:00:00:00:01", "placement": "chest", "epoch": 1, "seq": 1, "kind": "sample", "tick": 5}
    row = {"id": 1, "kind": "week", "runner": "r", "key": "2026-W47", "state": "settled", "message_id": "x-1"}
    clear = {"id": 2, "kind": "clear", "runner": "r", "key": "20261124T080000Z", "state": "settled", "message_id": "x-2"}
    top = "strided/v1/c/g/"
    week = {"topic": top + "r/week/2026-W47", "payload": '{"id":"x-1","n":1}'}
    gone = {"topic": top + "r/run/20261124T080000Z", "payload": ""}
    old = {"id": 4, "kind": "clear", "runner": "r", "key": "2016-W42", "state": "settled", "message_id": "x-4"}
    nobody = {"id": 5, "kind": "clear", "runner": "r", "key": "", "state": "settled", "message_id": "x-5"}
    ack = {"id": 3, "kind": "ack", "runner": "r", "key": "d", "state": "settled", "message_id": "x-3"}
    told = {"topic": top + "r/ack/d", "payload": '{"id":"d","answer_id":"x-3","code":"stored"}'}
    cases = [  # holds?, pods, ledger, clinic, outbox
        (True, [pod], [pod], [week, gone], [row, clear]),
        (True, [pod], [pod], [week, week, gone], [row, clear]),
        (True, [pod], [pod], [week, {**gone, "topic": top + "r/week/2016-W42"}, {**gone, "topic": top + "r/summary"}], [row, old, nobody]),
        (False, [pod], [pod], [week, {**gone, "topic": top + "r/run/2016-W42"}], [row, old]),
        (True, [pod], [pod], [week, told, told], [row, ack]),
        (False, [pod], [], [week], [row]),
        (False, [pod], [{**pod, "tick": 6}], [week], [row]),
        (False, [pod], [pod], [], [row]),
        (False, [pod], [pod], [week], [row, clear]),
        (False, [pod], [pod], [week], [{**row, "state": "waiting"}]),
        (False, [pod], [pod], [week, {**week, "payload": '{"id":"x-1","n":2}'}], [row]),
        (False, [pod], [pod], [week, {**week, "topic": top + "r/week/2026-W48"}], [row]),
        (False, [pod], [pod], [{**week, "topic": top + "r/week/2026-W48"}], [row]),
        (False, [pod], [pod], [week, told, {**told, "payload": '{"id":"d","answer_id":"x-3","code":"duplicate"}'}], [row, ack]),
        (False, [pod], [pod], [week, told], [row, ack, {**ack, "id": 4}]),
        (False, [pod], [pod], [week, told], [row]),
        (False, [{"kind": "meta"}, pod], [pod], [week], [row]),
    ]
    failures = 0
    for holds, *contents in cases:
        with tempfile.TemporaryDirectory() as name:
            for file, records in zip(("pods", "ledger", "clinic", "outbox"), contents):
                (pathlib.Path(name) / f"{file}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
            if (verify(name) == 0) != holds:
                print(f"expected to {'hold' if holds else 'be broken'}: {contents}")
                failures += 1
    print(f"{len(cases) - failures} passed, {failures} failed")
    return 1 if failures else 0


def verify(argument, radio=False):
    directory = pathlib.Path(argument)
    problems = check_records(directory, radio)
    if not radio:
        problems += check_outbox(directory)
    for problem in problems[:40]:
        print(problem)
    if len(problems) > 40:
        print(f"… and {len(problems) - 40} more")
    print("handover holds" if not problems else f"handover broken: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test())
    if len(sys.argv) != (3 if sys.argv[1:2] == ["--radio"] else 2):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(verify(sys.argv[-1], radio=len(sys.argv) == 3))

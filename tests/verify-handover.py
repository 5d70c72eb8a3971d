#!/usr/bin/env python3
"""Holds what the pods had against what the ledger has and the clinic got.

  (a) ledger.jsonl equals pods.jsonl by (pod, epoch, seq, fields), lost ones listed
  (c) every outbox row reached the clinic exactly once by its id
(b), the recomputation of the weeks, is tests/recompute.py.

Usage: verify-handover.py DIR   with pods.jsonl ledger.jsonl clinic.jsonl outbox.jsonl"""
import json
import pathlib
import sys


def lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SystemExit(f"{path}:{number}: not JSON: {error}")


def keyed(records, what):
    found, problems = {}, []
    for record in records:
        if record.get("kind") == "meta":
            continue
        key = (record["pod"], record["epoch"], record["seq"])
        if key in found:
            problems.append(f"{what}: {key} is there twice")
        found[key] = record
    return found, problems


def check_records(directory):
    pods, problems = keyed(lines(directory / "pods.jsonl"), "pods.jsonl")
    ledger, more = keyed(lines(directory / "ledger.jsonl"), "ledger.jsonl")
    problems += more
    lost = [(key[0], key[1], key[2], record["last_seq"]) for key, record in ledger.items() if record["kind"] == "lost"]

    def is_lost(key):
        return any(key[0] == pod and key[1] == epoch and first <= key[2] <= last for pod, epoch, first, last in lost)

    n_lost = 0
    for key, record in pods.items():
        if key not in ledger:
            if is_lost(key):
                n_lost += 1
            else:
                problems.append(f"(a) {key} ({record['kind']}) is not in the ledger")
            continue
        for name, value in record.items():
            if ledger[key].get(name) != value:
                problems.append(f"(a) {key} {name}: pod {value!r}, ledger {ledger[key].get(name)!r}")
    problems += [f"(a) {key} is in the ledger, but no pod made it" for key in ledger if key not in pods]
    print(f"(a) {len(pods)} records of pods, {len(ledger)} in the ledger, {n_lost} lost with a reason")
    if not pods:
        problems.append("(a) the pods made no record: nothing was proved")
    return problems


def check_outbox(directory):
    problems, deliveries = [], {}
    for message in lines(directory / "clinic.jsonl"):
        payload = message.get("payload", "")
        if not payload:
            continue  # a cleared retained topic carries no id
        try:
            body = json.loads(payload) if isinstance(payload, str) else payload
        except ValueError:
            problems.append(f"(c) {message['topic']}: payload is not JSON")
            continue
        if "/in/" in message["topic"] or body.get("will"):
            continue
        deliveries.setdefault(body["id"], []).append((message["topic"], json.dumps(body, sort_keys=True)))
    rows = [row for row in lines(directory / "outbox.jsonl")]
    settled = 0
    for row in rows:
        if row["state"] == "waiting":
            problems.append(f"(c) outbox row {row['id']} ({row['kind']} {row['key']}) still waits")
        elif row["state"] == "settled" and row["kind"] != "clear":
            settled += 1
            if row["message_id"] not in deliveries:
                problems.append(f"(c) outbox row {row['id']} ({row['kind']} {row['key']}) did not reach the clinic")
    for message_id, copies in deliveries.items():
        if len(set(topic for topic, _ in copies)) > 1:
            problems.append(f"(c) id {message_id} came on two topics")
    known = {row["message_id"] for row in rows}
    for message_id, copies in deliveries.items():
        if message_id not in known and not copies[0][0].endswith("/status"):
            problems.append(f"(c) id {message_id} on {copies[0][0]} is no row of the outbox")
    print(f"(c) {settled} rows settled, {len(deliveries)} different ids at the clinic")
    if not settled:
        problems.append("(c) no row was settled: nothing was proved")
    return problems


def main(argument):
    directory = pathlib.Path(argument)
    problems = check_records(directory) + check_outbox(directory)
    for problem in problems[:40]:
        print(problem)
    if len(problems) > 40:
        print(f"… and {len(problems) - 40} more")
    print("handover holds" if not problems else f"handover broken: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

#!/usr/bin/env python3
"""What the gateway was told is durable the pods freed, nothing was freed that the ledger lacks, and in
the end nothing is left to free.

Usage: verify-freed.py DIR   with freed.jsonl (of the pods), durable.jsonl (a line a pod, as
`stridectl pods POD --json`) and ledger.jsonl"""
import json
import pathlib
import sys


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def held_by_ledger(records):
    held = {}
    for record in records:
        last = record["last_seq"] if record["kind"] == "lost" else record["seq"]
        held.setdefault((record["pod"], record["epoch"]), set()).update(range(record["seq"], last + 1))
    return held


def main(argument):
    directory = pathlib.Path(argument)
    freed = lines(directory / "freed.jsonl")
    durable = {(pod["address"], epoch["epoch"]): epoch["durable"]
               for pod in lines(directory / "durable.jsonl") for epoch in pod["epochs"]}
    held = held_by_ledger(lines(directory / "ledger.jsonl"))
    problems = []  # of a replay no pod has a memory
    for epoch in freed:
        key = epoch["pod"], epoch["epoch"]
        if epoch["freed"] < durable.get(key, 0):
            problems.append(f"{key}: the gateway believes that {durable[key]} are freed, the pod freed {epoch['freed']}")
        lacking = set(range(1, epoch["freed"] + 1)) - held.get(key, set())
        if lacking:
            problems.append(f"{key}: the pod freed {len(lacking)} records that the ledger lacks, the first is {min(lacking)}")
        # An anchor of the last minute waits for its round: of the running epoch two may be left.
        left = 2 if epoch["epoch"] == max(e["epoch"] for e in freed if e["pod"] == epoch["pod"]) else 0
        if epoch["freed"] < epoch["records"] - left:
            problems.append(f"{key}: {epoch['records'] - epoch['freed']} of {epoch['records']} records were never freed")
    print(f"(d) {len(freed)} epochs of pods, {sum(e['freed'] for e in freed)} records freed")
    for problem in problems[:40]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

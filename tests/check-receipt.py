#!/usr/bin/env python3
"""The receipt's JSON Schema and the daemon's own checks must say the same about any payload, as
check-diary.py shows of the diary. Usage: check-receipt.py JUDGE-DIARY [COUNT]; SEED=N repeats a run."""
import collections
import importlib.util
import json
import os
import pathlib
import random
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("check_diary", HERE / "check-diary.py")
diary = importlib.util.module_from_spec(spec)
spec.loader.exec_module(diary)
diary.SCHEMA = HERE.parent / "proto" / "mqtt" / "receipt.schema.json"
diary.beyond_schema = lambda entry: "of another runner" if entry.get("runner") not in (None, "anna") else None

GOOD = {"v": 1, "id": "r1", "ids": ["0123abcd-1", "0123abcd-2"]}
ANYTHING = diary.ANYTHING


def some_message_id(chance):
    text = "".join(chance.choice("0123456789abcdef") for _ in range(chance.choice([8, 8, 8, 8, 7, 9])))
    row = chance.choice(["0", "1", "17", "00000000000000000001", "9" * 18, "9223372036854775807", "9223372036854775808", "9" * 19, "9" * 20, "",
                         str(chance.randrange(10**6))])
    return chance.choice([f"{text}-{row}"] * 12 + [text + row, f"{text}-{row}\n", f"{text}--{row}", f"{text.upper()}-{row}", f" {text}-{row}", f"{text}-{row}x",
                                                   f"{text}-{row}\0", f"{text}-\u0661", f"{text}+{row}"])


def some_ids(chance):
    ids = [some_message_id(chance) if chance.random() < 0.3 else f"0123abcd-{chance.randrange(1, 999)}"
           for _ in range(chance.choice([0, 1, 1, 2, 3, 99, 100, 101, 150]))]
    if chance.random() < 0.1:
        ids.insert(chance.randrange(len(ids) + 1), chance.choice(ANYTHING))
    return ids if chance.random() > 0.05 else chance.choice([{"0": ids}, *ANYTHING])


def some_payload(chance):
    receipt = dict(GOOD)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        key = chance.choice(["v", "id", "ids", "ids", "ids", "runner", "Ids", ""])
        how = chance.random()
        if how < 0.08:
            receipt.pop(key, None)
        elif how < 0.16:
            receipt[key] = chance.choice(ANYTHING)
        elif key == "ids":
            receipt[key] = some_ids(chance)
        elif key == "id":
            receipt[key] = diary.some_id(chance)
        elif key == "v":
            receipt[key] = chance.choice([1, 1.0, 2, 0, "1", True])
        elif key == "runner":
            receipt[key] = chance.choice(["anna", None, "bert", "Anna", "anna\0"])
        else:
            receipt[key] = diary.some_text(chance, 3)
    items = list(receipt.items())
    chance.shuffle(items)
    value = dict(items) if chance.random() > 0.02 else chance.choice([items, *ANYTHING])
    payload = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, None, None, 1])).encode("utf-8", "surrogatepass")
    how = chance.random()
    if how < 0.03:
        return payload[:chance.randrange(len(payload))]
    if how < 0.05:
        return payload + chance.choice([b"x", b"{}", b",", b"\0", b"]", payload])
    if how < 0.07:
        return payload + b" " * max(0, chance.choice([4095, 4096, 4097, 9000]) - len(payload))
    return payload


def main(arguments):
    judge, count = arguments[0], int(arguments[1]) if len(arguments) > 1 else 6000
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1, 10**6)))
    print(f"seed {seed} (repeat with: SEED={seed})")
    chance = random.Random(seed)
    validator = diary.make_validator()
    payloads = [some_payload(chance) for _ in range(count)]
    done = subprocess.run([judge, "receipt"], input="".join(p.hex() + "\n" for p in payloads), capture_output=True, text=True, timeout=300)
    verdicts = [line for line in done.stdout.splitlines() if re.fullmatch(r"[01] -", line)]
    if done.returncode != 0 or len(verdicts) != count:
        print(f"{judge}: exit {done.returncode}, {len(verdicts)} verdicts of {count}\n{done.stderr[-2000:]}\n0 passed, 1 failed, 0 skipped")
        return 1
    seen, differ = collections.Counter(), collections.Counter()
    for payload, verdict in zip(payloads, verdicts):
        accepted, why = diary.reference(validator, payload)
        case = "accepted" if accepted else re.sub(r"\.\d+$", " (an item)", why)
        seen[case] += 1
        if accepted != (verdict[0] == "1"):
            differ[case] += 1
            if sum(differ.values()) <= 10:
                print(f"differ: {payload[:300]!r}\n    schema and rules: {'accepted' if accepted else 'refused, ' + why}; daemon: {verdict}")
    for why, times in seen.most_common():
        print(f"  {times:5d} {why}" + (f", {differ[why]} of them differ" if differ[why] else ""))
    wanted = ["accepted", "no JSON", "too large", "a NUL or half a character", "schema: ids", "schema: ids (an item)", "schema: id", "schema: v",
              "schema: required", "of another runner"]
    missed = [why for why in wanted if not seen[why]] if count >= 6000 else []
    if missed:
        print(f"never made: {', '.join(missed)}")  # then agreement about it proves nothing
    failed = len(differ) + len(missed)
    print(f"{len(seen) - len(differ)} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

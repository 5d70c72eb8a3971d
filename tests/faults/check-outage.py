#!/usr/bin/env python3
"""What the clinic heard after an outage (make-outage-story.py): in order, nothing doubled by id, and the size the
gateway grew to meanwhile. Usage: check-outage.py DIR DAYS; the demo's own proof is another matter."""
import json
import pathlib
import sys

RAW_MB_A_DAY = 2.0  # of 2 runs of 10 minutes with two pods, as recorded; the budget is set in hundreds of MB


def main(out, days):
    status = json.loads((out / "status-at-end-of-outage.json").read_text())
    outbox = json.loads((out / "outbox-at-end-of-outage.json").read_text())
    rows = {row["id"]: row for row in map(json.loads, (out / "outbox.jsonl").read_text().splitlines())}
    records = sum(1 for _ in (out / "ledger.jsonl").open())
    order, copies = [], 0
    for message in map(json.loads, (out / "clinic.jsonl").read_text().splitlines()):
        body = json.loads(message["payload"]) if message.get("payload") else {}
        name = body.get("answer_id", body.get("id", ""))
        if "-" not in name or not name.rsplit("-", 1)[1].isdigit():
            continue
        number = int(name.rsplit("-", 1)[1])
        copies += number in order
        if number not in order:
            order.append(number)
    used = status["gateway"]["used_octets"] if "gateway" in status else status["gateway.used_octets"]
    wanted = [number for number, row in sorted(rows.items()) if row["state"] == "settled" and row["kind"] in ("week", "run", "ack")]
    heard = [number for number in order if number in set(wanted)]
    checks = [
        (f"{outbox['waiting']} rows waited after {days} days, the oldest since {outbox['oldest']}", outbox["waiting"] >= 4 * days),
        ("every week and run arrived", set(wanted) == set(heard)),
        ("in the order they were made", heard == sorted(heard)),
        (f"{copies} messages came twice, under the same ids: under way at a cut, or retained for who subscribes again", copies <= 16 + 2 * days + 30),
        (f"the ledger has {used / 1e6:.1f} MB of {records} records, {used / records:.0f} octets each, {used / 1e6 / days:.2f} MB a day",
         used / 1e6 <= 1 + RAW_MB_A_DAY * days),
    ]
    for name, good in checks:
        print(f"{'ok' if good else 'FAILED'}: {name}")
    return 0 if all(good for _, good in checks) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), int(sys.argv[2])))

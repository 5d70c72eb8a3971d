#!/usr/bin/env python3
"""What the clinic heard of four weeks: three kinds of empty, none of them a wrong zero; of each run when
it was and when it came. Usage: check-empties.py CLINIC.JSONL   exit 1 and a sentence each for what is wrong"""
import json
import sys

KINDS = {"did_not_run": 0, "not_worn": None, "not_delivered": None, "unknown": None}


def main(path):
    seen, runs, wrong = set(), 0, []
    for line in open(path, encoding="utf-8"):
        message = json.loads(line)
        payload = message.get("payload")
        payload = json.loads(payload) if isinstance(payload, str) and payload else payload
        parts = message["topic"].split("/")
        if not payload or len(parts) < 7:
            continue
        name = f"{payload.get('runner')} {parts[-1]}"
        if parts[-2] == "week" and not payload["empty"] and not payload["received"]:
            wrong.append(f"{name}: it does not say when its records came")
        if parts[-2] == "week" and payload["empty"]:
            seen.add(payload["empty"])
            for key in ("distance_m", "duration_s", "steps", "runs"):
                if payload["load"][key] != KINDS[payload["empty"]]:
                    wrong.append(f"{name}: {payload['empty']}, but load.{key} is {payload['load'][key]}")
            if payload["empty"] != "did_not_run" and payload["empty"] not in payload["reasons"].values():
                wrong.append(f"{name}: no reason says {payload['empty']}")
        if parts[-2] == "run":
            runs += 1
            if not payload["start"] <= payload["end"] <= payload["received"]:
                wrong.append(f"{name}: it ended {payload['end']} and came {payload['received']}")
    wrong += [f"no week says {kind}" for kind in KINDS if kind != "unknown" and kind not in seen] + ([] if runs else ["no run came"])
    print("\n".join(wrong) or f"{len(seen)} kinds of empty, {runs} runs with their times")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

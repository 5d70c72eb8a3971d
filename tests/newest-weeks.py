#!/usr/bin/env python3
"""clinic.jsonl → week.json: the newest revision per runner and week, as an array.
Usage: newest-weeks.py CLINIC.jsonl > week.json"""
import json
import sys


def main(path):
    newest = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            message = json.loads(line)
            if "/week/" not in message["topic"] or not message.get("payload"):
                continue
            payload = message["payload"]
            week = json.loads(payload) if isinstance(payload, str) else payload
            key = (week["runner"], week["week"])
            if key not in newest or week["revision"] > newest[key]["revision"]:
                newest[key] = week
    json.dump([newest[key] for key in sorted(newest)], sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[1])

#!/usr/bin/env python3
"""A story in which the gateway's disk is full when the runner comes home, and has room again two days
later. Usage: make-full-disk-story.py BALLAST RECORDINGS > story.json
BALLAST: a command that leaves so many MiB free."""
import datetime
import json
import sys

START = datetime.datetime(2026, 11, 2, 6, 0, tzinfo=datetime.timezone.utc)
POD = {"address": "C0:A0:00:00:00:01", "name": "Foot pod left", "type": "stride", "runner": "anna", "placement": "left-foot",
       "zone": "Europe/Berlin", "mtu_payload": 182}
STATUS = "stridectl status --json | python3 -c 'import json,sys; s = json.load(sys.stdin); sys.exit(not ({}))'"


def main(ballast, recordings):
    events = []

    def event(days, hours, do, **more):
        at = START + datetime.timedelta(days=days, hours=hours)
        events.append({"at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "do": do, **more})

    def run(days, hours):
        event(days, hours - 0.1, "away", pod=POD["address"])
        event(days, hours, "run", pod=POD["address"], recording=f"{recordings}/stryd-short-left.csv")
        event(days, hours + 1, "home", pod=POD["address"])

    def command(days, hours, text):
        event(days, hours, "exec", command=text)

    event(0, 0, "home", pod=POD["address"])
    command(0, 0.1, "stridectl runners add anna --zone Europe/Berlin && stridectl consent anna on")
    command(0, 0.2, f"stridectl pair {POD['address']} --runner anna --placement left-foot --yes")
    command(0, 0.21, "! stridectl doctor | grep D-POD-01")  # it is there, and just paired
    run(0, 2)
    command(0, 5, STATUS.format('s["gateway"]["disk"] == "ok" and s["pods"][0]["missing"] == 0 and s["pods"][0]["link"] == "live"'))
    command(0, 6, f"{ballast} 40")
    run(1, 2)
    command(1, 5, STATUS.format('s["gateway"]["disk"] == "low" and s["pods"][0]["missing"] > 100'))
    command(1, 5.1, "stridectl doctor | grep -q D-DISK-01")
    command(1, 5.2, "stridectl diary add anna --pain 3 --id full")
    command(1, 8, f"{ballast} 70")  # above the minimum, within the margin
    command(1, 9, STATUS.format('s["gateway"]["disk"] == "low" and s["pods"][0]["missing"] > 100'))
    command(2, 0, f"{ballast} none")
    command(2, 3, STATUS.format('s["gateway"]["disk"] == "ok" and s["pods"][0]["missing"] == 0 and s["pods"][0]["link"] == "live"'))
    command(2, 4, "stridectl diary anna | grep -q ' 3 '")
    run(3, 2)
    command(8, 0, '"$DEMO_HOOKS/finish"')
    json.dump({"start": START.isoformat().replace("+00:00", "Z"), "quality": "synchronised", "pods": [POD], "events": events}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

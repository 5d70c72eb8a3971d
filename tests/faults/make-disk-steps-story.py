#!/usr/bin/env python3
"""A story in which each step of docs/ledger.md's table comes true while pods go on running: the budget used to four
fifths, used up, the disk full, the disk failing; after each it goes on by itself.
Usage: make-disk-steps-story.py HELPER RECORDINGS > story.json
HELPER: a command: ballast MIB|none; eio on|off; budget PERCENT|none (so much of it is used)."""
import datetime
import json
import sys

START = datetime.datetime(2026, 11, 2, 6, 0, tzinfo=datetime.timezone.utc)
POD = {"address": "C0:A0:00:00:00:01", "name": "Foot pod left", "type": "stride", "runner": "anna", "placement": "left-foot",
       "zone": "Europe/Berlin", "mtu_payload": 182}
STATUS = "stridectl status --json | python3 -c 'import json,sys; s = json.load(sys.stdin); sys.exit(not ({}))'"
DISK = 's["gateway"]["disk"] == "{}"'
ALL_HERE = 's["pods"][0]["missing"] == 0 and s["pods"][0]["link"] == "live"'


def main(helper, recordings):
    events = []

    def event(days, hours, do, **more):
        at = START + datetime.timedelta(days=days, hours=hours)
        events.append({"at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "do": do, **more})

    def command(days, hours, text):
        event(days, hours, "exec", command=text)

    def run(days):
        event(days, 1.9, "away", pod=POD["address"])
        event(days, 2, "run", pod=POD["address"], recording=f"{recordings}/stryd-short-left.csv")
        event(days, 3, "home", pod=POD["address"])

    def step(day, on, off, state, finding, takes_diary, pauses):
        command(day, 1, f"{helper} {on}")
        run(day)
        command(day, 3.5, f"stridectl diary add anna --pain 2 --id step{day}" if takes_diary
                else f"! stridectl diary add anna --pain 2 --id step{day}")
        command(day, 4, STATUS.format(DISK.format(state) + (" and not (" + ALL_HERE + ")" if pauses else "")))
        command(day, 4.1, f"stridectl doctor | grep -q {finding}")
        command(day, 8, f"{helper} {off}")
        command(day, 20, STATUS.format(DISK.format("ok") + " and " + ALL_HERE))
        command(day, 20.1, f"! stridectl doctor | grep D-DISK")
        command(day, 20.2, f"stridectl diary add anna --pain 2 --id after{day}")

    event(0, 0, "home", pod=POD["address"])
    command(0, 0.05, f"{helper} budget none")
    command(0, 0.1, "stridectl runners add anna --zone Europe/Berlin && stridectl consent anna on")
    command(0, 0.2, f"stridectl pair {POD['address']} --runner anna --placement left-foot --yes")
    run(0)
    step(1, "budget 85", "budget none", "high", "D-DISK-02", True, False)
    step(2, "budget 97", "budget none", "low", "D-DISK-05", True, True)
    step(3, "ballast 0", "ballast none", "full", "D-DISK-03", False, True)
    step(4, "eio on", "eio off", "failing", "D-DISK-04", False, True)
    run(5)
    command(7, 0, '"$DEMO_HOOKS/finish"')
    events.sort(key=lambda entry: entry["at"])
    json.dump({"start": START.isoformat().replace("+00:00", "Z"), "quality": "synchronised", "pods": [POD], "events": events}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

#!/usr/bin/env python3
"""A story in which the ledger is damaged, and one in which a backup is put back, while pods go on running.
Usage: make-damage-story.py damaged|forgetful|restored HURT RECORDINGS > story.json
forgetful: as damaged, but pods forget at once what they may.
HURT: a command that stops the daemon, does to the ledger what it does, and starts it again; with the word
"backup" before it, it makes one."""
import datetime
import json
import sys

START = datetime.datetime(2026, 11, 2, 6, 0, tzinfo=datetime.timezone.utc)
PODS = [{"address": f"C0:A0:00:00:00:0{i}", "name": f"Foot pod {side}", "type": "stride", "runner": "anna",
         "placement": f"{side}-foot", "zone": "Europe/Berlin", "mtu_payload": 182} for i, side in ((1, "left"), (2, "right"))]


def main(what, hurt, recordings):
    events = []

    def event(days, hours, do, **more):
        at = START + datetime.timedelta(days=days, hours=hours)
        events.append({"at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "do": do, **more})

    def run(days):
        for pod in PODS:
            foot = pod["placement"].split("-")[0]
            event(days, 1.9, "away", pod=pod["address"])
            event(days, 2, "run", pod=pod["address"], recording=f"{recordings}/stryd-short-{foot}.csv")
            event(days, 3, "home", pod=pod["address"])

    def command(days, hours, text):
        event(days, hours, "exec", command=text)

    for pod in PODS:
        event(0, 0, "home", pod=pod["address"])
    command(0, 0.1, "stridectl runners add anna --zone Europe/Berlin && stridectl consent anna on")
    for i, pod in enumerate(PODS):
        command(0, 0.2 + i / 100, f"stridectl pair {pod['address']} --runner anna --placement {pod['placement']} --yes")
    for day in (0, 1, 3, 7):
        run(day)
    command(1, 5, "stridectl diary add anna --pain 3 --id early")
    if what == "restored":
        command(1, 12, f"{hurt} backup")
    if what == "forgetful":
        for pod in PODS:
            pod["capacity"] = 100000
    if what != "restored":  # what people said since a backup is not in it
        command(3, 5, "stridectl diary add anna --pain 4 --id late")
    command(3, 8, hurt)  # in the night after the third run, all of which the pods were told is durable
    command(3, 9, "stridectl diary anna | grep -q ' 3 '")
    if what == "forgetful":
        command(4, 0, f"{hurt} quietly")  # where nobody looks: the weekly check will
    command(12 if what == "forgetful" else 9, 0, '"$DEMO_HOOKS/finish"')
    events.sort(key=lambda entry: entry["at"])
    json.dump({"start": START.isoformat().replace("+00:00", "Z"), "quality": "synchronised", "pods": PODS, "events": events}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])

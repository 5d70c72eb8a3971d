#!/usr/bin/env python3
"""A story in which everything that can die does: the daemon by kill -9 in the middle of a pod's
memory, while it derives and while it drains, the broker, bluetoothd, links.
Usage: make-kill-story.py SEED RECORDINGS [KILLS] > story.json"""
import datetime
import json
import random
import sys

START = datetime.datetime(2026, 11, 2, 6, 0, tzinfo=datetime.timezone.utc)
PODS = [{"address": f"C0:A0:00:00:00:0{n}", "name": f"Foot pod {foot}", "type": "stride", "runner": "anna", "placement": f"{foot}-foot",
         "zone": "Europe/Berlin", "drift_ppm": 12 * n, "mtu_payload": mtu} for n, foot, mtu in ((1, "left", 182), (2, "right", 20))]


DAYS = 5


def main(seed, recordings, kills=15):
    chance = random.Random(seed)
    events = []

    def event(when, do, pod=None, **more):
        events.append({"at": when, "do": do, **({"pod": pod} if pod else {}), **more})

    def hook(when, name):
        event(when, "exec", command=f'"$DEMO_HOOKS/{name}"')

    for pod in PODS:
        event(START, "home", pod["address"])
    commands = ["stridectl runners add anna --zone Europe/Berlin", "stridectl consent anna on"]
    commands += [f"stridectl pair {pod['address']} --runner anna --placement {pod['placement']} --yes" for pod in PODS]
    for minute, command in enumerate(commands, 1):
        event(START + datetime.timedelta(minutes=minute), "exec", command=command)
    for day in range(DAYS):
        run = START + datetime.timedelta(days=day, hours=10, seconds=chance.randrange(3600))
        back = run + datetime.timedelta(hours=1)
        for pod in PODS:
            foot = pod["placement"].split("-")[0]
            event(run - datetime.timedelta(minutes=5), "away", pod["address"])
            event(run, "run", pod["address"], recording=f"{recordings}/stryd-short-{foot}.csv")
            event(back, "home", pod["address"])
        for i in range(kills * day // DAYS, kills * (day + 1) // DAYS):
            # in the middle of the transfer, mostly; then of what is derived and sent, a quarter of a minute later
            late = chance.uniform(0.5, 12) if i % 3 < 2 else chance.uniform(12, 90)
            hook(back + datetime.timedelta(seconds=late), "daemon-kill")
        for _ in range(2):
            event(back + datetime.timedelta(seconds=chance.uniform(1, 15)), chance.choice(["drop-link", "lose-notifications", "reorder", "reboot"]),
                  chance.choice(PODS)["address"], count=chance.randrange(1, 9), cause=2)
        if day == 1:
            hook(back - datetime.timedelta(minutes=1), "broker-stop")
            hook(back + datetime.timedelta(hours=5), "broker-start")
        if day == 3:
            event(back + datetime.timedelta(seconds=chance.uniform(1, 10)), "bluez-restart")
    hook(START + datetime.timedelta(days=8), "finish")
    events.sort(key=lambda e: e["at"])
    for entry in events:
        entry["at"] = entry["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z")
    json.dump({"start": START.isoformat().replace("+00:00", "Z"), "quality": "synchronised", "pods": PODS, "events": events}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))

#!/usr/bin/env python3
"""Weeks of two runs a day without a broker, the daemon killed now and then; then the broker is back, with
what it knew or without. Usage: make-outage-story.py DAYS kept|forgot RECORDINGS > story.json"""
import datetime
import json
import sys

START = datetime.datetime(2026, 9, 28, 4, 0, tzinfo=datetime.timezone.utc)
PODS = [{"address": f"C0:A0:00:00:00:0{n}", "name": f"Foot pod {foot}", "type": "stride", "runner": "anna", "placement": f"{foot}-foot",
         "zone": "Europe/Berlin", "drift_ppm": 12 * n, "mtu_payload": 182} for n, foot in ((1, "left"), (2, "right"))]
# A broker without its memory keeps nothing for an archive that is not there yet, and with PUBACK for proof the gateway
# cannot know: it stands still until the archive listens (test-receipts.sh has the other proof).
BACK = {"kept": '"$DEMO_HOOKS/broker-start"',
        "forgot": 'cd "$DEMO_HOOKS/.." && rm -f mosquitto.db && kill -STOP $(cat daemon.pid) && n=$(grep -c " as archive " mosquitto.log); '
                  '"$DEMO_HOOKS/broker-start"; for i in $(seq 200); do [ "$(grep -c " as archive " mosquitto.log)" -gt "$n" ] && break; sleep 0.1; done; '
                  'sleep 0.5; kill -CONT $(cat daemon.pid); [ "$(grep -c " as archive " mosquitto.log)" -gt "$n" ]'}
LOOK = 'cd "$DEMO_HOOKS/.." && stridectl status --json >status-at-end-of-outage.json && stridectl outbox --json >outbox-at-end-of-outage.json'


def main(days, how, recordings):
    events = []

    def event(when, do, pod=None, **more):
        events.append({"at": when, "do": do, **({"pod": pod} if pod else {}), **more})

    def command(when, text):
        event(when, "exec", command=text)

    for pod in PODS:
        event(START, "home", pod["address"])
    commands = ["stridectl runners add anna --zone Europe/Berlin", "stridectl consent anna on"]
    commands += [f"stridectl pair {pod['address']} --runner anna --placement {pod['placement']} --yes" for pod in PODS]
    for minute, text in enumerate(commands, 1):
        command(START + datetime.timedelta(minutes=minute), text)
    command(START + datetime.timedelta(minutes=30), '"$DEMO_HOOKS/broker-stop"')
    for day in range(days):
        for hour in (6, 17):
            run = START + datetime.timedelta(days=day, hours=hour - 4)
            for pod in PODS:
                event(run - datetime.timedelta(minutes=5), "away", pod["address"])
                event(run, "run", pod["address"], recording=f"{recordings}/stryd-short-{pod['placement'].split('-')[0]}.csv")
                event(run + datetime.timedelta(hours=1), "home", pod["address"])
        command(START + datetime.timedelta(days=day, hours=15), f"stridectl diary add anna --pain {day % 8} --id evening-{day}")
        if day % 3 == 1:
            command(START + datetime.timedelta(days=day, hours=14, seconds=9), '"$DEMO_HOOKS/daemon-kill"')
    end = START + datetime.timedelta(days=days)
    command(end, LOOK)
    command(end + datetime.timedelta(minutes=1), BACK[how])
    command(end + datetime.timedelta(hours=2), '"$DEMO_HOOKS/finish"')
    events.sort(key=lambda e: e["at"])
    for entry in events:
        entry["at"] = entry["at"].isoformat(timespec="milliseconds").replace("+00:00", "Z")
    json.dump({"start": START.isoformat().replace("+00:00", "Z"), "quality": "synchronised", "pods": PODS, "events": events}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])

#!/usr/bin/env python3
"""The demo's four weeks, as a scenario for tests/sim.
Usage: make-story.py > four-weeks.json    the weeks and their proof
       make-story.py --watch              the weeks for somebody who watches the page: they end on the last Sunday, when
                                          somebody needs the clinic; from then on time passes as on the wall"""
import datetime
import json
import pathlib
import sys

UTC = datetime.timezone.utc
START = datetime.datetime(2026, 10, 19, 4, 0, tzinfo=UTC)  # a Monday; summer time ends within the weeks
LEFT, RIGHT, TREADMILL, STRAP = "C0:A0:00:00:00:01", "C0:A0:00:00:00:02", "C0:B0:00:00:00:01", "C0:B0:00:00:00:02"
ANNA, BEN = "Europe/Berlin", "America/New_York"
PODS = [
    {"address": LEFT, "name": "Foot pod L", "type": "stride", "runner": "anna", "placement": "left-foot", "zone": ANNA,
     "battery_pct": 92, "drift_ppm": 18},
    {"address": RIGHT, "name": "Foot pod R", "type": "stride", "runner": "anna", "placement": "right-foot", "zone": ANNA,
     "battery_pct": 78, "drift_ppm": -23, "mtu_payload": 20},  # the smallest packets there are
    {"address": TREADMILL, "name": "Footpod", "type": "rsc", "runner": "ben", "placement": "left-foot", "zone": BEN,
     "battery_pct": 64},
    {"address": STRAP, "name": "HR strap", "type": "heart_rate", "runner": "ben", "placement": "chest", "zone": BEN,
     "battery_pct": 41},
]
PAIN = [0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 3, 3, 2, 4, 4, 5, 4, 4, 3, 3, 2, 2, 2, 1, 1, 0, 1, 0]
WATCHED_PAIN = {25: 2, 26: 3, 27: 6}  # instead: the longest run of the month was too much
INTERVALS, INTERVAL_S, PAUSE_S = 14, 40, 25  # after 15 s of quiet the week is derived
events = []


def at(day, hour, minute=0, second=0):
    return START.replace(hour=0) + datetime.timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def event(when, do, pod=None, **more):
    events.append({"at": when, "do": do, **({"pod": pod} if pod else {}), **more})


def execute(when, command, **more):
    event(when, "exec", command=command, **more)


def setup():
    for pod in PODS:
        event(START, "home", pod["address"])
    commands = [f"stridectl runners add anna --zone {ANNA} --mass-kg 62", f"stridectl runners add ben --zone {BEN}",
                "stridectl consent anna on", "stridectl consent ben on"]
    commands += [f"stridectl pair {pod['address']} --runner {pod['runner']} --placement {pod['placement']} --yes" for pod in PODS]
    for minute, command in enumerate(commands, 1):
        execute(START + datetime.timedelta(minutes=minute), command)


def outside_run(day, hour, loops, recordings):
    """Anna takes the pods along, runs, and comes home an hour later: all of it comes from their memories."""
    lost_right = 14 <= day < 21
    for pod in (LEFT, RIGHT):
        event(at(day, hour - 1, 50), "away", pod)
    for loop in range(loops):
        for foot, pod in (("left", LEFT), ("right", RIGHT)):
            event(at(day, hour, 12 * loop), "run", pod, recording=f"{recordings}-{foot}.csv")
    event(at(day, hour + 1, 30), "home", LEFT)
    if not lost_right:
        event(at(day, hour + 1, 30, 5), "home", RIGHT)


def treadmill_run(day, hour, recordings):
    minute = 0
    for name in recordings:
        for pod in (TREADMILL, STRAP):
            event(at(day, hour, minute), "run", pod, recording=name)
        minute += 12


def runs(watched):
    for week in range(4):
        monday = 7 * week
        outside_run(monday + 1, 17, 1 + (week >= 1), "stryd-course")
        outside_run(monday + 3, 17, 1, "stryd-short")
        outside_run(monday + 6, 9, [2, 2, 3, 5][week], "stryd-course")
        if watched and week == 3:
            continue
        treadmill_run(monday, 22, ["stryd-course-1hz.csv"])
        treadmill_run(monday + 2, 22, ["garden-1hz.csv", "field-1hz.csv"])
        treadmill_run(monday + 5, 14, ["stryd-course-1hz.csv"] * (1 + week % 2))


def faults():
    event(at(1, 18, 30, 20), "drop-link", LEFT)  # in the middle of its memory
    event(at(3, 18, 29), "lose-notifications", RIGHT, count=7)
    event(at(6, 10, 29), "reorder", LEFT, count=9)
    event(at(8, 4), "reboot", RIGHT, cause=4)  # a battery change at home
    event(at(9, 22, 5), "drop-link", TREADMILL)  # while he runs
    event(at(16, 3), "powered", on=False)
    event(at(16, 5), "powered", on=True)
    event(at(18, 3), "bluez-restart")
    event(at(21, 7), "home", RIGHT)  # found again under the bench
    execute(at(8, 12), '"$DEMO_HOOKS/broker-stop"')
    execute(at(10, 12), '"$DEMO_HOOKS/broker-start"')


def say(runner, identity, when, pain):
    entry = json.dumps({"v": 1, "id": identity, "at": when.isoformat().replace("+00:00", "Z"), "pain": pain, "place": "low back"})
    return ('mosquitto_pub -V 5 -q 1 -h 127.0.0.1 -p "$STRIDED_BROKER_PORT" -u clinician -P "$STRIDED_BROKER_PASSWORD" '
            f"-t strided/v1/demo/gw1/{runner}/in/diary -m '{entry}'")


def diary(watched):
    for day, pain in enumerate(PAIN):
        pain = WATCHED_PAIN.get(day, pain) if watched else pain
        when = at(day, 19, 30)
        if day % 5 == 4:
            continue  # nobody writes every day
        broker_is_away = 8 <= day <= 10
        if day % 2 == 0 or broker_is_away:
            execute(when, f"stridectl diary add anna --pain {pain} --place 'low back'")
        else:
            execute(when, say("anna", f"d-{day}", when, pain))
    execute(at(11, 20), say("anna", "d-bad", at(11, 20), 14))  # refused, and answered so
    execute(at(12, 20), say("anna", "d-11", at(11, 19, 30), PAIN[11]))  # sent twice, counted once


def watch():
    """Ben has forgotten his pods somewhere. Anna sits down on Sunday evening, writes her diary, and tries short
    intervals on a treadmill, before the eyes of whoever has opened the page by now."""
    for pod in (TREADMILL, STRAP):
        event(at(20, 12), "away", pod)
    event(at(27, 19, 32), "real-time")
    execute(at(27, 19, 32), '"$DEMO_HOOKS/rest"')


def live_intervals():
    for interval in range(INTERVALS):
        for number, (foot, pod) in enumerate((("left", LEFT), ("right", RIGHT))):
            yield {"after_s": 0 if number else PAUSE_S, "do": "run", "pod": pod, "recording": f"stryd-short-{foot}.csv",
                   "skip_s": INTERVAL_S * (interval % 4)}
        yield from ({"after_s": 0 if pod == RIGHT else INTERVAL_S, "do": "stop", "pod": pod} for pod in (LEFT, RIGHT))


def main(arguments):
    watched = arguments == ["--watch"]
    if arguments and not watched:
        print(__doc__, file=sys.stderr)
        return 2
    setup()
    runs(watched)
    faults()
    diary(watched)
    if watched:
        watch()
    else:  # more than a week after the last run: all weeks of the story are final
        execute(at(37, 12), '"$DEMO_HOOKS/finish"')
    events.sort(key=lambda e: e["at"])  # stable: what is at the same time stays in order
    for entry in events:
        entry["at"] = entry["at"].isoformat().replace("+00:00", "Z")
    if watched:
        events.extend(live_intervals())
        for entry in events:  # the story itself lies elsewhere
            if "recording" in entry:
                entry["recording"] = str(pathlib.Path(__file__).resolve().parent / entry["recording"])
    json.dump({"start": START.isoformat().replace("+00:00", "Z"), "quality": "synchronised", "pods": PODS, "events": events},
              sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

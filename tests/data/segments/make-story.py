#!/usr/bin/env python3
"""Prints the story of clara, who wears pods on feet, sacrum, thoracolumbar region and left thigh: a standing calibration,
two runs, a day of sitting, bridges and stretches. Usage: make-story.py > tests/sim/stories/segments.json"""
import json

PODS = [("C0:5E:00:00:00:01", "Left foot", "stride", "left-foot"), ("C0:5E:00:00:00:02", "Right foot", "stride", "right-foot"),
        ("C0:5E:00:00:00:03", "Sacrum", "stride", "sacrum"), ("C0:5E:00:00:00:04", "Low back", "stride", "thoracolumbar"),
        ("C0:5E:00:00:00:05", "Left thigh", "stride", "left-thigh"), ("00:5E:00:00:00:06", "HR strap", "heart_rate", "chest")]
LEFT, RIGHT, SACRUM, BACK, THIGH, HEART = (pod[0] for pod in PODS)
SEGMENTS = ((SACRUM, "sacrum"), (BACK, "thoracolumbar"), (THIGH, "thigh"))
events = []


def event(at, do, **keys):
    events.append({"at": f"2026-11-{at}Z", "do": do, **keys})


def play(at, pod, folder, name):
    event(at, "run", pod=pod, recording=f"../../data/{folder}/{name}.csv")


def stand(day, time):
    for pod, name in SEGMENTS:
        play(f"{day}T{time}", pod, "segments", f"{name}-standing")


def run(day, times, feet):
    for time in times:
        play(f"{day}T{time}", LEFT, "demo", f"{feet}-left")
        play(f"{day}T{time}", RIGHT, "demo", f"{feet}-right")
        play(f"{day}T{time}", HEART, "demo", "stryd-course-1hz")
        for pod, name in SEGMENTS:
            play(f"{day}T{time}", pod, "segments", f"{name}-run")


for address, *_ in PODS:
    event("02T06:00:00", "home", pod=address)
event("02T06:01:00", "exec", command="stridectl runners add clara --zone Europe/Berlin --mass-kg 58 --height-cm 168 --hr-max 188 --hr-rest 52 --sex female")
event("02T06:02:00", "exec", command="stridectl consent clara on")
for minute, (address, _, _, placement) in enumerate(PODS, 3):
    event(f"02T06:{minute:02}:00", "exec", command=f"stridectl pair {address} --runner clara --placement {placement} --yes")
stand("02", "16:00:00")
run("02", ["16:05:00"], "stryd-short")
stand("04", "16:00:00")
run("04", ["16:05:00", "16:15:30", "16:26:00"], "stryd-course")
play("05T06:00:00", THIGH, "segments", "thigh-day")
stand("06", "18:00:00")
play("06T18:02:00", SACRUM, "segments", "sacrum-bridges")
play("06T18:05:00", THIGH, "segments", "thigh-stretches")
event("09T06:00:00", "exec", command='"$DEMO_HOOKS/finish"')
story = {"start": "2026-11-02T06:00:00Z", "quality": "synchronised",
         "pods": [{"address": address, "name": name, "type": kind, "runner": "clara", "placement": placement, "zone": "Europe/Berlin",
                   "drift_ppm": 7 * i} for i, (address, name, kind, placement) in enumerate(PODS)]}
print("{\n" + "".join(f' "{key}": {json.dumps(value)},\n' for key, value in story.items() if key != "pods"), end="")
for key, rows in (("pods", story["pods"]), ("events", events)):
    print(f' "{key}": [\n  ' + ",\n  ".join(json.dumps(row) for row in rows) + "\n ]" + ("," if key == "pods" else ""))
print("}")

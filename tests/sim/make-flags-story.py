#!/usr/bin/env python3
"""Writes the story of the flags that hold a runner against herself, and the recordings of it.

Usage: make-flags-story.py OUT [SEED]     → OUT/story.json, OUT/*.csv; says the seed of what varies from stride to stride

dora wears five pods: three runs as always, then three with more forward tilt of the pelvis, less hip extension, more
sinking of the pelvis and a longer contact of the right foot. rita wears dora's pods with left and right exchanged:
whatever is said of dora's left is said of rita's right. nele moves like dora and never stood still for a calibration."""
import json
import math
import pathlib
import random
import sys

STRIDE_1024, STRIDES = 768, 408  # 0.75 s each: 306 s, a little more than the 300 s that a rule asks for
STANDING = {"sacrum": 10, "thoracolumbar": 5, "left-thigh": 2}  # pitch, degrees
USUAL = {"tilt": 16, "drop_left": 5.0, "drop_right": 5.5, "contact_left": 256, "contact_right": 262}
CHANGED = {"tilt": 25, "drop_left": 9.0, "drop_right": 8.5, "contact_left": 256, "contact_right": 297}
RUNS = [("02", USUAL), ("04", USUAL), ("06", USUAL), ("09", CHANGED), ("11", CHANGED), ("13", CHANGED)]  # of November
AFTER = ("09", "13")  # evenings on which the pods come home, and the daemon is asked
FEET, TRUNK_PODS = ("left-foot", "right-foot"), ("sacrum", "thoracolumbar")
RUNNERS = {"dora": (*FEET, *TRUNK_PODS, "left-thigh"), "rita": (*FEET, *TRUNK_PODS, "right-thigh"), "nele": ("left-foot", *TRUNK_PODS, "left-thigh")}
CURVE = [f"curve_{i}_deg10" for i in range(8)]
STRIDE = ["t_s", "stride_time_1024", "contact_time_1024", "stride_length_mm", "peak_impact_mg", "clipped", "running", "quality", "after_pause"]
TRUNK = ["kind", "t_s", "part", "known_s", "running", "quality", "after_pause", "stride_time_1024", "pitch_mean_deg10", "pitch_range_deg10",
         "obliquity_range_deg10", "rotation_range_deg10", *CURVE, "contact_left_1024", "contact_right_1024", "drop_left_deg10",
         "drop_right_deg10", "oscillation_mm", "braking_mg"]
STILL = ["kind", "t_s", "known_s", "calibration_of", "duration_ms", "acceleration_x_mg", "acceleration_y_mg", "acceleration_z_mg", "deviation_mg"]


def mirrored(name):
    return name.replace("left", "?").replace("right", "left").replace("?", "right")


def write(out, name, header, rows):
    lines = [",".join(header)] + [",".join(str(row.get(key, "")) for key in header) for row in rows]
    (out / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def times():
    return [round(i * STRIDE_1024 / 1024, 3) for i in range(STRIDES)]


def foot(random_, contact):
    return [{"t_s": t, "stride_time_1024": STRIDE_1024, "contact_time_1024": contact + random_.randint(-6, 6), "stride_length_mm": 2200,
             "peak_impact_mg": 3000 + 250 * random_.randint(-2, 2), "clipped": 0, "running": 1, "quality": 3, "after_pause": int(i == 0)}
            for i, t in enumerate(times())]


def segment(random_, mean, swing, phase, steps=None):
    """Pose, curve and (a sacrum's) steps of every stride; half degrees in the curve, tenths elsewhere."""
    rows = []
    for i, t in enumerate(times()):
        begin = {"kind": "trunk_stride", "t_s": t, "known_s": round(t + STRIDE_1024 / 1024 + 0.01, 3), "running": 1, "quality": 1}
        pose = {"part": 0, "after_pause": int(i == 0), "stride_time_1024": STRIDE_1024, "pitch_mean_deg10": 10 * mean + random_.randint(-8, 8),
                "pitch_range_deg10": 20 * swing}
        if steps:
            pose |= {"obliquity_range_deg10": 80, "rotation_range_deg10": 120}
        rows.append(begin | pose)
        if swing:
            size = swing * random_.uniform(0.95, 1.05)
            rows.append(begin | {"part": 1} | {key: 5 * round(2 * size * math.cos(2 * math.pi * (k / 8 + phase))) for k, key in enumerate(CURVE)})
        if steps:
            rows.append(begin | {"part": 2, "contact_left_1024": steps["contact_left"], "contact_right_1024": steps["contact_right"],
                                 "drop_left_deg10": round(10 * steps["drop_left"]) + random_.randint(-8, 8),
                                 "drop_right_deg10": round(10 * steps["drop_right"]) + random_.randint(-8, 8), "oscillation_mm": 80, "braking_mg": 500})
    return rows


def exchanged(rows):
    """A sacrum's strides with left and right exchanged."""
    return [{mirrored(key): value for key, value in row.items()} for row in rows]


def write_run(out, random_, number, state):
    for side in ("left", "right"):
        write(out, f"{side}-foot-{number}", STRIDE, foot(random_, state[f"contact_{side}"]))
    sacrum = segment(random_, state["tilt"], 3, 0.1, state)
    write(out, f"sacrum-{number}", TRUNK, sacrum)
    write(out, f"sacrum-{number}-exchanged", TRUNK, exchanged(sacrum))
    write(out, f"thoracolumbar-{number}", TRUNK, segment(random_, 14, 0, 0))  # its means are enough
    write(out, f"left-thigh-{number}", TRUNK, segment(random_, 8, 30, 0))


def write_standing(out):
    for placement, degrees in STANDING.items():
        forward = math.sin(math.radians(degrees)) * (1 if "thigh" in placement else -1)
        write(out, f"{placement}-standing", STILL, [
            {"kind": "calibration", "t_s": 0, "known_s": 5.3, "calibration_of": 0, "duration_ms": 5200, "acceleration_x_mg": round(1000 * forward),
             "acceleration_y_mg": 0, "acceleration_z_mg": round(1000 * math.cos(math.radians(degrees))), "deviation_mg": 0}])


def moves_as(runner, placement):
    """rita's right is dora's left."""
    return mirrored(placement) if runner == "rita" else placement


def recording(runner, placement, number):
    """A sacrum has no other side, but its steps have."""
    return f"{moves_as(runner, placement)}-{number}{'-exchanged' if (runner, placement) == ('rita', 'sacrum') else ''}.csv"


def story():
    pods, events = {}, []
    for runner, placements in RUNNERS.items():
        for placement in placements:
            pods[f"C0:F1:A6:00:00:{len(pods) + 1:02X}"] = runner, placement

    def event(day, time, do, **keys):
        events.append({"at": f"2026-11-{day}T{time}Z", "do": do, **keys})

    def all_pods(day, time, do):
        for pod in pods:
            event(day, time, do, pod=pod)

    def ask(command):
        return "; ".join(f'{command.format(runner)} >"$DEMO_HOOKS/../{runner}-at-{day}.json" || exit 1' for runner in RUNNERS)

    all_pods("01", "18:00:00", "home")
    event("01", "18:01:00", "exec", command="; ".join(
        f"stridectl runners add {runner} --zone Europe/Berlin --mass-kg 60 --height-cm 170 && stridectl consent {runner} on || exit 1" for runner in RUNNERS))
    for minute, (pod, (runner, placement)) in enumerate(pods.items(), 2):
        event("01", f"18:{minute:02}:00", "exec", command=f"stridectl pair {pod} --runner {runner} --placement {placement} --yes")
    all_pods("01", "19:00:00", "away")
    for number, (day, _) in enumerate(RUNS, 1):
        for pod, (runner, placement) in pods.items():
            if moves_as(runner, placement) in STANDING and runner != "nele":
                event(day, "06:00:00", "run", pod=pod, recording=f"{moves_as(runner, placement)}-standing.csv")
        for pod, (runner, placement) in pods.items():
            event(day, "06:05:00", "run", pod=pod, recording=recording(runner, placement, number))
        if day in AFTER:
            all_pods(day, "18:00:00", "home")
            event(day, "18:30:00", "exec", command=ask("stridectl week {} --all --json"))
            all_pods(day, "19:00:00", "away")
    event("13", "19:30:00", "exec", command='"$DEMO_HOOKS/finish"')
    return {"start": "2026-11-01T18:00:00Z", "quality": "synchronised", "events": events,
            "pods": [{"address": pod, "name": placement.replace("-", " ").capitalize(), "type": "stride", "runner": runner, "placement": placement,
                      "zone": "Europe/Berlin", "drift_ppm": 5 * i - 40} for i, (pod, (runner, placement)) in enumerate(pods.items())]}


def main(arguments):
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    out, seed = pathlib.Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 20261101
    print(f"seed {seed}")
    out.mkdir(parents=True, exist_ok=True)
    random_ = random.Random(seed)
    write_standing(out)
    for number, (_, state) in enumerate(RUNS, 1):
        write_run(out, random_, number, state)
    (out / "story.json").write_text(json.dumps(story(), indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

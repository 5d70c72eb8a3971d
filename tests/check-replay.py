#!/usr/bin/env python3
"""Σ speed·dt and Σ cadence·dt of a 1 Hz recording against the weeks of runner `replay`.
dt = t[i+1] − t[i]; more than 5 s, blank rows and the last row add nothing. Within 0.5 % of the distance and 1 % of
the steps, however short it is; where nobody moved, there is no run.
Usage: check-replay.py FILE.csv week.json"""
import csv
import json
import sys


def main(recording, weeks):
    with open(recording, newline="", encoding="utf-8-sig") as file:
        rows = [(float(row["t_s"]), row["speed_mps"].strip(), row["cadence_spm"].strip()) for row in csv.DictReader(file)]
    metres = steps = 0.0
    for (t, speed, cadence), following in zip(rows, rows[1:]):
        dt = following[0] - t
        if 0 < dt <= 5 and speed and cadence:
            metres += float(speed) * dt
            steps += float(cadence) * dt / 60
    with open(weeks, encoding="utf-8") as file:
        mine = [week["load"] for week in json.load(file) if week["runner"] == "replay"]
    got_m, got_steps = (sum(load[name] or 0 for load in mine) for name in ("distance_m", "steps"))
    print(f"distance {got_m} m of {metres:.1f} m, steps {got_steps} of {steps:.1f}")
    if metres == steps == 0:
        return 1 if any(load["runs"] or load["distance_m"] or load["steps"] for load in mine) else 0
    return 0 if abs(got_m - metres) <= 0.005 * metres and abs(got_steps - steps) <= 0.01 * steps else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

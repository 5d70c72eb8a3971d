#!/usr/bin/env python3
"""A 1 Hz recording → a scenario in which one runner, `replay`, wears one Running Speed and
Cadence pod that plays it. Usage: replay-scenario.py FILE.csv [PLACEMENT] > scenario.json

Exit 2, with what is wrong and where, when the file cannot be played."""
import csv
import datetime
import json
import sys

PLACEMENTS = "left-foot right-foot sacrum thoracolumbar left-thigh right-thigh chest".split()
START = datetime.datetime(2026, 11, 2, 6, 0, tzinfo=datetime.timezone.utc)  # a Monday
ADDRESS = "C0:52:50:4C:59:01"


def refuse(text):
    print(f"demo: {text}", file=sys.stderr)
    raise SystemExit(2)


def number(text, path, line, column):
    if text is None or text.strip() == "":
        return None
    try:
        value = float(text)
    except ValueError:
        refuse(f"{path}:{line}: {column} is '{text}', not a number")
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return value


def read(path):
    try:
        file = open(path, newline="", encoding="utf-8-sig")
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    with file:
        rows = csv.DictReader(file)
        columns = [name.strip() for name in rows.fieldnames or []]
        rows.fieldnames = columns
        if "ax_g" in columns:
            refuse(f"{path}: a raw-IMU recording. Replaying raw motion is not built yet; give a recording with "
                   "t_s,speed_mps,cadence_spm")
        missing = [name for name in ("t_s", "speed_mps", "cadence_spm") if name not in columns]
        if missing:
            refuse(f"{path}:1: the header lacks {', '.join(missing)}; needed: t_s,speed_mps,cadence_spm")
        heart = next((name for name in columns if name in ("heart_rate_bpm", "heart_rate", "hr_bpm")), None)
        result = []
        for line, row in enumerate(rows, 2):
            t = number(row["t_s"], path, line, "t_s")
            if t is None:
                refuse(f"{path}:{line}: t_s is blank")
            if result and t < result[-1][0]:
                refuse(f"{path}:{line}: t_s goes back from {result[-1][0]} to {t}")
            if result and t == result[-1][0]:
                result.pop()  # of two rows at one instant the first lasts 0 s and adds nothing
            speed, cadence = (number(row[name], path, line, name) for name in ("speed_mps", "cadence_spm"))
            for name, value in (("speed_mps", speed), ("cadence_spm", cadence)):
                if value is not None and value < 0:
                    refuse(f"{path}:{line}: {name} is negative ({value})")
            if speed is None or cadence is None:
                speed = cadence = None
            result.append((t, speed, cadence, number(row.get(heart), path, line, heart) if heart else None))
    if len(result) < 2:
        refuse(f"{path}: {len(result)} rows; a run needs at least two")
    return result


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    path = arguments[0]
    placement = arguments[1] if len(arguments) > 1 and arguments[1] else "left-foot"
    if placement not in PLACEMENTS:
        refuse(f"'{placement}' is no placement; there are: {' '.join(PLACEMENTS)}")
    rows = read(path)
    first, last = rows[0][0], rows[-1][0]

    def at(seconds):
        return (START + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")

    setup = ["stridectl runners add replay --zone Europe/Berlin", "stridectl consent replay on",
             f"stridectl pair {ADDRESS} --runner replay --placement {placement} --yes"]
    events = [{"at": at(0), "pod": ADDRESS, "do": "home"}]
    events += [{"at": at(60 + 60 * i), "do": "exec", "command": command} for i, command in enumerate(setup)]
    events.append({"at": at(600), "pod": ADDRESS, "do": "run", "rows": [
        {"t_s": round(t - first, 3), "speed_mps": speed, "cadence_spm": cadence, "heart_rate_bpm": heart}
        for t, speed, cadence, heart in rows]})
    # A day later the run is over for good, the week is derived and taken.
    events.append({"at": at(600 + (last - first) + 86400), "do": "exec", "command": '"$DEMO_HOOKS/finish"'})
    json.dump({"start": at(0), "quality": "synchronised", "pods": [
        {"address": ADDRESS, "name": "Replay pod", "type": "rsc", "runner": "replay", "placement": placement,
         "zone": "Europe/Berlin", "always_running": True, "battery_pct": 90}], "events": events}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

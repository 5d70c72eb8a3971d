#!/usr/bin/env python3
"""A 1 Hz recording → a scenario in which one runner, `replay`, wears one Running Speed and
Cadence pod that plays it. Usage: replay-scenario.py FILE.csv[:PLACEMENT] > scenario.json

Columns beyond t_s,speed_mps,cadence_spm are passed over. Exit 2, with what is wrong and where, when the file
cannot be played."""
import csv
import datetime
import json
import os
import sys

PLACEMENTS = "left-foot right-foot sacrum thoracolumbar left-thigh right-thigh chest".split()
START = datetime.datetime(2026, 11, 2, 6, 0, tzinfo=datetime.timezone.utc)  # a Monday
LONGEST_S = 31 * 86400
# The columns that are read, and the most that Running Speed and Cadence can carry: u16 in 1/256 m/s, u8 a minute.
LIMITS = {"t_s": None, "speed_mps": 65535 / 256, "cadence_spm": 255}
ADDRESS = "C0:52:50:4C:59:01"


def refuse(text):
    # A file's name may hold octets that are no text; what it is called must still be sayable.
    print("demo: " + text.encode(errors="backslashreplace").decode(), file=sys.stderr)
    raise SystemExit(2)


def split(recording):
    """FILE.csv[:PLACEMENT] → file, placement. A colon may belong to the file's name."""
    path, colon, placement = recording.rpartition(":")
    if colon and placement in PLACEMENTS:
        return path, placement
    if colon and os.path.exists(path) and not os.path.exists(recording):
        refuse(f"'{placement}' is no placement; there are: {' '.join(PLACEMENTS)}")
    return recording, "left-foot"


def number(text, place, column):
    """None: blank."""
    if text is None or text.strip().lower() in ("", "nan"):
        return None
    try:
        value = float(text)
    except ValueError:
        refuse(f"{place}: {column} is '{text[:40]}', not a number")
    if value in (float("inf"), float("-inf")):
        refuse(f"{place}: {column} is '{text[:40]}', which no pod can send")
    return value


def columns_of(header, path):
    """Where the needed columns are."""
    names = [name.strip() for name in header]
    if "ax_g" in names:
        refuse(f"{path}: a raw-IMU recording. Replaying raw motion is not built yet; give a recording with {','.join(LIMITS)}")
    missing = [name for name in LIMITS if name not in names]
    if missing:
        refuse(f"{path}:1: the header lacks {', '.join(missing)}; needed: {','.join(LIMITS)}")
    for name in LIMITS:
        if names.count(name) > 1:
            refuse(f"{path}:1: the header has {name} {names.count(name)} times")
    return [names.index(name) for name in LIMITS]


def read_row(cells, n_columns, columns, place):
    if any(cell.strip() for cell in cells[n_columns:]):
        refuse(f"{place}: {len(cells)} cells, but the header has {n_columns}")
    values = []
    for column, (name, most) in zip(columns, LIMITS.items()):
        value = number(cells[column] if column < len(cells) else None, place, name)
        if value is not None and most is not None and not 0 <= value <= most:
            refuse(f"{place}: {name} is {value:g}; such a pod can send 0 to {most:.2f}")
        values.append(value)
    return values


def read_rows(lines, path):
    header = next(lines, None)
    if header is None:
        refuse(f"{path}: is empty; needed: the header {','.join(LIMITS)} and rows")
    columns, result = columns_of(header, path), []
    for cells in lines:
        if not cells:
            continue
        place = f"{path}:{lines.line_num}"
        t, speed, cadence = read_row(cells, len(header), columns, place)
        if t is None:
            refuse(f"{place}: t_s is blank")
        if result and t < result[-1][0]:
            refuse(f"{place}: t_s goes back from {result[-1][0]:g} to {t:g}")
        if result and t - result[0][0] > LONGEST_S:
            refuse(f"{place}: t_s is {(t - result[0][0]) / 86400:.0f} days after the first row; the demo plays at most "
                   f"{LONGEST_S // 86400}")
        if result and t == result[-1][0]:
            result.pop()  # of two rows at one instant the first lasts 0 s and adds nothing
        if speed is None or cadence is None:
            speed = cadence = None
        result.append((t, speed, cadence))
    if len(result) < 2:
        refuse(f"{path}: {len(result)} row{'s' if len(result) != 1 else ''}; a run needs at least two")
    return result


def read(path):
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            return read_rows(csv.reader(file), path)
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        refuse(f"{path}: is no text in UTF-8; give a CSV with the header {','.join(LIMITS)}")
    except (csv.Error, ValueError) as error:
        refuse(f"{path}: is no CSV: {error}")


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    path, placement = split(arguments[0])
    rows = read(path)
    first, last = rows[0][0], rows[-1][0]

    def at(seconds):
        return (START + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")

    setup = ["stridectl runners add replay --zone Europe/Berlin", "stridectl consent replay on",
             f"stridectl pair {ADDRESS} --runner replay --placement {placement} --yes"]
    events = [{"at": at(0), "pod": ADDRESS, "do": "home"}]
    events += [{"at": at(60 + 60 * i), "do": "exec", "command": command} for i, command in enumerate(setup)]
    events.append({"at": at(600), "pod": ADDRESS, "do": "run", "rows": [
        {"t_s": round(t - first, 3), "speed_mps": speed, "cadence_spm": cadence} for t, speed, cadence in rows]})
    # A day later the run is over for good, the week is derived and taken.
    events.append({"at": at(600 + (last - first) + 86400), "do": "exec", "command": '"$DEMO_HOOKS/finish"'})
    json.dump({"start": at(0), "quality": "synchronised", "pods": [
        {"address": ADDRESS, "name": "Replay pod", "type": "rsc", "runner": "replay", "placement": placement,
         "zone": "Europe/Berlin", "always_running": True, "battery_pct": 90}], "events": events}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Makes what pods on sacrum, thoracolumbar region and left thigh tell from real recordings, see PROVENANCE.md.
Usage: make-sequences.py DATA OUT      (DATA: the folder of recordings)
       make-sequences.py --check DATA  (do the committed files equal what would be written?)"""
import csv
import io
import json
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
WALK, ACTIVITY, FORCE = "walk-8segments-opensense", "activity-torso-thighs-dsa", "run-sacrum-grf"
CURVE = [f"curve_{i}_deg10" for i in range(8)]
TRUNK = ["kind", "t_s", "known_s", "part", "running", "quality", "after_pause", "stride_time_1024", "pitch_mean_deg10", "pitch_range_deg10",
         "obliquity_range_deg10", "rotation_range_deg10", *CURVE, "contact_left_1024", "contact_right_1024", "drop_left_deg10",
         "drop_right_deg10", "oscillation_mm", "braking_mg"]
POSTURE = ["kind", "t_s", "times", "worn", "duration_ms", "acceleration_x_mg", "acceleration_y_mg", "acceleration_z_mg", "deviation_mg",
           "turn_rate_dps"]
CALIBRATION = ["kind", "t_s", "known_s", "calibration_of", "duration_ms", "acceleration_x_mg", "acceleration_y_mg", "acceleration_z_mg",
               "deviation_mg"]
EVENT = ["kind", "t_s", "known_s", "exercise", "movement", "side", "attempt", "duration_ms", "hold_ms", "lift_deg10", "pitch_max_deg10",
         "pitch_min_deg10"]


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def text(header, rows):
    out = io.StringIO()
    print(",".join(header), file=out)
    for row in rows:
        print(",".join("" if row.get(key) is None else f"{row[key]:.3f}" if key in ("t_s", "known_s") else str(row[key]) for key in header), file=out)
    return out.getvalue()


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def unit(a):
    length = math.sqrt(dot(a, a))
    return [x / length for x in a]


def mean(vectors):
    return [sum(column) / len(vectors) for column in zip(*vectors)]


# ---- angles while walking


TURN_DEG = 30  # strides with more rotation of the pelvis are turns
STANDING_S = 1.5  # of the walk's recording: before the first step


def segment(data, name, x_of_sensor):
    """Per packet (pitch, roll, yaw) in degrees and the standing gravity in our axes. `x_of_sensor`: which way of the sensor is forward;
    up is what it felt upward in standing, made square to that."""
    rows = read(data / WALK / f"{name}_100Hz.csv")
    still = rows[: int(STANDING_S * 100)]
    up = unit(mean([[r["r31"], r["r32"], r["r33"]] for r in still]))
    y = unit(cross([1, 0, 0] if max(range(3), key=lambda k: abs(up[k])) == 0 else up, x_of_sensor))  # left
    x = unit(x_of_sensor)
    z = unit(cross(x, y))
    result = {}
    for r in rows:
        gravity = [r["r31"], r["r32"], r["r33"]]  # the world's up in the sensor's axes
        ahead = [sum(r[f"r{i}{k}"] * x[k - 1] for k in (1, 2, 3)) for i in (1, 2)]
        gx, gy, gz = dot(gravity, x), dot(gravity, y), dot(gravity, z)
        result[int(r["packet"])] = (math.degrees(math.atan2(-gx, gz)), math.degrees(math.asin(max(-1, min(1, gy)))),
                                    math.degrees(math.atan2(ahead[1], ahead[0])))
    return result, [dot(up, x), dot(up, y), dot(up, z)]


def swing_of(data, name):
    """The sensor's direction in which its segment swings most: the way of the first principal axis of what it feels, square to up."""
    rows = read(data / WALK / f"{name}_100Hz.csv")
    still = rows[: int(STANDING_S * 100)]
    up = unit(mean([[r["r31"], r["r32"], r["r33"]] for r in still]))
    parts = []
    for r in rows[len(rows) // 2:]:
        gravity = [r["r31"], r["r32"], r["r33"]]
        along = dot(gravity, up)
        parts.append([value - along * u for value, u in zip(gravity, up)])
    middle = mean(parts)
    axis = [0.3, 0.5, 0.8]
    for _ in range(100):  # power iteration
        total = [0.0, 0.0, 0.0]
        for part in parts:
            off = [a - b for a, b in zip(part, middle)]
            weight = dot(off, axis)
            total = [t + weight * o for t, o in zip(total, off)]
        axis = unit(total)
    # a thigh swings further forward than back; bent, what is forward then feels up
    swing = sorted(dot(part, axis) for part in parts)
    return axis if swing[-1] > -swing[0] else [-value for value in axis]


def strides_of_walk(thigh):
    """Packets at which the left thigh is furthest forward: about its foot's contact."""
    packets = sorted(thigh)
    peaks = []
    for p in packets:
        near = [thigh[q][0] for q in range(p - 45, p + 46) if q in thigh]
        if len(near) == 91 and thigh[p][0] == max(near) and thigh[p][0] > 12 and (not peaks or p - peaks[-1] > 60):
            peaks.append(p)
    return list(zip(peaks, peaks[1:]))


def at(series, start, end, phase, channel):
    position = start + phase * (end - start)
    low = int(position)
    a, b = series[low][channel], series[low + 1][channel]
    if channel == 2:
        b = a + (b - a + 180) % 360 - 180
    return a + (position - low) * (b - a)


def cycle(series, start, end):
    """What a pod would tell of a stride, in degrees."""
    fine = [[at(series, start, end, i / 64, channel) for i in range(64)] for channel in range(3)]
    yaw = [fine[2][0]]
    for value in fine[2][1:]:
        yaw.append(yaw[-1] + (value - yaw[-1] + 180) % 360 - 180)
    middle = sum(fine[0]) / 64
    roll = fine[1]
    return {"mean": middle, "range": max(fine[0]) - min(fine[0]), "obliquity": max(roll) - min(roll), "rotation": max(yaw) - min(yaw),
            "curve": [fine[0][i] - middle for i in range(0, 64, 8)],
            # left side up is right side down, while the left leg stands
            "drop_left": max(roll[:38]) - roll[0], "drop_right": max(-v for v in (roll + roll)[32:70]) + roll[32]}


# ---- times and forces while running


def force_strides(data):
    """(contact left, contact right, oscillation mm, braking g) of level trials at 3.33 m/s, step after step in turn"""
    steps = []
    for trial in json.loads((data / FORCE / "trials.json").read_text(encoding="utf-8")):
        if trial["speed_mps"] != 3.33 or trial["slope_deg"] != 0:
            continue
        rows = read(data / FORCE / trial["file"])
        contacts, offs = trial["derived"]["ic_s"][1:-1], trial["derived"]["to_s"]
        for contact, following in zip(contacts, contacts[1:]):
            off = next(t for t in offs if t > contact)
            step = [r for r in rows if contact <= r["t_s"] < following]
            stance = [r["acc_ap_g"] for r in step if r["t_s"] < contact + (off - contact) / 2]
            # force less weight, integrated twice; its mean and the drift of a periodic step go
            accelerations = [(r["grf_normal_bw"] - 1) * 9.81 for r in step]
            middle = sum(accelerations) / len(accelerations)
            speed, speeds = 0.0, []
            for a in accelerations:
                speed += (a - middle) * 0.002
                speeds.append(speed)
            middle = sum(speeds) / len(speeds)
            height, heights = 0.0, []
            for v in speeds:
                height += (v - middle) * 0.002
                heights.append(height)
            steps.append((off - contact, (max(heights) - min(heights)) * 1000, -min(stance)))
    return [(a[0], b[0], (a[1] + b[1]) / 2, max(a[2], b[2])) for a, b in zip(steps[::2], steps[1::2])]


def deg10(value, step=1):
    return round(value * 10 / step) * step


def trunk_rows(times, cycles, forces, sacrum):
    """One run: stride times of the run, angles of the walk, contacts of the treadmill."""
    rows = []
    for i, (t, stride) in enumerate(times):
        c = cycles[i % len(cycles)]
        begin = {"kind": "trunk_stride", "t_s": t, "known_s": t + stride / 1024 + 0.01, "running": 1, "quality": 1}
        rows.append({**begin, "part": 0, "after_pause": int(i == 0), "stride_time_1024": stride, "pitch_mean_deg10": deg10(c["mean"]),
                     "pitch_range_deg10": deg10(c["range"]), "obliquity_range_deg10": deg10(c["obliquity"], 2) if sacrum else None,
                     "rotation_range_deg10": deg10(c["rotation"], 2) if sacrum else None})
        rows.append({**begin, "part": 1, **{key: deg10(value, 5) for key, value in zip(CURVE, c["curve"])}})
        if sacrum:
            left, right, oscillation, braking = forces[i % len(forces)]
            rows.append({**begin, "part": 2, "contact_left_1024": round(left * 1024), "contact_right_1024": round(right * 1024),
                         "drop_left_deg10": max(0, deg10(c["drop_left"])), "drop_right_deg10": max(0, deg10(c["drop_right"])),
                         "oscillation_mm": round(oscillation), "braking_mg": max(0, min(255, round(braking * 8))) * 125})
    return rows


def run_times():
    with open(HERE.parent / "demo" / "stryd-short-left.csv", newline="", encoding="utf-8") as file:
        return [(float(r["t_s"]), int(r["stride_time_1024"])) for r in csv.DictReader(file) if r["running"] == "1"]


def calibration(gravity):
    x, y, z = (round(1000 * value) for value in gravity)
    return [{"kind": "calibration", "t_s": 0, "known_s": 5.3, "calibration_of": 0, "duration_ms": 5200, "acceleration_x_mg": x,
             "acceleration_y_mg": y, "acceleration_z_mg": z, "deviation_mg": 0}]


# ---- postures


def samples(data, activity, prefix):
    return [([r[f"{prefix}_acc_{k}"] / 9.81 for k in "xyz"], [math.degrees(r[f"{prefix}_gyr_{k}"]) for k in "xyz"])
            for r in read(data / ACTIVITY / f"p1_{activity}_25Hz.csv")]


def axes(data, prefix, bent):
    """Up is what standing felt; forward is what `bent` felt, square to it."""
    z = unit(mean([a for a, _ in samples(data, "standing", prefix)]))
    b = mean([a for a, _ in samples(data, bent, prefix)])
    x = unit([value - dot(b, z) * up for value, up in zip(b, z)])
    return x, cross(z, x), z


def epoch(part, frame, duration_ms):
    m = mean([a for a, _ in part])
    off = sum(abs(math.sqrt(dot(a, a)) - 1) for a, _ in part) / len(part)
    turn = math.sqrt(sum(dot(g, g) for _, g in part) / len(part))
    x, y, z = (round(1000 * dot(m, axis)) for axis in frame)
    return {"kind": "posture_epoch", "worn": 1, "duration_ms": duration_ms, "acceleration_x_mg": x, "acceleration_y_mg": y,
            "acceleration_z_mg": z, "deviation_mg": min(255, int(off * 100)) * 10, "turn_rate_dps": min(255, round(turn))}


# The invented day, from 07:00: activity and minutes; worn until it is taken off.
DAY = [("walking_parking_lot", 20), ("sitting", 42), ("standing", 3), ("sitting", 61.25), ("walking_parking_lot", 12), ("sitting", 28),
       ("standing", 0.25), ("sitting", 75), ("off", 20), ("sitting", 33), ("standing", 25), ("walking_parking_lot", 10), ("sitting", 118),
       ("lying_back", 30), ("walking_parking_lot", 18), ("sitting", 90), ("standing", 35), ("sitting", 47.5), ("walking_parking_lot", 6),
       ("sitting", 61)]


def thigh_day(data):
    frame = axes(data, "leftleg", "sitting")
    rows, t = [], 0.0
    for activity, minutes in DAY:
        n = round(minutes * 4)
        if activity == "off":
            rows.append({"kind": "posture_epoch", "t_s": t, "times": n, "worn": 0, "duration_ms": 15000})
        else:
            all_of_it = samples(data, activity, "leftleg")
            epochs = [epoch(all_of_it[k * 375:(k + 1) * 375], frame, 15000) for k in range(2)]  # two whole ones in 40 s
            first = (n + 1) // 2
            rows.append({**epochs[0], "t_s": t, "times": first})
            if n > first:
                rows.append({**epochs[1], "t_s": t + 15 * first, "times": n - first})
        t += 15 * n
    for row in rows:
        row["known_s"] = None
    return rows


def bridges(data):
    """Rest as recorded on the back, lifts modelled: (peak, seconds up, held, down); the third and the fifth are none."""
    frame = axes(data, "torso", "lying_back")
    rest = samples(data, "lying_back", "torso")
    quiet = [epoch(rest[k * 6:(k + 1) * 6], frame, 250) for k in range(40)]
    base = math.degrees(math.atan2(-quiet[0]["acceleration_x_mg"], quiet[0]["acceleration_z_mg"]))
    lifts = [0.0] * 16
    for peak, up, hold, down in ((31, 1, 2.5, 1), (34, 1, 3, 1), (15, 1, 2, 1), (29, 1.25, 2, 1.25), (27, 0.25, 0.25, 0.25), (33, 1, 2.5, 1)):
        lifts += [peak * (1 - math.cos(math.pi * k / (up * 4))) / 2 for k in range(1, round(up * 4) + 1)]
        lifts += [float(peak)] * round(hold * 4)
        lifts += [peak * (1 + math.cos(math.pi * k / (down * 4))) / 2 for k in range(1, round(down * 4) + 1)]
        lifts += [0.0] * 10
    rows = []
    for i, lift in enumerate(lifts):
        row = dict(quiet[i % len(quiet)])
        pitch = math.radians(base - lift)
        row.update(t_s=i * 0.25, times=1, acceleration_x_mg=round(-1000 * math.sin(pitch)), acceleration_z_mg=round(1000 * math.cos(pitch)),
                   acceleration_y_mg=0)
        rows.append(row)
    return rows


def stretches():
    """Modelled throughout: two holds of each side, one of the left too short; then two trials of a straight-leg raise."""
    rows, t = [], 0.0
    for side, hold in ((1, 31000), (2, 32500), (1, 12000), (2, 30000)):
        rows.append({"kind": "exercise_event", "t_s": t, "known_s": t + hold / 1000 + 2, "exercise": 2, "side": side, "duration_ms": hold + 2000,
                     "hold_ms": hold})
        t += hold / 1000 + 30
    for attempt, peak in ((1, 704), (2, 731)):
        rows.append({"kind": "movement_trial", "t_s": t, "known_s": t + 2.5, "movement": 5, "side": 1, "attempt": attempt, "duration_ms": 2300,
                     "pitch_max_deg10": peak, "pitch_min_deg10": -20})
        t += 20
    return rows


def sequences(data):
    pelvis, pelvis_still = segment(data, "pelvis", [0, 0, 1])
    torso, torso_still = segment(data, "torso", [0, 0, 1])
    thigh, thigh_still = segment(data, "thigh_l", swing_of(data, "thigh_l"))
    thigh = {packet: (-angles[0], angles[1], angles[2]) for packet, angles in thigh.items()}  # knee forward is positive
    walk = strides_of_walk(thigh)
    walk = [(a, b) for a, b in walk if all(b + 1 in series for series in (pelvis, torso, thigh))]
    straight = [(a, b) for a, b in walk if cycle(pelvis, a, b)["rotation"] < TURN_DEG]
    forces, times = force_strides(data), run_times()
    files = {}
    for name, series, still in (("sacrum", pelvis, pelvis_still), ("thoracolumbar", torso, torso_still), ("thigh", thigh, thigh_still)):
        cycles = [cycle(series, a, b) for a, b in straight]
        files[f"{name}-run.csv"] = text(TRUNK, trunk_rows(times, cycles, forces, name == "sacrum"))
        files[f"{name}-standing.csv"] = text(CALIBRATION, calibration(still))
    files["thigh-day.csv"] = text(POSTURE, thigh_day(data))
    files["sacrum-bridges.csv"] = text(POSTURE, bridges(data))
    files["thigh-stretches.csv"] = text(EVENT, stretches())
    return files


def main(arguments):
    check = arguments[:1] == ["--check"]
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    data, out = pathlib.Path(arguments[1 if check else 0]), HERE if check else pathlib.Path(arguments[1])
    wrong = 0
    for name, content in sequences(data).items():
        if check and (out / name).read_text(encoding="utf-8") != content:
            print(f"{name} differs from what the recordings give")
            wrong += 1
        elif not check:
            (out / name).write_text(content, encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

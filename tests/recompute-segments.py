#!/usr/bin/env python3
"""Recomputes gait, trunk, sitting and exercises of every week from what the pods held, by itself, and compares with what the clinic got.

Usage: recompute-segments.py pods.jsonl week.json     (pods.json, beside pods.jsonl, says whose each pod is)
       recompute-segments.py --self-test PODS WEEK    (the same; and a week that is a little wrong is found wrong)
Written from the definitions (metrics.md 3 to 5), not from the daemon. Masses and heights of the story stand in BODIES."""
import bisect
import copy
import datetime
import importlib.util
import json
import math
import pathlib
import statistics
import sys
import zoneinfo

HERE = pathlib.Path(__file__).resolve().parent
BODIES = {"clara": (58, 1.68)}
STANDING_S, CELL_S = 86400, 15
ANCHOR_ERROR_S = 0.05
UNCERTAIN = "uncertain"  # keys that may be null, as the anchors of two pods are too far off


def sibling(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


# ---- records on the time line


def timed(recompute, about, records):
    """Per runner: (utc seconds, record), in order; records of pods with memory, and heart rates."""
    found = {}
    for address in sorted({r["pod"] for r in records}):
        mine, runner = [r for r in records if r["pod"] == address], about["pods"][address]["runner"]
        if about["pods"][address]["type"] != "stride":
            found.setdefault(runner, []).extend(((r["tick"] + about["boottime_utc_offset_ms"]) / 1000, r) for r in mine)
            continue
        for epoch in {r["epoch"] for r in mine}:
            part = [r for r in mine if r["epoch"] == epoch]
            seconds = recompute.unwrapped(part)
            anchors = [(seconds[r["seq"]], r["utc_ms"] / 1000) for r in part if r["kind"] == "anchor" and r["clock_quality"] == 2]
            if anchors:
                clock = recompute.clock_of(anchors)
                error = ANCHOR_ERROR_S + max(abs(clock(pod) - utc) for pod, utc in anchors)
                found.setdefault(runner, []).extend((clock(seconds[r["seq"]]), r | {"error_s": error}) for r in part)
    return {runner: sorted(rows, key=lambda row: row[0]) for runner, rows in found.items()}


def of_kind(rows, kind, placement=None):
    return [(t, r) for t, r in rows if r["kind"] == kind and placement in (None, r["placement"])]


# ---- gait of a run


def stride_values(record, mass, height):
    stride, contact = record["stride_time_1024"] / 1024, record["contact_time_1024"]
    length = record["stride_length_mm"] / 1000 if record["stride_length_mm"] is not None else None
    values = {"stride_s": stride, "cadence_spm": 120 / stride, "stride_length_m": length, "speed_mps": length and length / stride}
    if contact is None or not 0 < contact / 1024 < stride:
        return values
    tc, tf = contact / 1024, stride / 2 - contact / 1024
    values |= {"contact_ms": tc * 1000, "flight_ms": tf * 1000, "duty_factor": tc / stride}
    if tf > 0 and mass:
        force = mass * 9.81 * math.pi / 2 * (tf / tc + 1)
        sinking = force * tc ** 2 / (mass * math.pi ** 2) - 9.81 * tc ** 2 / 8
        values |= {"force_bw": force / mass / 9.81, "sinking_mm": sinking * 1000, "vertical_kn_m": force / sinking / 1000,
                   "oscillation_mm": (sinking + 9.81 * tf ** 2 / 8) * 1000}
        leg = height and 0.53 * height
        if leg and length and length / stride * tc / 2 < leg:
            values["leg_kn_m"] = force / (leg - math.sqrt(leg ** 2 - (length / stride * tc / 2) ** 2) + sinking) / 1000
    return values


def quantile95(values):
    values = sorted(values)
    at = 0.95 * (len(values) - 1)
    low = int(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def variation(times):
    middle = statistics.median(times)
    width = 3 * 1.4826 * statistics.median(abs(t - middle) for t in times)
    kept = [t for t in times if abs(t - middle) <= width]
    return 100 * statistics.stdev(kept) / statistics.mean(kept) if len(kept) >= 30 else None


def drift(times, values, speeds):
    """(per cent, Cliff's delta) of first and last fifth, after two minutes; speeds here never differ by 5 %."""
    if times[-1] - times[0] < 1200:
        return None, None
    kept = [(v, s) for t, v, s in zip(times, values, speeds) if t - times[0] >= 120 and v is not None]
    if len(kept) < 500:
        return None, None
    n = len(kept) // 5
    first, last = [v for v, _ in kept[:n]], [v for v, _ in kept[-n:]]
    speed = [statistics.median(s for _, s in part) for part in (kept[:n], kept[-n:])]
    if abs(speed[1] - speed[0]) / speed[0] >= 0.05:
        return "adjusted", "adjusted"
    above = sum((a > b) - (a < b) for a in last for b in first)
    return 100 * (statistics.median(last) - statistics.median(first)) / statistics.median(first), above / n ** 2


def gait_of(rows, start, end, mass, height):
    feet = {}
    for foot in ("left", "right"):
        feet[foot] = [(t, r, stride_values(r, mass, height)) for t, r in of_kind(rows, "stride", f"{foot}-foot")
                      if start - 1e-3 <= t <= end + 1e-3 and r["running"] and r["stride_time_1024"]]
    both = feet["left"] + feet["right"]
    if not both:
        return None
    gait = {key: median(v.get(key) for _, _, v in both)
            for key in ("contact_ms", "flight_ms", "duty_factor", "cadence_spm", "stride_length_m", "speed_mps")}
    gait |= {f"spring.{key}": median(v.get(key) for _, _, v in both)
             for key in ("force_bw", "sinking_mm", "vertical_kn_m", "leg_kn_m", "oscillation_mm")}
    for foot, mine in feet.items():
        impacts = [r["peak_impact_mg"] / 1000 for _, r, _ in mine if r["peak_impact_mg"] is not None]
        gait |= {f"{foot}.contact_ms": median(v.get("contact_ms") for _, _, v in mine), f"{foot}.impact_median_g": median(impacts),
                 f"{foot}.impact_p95_g": quantile95(impacts) if impacts else None}
        gait[f"{foot}.strides"] = len(mine)
    for name, key in (("contact_pct", "contact_ms"), ("impact_pct", "impact_median_g")):
        left, right = gait[f"left.{key}"], gait[f"right.{key}"]
        gait[f"symmetry.{name}"] = None if left is None or right is None else 100 * (right - left) / ((right + left) / 2)
    better = feet["right"] if len(feet["right"]) > len(feet["left"]) else feet["left"]
    gait["stride_cv_pct"] = variation([v["stride_s"] for _, _, v in better])
    times, speeds = [t for t, _, _ in better], [v["speed_mps"] for _, _, v in better]
    for name, key in (("contact", "contact_ms"), ("cadence", "cadence_spm")):
        gait[f"drift.{name}_pct"], gait[f"drift.{name}_effect"] = drift(times, [v.get(key) for _, _, v in better], speeds)
    return gait


# ---- trunk of a run


def pitch(record):
    x, z = record["acceleration_x_mg"], record["acceleration_z_mg"]
    return math.degrees(math.atan2(x if "thigh" in record["placement"] else -x, z))


def standing(rows, placement, start):
    found = None
    for t, r in of_kind(rows, "calibration", placement):
        ready = t + r["duration_ms"] / 1000
        if r["calibration_of"] == 0 and r["duration_ms"] >= 5000 and r["deviation_mg"] < 100 and ready <= start and start - ready <= STANDING_S:
            found = pitch(r)
    return found


def trunk_strides(rows, placement, start, end):
    strides = {}
    for t, r in of_kind(rows, "trunk_stride", placement):
        if start - 1 <= t < end + 1:  # pods agree on time to tens of ms
            strides.setdefault((r["epoch"], r["tick"]), {"t": t}).update({r["part"]: r})
    return [s for s in strides.values() if 0 in s and s[0]["running"] and s[0]["quality"] and s[0]["stride_time_1024"]]


def harmonics(curve):
    """[(cosine, sine)] of the discrete Fourier transform of 8 points, ready to be summed."""
    return [((1 if h in (0, 4) else 2) * sum(v * math.cos(2 * math.pi * h * i / 8) for i, v in enumerate(curve)) / 8,
             (2 if h != 4 else 0) * sum(v * math.sin(2 * math.pi * h * i / 8) for i, v in enumerate(curve)) / 8) for h in range(5)]


def angle(stride, phase):
    if 1 not in stride:  # a pod that tells means only
        return stride[0]["pitch_mean_deg10"] / 10
    if "harmonics" not in stride:
        stride["harmonics"] = harmonics([stride[1][f"curve_{i}_deg10"] / 10 for i in range(8)])
    return stride[0]["pitch_mean_deg10"] / 10 + sum(a * math.cos(2 * math.pi * h * phase) + b * math.sin(2 * math.pi * h * phase)
                                                    for h, (a, b) in enumerate(stride["harmonics"]))


def length_of(stride):
    return stride[0]["stride_time_1024"] / 1024


def steps_of(strides):
    """(moment of the contact, half of the stride, stride), in order of time."""
    return sorted(((s["t"] + half * length_of(s) / 2, half, s) for s in strides for half in (0, 1)), key=lambda step: step[0])


def paired(sacrum, steps, apart):
    """(sacrum's angle, the other's) at 32 instants, each step with the one that began with the same contact; None: there is none."""
    pairs = []
    for half in (0, 1):
        contact = sacrum["t"] + half * length_of(sacrum) / 2
        i = bisect.bisect(steps, contact, key=lambda step: step[0])
        at, theirs, other = min(steps[max(0, i - 1) : i + 1], key=lambda step: abs(step[0] - contact))
        if abs(at - contact) > apart or abs(length_of(other) - length_of(sacrum)) > 0.1 * length_of(sacrum):
            return None
        pairs += [(angle(sacrum, half / 2 + k / 32), angle(other, theirs / 2 + k / 32)) for k in range(16)]
    return pairs


def trunk_of(rows, start, end):
    sacrum = trunk_strides(rows, "sacrum", start, end)
    if not sacrum:
        return None
    zero = {p: standing(rows, p, start) for p in ("sacrum", "thoracolumbar", "left-thigh", "right-thigh")}
    trunk = {"tilt.range_deg": median(s[0]["pitch_range_deg10"] / 10 for s in sacrum),
             "obliquity.range_deg": median(s[0]["obliquity_range_deg10"] / 10 for s in sacrum),
             "rotation.range_deg": median(s[0]["rotation_range_deg10"] / 10 for s in sacrum),
             "drop.left_deg": median(s[2]["drop_left_deg10"] / 10 for s in sacrum if 2 in s),
             "drop.right_deg": median(s[2]["drop_right_deg10"] / 10 for s in sacrum if 2 in s),
             "oscillation_mm": median(s[2]["oscillation_mm"] for s in sacrum if 2 in s),
             "tilt.mean_deg": None if zero["sacrum"] is None else median(s[0]["pitch_mean_deg10"] / 10 - zero["sacrum"] for s in sacrum)}
    pairs, uncertain = {p: [] for p in ("thoracolumbar", "left-thigh", "right-thigh")}, set()
    for placement, found in pairs.items():
        steps, apart = steps_of(trunk_strides(rows, placement, start, end)), 0.2 * median(map(length_of, sacrum))
        errors = [max(stride[0]["error_s"] for stride in some) for some in (sacrum, [step[2] for step in steps]) if some]
        if math.hypot(*errors) >= 0.4 * median(map(length_of, sacrum)):
            uncertain.add(placement)  # the daemon may have heard fewer anchors, or found them just good enough
        for s in sacrum if steps and zero["sacrum"] is not None and zero[placement] is not None else []:
            both, sign = paired(s, steps, apart), -1 if placement == "thoracolumbar" else 1
            if both:
                found.append([mine - zero["sacrum"] + sign * (theirs - zero[placement]) for mine, theirs in both])
    lumbar = pairs["thoracolumbar"]
    trunk |= {"lumbar.mean_deg": median(sum(v) / 32 for v in lumbar), "lumbar.max_deg": median(map(max, lumbar)),
              "lumbar.range_deg": median(max(v) - min(v) for v in lumbar)}
    for side in ("left", "right"):
        trunk[f"hip.{side}.flexion_deg"] = median(map(max, pairs[f"{side}-thigh"]))
        trunk[f"hip.{side}.extension_deg"] = median(-min(v) for v in pairs[f"{side}-thigh"])
    of_pair = {"thoracolumbar": "lumbar.", "left-thigh": "hip.left.", "right-thigh": "hip.right."}
    return trunk | {UNCERTAIN: {key for key in trunk for p in uncertain if key.startswith(of_pair[p])}}


# ---- a day


def cells_of(rows, placement, day_start, day_end):
    cells = [[0.0, 0.0, 0.0, 0.0, 0.0] for _ in range(math.ceil((day_end - day_start) / CELL_S))]
    for t, r in of_kind(rows, "posture_epoch", placement):
        at, end = max(t, day_start), min(t + r["duration_ms"] / 1000, day_end)
        while r["worn"] and r["acceleration_x_mg"] is not None and at < end - 1e-9:
            i = int((at - day_start) / CELL_S + 1e-9)
            until = min(end, day_start + (i + 1) * CELL_S)
            for k, key in enumerate(("acceleration_x_mg", "acceleration_y_mg", "acceleration_z_mg", "deviation_mg")):
                cells[i][k] += r[key] * (until - at)
            cells[i][4] += until - at
            at = until
    return cells


def sitting_of(rows, day_start, day_end):
    thigh = cells_of(rows, "left-thigh", day_start, day_end)
    up = (0, 0, 1)
    for t, r in of_kind(rows, "calibration", "left-thigh"):
        if day_start - STANDING_S <= t < day_end and r["calibration_of"] == 0:
            up = (r["acceleration_x_mg"], r["acceleration_y_mg"], r["acceleration_z_mg"])
    states = []
    for x, y, z, off, seconds in thigh:
        if seconds * 2 < CELL_S:
            states.append(None)
            continue
        cosine = (x * up[0] + y * up[1] + z * up[2]) / math.hypot(x, y, z) / math.hypot(*up)
        inclined = math.degrees(math.acos(max(-1, min(1, cosine))))
        moving = off / seconds >= 100
        states.append(None if inclined > 135 or (moving and inclined > 45) else "sit" if inclined > 45 else "up")
    bouts = []
    for state in states:
        if bouts and bouts[-1][0] == state:
            bouts[-1][1] += 1
        else:
            bouts.append([state, 1])
    sits = [n * CELL_S for state, n in bouts if state == "sit"]
    breaks = sum(b[0] == "up" and a[0] == "sit" and c[0] == "sit" for a, b, c in zip(bouts, bouts[1:], bouts[2:]))
    worn = sum(s is not None for s in states) * CELL_S
    return {"sit_h": sum(sits) / 3600, "wear_h": worn / 3600, "bouts": len(sits), "breaks": breaks, "longest_min": max(sits, default=0) / 60,
            "prolonged": sum(s >= 1800 for s in sits)} if worn else None


def bridges_of(rows, day_start, day_end):
    """Repetitions of rows of short epochs, each held against the first two seconds on the back."""
    shorts = [(t, r) for t, r in of_kind(rows, "posture_epoch", "sacrum") if day_start <= t < day_end and r["duration_ms"] <= 1000]
    if not shorts:
        return None
    hz = 1000 / shorts[0][1]["duration_ms"]
    pitches = [pitch(r) for _, r in shorts]
    rest = [p for p in pitches if abs(p + 90) < 3][: int(2 * hz)]
    lifts = [statistics.median(rest) - p for p in pitches]
    reps = hold = 0
    begin = None
    for i, lift in enumerate(lifts):
        if begin is None and lift >= 20:
            begin = i
        elif begin is not None and lift <= 10:
            part = lifts[begin:i]
            if 1 <= (i - begin) / hz <= 60:
                reps += 1
                hold += sum(v >= 0.8 * max(part) for v in part) / hz
            begin = None
    return reps, hold


# ---- weeks


def flat(value, path=""):
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in flat(item, f"{path}.{key}" if path else key).items()}
    return {path: value}


def middle_of(found):
    keys = {key for one in found for key in one}
    return {key: (set().union(*(one[key] for one in found)) if key == UNCERTAIN else
                  sum(one[key] for one in found) if key.endswith(".strides") else
                  None if any(one.get(key) == "adjusted" for one in found) else median(one.get(key) for one in found)) for key in keys}


def week_of(rows, runs, week, zone, body):
    expected = {}
    mine = [run for run in runs if run["week"] == week["week"]]
    for name, function in (("gait", lambda run: gait_of(rows, run["from"], run["to"], *body)),
                           ("trunk", lambda run: trunk_of(rows, run["from"], run["to"]))):
        found = [one for one in map(function, mine) if one]
        expected[name] = None if not found else middle_of(found) | {"n": len(found)}
    monday = datetime.date.fromisocalendar(int(week["week"][:4]), int(week["week"][6:]), 1)
    starts = [datetime.datetime.combine(monday + datetime.timedelta(days=i), datetime.time(), zone).timestamp() for i in range(8)]
    days = [sitting_of(rows, a, b) for a, b in zip(starts, starts[1:])]
    known = [day for day in days if day]
    expected["sitting"] = None if not known else {
        "n": len(known), "valid_days": sum(day["wear_h"] >= 10 for day in known), "longest_min": max(day["longest_min"] for day in known),
        **{key: sum(day[key] for day in known) for key in ("bouts", "breaks", "prolonged")},
        **{f"{key}.{i}": day and day[key] for key in ("sit_h", "wear_h") for i, day in enumerate(days)}}
    bridges = [found for found in (bridges_of(rows, a, b) for a, b in zip(starts, starts[1:])) if found]
    holds = [(r["side"], r["hold_ms"] / 1000) for t, r in of_kind(rows, "exercise_event") if starts[0] <= t < starts[7] and r["exercise"] == 2]
    expected["exercises"] = None if not bridges and not holds else {
        "bridge.reps": sum(b[0] for b in bridges), "bridge.hold_s": sum(b[1] for b in bridges),
        **{f"stretch.{side}.{key}": value for number, side in ((1, "left"), (2, "right"))
           for key, value in (("holds", sum(s == number and h >= 20 for s, h in holds)),
                              ("seconds", sum(h for s, h in holds if s == number and h >= 20)))}}
    return expected


def compare(expected, week, problems):
    n = 0
    for group, values in expected.items():
        theirs = week[group]
        if (values is None) != (theirs is None):
            problems.append(f"{week['week']} {group}: {'absent' if values is None else 'present'} here, not at the clinic")
            continue
        theirs = flat(theirs) if theirs else {}
        for key, list_ in [(k, v) for k, v in theirs.items() if isinstance(v, list)]:
            theirs |= {f"{key}.{i}": value for i, value in enumerate(list_)}
        for key, mine in (values or {}).items():
            got = theirs.get(key)
            if mine == "adjusted" or key == UNCERTAIN or (got is None and key in values.get(UNCERTAIN, ())):
                continue
            n += 1
            if (mine is None) != (got is None) or (mine is not None and abs(mine - got) > 0.002 + 0.001 * min(1, abs(mine))):
                problems.append(f"{week['week']} {group}.{key}: recomputed {mine}, clinic {got}")
    return n


def recomputed(pods, weeks):
    """What each of the weeks, by runner and id, has to say."""
    recompute, found = sibling("recompute"), {}
    about, records = recompute.read(pods)
    zones = {pod["runner"]: zoneinfo.ZoneInfo(pod["zone"]) for pod in about["pods"].values()}
    for runner, rows in timed(recompute, about, records).items():
        activities = [recompute.Activity(t, t + min(3, r["stride_time_1024"] / 1024), r["pod"], r)
                      for t, r in of_kind(rows, "stride") if r["placement"].endswith("-foot")]
        runs = [{"from": min(a.start for a in session), "to": max(a.end for a in session),
                 "week": recompute.week_id(min(a.start for a in session), zones[runner])}
                for session in recompute.sessions(activities) if recompute.is_run(session, recompute.RUNNING_S)]
        for week in weeks:
            if week["runner"] == runner:
                found[runner, week["week"]] = week_of(rows, runs, week, zones[runner], BODIES.get(runner, (None, None)))
    return found


def check(expected, weeks):
    problems = []
    n = sum(compare(expected[week["runner"], week["week"]], week, problems) for week in weeks if (week["runner"], week["week"]) in expected)
    return n, problems


def main(arguments):
    testing = arguments[:1] == ["--self-test"]
    if len(arguments) != 2 + testing:
        print(__doc__, file=sys.stderr)
        return 2
    weeks = json.loads(pathlib.Path(arguments[-1]).read_text(encoding="utf-8"))
    expected = recomputed(arguments[-2], weeks)
    n, problems = check(expected, weeks)
    for problem in problems[:40]:
        print(problem)
    print(f"{n} values of gait, trunk, sitting and exercises compared, {len(problems)} differ")
    if testing:
        missed = 0
        wrongs = (("gait", ("contact_ms",), 1), ("gait", ("spring", "leg_kn_m"), 0.1), ("trunk", ("lumbar", "mean_deg"), 1),
                  ("trunk", ("lumbar", "max_deg"), 0.1), ("trunk", ("lumbar", "range_deg"), 0.1),
                  ("trunk", ("hip", "left", "extension_deg"), 0.1), ("sitting", ("breaks",), 1), ("exercises", ("bridge", "reps"), 1))
        for group, path, off in wrongs:
            wrong = copy.deepcopy(weeks)
            week = next(week for week in wrong if week[group])
            at = week[group]
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = (at[path[-1]] or 0) + off
            if len(check(expected, wrong)[1]) <= len(problems):
                print(f"a wrong {group}.{'.'.join(path)} was not noticed")
                missed += 1
        print(f"{len(wrongs) - missed} passed, {missed} failed")
        problems += [""] * missed
    return 1 if problems or not n else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

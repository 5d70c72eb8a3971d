#!/usr/bin/env python3
"""Recomputes every week from what the pods held, by itself, and compares with what the clinic got.

Usage: recompute.py [--replay] pods.jsonl week.json [clinic.jsonl]   (with clinic.jsonl: every run, too)
       recompute.py --self-test
pods.json, beside pods.jsonl, says whose each pod is. With --replay every session counts as a run, however short
and slow, and there may be none at all: a recording of somebody who stood.

Written from the definitions, not from the daemon: own time fit, own sessions, own sums."""
import bisect
import datetime
import itertools
import json
import pathlib
import statistics
import sys
import tempfile
import zoneinfo

TICK_HZ = 1024
GAP_S, RUNNING_S, STEP_S, STRIDE_S = 900, 10, 5, 3
HOUR_S = 3600
DEAD_S = 24 * HOUR_S  # a pod may have been flat so long, and still tells that nobody ran
RUNNING_256, CADENCE_SAMPLES = 512, 10


class Activity:
    """Something that lasts from `start` to `end` (Unix seconds)."""

    def __init__(self, start, end, pod, record):
        self.start, self.end, self.pod, self.record = start, end, pod, record


def read(path):
    path = pathlib.Path(path)
    about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    with open(path, encoding="utf-8") as file:
        return about, [json.loads(line) for line in file if line.strip()]


def unwrapped(records):
    """seq → seconds of the pod's counter, which wraps at 2^32 ticks."""
    result, turn, before = {}, 0, None
    for record in sorted(records, key=lambda r: r["seq"]):
        tick = record["tick"]
        if before is not None:
            if tick - before < -(1 << 31):
                turn += 1
            elif tick - before > (1 << 31):
                turn -= 1
        before = tick
        result[record["seq"]] = (tick + (turn << 32)) / TICK_HZ
    return result


def clock_of(anchors):
    """(seconds of the pod, UTC seconds) pairs → function. Theil–Sen."""
    slopes = [(u2 - u1) / (t2 - t1) for (t1, u1), (t2, u2) in itertools.combinations(sorted(anchors), 2) if t2 - t1 >= HOUR_S]
    slope = statistics.median(slopes) if slopes else 1.0
    offset = statistics.median(u - slope * t for t, u in anchors)
    return lambda t: offset + slope * t


def activities_of_memory(address, records, problems):
    result = []
    for epoch in sorted({r["epoch"] for r in records}):
        of_epoch = [r for r in records if r["epoch"] == epoch]
        seconds = unwrapped([r for r in of_epoch if r["kind"] != "lost"])
        anchors = [(seconds[r["seq"]], r["utc_ms"] / 1000) for r in of_epoch if r["kind"] == "anchor" and r["clock_quality"] == 2]
        strides = [r for r in of_epoch if r["kind"] == "stride" and r["placement"] in ("left-foot", "right-foot")]
        if strides and not anchors:
            problems.append(f"{address} epoch {epoch}: {len(strides)} strides without any anchor")
            continue
        to_utc = clock_of(anchors) if anchors else None
        for r in strides:
            start = to_utc(seconds[r["seq"]])
            result.append(Activity(start, start + min(STRIDE_S, r["stride_time_1024"] / TICK_HZ), address, r))
    return result


class Known:
    """What pods tell besides runs: when they were there (Unix seconds), and what of their records is lost."""

    def __init__(self):
        self.spans = []  # (first, last) known of an epoch of a pod with memory
        self.heard = []  # of a pod without: a moment
        self.linked = []  # (first, last) of a connection of such a pod
        self.lost = []   # (pod, from, to, records, is it a foot's)


def known_of_memory(address, records, known):
    """Between the records around it a lost range lies, or of the epochs around, or nobody knows."""
    timed, ranges = [], []
    for epoch in sorted({r["epoch"] for r in records}):
        mine = [r for r in records if r["epoch"] == epoch and r["kind"] != "lost"]
        seconds = unwrapped(mine)
        anchors = [(seconds[r["seq"]], r["utc_ms"] / 1000) for r in mine if r["kind"] == "anchor" and r["clock_quality"] == 2]
        ranges += [((epoch, r["seq"]), (epoch, r["last_seq"]), r) for r in records if r["epoch"] == epoch and r["kind"] == "lost"]
        if not anchors:
            continue
        to_utc = clock_of(anchors)
        timed += [((epoch, seq), to_utc(second)) for seq, second in seconds.items()]
        known.spans.append((to_utc(min(seconds.values())), to_utc(max(seconds.values()))))
    timed.sort()
    for first, last, r in ranges:
        before = [utc for key, utc in timed if key < first]
        behind = [utc for key, utc in timed if key > last]
        known.lost.append((address, before[-1] if before else float("-inf"), behind[0] if behind else float("inf"),
                           r["last_seq"] - r["seq"] + 1, r["placement"] in ("left-foot", "right-foot")))


def known_by_runner(about, records):
    result = {pod["runner"]: Known() for pod in about["pods"].values()}
    for address, pod in about["pods"].items():
        mine = [r for r in records if r["pod"] == address]
        if pod["type"] == "stride":
            known_of_memory(address, mine, result[pod["runner"]])
        else:
            moments = [(r["epoch"], (r["tick"] + about["boottime_utc_offset_ms"]) / 1000) for r in mine]
            result[pod["runner"]].heard += [moment for _, moment in moments]
            result[pod["runner"]].linked += [(min(m for e, m in moments if e == epoch), max(m for e, m in moments if e == epoch))
                                             for epoch in sorted({epoch for epoch, _ in moments})]
    return result


def lost_within(known, start, end):
    return [lost for lost in known.lost if lost[1] < end and lost[2] >= start]


def lost_seconds(known, start, end):
    """Of the foot that lost most; a stride lasts about 0.7 s."""
    by_foot = {}
    for pod, _, _, n, of_foot in lost_within(known, start, end):
        by_foot[pod] = by_foot.get(pod, 0) + 0.7 * n * of_foot
    return max(by_foot.values(), default=0)


def hides_run(lost, runs):
    """What lies within a run hides no other one."""
    return not any(run["start"] - 0.2 <= lost[1] and lost[2] <= run["end"] + 0.2 for run in runs)


def week_bounds(week, zone):
    year, number = week.split("-W")
    monday = datetime.date.fromisocalendar(int(year), int(number), 1)
    return tuple(datetime.datetime.combine(monday + datetime.timedelta(days=n), datetime.time(), zone).timestamp() for n in (0, 7))


def compare_empty(week, known, runs, zone):
    """Why a final week without a run has none: what pods told, or what they lost, allows it."""
    start, end = week_bounds(week["week"], zone)
    empty = week["empty"]
    if week["state"] != "final" or empty == "not_delivered":
        return True, None
    if any(hides_run(lost, runs) for lost in lost_within(known, start, end)):
        return empty == "unknown", "unknown"
    there = any(first <= start + DEAD_S and last >= end - DEAD_S for first, last in known.spans)
    all_week = any(first <= start and last >= end for first, last in known.spans)
    if any(start <= moment < end for moment in known.heard) or all_week:
        return empty == "did_not_run", "did_not_run"
    return empty == "not_worn" or there and empty == "did_not_run", "not_worn"


def activities_of_samples(address, records, offset_ms):
    result = []
    speeds = sorted((r for r in records if r["characteristic"] == 0x2A53), key=lambda r: (r["epoch"], r["seq"]))
    for r, following in itertools.zip_longest(speeds, speeds[1:]):
        step = (following["tick"] - r["tick"]) / 1000 if following and following["epoch"] == r["epoch"] else 0
        if not 0 < step <= STEP_S:
            step = 0
        start = (r["tick"] + offset_ms) / 1000
        result.append(Activity(start, start + step, address, r))
    return result


def is_active(activity):
    r = activity.record
    return r["kind"] == "stride" or (r["speed_256"] or 0) > 0 or (r["cadence_raw"] or 0) > 0


def sessions(activities):
    current, end = [], None
    for activity in sorted((a for a in activities if is_active(a)), key=lambda a: (a.start, a.end)):
        if current and activity.start - end >= GAP_S:
            yield current
            current = []
        end = max(end, activity.end) if current else activity.end
        current.append(activity)
    if current:
        yield current


def union_s(activities):
    total, reached = 0.0, float("-inf")
    for a in sorted(activities, key=lambda a: (a.start, a.end)):
        start = max(a.start, reached)
        if a.end > start:
            total += a.end - start
            reached = a.end
    return total


def is_running(activity):
    r = activity.record
    return bool(r["running"]) or (r["kind"] == "sample" and (r["speed_256"] or 0) >= RUNNING_256)


def is_run(session, running_s):
    best = {}
    for a in session:
        if is_running(a):
            best[a.pod] = best.get(a.pod, 0) + a.end - a.start
    return max(best.values(), default=0) >= running_s


# What the median of a pod's samples says about its cadence: steps, strides; anywhere else: either (cadence.h).
RATIO_SAYS = [(0.354, 0.707, {"steps"}), (1.414, 2.828, {"strides"})]
RANGE_SAYS = [(60, 116, {"strides"}), (140, 241, {"steps"})]


def said(values, table):
    either = {"steps", "strides"}
    if len(values) < CADENCE_SAMPLES:
        return either
    median = statistics.median(values)
    return next((what for low, high, what in table if low <= median < high), either)


def steps_factor(records):
    """Does this pod's cadence count steps (1) or strides (2)? Undecided and contradictory: as sent."""
    ratios = [r["speed_256"] / 256 * 60 / (r["cadence_raw"] * r["stride_length_cm"] / 100) for r in records
              if r["speed_256"] and r["cadence_raw"] and r["stride_length_cm"]]
    cadences = [r["cadence_raw"] for r in records if r["cadence_raw"] and (r["speed_256"] or 0) >= RUNNING_256]
    return 2 if said(ratios, RATIO_SAYS) & said(cadences, RANGE_SAYS) == {"strides"} else 1


def measure_strides(session):
    strides = [a for a in session if a.record["kind"] == "stride"]
    moving = union_s(strides)
    run = {"duration_s": moving}
    feet = {}
    for foot in ("left", "right"):
        mine = [a for a in strides if a.record["placement"] == f"{foot}-foot"]
        lasting = [a.end - a.start for a in mine]
        feet[foot] = {"n": len(mine), "coverage": min(1, len(mine) * statistics.median(lasting) / moving) if mine else 0,
                      "distance": sum(a.record["stride_length_mm"] or 0 for a in mine) / 1000}
        impacts = [a.record["peak_impact_mg"] / 1000 for a in mine if a.record["peak_impact_mg"] is not None]
        run[f"{foot}_steps"] = len(mine) or None
        run[f"{foot}_impact"] = sum(impacts) if impacts else None
        run[f"{foot}_peaks"] = impacts
        run[f"{foot}_clipped"] = sum(a.record.get("clipped") in (1, True) for a in mine if a.record["peak_impact_mg"] is not None)
    left, right = feet["left"], feet["right"]
    seen = [foot["coverage"] for foot in (left, right) if foot["n"]]
    run["coverage"] = sum(seen) / len(seen)
    if left["coverage"] >= 0.9 and right["coverage"] >= 0.9:
        run["source"], run["distance_m"] = "mean_of_feet", (left["distance"] + right["distance"]) / 2
    else:
        run["source"] = "left" if left["coverage"] >= right["coverage"] else "right"
        run["distance_m"] = feet[run["source"]]["distance"]
    both = left["n"] and right["n"]
    run["steps"] = left["n"] + right["n"] if both else 2 * (left["n"] + right["n"])
    return run


def measure_samples(session, samples, factors):
    """`samples`: every speed sample of the runner, standing ones too."""
    start, end = min(a.start for a in session), max(a.end for a in session)
    best = None
    for pod in {a.pod for a in session if a.record["kind"] == "sample"}:
        mine = [a for a in samples if a.pod == pod and start - 1e-6 <= a.start <= end + 1e-6]
        moving = sum(a.end - a.start for a in mine if (a.record["speed_256"] or 0) > 0)
        if best is None or moving > best["duration_s"]:
            best = {"duration_s": moving, "source": "rsc", "left_steps": None, "right_steps": None, "left_impact": None,
                    "right_impact": None, "distance_m": sum((a.record["speed_256"] or 0) / 256 * (a.end - a.start) for a in mine),
                    "steps": factors[pod] * sum((a.record["cadence_raw"] or 0) * (a.end - a.start) / 60 for a in mine)}
    return best


def measure(session, samples, factors):
    strides = [a for a in session if a.record["kind"] == "stride"]
    moving = [a for a in session if a.record["kind"] == "stride" or (a.record["speed_256"] or 0) > 0]
    if strides and union_s(strides) >= 0.5 * union_s(moving):
        run = measure_strides(session)
    else:
        run = measure_samples(session, samples, factors)
    run["start"], run["end"] = min(a.start for a in session), max(a.end for a in session)
    run["unrounded"] = {"distance_m": run["distance_m"], "steps": run["steps"]}
    for key in ("distance_m", "duration_s", "steps"):
        run[key] = int(run[key] + 0.5)
    return run


def runs_by_runner(about, records, running_s, problems):
    activities, samples, factors = {}, {}, {}
    by_pod = {}
    for record in records:
        by_pod.setdefault(record["pod"], []).append(record)
    for address, mine in by_pod.items():
        pod = about["pods"][address]
        if pod["type"] == "stride":
            activities.setdefault(pod["runner"], []).extend(activities_of_memory(address, mine, problems))
        else:
            found = activities_of_samples(address, mine, about["boottime_utc_offset_ms"])
            factors[address] = steps_factor([a.record for a in found])
            activities.setdefault(pod["runner"], []).extend(found)
            samples.setdefault(pod["runner"], []).extend(found)
    return {runner: [measure(session, samples.get(runner, []), factors) for session in sessions(found) if is_run(session, running_s)]
            for runner, found in activities.items()}


def week_id(utc_s, zone):
    year, week, _ = datetime.datetime.fromtimestamp(utc_s, zone).isocalendar()
    return f"{year}-W{week:02d}"


def spike(runs, at, zone):
    def day(run):
        return datetime.datetime.fromtimestamp(run["start"], zone).date()
    earlier = [r["distance_m"] for r in runs[:at] if (day(runs[at]) - day(r)).days <= 30 and r["distance_m"] > 0]
    if not earlier:
        return None, None
    reference, d = max(earlier), runs[at]["distance_m"]
    band = ("reference" if 10 * d <= 11 * reference else "small" if 10 * d <= 13 * reference
            else "moderate" if d <= 2 * reference else "large")
    return reference, band


def longest_of(runs, chosen, zone):
    order = [None, "reference", "small", "moderate", "large"]
    found = [(order.index(band), runs[i]["distance_m"], reference, band)
             for i in chosen for reference, band in [spike(runs, i, zone)]]
    _, distance, reference, band = max(found, key=lambda f: (f[0], f[1]))
    return {"distance_m": distance, "reference_m": reference, "band": band}


def total(runs, key):
    values = [r["unrounded"].get(key, r[key]) for r in runs if r[key] is not None]
    return sum(values) if values else None


def recompute(about, records, running_s, problems):
    weeks = {}
    zones = {pod["runner"]: zoneinfo.ZoneInfo(pod["zone"]) for pod in about["pods"].values()}
    all_runs = runs_by_runner(about, records, running_s, problems)
    known = known_by_runner(about, records)
    for runner, runs in all_runs.items():
        runs.sort(key=lambda r: r["start"])
        for week in sorted({week_id(r["start"], zones[runner]) for r in runs}):
            chosen = [i for i, r in enumerate(runs) if week_id(r["start"], zones[runner]) == week]
            mine = [runs[i] for i in chosen]
            sources = {r["source"] for r in mine}
            lasted = sum(r["duration_s"] for r in mine)
            lost_s = lost_seconds(known[runner], *week_bounds(week, zones[runner]))
            weeks[runner, week] = {
                # of samples it is not recomputed: it needs what was not heard
                "coverage": sum(r["coverage"] * r["duration_s"] for r in mine) / (lasted + lost_s) if all("coverage" in r for r in mine) else None,
                "runs": len(mine), "source": sources.pop() if len(sources) == 1 else "mixed",
                "longest_run": longest_of(runs, chosen, zones[runner]),
                **{key: total(mine, key) for key in ("distance_m", "duration_s", "steps", "left_steps", "right_steps", "left_impact", "right_impact")}}
    return weeks, all_runs


def close(mine, theirs, absolute, relative=0.001):
    if mine is None or theirs is None:
        return mine is theirs
    return abs(mine - theirs) <= absolute + relative * abs(mine)


def compare_week(key, mine, week, problems):
    load, n = week["load"], mine["runs"]
    exact = mine["source"] != "rsc"
    checks = [
        ("empty", week.get("empty") is None, None, week.get("empty")),
        ("coverage", mine["coverage"] is None or close(mine["coverage"], week["coverage"], 0.01, 0), mine["coverage"], week.get("coverage")),
        ("load.runs", n == load["runs"], n, load["runs"]),
        ("load.source", mine["source"] == load["source"], mine["source"], load["source"]),
        ("load.distance_m", close(mine["distance_m"], load["distance_m"], 0.1), mine["distance_m"], load["distance_m"]),
        ("load.duration_s", close(mine["duration_s"], load["duration_s"], n), mine["duration_s"], load["duration_s"]),
        ("load.steps", close(mine["steps"], load["steps"], 0 if exact else 0.1, 0 if exact else 0.001), mine["steps"], load["steps"]),
        ("longest_run.band", mine["longest_run"]["band"] == week["longest_run"]["band"], mine["longest_run"], week["longest_run"]),
        ("longest_run.distance_m", close(mine["longest_run"]["distance_m"], week["longest_run"]["distance_m"], 1),
         mine["longest_run"], week["longest_run"]),
    ]
    for foot in ("left", "right"):
        checks.append((f"load.{foot}.steps", close(mine[f"{foot}_steps"], load[foot]["steps"], 0, 0), mine[f"{foot}_steps"], load[foot]["steps"]))
        checks.append((f"load.{foot}.impact_sum_g", close(mine[f"{foot}_impact"], load[foot]["impact_sum_g"], 0.2),
                       mine[f"{foot}_impact"], load[foot]["impact_sum_g"]))
    wrong = [f"(b) {key[0]} {key[1]} {name}: recomputed {a}, clinic {b}" for name, good, a, b in checks if not good]
    problems += wrong
    return not wrong


def compare_weeks(mine, weeks, problems, known=None, runs=None, zones=None):
    differ = 0
    theirs = {(week["runner"], week["week"]): week for week in weeks}
    for key in sorted(set(mine) | set(theirs)):
        if key not in theirs:
            problems.append(f"(b) {key[0]} {key[1]}: the clinic has no such week")
            differ += 1
        elif key not in mine:
            if theirs[key]["load"]["runs"]:
                problems.append(f"(b) {key[0]} {key[1]}: the clinic has runs that no pod recorded")
                differ += 1
            elif known and key[0] in known:
                good, expected = compare_empty(theirs[key], known[key[0]], runs.get(key[0], []), zones[key[0]])
                if not good:
                    problems.append(f"(b) {key[0]} {key[1]} empty: recomputed {expected}, clinic {theirs[key]['empty']}")
                    differ += 1
        elif not compare_week(key, mine[key], theirs[key], problems):
            differ += 1
    return len(set(mine) | set(theirs)), differ


def compare_runs(mine, clinic, problems):
    newest = {}
    with open(clinic, encoding="utf-8") as file:
        for line in file:
            message = json.loads(line)
            if "/run/" not in message["topic"] or not message.get("payload"):
                continue
            run = json.loads(message["payload"])
            if run["revision"] > newest.get((run["runner"], run["run"]), {"revision": 0})["revision"]:
                newest[run["runner"], run["run"]] = run
    current = [run for run in newest.values() if run["state"] == "current"]
    n = differ = 0
    for runner, runs in mine.items():
        theirs = sorted((datetime.datetime.fromisoformat(run["start"].replace("Z", "+00:00")).timestamp(), run["load"])
                        for run in current if run["runner"] == runner)
        n += max(len(runs), len(theirs))
        if len(runs) != len(theirs):
            problems.append(f"(b) {runner}: {len(runs)} runs recomputed, {len(theirs)} at the clinic")
            differ += 1
        starts = [start for start, _ in theirs]
        for run in runs:
            at = bisect.bisect_left(starts, run["start"] - 2)
            if at == len(starts) or abs(starts[at] - run["start"]) > 2 or not close(run["unrounded"]["distance_m"], theirs[at][1]["distance_m"], 0.1) \
                    or not close(run["unrounded"]["steps"], theirs[at][1]["steps"], 0.1):
                problems.append(f"(b) {runner}: the run of {run['start']:.0f} ({run['distance_m']} m) differs at the clinic")
                differ += 1
    print(f"(b) {n} runs compared, {differ} differ")
    return differ


def check(pods, weeks, clinic=None, replay=False):
    problems = []
    about, records = read(pods)
    mine, runs = recompute(about, records, 0 if replay else RUNNING_S, problems)
    with open(weeks, encoding="utf-8") as file:
        zones = {pod["runner"]: zoneinfo.ZoneInfo(pod["zone"]) for pod in about["pods"].values()}
        n, differ = compare_weeks(mine, json.load(file), problems, None if replay else known_by_runner(about, records), runs, zones)
    differ += len([p for p in problems if "without any anchor" in p])
    if not any(runs.values()):
        if replay:
            print("nobody moved in this recording: there is no run to compare, and the clinic must have none")
        else:
            problems.append("(b) no pod recorded a run: nothing was proved")
            differ += 1
    if clinic:
        differ += compare_runs(runs, clinic, problems)
    for problem in problems[:40]:
        print(problem)
    print(f"{n} weeks compared, {differ} differ")
    return 1 if differ else 0


def self_test():
    """A right week is found right, and one that is a little wrong is found wrong."""
    pod, zero, failures = "C0:00:00:00:00:01", 1793000000000, 0
    about = {"boottime_utc_offset_ms": zero, "pods": {pod: {"runner": "r", "placement": "left-foot", "zone": "UTC", "type": "rsc"}}}

    def samples(n, speed_256, cadence, step_s=1, running=True):
        return [{"kind": "sample", "pod": pod, "placement": "left-foot", "epoch": 1, "seq": i + 1, "tick": 1000 * step_s * i,
                 "characteristic": 0x2A53, "speed_256": speed_256, "cadence_raw": cadence, "stride_length_cm": None,
                 "running": running} for i in range(n)]

    def week(distance, duration, steps, n_runs=1):
        return [{"runner": "r", "week": week_id(zero / 1000, zoneinfo.ZoneInfo("UTC")),
                 "load": {"distance_m": distance, "duration_s": duration, "steps": steps, "runs": n_runs, "source": "rsc",
                          "left": {"steps": None, "impact_sum_g": None}, "right": {"steps": None, "impact_sum_g": None}},
                 "longest_run": {"distance_m": distance, "reference_m": None, "band": None}}]

    cases = [  # name, good?, replay?, records, weeks
        ("a right week", True, False, samples(101, 768, 160), week(300, 100, 266.7)),
        ("less than a metre too many", False, False, samples(101, 768, 160), week(300.6, 100, 266.7)),
        ("5 m too many", False, False, samples(101, 768, 160), week(305, 100, 266.7)),
        ("no week", False, False, samples(101, 768, 160), []),
        ("strides are doubled", True, False, samples(101, 768, 85), week(300, 100, 283.3)),
        ("nine samples decide nothing", True, False, samples(9, 768, 100, 5), week(120, 40, 66.667)),
        ("the pod's word alone decides nothing", True, False, samples(101, 0, 110), week(0, 0, 183.3)),
        ("walking decides nothing", True, False, samples(101, 256, 110), week(100, 100, 183.3)),
        ("walking is no run", False, False, samples(101, 256, 110, running=False), week(100, 100, 183.3)),
        ("every row of a replay counts", True, True, samples(3, 256, 60, running=False), week(2, 2, 2)),
        ("nobody moved in a replay", True, True, samples(101, 0, 0), []),
        ("nobody moved in a story", False, False, samples(101, 0, 0), []),
        ("a run from nowhere", False, True, samples(101, 0, 0), week(100, 100, 183.3)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        pods, weeks = pathlib.Path(folder) / "pods.jsonl", pathlib.Path(folder) / "week.json"
        pods.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
        for name, good, replay, records, theirs in cases:
            pods.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
            weeks.write_text(json.dumps(theirs), encoding="utf-8")
            if (check(pods, weeks, replay=replay) == 0) != good:
                print(f"expected {'no' if good else 'a'} difference: {name}")
                failures += 1
    known = Known()
    known.spans, known.lost = [(0, 3e9)], [("p", zero / 1000, zero / 1000 + HOUR_S, 9, True)]
    for name, lost, empty, good in (("a week of lost records is no rest", known.lost, "did_not_run", False),
                                    ("it is unknown", known.lost, "unknown", True), ("a pod saw nobody run", [], "did_not_run", True),
                                    ("then it was worn", [], "not_worn", False)):
        known.lost = lost
        told = {"week": week(0, 0, 0)[0]["week"], "state": "final", "empty": empty}
        if compare_empty(told, known, [], zoneinfo.ZoneInfo("UTC"))[0] != good:
            print(f"expected {'no' if good else 'a'} difference: {name}")
            failures += 1
    print(f"{len(cases) + 4 - failures} passed, {failures} failed")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    replay = arguments[:1] == ["--replay"]
    if not 2 <= len(arguments) - replay <= 3:
        print(__doc__, file=sys.stderr)
        return 2
    return check(*arguments[replay:], replay=replay)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

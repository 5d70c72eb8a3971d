#!/usr/bin/env python3
"""Recomputes what weeks say in groups, load and pain, from what the pods held and the diaries said, by itself,
and compares with what the clinic got.

Usage: recompute-groups.py [--replay] pods.jsonl week.json diary.jsonl clinic.jsonl
       recompute-groups.py --self-test

Runs are those of recompute.py; everything beyond them is written from the definitions of the measures, not from
the daemon: bone stimulus, spike by impacts and steps, session RPE, days, the week of pain, the 14-day clock."""
import datetime
import json
import math
import pathlib
import sys
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import recompute  # noqa: E402  (beside this file)

EXPONENT = 4
BANDS = ((11, "reference"), (13, "small"), (20, "moderate"))


def local(utc_s, zone):
    return datetime.datetime.fromtimestamp(utc_s, zone)


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def entries_of(diary, clinic, wrong):
    """Entries in force by runner, from the ledger's diary; what the clinic sent and was accepted must be in it."""
    with open(diary, encoding="utf-8") as file:
        told = {(e["runner"], e["id"]): e for e in map(json.loads, file)}
    accepted, sent = set(), set()
    with open(clinic, encoding="utf-8") as file:
        for line in file:
            message = json.loads(line)
            levels = message["topic"].split("/")
            if not message.get("payload"):
                continue
            if "/ack/" in message["topic"]:
                answer = json.loads(message["payload"])
                accepted |= {(levels[4], answer["id"])} if answer.get("accepted") else set()
            elif message["topic"].endswith("/in/diary"):
                try:
                    sent.add((levels[4], json.loads(message["payload"])["id"]))
                except (ValueError, KeyError, TypeError):
                    continue  # it was refused
    wrong += [f"(b) the diary entry {key} was accepted and is not there" for key in accepted & sent if key not in told]
    gone = {(runner, entry.get("corrects")) for (runner, _), entry in told.items()}
    result = {}
    for (runner, name), entry in told.items():
        if (runner, name) not in gone and not entry.get("withdrawn"):
            result.setdefault(runner, []).append({**entry, "utc_s": seconds(entry["at"])})
    return result


# ---- load ----

def bone_sum(peaks):
    return sum(peak ** EXPONENT for peak in peaks)


def impact_of(runs):
    """None without a run of feet."""
    feet = [r for r in runs if r["source"] != "rsc"]
    if not feet:
        return None
    found, both = {}, 0.0
    for foot in ("left", "right"):
        peaks = [p for r in feet for p in r[f"{foot}_peaks"]]
        both += bone_sum(peaks)
        found[foot] = {"bone_sum": bone_sum(peaks), "peak_max_g": max(peaks), "clipped": sum(r[f"{foot}_clipped"] for r in feet),
                       "bone_stimulus": bone_sum(peaks) ** (1 / (2 * EXPONENT))} if peaks else dict.fromkeys(
                           ("bone_sum", "peak_max_g", "clipped", "bone_stimulus"))
    found["bone_stimulus"] = both ** (1 / (2 * EXPONENT)) if both else None
    return found


def quantity(run, what):
    if what == "steps":
        return run["steps"]
    return None if run["left_impact"] is None or run["right_impact"] is None else round((run["left_impact"] + run["right_impact"]) * 1000)


def spike_of(runs, chosen, what, zone):
    """(band, ratio) of the week's worst run."""
    best = (-1, 0, None, None)
    for at in chosen:
        value, day = quantity(runs[at], what), local(runs[at]["start"], zone).date()
        if value is None:
            continue
        earlier = [quantity(r, what) for r in runs[:at] if (day - local(r["start"], zone).date()).days <= 30]
        reference = max((v for v in earlier if v), default=None)
        if reference is None:
            best = max(best, (-1, value, None, None), key=lambda b: b[:2])
            continue
        rank = next((i for i, (tenths, _) in enumerate(BANDS) if 10 * value <= tenths * reference), 3)
        name = BANDS[rank][1] if rank < 3 else "large"
        best = max(best, (rank, value, name, value / reference), key=lambda b: b[:2])
    return best[2], best[3]


def rating_of(runs, at, entries, zone):
    """CR10 of the run by the newest entry of its day behind its start, before a later run's."""
    day = local(runs[at]["start"], zone).date()
    until = runs[at + 1]["start"] if at + 1 < len(runs) else math.inf
    mine = [e for e in entries if e.get("rpe") is not None and local(e["utc_s"], zone).date() == day
            and runs[at]["start"] <= e["utc_s"] < until]
    return max(mine, key=lambda e: e["utc_s"])["rpe"] if mine else None


# ---- pain ----

def day_values(entries, zone):
    values = {}
    for entry in entries:
        if entry.get("pain") is not None:
            day = local(entry["utc_s"], zone).date()
            values[day] = max(values.get(day, 0), entry["pain"])
    return values


def clock(values, first, last):
    """(start of the streak that runs on the last day, first alert in it) of the 14-day clock."""
    start = alert = None
    free = unknown = painful = recorded = 0
    for number in range((last - first).days + 1):
        day = first + datetime.timedelta(days=number)
        value = values.get(day)
        if value is None:
            unknown += 1
            if start and unknown >= 8:
                start = alert = None
            continue
        unknown = 0
        if value >= 1:
            if start is None:
                start, alert, painful, recorded = day, None, 0, 0
            free = 0
        elif start:
            free += 1
            if free >= 3:
                start = alert = None
        if start is None:
            continue
        recorded += 1
        painful += value >= 1
        span = (day - start).days + 1
        if value >= 1 and span >= 15 and 2 * recorded >= span and 2 * painful >= recorded and alert is None:
            alert = day
    return start, alert


# ---- comparison ----

def near(mine, theirs):
    if mine is None or theirs is None:
        return mine is theirs
    return abs(mine - theirs) <= 0.002 * abs(mine) + 0.05


def compare_load(week, runs, chosen, entries, zone):
    load = week["load"]
    impact = impact_of([runs[i] for i in chosen])
    checks = [("load.impact", (impact is None) == (load["impact"] is None), impact, load["impact"])]
    if impact and load["impact"]:
        checks.append(("load.impact.bone_stimulus", near(impact["bone_stimulus"], load["impact"]["bone_stimulus"]),
                       impact["bone_stimulus"], load["impact"]["bone_stimulus"]))
        for foot in ("left", "right"):
            checks += [(f"load.impact.{foot}.{key}", near(value, load["impact"][foot][key]), value, load["impact"][foot][key])
                       for key, value in impact[foot].items()]
    for what in ("impacts", "steps"):
        band, ratio = spike_of(runs, chosen, what, zone)
        theirs = week["spike"][what]
        checks += [(f"spike.{what}.band", band == theirs["band"], band, theirs["band"]),
                   (f"spike.{what}.ratio", near(ratio, theirs["ratio"]), ratio, theirs["ratio"])]
    rated = [(runs[i]["duration_s"], rating_of(runs, i, entries, zone)) for i in chosen]
    au = [rating * duration / 60 for duration, rating in rated if rating is not None]
    checks += [("load.effort.n_missing", len(rated) - len(au) == load["effort"]["n_missing"], len(rated) - len(au), load["effort"]["n_missing"]),
               ("load.effort.session_rpe_au", near(sum(au) if au else None, load["effort"]["session_rpe_au"]), au, load["effort"]["session_rpe_au"])]
    return checks


def overlap_s(span, start, end):
    return max(0, min(span[1], end) - max(span[0], start))


def day_may_be(known, runs, metres, start, end):
    """The states that what pods recorded, and what they lost, allow of a day that is over."""
    if any(recompute.hides_run(lost, runs) for lost in recompute.lost_within(known, start, end)):
        return {"unknown"}
    if metres:
        return {"run", "unknown"}
    there = max((overlap_s(span, start, end) for span in known.spans), default=0) >= 0.45 * (end - start)
    return {"rest", "unknown"} if there or any(first < end and last >= start for first, last in known.linked) else {"unknown"}


def compare_days(week, known, runs, chosen, monday, zone):
    """0 only where rest is known, nothing where not; what is lost makes all of it a lower bound."""
    days, metres, checks = week["load"]["days"], [0.0] * 7, []
    for i in chosen:
        metres[local(runs[i]["start"], zone).weekday()] += runs[i]["unrounded"]["distance_m"]
    bounds = [datetime.datetime.combine(monday + datetime.timedelta(days=i), datetime.time(), zone).timestamp() for i in range(8)]
    lost = recompute.lost_within(known, bounds[0], bounds[7])
    for at in range(7):
        state, theirs = days["state"][at], (days["distance_m"] or [None] * 7)[at]
        if state not in ("before", "ahead"):
            may_be = day_may_be(known, runs, metres[at], bounds[at], bounds[at + 1])
            checks.append((f"load.days.state[{at}]", state in may_be, sorted(may_be), state))
        expected = metres[at] if metres[at] else 0 if state == "rest" else None
        checks.append((f"load.days.distance_m[{at}]", near(expected, theirs), expected, theirs))
    n = sum(one[3] for one in lost)
    checks.append(("load.days.lost", days["lost"] == n, n, days["lost"]))
    if n or any(state == "unknown" and end <= seconds(week["generated_at"]) for state, end in zip(days["state"], bounds[1:])):
        checks.append(("load.days.is_lower_bound", days["is_lower_bound"] is True, True, days["is_lower_bound"]))
    return checks


def compare_pain(week, values, monday):
    pain, days = week["pain"], [values.get(monday + datetime.timedelta(days=i)) for i in range(7)]
    known = [v for v in days if v is not None]
    checks = [("pain.mean", near(sum(known) / len(known) if known else None, pain["mean"]), known, pain["mean"]),
              ("pain.max", max(known, default=None) == pain["max"], max(known, default=None), pain["max"]),
              ("pain.days", (sum(v >= 1 for v in known) if known else None) == pain["days"], known, pain["days"]),
              ("pain.week.daily", days == (pain["week"]["daily"] or [None] * 7), days, pain["week"]["daily"]),
              ("pain.week.is_complete", (len(known) >= 4) == pain["week"]["is_complete"], len(known), pain["week"]["is_complete"])]
    if week["state"] == "final" and pain["clock"]:
        start, alert = clock(values, min([monday, *values]), monday + datetime.timedelta(days=6))
        checks += [("pain.clock.start", (str(start) if start else None) == pain["clock"]["start"], start, pain["clock"]["start"]),
                   ("pain.clock.alert", (str(alert) if alert else None) == pain["clock"]["alert"], alert, pain["clock"]["alert"])]
    return checks


def check(pods, weeks, diary, clinic, replay=False):
    about, records = recompute.read(pods)
    zones = {pod["runner"]: zoneinfo.ZoneInfo(pod["zone"]) for pod in about["pods"].values()}
    runs = recompute.runs_by_runner(about, records, 0 if replay else recompute.RUNNING_S, [])
    known = recompute.known_by_runner(about, records)
    wrong, n = [], 0
    diaries = entries_of(diary, clinic, wrong)
    with open(weeks, encoding="utf-8") as file:
        told = json.load(file)
    for week in told:
        runner = week["runner"]
        zone, mine = zones.get(runner), sorted(runs.get(runner, []), key=lambda r: r["start"])
        if zone is None:
            continue
        chosen = [i for i, r in enumerate(mine) if recompute.week_id(r["start"], zone) == week["week"]]
        year, number = week["week"].split("-W")
        monday = datetime.date.fromisocalendar(int(year), int(number), 1)
        checks = compare_pain(week, day_values(diaries.get(runner, []), zone), monday)
        if chosen and week["spike"]:
            checks += compare_load(week, mine, chosen, diaries.get(runner, []), zone)
        if week["load"]["days"] and not replay:
            checks += compare_days(week, known[runner], mine, chosen, monday, zone)
        n += len(checks)
        wrong += [f"(b) {runner} {week['week']} {name}: recomputed {a}, clinic {b}" for name, good, a, b in checks if not good]
    for text in wrong[:40]:
        print(text)
    print(f"{n} numbers of groups compared, {len(wrong)} differ")
    return 1 if wrong or not n else 0


def self_test():
    day = datetime.date(2026, 11, 2)

    def at(n):
        return day + datetime.timedelta(days=n)

    cases = [  # name, values by day, last day, (start, alert)
        ("14 days are not enough", {at(i): 2 for i in range(14)}, 13, (at(0), None)),
        ("15 days are", {at(i): 2 for i in range(15)}, 14, (at(0), at(14))),
        ("three free days end it", {**{at(i): 2 for i in range(15)}, at(15): 0, at(16): 0, at(17): 0}, 17, (None, None)),
        ("a gap of 7 does not", {**{at(i): 2 for i in range(8)}, at(15): 3}, 15, (at(0), at(15))),
        ("a gap of 8 does", {**{at(i): 2 for i in range(8)}, at(16): 3}, 16, (at(16), None)),
    ]
    failures = 0
    for name, values, last, expected in cases:
        found = clock(values, at(-30), at(last))
        if found != expected:
            print(f"{name}: {found}")
            failures += 1
    if abs(impact_of([{"source": "left", "left_peaks": [2, 2], "right_peaks": [], "left_clipped": 0, "right_clipped": 0}])["bone_stimulus"]
           - 32 ** 0.125) > 1e-12:
        failures += 1
    hour, known = 3600, recompute.Known()
    known.spans, known.lost = [(0, 100 * hour)], [("p", 30 * hour, 40 * hour, 9, True)]
    days = [  # name, metres, from, to (hours), what the day may be
        ("a pod was there and saw no run", 0, 0, 24, {"rest", "unknown"}), ("a run", 9, 0, 24, {"run", "unknown"}),
        ("lost records are no rest", 0, 24, 48, {"unknown"}), ("nor make a run's day known", 9, 24, 48, {"unknown"}),
        ("nobody was there", 0, 120, 144, {"unknown"})]
    for name, metres, start, end, may_be in days:
        if day_may_be(known, [], metres, start * hour, end * hour) != may_be:
            print(f"{name}: {day_may_be(known, [], metres, start * hour, end * hour)}")
            failures += 1
    if day_may_be(known, [{"start": 29 * hour, "end": 41 * hour}], 9, 24 * hour, 48 * hour) != {"run", "unknown"}:
        print("lost within a run: the day is known")
        failures += 1
    print(f"{len(cases) + len(days) + 2 - failures} passed, {failures} failed")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    replay = arguments[:1] == ["--replay"]
    if len(arguments) - replay != 4:
        print(__doc__, file=sys.stderr)
        return 2
    return check(*arguments[replay:], replay=replay)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Judges the flags of every week by the rules of metrics.md 3.3 and 3.5, from what the pods held.

Usage: recompute-flags.py OUT               (OUT: pods.jsonl, pods.json, week.json and RUNNER-at-DAY.json, as ./demo --out leaves
                                             them. The latter are what the daemon said over D-Bus on the evening of that day.)
       recompute-flags.py --self-test OUT   (the same; and an answer that is a little wrong is found wrong)
Runs and their angles come from recompute.py and recompute-segments.py; the rules below know nothing of the daemon."""
import copy
import datetime
import importlib.util
import json
import pathlib
import statistics
import sys
import zoneinfo

HERE = pathlib.Path(__file__).resolve().parent
STEADY_S, USUAL_DAYS, USUAL_RUNS = 300, 28, 3
DEGREES, INDEX = 0.5, 0.5  # two pods agree on time to a ms or two, and a thigh swings 0.2 degrees in one
MIRRORED = {"dora": "rita"}
TRUNK_RULES = ("lumbar_hyperextension", "pelvic_drop_high", "reduced_hip_extension")


def sibling(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- runs


def steady_s(times):
    middle = statistics.median(times) if times else 0
    return sum(t for t in times if abs(t - middle) <= middle / 10)


def runs_of(segments, recompute, rows, zone):
    """In order of time: what a rule may ask of each run."""
    activities = [recompute.Activity(t, t + min(3, r["stride_time_1024"] / 1024), r["pod"], r)
                  for t, r in segments.of_kind(rows, "stride") if r["placement"].endswith("-foot")]
    runs = []
    for session in recompute.sessions(activities):
        start, end = min(a.start for a in session), max(a.end for a in session)
        feet = [[r["stride_time_1024"] / 1024 for t, r in segments.of_kind(rows, "stride", f"{side}-foot") if start <= t <= end] for side in ("left", "right")]
        sacrum = [s[0]["stride_time_1024"] / 1024 for s in segments.trunk_strides(rows, "sacrum", start, end)]
        runs.append({"day": datetime.datetime.fromtimestamp(start, zone).date(), "steady": max(map(steady_s, (*feet, sacrum))), "sacrum": bool(sacrum),
                     **{f"gait.{k}": v for k, v in (segments.gait_of(rows, start, end, None, None) or {}).items()},
                     **{f"trunk.{k}": v for k, v in (segments.trunk_of(rows, start, end) or {}).items()}})
    return sorted(runs, key=lambda run: run["day"])


# ---- rules: True, False or None (cannot tell), and (measure, value, reference, limit, against)


def beyond(run, measure, reference, margin, against):
    value = run.get(measure)
    if value is None or reference is None:
        return None, None
    limit = reference + margin
    return (value < limit if margin < 0 else value > limit), (measure, value, reference, limit, against)


def lumbar(run, usual):
    measure = "trunk.lumbar.mean_deg"
    standing, own = beyond(run, measure, 0, 5, "own_standing"), beyond(run, measure, usual(measure), 5, "own_four_weeks")
    return standing if standing[0] else own if own[0] is not False else standing


def of_sides(answers):
    """(raised, evidence) of each side that has a pod: the one that is further beyond its limit speaks."""
    raised = [evidence for state, evidence in answers if state]
    if raised:
        return True, max(raised, key=lambda e: abs(e[1] - e[3]))
    return (None if not answers or any(state is None for state, _ in answers) else False), None


def drop(run, usual):
    answers = []
    for side, other in (("left", "right"), ("right", "left")):
        measure = f"trunk.drop.{side}_deg"
        if run.get(measure) is not None:
            own = beyond(run, measure, usual(measure), 2, "own_four_weeks")
            apart = beyond(run, measure, run.get(f"trunk.drop.{other}_deg"), 3, "other_side")
            answers.append(own if own[0] or not apart[0] else apart)
    return of_sides(answers)


def hip(run, usual):
    tilt = beyond(run, "trunk.tilt.mean_deg", usual("trunk.tilt.mean_deg"), 3, "own_four_weeks")
    measures = [m for m in ("trunk.hip.left.extension_deg", "trunk.hip.right.extension_deg") if run.get(m) is not None]
    less = of_sides([beyond(run, m, usual(m), -5, "own_four_weeks") for m in measures])
    if tilt[0] is False or less[0] is False:
        return False, None
    return (True, less[1]) if tilt[0] and less[0] else (None, None)


def asymmetry(run, usual):
    states = []
    for measure, width in (("gait.symmetry.contact_pct", 10), ("gait.symmetry.impact_pct", 15)):
        value, own = run.get(measure), usual(measure)
        if value is None or abs(value) <= width:
            states.append(False)
        elif own is None:
            states.append(None)
        elif abs(value - own) > 5:
            return True, (measure, value, own, width if value > 0 else -width, "own_four_weeks")
        else:
            states.append(False)
    return (None if None in states else False), None


RULES = {  # how many in a row, whether they need a standing calibration, the values without which a run says nothing
    "lumbar_hyperextension": (lumbar, 2, True, [["trunk.lumbar.mean_deg"]]),
    "pelvic_drop_high": (drop, 2, True, [["trunk.drop.left_deg", "trunk.drop.right_deg"]]),
    "reduced_hip_extension": (hip, 2, True, [["trunk.tilt.mean_deg"], ["trunk.hip.left.extension_deg", "trunk.hip.right.extension_deg"]]),
    "asymmetry": (asymmetry, 3, False, [["gait.symmetry.contact_pct", "gait.symmetry.impact_pct"]]),
}


def days_between(later, earlier):
    return (later["day"] - earlier["day"]).days


def flag_of(rule, runs):
    """{state, reason or evidence} of the newest run of `runs`."""
    function, in_a_row, needs_standing, needed = RULES[rule]
    steady = [run for run in runs if run["steady"] >= STEADY_S]
    stood = [run for run in steady if not needs_standing or run.get("trunk.tilt.mean_deg") is not None]
    good = [run for run in stood if all(any(run.get(m) is not None for m in either) for either in needed)]
    row = [run for run in good if days_between(runs[-1], run) <= USUAL_DAYS][-in_a_row:]
    if len(row) < in_a_row:
        bare = needs_standing and any(run["sacrum"] for run in steady if run not in stood)
        return {"state": "cannot_tell", "reason": "too_few_sessions" if row else "no_standing" if bare else "no_sessions"}
    before = [run for run in good[:good.index(row[0])] if days_between(row[0], run) <= USUAL_DAYS]

    def usual(measure):
        values = [run[measure] for run in before if run.get(measure) is not None]
        return statistics.median(values) if len(values) >= USUAL_RUNS else None

    answers = [function(run, usual) for run in row]
    if any(state is False for state, _ in answers):
        return {"state": "clear", "reason": "not_raised"}
    if any(state is None for state, _ in answers):
        return {"state": "cannot_tell", "reason": "no_baseline"}
    return {"state": "raised", "since": row[0]["day"].isoformat(), **dict(zip(("measure", "value", "reference", "limit", "against"), answers[-1][1]))}


# ---- what was told


def reason_of(week, path):
    while path:
        if path in week["reasons"]:
            return week["reasons"][path]
        path = path.rpartition(".")[0]
    return None


def compare_week(where, week, runs, problems):
    monday = datetime.date.fromisocalendar(int(week["week"][:4]), int(week["week"][6:]), 1)
    sunday = monday + datetime.timedelta(days=6)
    runs = [run for run in runs if run["day"] <= sunday]
    if not runs or runs[-1]["day"] < monday:
        if week["flags"] is not None:
            problems.append(f"{where}: flags in a week without a run")
        return 1
    for rule in RULES:
        told, mine = week["flags"][rule], flag_of(rule, runs)
        if (rule in week["flags"]["raised"]) != (mine["state"] == "raised"):
            problems.append(f"{where} {rule}: the list of what is raised is {week['flags']['raised']}, recomputed {mine['state']}")
        for key, value in mine.items():
            got = reason_of(week, f"flags.{rule}.value") if key == "reason" else told[key]
            near = isinstance(value, (int, float)) and isinstance(got, (int, float)) and abs(got - value) <= (INDEX if "symmetry" in mine["measure"] else DEGREES)
            if got != value and not near:
                problems.append(f"{where} {rule}.{key}: told {got}, recomputed {value}")
        if mine["state"] != "raised" and any(told[key] is not None for key in told if key != "state"):
            problems.append(f"{where} {rule}: evidence of a flag that is not raised")
    return len(RULES)


def flat(value, path=""):
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in flat(item, f"{path}.{key}" if path else key).items()}
    return {path: value}


def exchanged(text):
    return text.replace("left", "?").replace("right", "left").replace("?", "right")


SIGNED = ("symmetry.contact_pct", "symmetry.impact_pct")  # right less left


def mirror_week(where, week, other, problems):
    """Whatever is said of one's left is said of the other's right."""
    n = 0
    for group in ("load", "gait", "trunk", "flags"):
        mine, theirs = flat(week[group], group), flat(other[group], group)
        if set(map(exchanged, mine)) != set(theirs):
            problems.append(f"{where}: {group} has other fields when sides are exchanged")
        for path, value in mine.items():
            got = theirs.get(exchanged(path))
            if isinstance(value, str):
                value = exchanged(value)
            asymmetric = path.startswith("flags.asymmetry.") and isinstance(value, (int, float))
            if isinstance(value, (int, float)) and (path.endswith(SIGNED) or asymmetric):
                value = -value
            n += value is not None
            near = isinstance(value, (int, float)) and isinstance(got, (int, float)) and abs(value - got) <= (
                DEGREES if path.endswith("_deg") or path.startswith("flags.") else 1e-3 + 2e-4 * abs(value))
            if got != value and not near:
                problems.append(f"{where} {exchanged(path)}: {got}, but exchanged it is {value}")
    return n


def read_told(out):
    """[(where, runner, the last day known, [weeks])]: of MQTT and of D-Bus."""
    weeks, told = json.loads((out / "week.json").read_text(encoding="utf-8")), []
    for runner in sorted({week["runner"] for week in weeks}):
        told.append((f"MQTT {runner}", runner, None, [week for week in weeks if week["runner"] == runner]))
    for path in sorted(out.glob("*-at-*.json")):
        runner, _, day = path.stem.partition("-at-")
        told.append((f"D-Bus {runner} on the {day}th", runner, int(day), json.loads(path.read_text(encoding="utf-8"))["weeks"]))
    return told


def judge(runs, told):
    problems, n, mirrored = [], 0, 0
    answers = {(where.split()[0], runner, day, week["week"]): week for where, runner, day, weeks in told for week in weeks}
    for where, runner, day, weeks in told:
        known = [run for run in runs[runner] if day is None or run["day"].day <= day]
        n += sum(compare_week(f"{where} {week['week']}", week, known, problems) for week in weeks)
    for (bus, runner, day, week), told_ in answers.items():
        other = answers.get((bus, MIRRORED.get(runner), day, week))
        if other:
            mirrored += mirror_week(f"{bus} {MIRRORED[runner]} {week}", told_, other, problems)
    return n, mirrored, problems


def story_told(told):
    """What the story is there for: sentences, each of which has to be true."""
    raised = {(where.split()[0], runner, day, week["week"]): set(week["flags"]["raised"]) for where, runner, day, weeks in told
              for week in weeks if week["flags"]}
    for bus, day in (("MQTT", None), ("D-Bus", 13)):
        for runner in ("dora", "rita"):
            yield f"{bus}: each of the four flags is raised for {runner}", raised.get((bus, runner, day, "2026-W46")) == set(RULES)
            yield f"{bus}: none is raised for {runner} in the weeks as usual", raised.get((bus, runner, day, "2026-W45")) == set()
        yield f"{bus}: none is raised for nele, who never stood", all(not flags for key, flags in raised.items() if key[:3] == (bus, "nele", day))
    yield "D-Bus: one changed run raises nothing", raised.get(("D-Bus", "dora", 9, "2026-W46")) == set()
    nele = next(week for where, runner, day, weeks in told for week in weeks if (where, week["week"]) == ("MQTT nele", "2026-W46"))
    yield "nele's three flags of the trunk say that there is no standing", all(
        reason_of(nele, f"flags.{rule}.value") == "no_standing" for rule in TRUNK_RULES)


WRONG = (("dora", "lumbar_hyperextension", "state", "clear"), ("rita", "pelvic_drop_high", "measure", "trunk.drop.left_deg"),
         ("dora", "reduced_hip_extension", "reference", 12), ("rita", "asymmetry", "since", "2026-11-11"), ("nele", "pelvic_drop_high", "state", "raised"))


def missed(runs, told):
    """How many of these wrong answers are taken for right."""
    count = 0
    for runner, rule, key, value in WRONG:
        wrong = copy.deepcopy(told)
        next(week for where, _, _, weeks in wrong for week in weeks if (where, week["week"]) == (f"MQTT {runner}", "2026-W46"))["flags"][rule][key] = value
        if not judge(runs, wrong)[2]:
            print(f"a wrong {key} of {runner}'s {rule} was not noticed")
            count += 1
    return count


def main(arguments):
    testing = arguments[:1] == ["--self-test"]
    if len(arguments) != 1 + testing:
        print(__doc__, file=sys.stderr)
        return 2
    out = pathlib.Path(arguments[-1])
    recompute, segments = sibling("recompute"), sibling("recompute-segments")
    about, records = recompute.read(out / "pods.jsonl")
    zones = {pod["runner"]: zoneinfo.ZoneInfo(pod["zone"]) for pod in about["pods"].values()}
    runs = {runner: runs_of(segments, recompute, rows, zones[runner]) for runner, rows in segments.timed(recompute, about, records).items()}
    told = read_told(out)
    n, mirrored, problems = judge(runs, told)
    for problem in problems[:40]:
        print(problem)
    print(f"{n} flags compared, {mirrored} values with sides exchanged, {len(problems)} differ")
    sentences = [(f"{n} flags are what the rules say of the pods' records", not problems and n > 50),
                 (f"{mirrored} values follow when left and right are exchanged", not problems and mirrored > 100), *story_told(told)]
    if testing:
        sentences.append((f"{len(WRONG)} wrong answers are noticed", not problems and not missed(runs, told)))
    for sentence, good in sentences:
        print(f"{'ok' if good else 'FAILED'}: {sentence}")
    print(f"{sum(good for _, good in sentences)} passed, {sum(not good for _, good in sentences)} failed")
    return 0 if all(good for _, good in sentences) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

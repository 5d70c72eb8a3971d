#!/usr/bin/env python3
"""Measures strided beside the floor, the peer or itself, in one run: bench.py BUILD [NAME…]

Each line: name value unit ratio-to what, then min, max and number of repetitions, the aim, and whether
it is met. The value is the median. Progress goes to stderr.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import clinic
import radio

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
YEARS_10 = 520           # weeks
MONTH = 9                # weeks: of each run that gets its late stride, a month lies before it
STRIDES = 20              # a run of the long history

missed = 0


def note(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def figure(name, values, unit, ratio=None, what="-", aim=None, met=None):
    global missed
    values = values if isinstance(values, list) else [values]
    text = f"{name:34} {statistics.median(values):10.4g} {unit:18} "
    text += f"{'-' if ratio is None else format(ratio, '.3g'):>6} {what:16} # {min(values):.4g}..{max(values):.4g} n={len(values)}"
    if aim:
        text += f"; aim {aim}: {'met' if met else 'MISSED'}"
        missed += not met
    print(text, flush=True)


def median_of(found, program, key):
    return statistics.median(each[key] for each in found[program])


def radio_figures(group, found, factor):
    own = median_of(found, "strided", "cpu_us")
    values = [each["cpu_us"] for each in found["strided"]]
    for program in ("floor", "floor-stored", "bleak"):
        figure(f"{group}.cpu.{program}", [each["cpu_us"] for each in found[program]], "us/record")
    figure(f"{group}.cpu", values, "us/record", own / median_of(found, "floor", "cpu_us"), "floor")
    ratio = own / median_of(found, "floor-stored", "cpu_us")
    figure(f"{group}.cpu", values, "us/record", ratio, "floor-stored", "<= 1.5", ratio <= 1.5)
    ratio = own / median_of(found, "bleak", "cpu_us")
    figure(f"{group}.cpu", values, "us/record", ratio, "bleak", f"<= 1/{factor}", ratio <= 1 / factor)
    for key, unit in (("rss", "MB"), ("pss", "MB")):
        figure(f"{group}.{key}.floor-stored", [each[key] for each in found["floor-stored"]], unit)
        figure(f"{group}.{key}.bleak", [each[key] for each in found["bleak"]], unit)
        aim = ("<= 12 MB", max(each[key] for each in found["strided"]) <= 12) if key == "rss" else ()
        figure(f"{group}.{key}", [each[key] for each in found["strided"]], unit,
               median_of(found, "strided", key) / median_of(found, "bleak", key), "bleak", *aim)
    for key, name in (("wrote", "written"), ("disk", "to-disk")):
        figure(f"{group}.{name}.floor-stored", [each[key] for each in found["floor-stored"]], "B/stride-byte")
        values = [each[key] for each in found["strided"]]
        figure(f"{group}.{name}", values, "B/stride-byte", median_of(found, "strided", key) /
               median_of(found, "floor-stored", key), "floor-stored", "<= 2", statistics.median(values) <= 2)


def live(build, work):
    radio_figures("live", radio.rounds(build, radio.live, work, ROUNDS), 10)


def backfill(build, work):
    found = radio.rounds(build, radio.back_fill, work, max(3, ROUNDS - 2))
    radio_figures("backfill", found, 20)
    wall = median_of(found, "strided", "wall_s")
    figure("backfill.wall.floor", [each["wall_s"] for each in found["floor"]], "s")
    figure("backfill.wall", [each["wall_s"] for each in found["strided"]], "s",
           wall / median_of(found, "floor-stored", "wall_s"), "floor-stored")


def backfill20(build, work):
    radio_figures("backfill20", radio.rounds(build, radio.back_fill_20, work, max(3, ROUNDS - 2)), 20)


def idle(build, work):
    found = clinic.idle(build, 3)
    column = {key: [each[key] for each in found] for key in found[0]}
    own = statistics.median(column["own"])
    # a keep-alive a minute is Paho's own thread's: none is ours
    figure("idle.wakeups.own-thread", column["own"], "/min", None, "-", "<= 2", own <= 2)
    figure("idle.wakeups.paho", column["bare"], "/min")
    figure("idle.wakeups", column["all"], "/min",
           statistics.median(column["all"]) / statistics.median(column["bare"]), "paho")
    figure("idle.cpu", column["cpu_ms"], "ms/min",
           statistics.median(column["cpu_ms"]) / statistics.median(column["bare_cpu_ms"]), "paho")
    figure("idle.rss", column["rss"], "MB", None, "-", "<= 12 MB", max(column["rss"]) <= 12)
    figure("idle.pss", column["pss"], "MB")


def drain(build, work):
    clinic.make_ledger(build, work / "drain.db", YEARS_10, 2, STRIDES, True)
    ours, bare, stored = [], [], []
    for _ in range(ROUNDS):
        one, lines = clinic.drain_strided(build, work / "drain.db")
        ours.append(one)
        bare.append(clinic.drain_paho(build, lines, False))
        stored.append(clinic.drain_paho(build, lines, True))
    figure("drain.rows", ours[0]["rows"], "rows")
    for key, name, unit in (("per_s", "rate", "rows/s"), ("cpu_us", "cpu", "us/row")):
        own = [each[key] for each in ours]
        for what, theirs in (("paho", bare), ("paho-stored", stored)):
            ratio = statistics.median(own) / statistics.median(each[key] for each in theirs)
            figure(f"drain.{name}.{what}", [each[key] for each in theirs], unit)
            aim = (">= 0.8", ratio >= 0.8) if key == "per_s" and what == "paho" else ()
            figure(f"drain.{name}", own, unit, ratio, what, *aim)


def measured(build, ledger, weeks):
    """Lines of bench-history late, by their first word."""
    done = subprocess.run([f"{build}/tests/bench/bench-history", "late", ledger, str(weeks), str(STRIDES), "12"],
                          check=True, capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        found.setdefault(line.split()[0], []).append([float(word) for word in line.split()[1:]])
    return found


def late(build, work):
    """One late stride, and one week again, behind a month and behind ten years: interleaved."""
    made = {}
    for name, weeks in (("month", MONTH), ("10-years", YEARS_10)):
        made[name] = clinic.make_ledger(build, work / f"{name}.db", weeks, 1, STRIDES, False)
    found = {"month": {}, "10-years": {}}
    for _ in range(ROUNDS):
        for name, weeks in (("month", MONTH), ("10-years", YEARS_10)):
            shutil.copy(work / f"{name}.db", work / "copy.db")
            for word, rows in measured(build, work / "copy.db", weeks).items():
                found[name].setdefault(word, []).extend(rows)
            for path in work.glob("copy.db*"):
                path.unlink()

    def values(name, word, at=0):
        return [row[at] for row in found[name][word]]

    for word, name in (("late", "late.stride"), ("week", "recompute.week")):
        ratio = statistics.median(values("10-years", word)) / statistics.median(values("month", word))
        figure(f"{name}.month", values("month", word), "us")
        figure(f"{name}.10-years", values("10-years", word), "us", ratio, "month", "<= 1.2", ratio <= 1.2)
    figure("late.rows.month", values("month", "late", 1), "rows")
    figure("late.rows.10-years", values("10-years", "late", 1), "rows",
           statistics.median(values("10-years", "late", 1)) / statistics.median(values("month", "late", 1)), "month")
    figure("late.stride-of-5-years-ago", values("10-years", "late-old"), "us")
    figure("late.hourly.month", values("month", "hourly"), "us")
    figure("late.hourly.10-years", values("10-years", "hourly"), "us",
           statistics.median(values("10-years", "hourly")) / statistics.median(values("month", "hourly")), "month")
    ten = made["10-years"]
    figure("recompute.10-years.thin", ten["derive_us"] / 1e6, "s")
    figure("recompute.10-years.strides", ten["strides"], "strides")


def full(build, work):
    """Runs as long as real ones, half a year of them: what a stride costs, and so ten years."""
    made = clinic.make_ledger(build, work / "full.db", 26, 1, 2500, False)
    per_stride = made["derive_us"] / made["strides"]
    figure("recompute.half-year", made["derive_us"] / 1e6, "s")
    figure("recompute.cpu", per_stride, "us/stride")
    figure("recompute.10-years", per_stride * 2500 * 4 * YEARS_10 / 1e6, "s(extrapolated)")
    figure("store.cpu", made["store_us"] / made["strides"], "us/stride")


GROUPS = {"live": live, "backfill": backfill, "backfill20": backfill20, "idle": idle, "drain": drain, "late": late,
          "full": full}


def main(build, names):
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        print(f"bench: no figures '{unknown[0]}'; there are: {' '.join(GROUPS)}", file=sys.stderr)
        return 2
    work = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("TMPDIR", "/tmp")))
    n = 0
    try:
        for name in names or GROUPS:
            began = time.monotonic()
            GROUPS[name](os.path.abspath(build), work)
            n += 1
            note(f"{name}: {time.monotonic() - began:.0f} s")
    finally:
        shutil.rmtree(work)
    note(f"{n} groups, {missed} aims missed; load {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

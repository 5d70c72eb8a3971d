#!/usr/bin/env python3
"""Makes the demo's sequences from the real recordings, see PROVENANCE.md.
Usage: make-sequences.py DATA OUT      (DATA: the folder of recordings)
       make-sequences.py --check DATA  (do the committed files equal what would be written?)"""
import csv
import datetime
import io
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
STRYD = "run-1Hz-stryd-hrm-davis/course_run_first70pct_1Hz.csv"
FIT = {"garden-1hz.csv": "fit-running-dynamics/wearablemyfoot_stryd-backgaden-1km.decoded.csv",
       "field-1hz.csv": "fit-running-dynamics/wearablemyfoot_stryd-sport-field-lap.decoded.csv"}
RUNNING_MPS = 1.9
PAUSE_S = 3.0


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def stryd_rows(data):
    """t, speed, cadence (steps/min of both feet), heart rate, contact time ms, step length mm"""
    rows = []
    with open(data / STRYD, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cadence = number(row["stryd_cadence"]) or 0
            strap = number(row["hrm_cadence_sum"]) or 0
            # Both count strides a minute: steps are twice that. The pod's zero at the start is its own delay.
            cadence = 2 * (cadence if cadence > 0 else strap)
            speed = number(row["enhanced_speed"])
            rows.append((float(row["elapsed_seconds"]), speed, cadence if speed and speed > 0 else 0,
                         number(row["hrm_heart_rate"]), number(row["stryd_stance_time"]) or number(row["hrm_stance_time"]),
                         number(row["hrm_step_length"])))
    return rows


def fit_rows(path):
    rows, start = [], None
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.datetime.fromisoformat(row["timestamp"])
            start = start or at
            speed = number(row["enhanced_speed"])
            rows.append(((at - start).total_seconds(), speed, 2 * (number(row["cadence"]) or 0),
                         number(row["heart_rate"]) or None))
    return rows


def text_1hz(rows):
    out = io.StringIO()
    print("t_s,speed_mps,cadence_spm,heart_rate_bpm", file=out)
    for row in rows:
        t, speed, cadence, heart = row[:4]
        print(f"{t:g},{'' if speed is None else f'{speed:.3f}'},{cadence:g},{'' if heart is None else f'{heart:.0f}'}", file=out)
    return out.getvalue()


def strides(rows, foot, until_s):
    """Stride by stride: its time from the cadence of that second, its length from the speed (the step length
    of the strap where speed is missing), its contact time as measured. Peak impact is modelled: faster is harder,
    the right foot 6 % harder; in steps of 1/8 g."""
    end = min(rows[-1][0], until_s)
    by_second = {int(row[0]): row for row in rows}
    t, last_end, result = 0.0, None, []
    if foot == "right":
        first = next((row for row in rows if row[2] > 0), None)
        t = 60.0 / first[2] if first else 0.5  # half a stride later
    while t < end:
        row = by_second.get(int(t))
        if not row or not row[2] or not row[1] or row[1] < 0.5:
            t = float(int(t) + 1)
            continue
        _, speed, cadence, _, contact, step_mm = row
        stride_s = min(2.5, 120.0 / cadence)
        length_mm = speed * stride_s * 1000 if speed else 2 * (step_mm or 0)
        impact_g = (4.0 + 1.6 * speed) * (1.06 if foot == "right" else 1.0) + 0.25 * ((len(result) % 5) - 2)
        pause = last_end is None or t - last_end > PAUSE_S
        result.append((t, round(stride_s * 1024), round(contact * 1.024) if contact else "", round(length_mm),
                       max(0, min(255, round(impact_g / 0.125))) * 125, 0, int(speed >= RUNNING_MPS), 3, int(pause)))
        t += stride_s
        last_end = t
    return result


def text_strides(rows, foot, until_s=1e9):
    out = io.StringIO()
    print("t_s,stride_time_1024,contact_time_1024,stride_length_mm,peak_impact_mg,clipped,running,quality,after_pause", file=out)
    for stride in strides(rows, foot, until_s):
        print(f"{stride[0]:.3f}," + ",".join(str(value) for value in stride[1:]), file=out)
    return out.getvalue()


def sequences(data):
    stryd = stryd_rows(data)
    files = {"stryd-course-1hz.csv": text_1hz(stryd)}
    for foot in ("left", "right"):
        files[f"stryd-course-{foot}.csv"] = text_strides(stryd, foot)
        files[f"stryd-short-{foot}.csv"] = text_strides(stryd, foot, 480)
    for name, path in FIT.items():
        files[name] = text_1hz(fit_rows(data / path))
    return files


def main(arguments):
    check = arguments[:1] == ["--check"]
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    data, out = pathlib.Path(arguments[1 if check else 0]), HERE if check else pathlib.Path(arguments[1])
    wrong = 0
    for name, text in sequences(data).items():
        if check and (out / name).read_text(encoding="utf-8") != text:
            print(f"{name} differs from what the recordings give")
            wrong += 1
        elif not check:
            (out / name).write_text(text, encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

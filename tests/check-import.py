#!/usr/bin/python3
"""stridectl import and week --explain against the real daemon, on the stage of check-dbus.py: past runs and a
past diary come from files before the first run, a watch's word of that run after it.
Usage: check-import.py BUILD_DIR      Closing line: N passed, N failed, N skipped"""
import datetime
import importlib.util
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("check_dbus", ROOT / "tests/check-dbus.py")
stand = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stand)
check, counts = stand.check, stand.counts
FIT = ROOT / "../shared/data/fit-running-dynamics/wearablemyfoot_stryd-backgaden-1km.fit"

RUNS = """\ufeffstart,distance_m,duration_s,steps\r
2026-10-10T07:00:00+02:00,10000.5,3600,9600\r
2026-10-12T07:00:00+02:00,8000,2700,\r
2026-10-12T07:20:00+02:00,6000,2700,\r
2026-10-13T07:00:00+02:00,"8000,5",2700,\r
2026-10-14T07:00:00+02:00,-1,2700,\r
2027-10-14T07:00:00+02:00,5000,2700,\r
"""
DIARY = """at;pain;note
2026-10-10T20:00:00+02:00;3;after the run
2026-10-11T20:00:00+02:00;11;
2026-10-12T20:00:00+02:00;0;
2027-10-12T20:00:00+02:00;2;
"""
# nine weeks with an entry on five days each, rising
PAIN = "at;pain\n" + "".join(
    f"{datetime.date(2026, 8, 31) + datetime.timedelta(days=7 * week + day)}T20:00:00+02:00;{min(9, week + (day == 2))}\n"
    for week in range(9) for day in (0, 2, 3, 4, 6))
WATCH = """start,distance_m,duration_s
2026-11-02T06:09:30Z,2500,600
"""


class Stage(stand.Stage):
    def story(self):
        for name, text in (("runs.csv", RUNS), ("diary.csv", DIARY), ("watch.csv", WATCH), ("pain.csv", PAIN)):
            (self.work / name).write_bytes(text.encode())
        with (self.work / "strided.conf").open("a") as config:
            config.write("[measure]\nclock_span_days = 20\nsitting_wear_h = 7.5\n")
        story = super().story()
        story["events"][-1:-1] = [
            {"at": "2026-11-02T06:06:00Z", "do": "exec",
             "command": f"cd {self.work}; stridectl import runs.csv diary.csv --json >first.json; echo $? >first.rc; "
                        "stridectl import pain.csv --json >pain.json; "
                        "stridectl diary add anna --at 2026-10-11T19:00:00Z --ostrc 1,2,0,3 >ostrc.txt 2>&1"},
            {"at": "2026-11-02T07:50:00Z", "do": "exec",
             "command": f"cd {self.work}; stridectl import watch.csv --json >watch.json; echo $? >watch.rc"}]
        story["events"].sort(key=lambda event: event["at"])
        return story


def stridectl(*arguments):
    done = subprocess.run(["stridectl", *arguments, "--json"], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, json.loads(done.stdout or "null")


def check_first(stage):
    code = int((stage.work / "first.rc").read_text())
    told = json.loads((stage.work / "first.json").read_text())
    runs, diary = told["files"]
    check("a file of which lines were refused ends with 9", [] if code == 9 else [f"exit {code}"])
    got = [(row["line"], row["code"]) for row in runs["refused"]]
    wanted = [(4, "overlaps"), (5, "not_a_number"), (6, "bad_distance"), (7, "future")]
    check("refused lines are listed with their numbers and reasons",
          [] if runs["taken"] == 2 and sorted(got) == wanted else [json.dumps(runs)])
    got = [(row["line"], row["code"]) for row in diary["refused"]]
    check("a diary's too", [] if diary["taken"] == 2 and got == [(3, "bad_value"), (5, "future")] else [json.dumps(diary)])
    check("every refusal has a sentence", [row["code"] for file in told["files"] for row in file["refused"]
                                           if len(row["message"]) < 10 or row["message"] == row["code"]])


def check_again(stage):
    for name in ("runs.csv", "diary.csv"):
        before = stridectl("runs", "anna")[1], stridectl("diary", "anna")[1]
        _, told = stridectl("import", str(stage.work / name), "--runner", "anna")
        check(f"{name} twice adds nothing", [] if told["taken"] == 0 and told["known"] == 2 else [json.dumps(told)])
        after = stridectl("runs", "anna")[1], stridectl("diary", "anna")[1]
        check(f"{name} twice changes nothing", [] if before == after else ["something changed"])
    (stage.work / "more.csv").write_text("start,distance_m,duration_s\n2026-10-20T07:00:00Z,7000,2400\n"
                                         "2026-10-10T05:02:00Z,10040,3590\n")
    for dry in (["--dry-run"], ["--dry-run"], []):
        code, told = stridectl("import", str(stage.work / "more.csv"), *dry)
        check("a rehearsal tells what would happen, and nothing does" if dry else "and then it happens",
              [] if (code, told["taken"], told["known"]) == (0, 1, 1) else [f"exit {code}: {json.dumps(told)}"])


def check_bad_files(stage):
    files = {"empty": b"", "noise.fit": b"\x0e\x10\x00\x00\xff\x00\x00\x00.FIT" + bytes(40), "other.csv": b"date,km\n1,2\n",
             "binary": bytes(range(256)) * 40}
    for name, octets in files.items():
        (stage.work / name).write_bytes(octets)
        code, told = stridectl("import", str(stage.work / name))
        check(f"{name} is refused with a reason", [] if code == 1 and told["refused"] == 1 else [f"exit {code}: {told}"])
    for path in ("nowhere", "."):
        code, told = stridectl("import", str(stage.work / path))
        check(f"{path} is refused with a reason", [] if code == 1 and told["refused"] == 1 else [f"exit {code}: {told}"])
    huge = stage.work / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(65 << 20)
    code, told = stridectl("import", str(huge))
    check("a huge file is refused unread", [] if code == 1 and told["files"][0]["refused"][0]["code"] == "too_big" else [str(told)])
    code, told = stridectl("import", str(stage.work / "runs.csv"), "--runner", "nobody")
    check("nobody's runs are not taken", [] if code == 4 else [f"exit {code}: {told}"])


def check_weeks(stage):
    week = stridectl("week", "anna")[1]
    check("the first week has a reference of 30 days",
          [] if week["longest_run"]["reference_m"] == 10001 else [json.dumps(week["longest_run"])])
    runs = [run for run in stridectl("runs", "anna")[1]["runs"] if run["local_date"] == "2026-11-02"]
    code = int((stage.work / "watch.rc").read_text())
    check("a run known from watch and pod is counted once, by the pod",
          [] if code == 0 and len(runs) == 1 and not runs[0]["load"]["source"].startswith("import") else
          [f"exit {code}", json.dumps(runs)])
    past = stridectl("week", "anna", "2026-W41")[1]
    check("an imported week says so", [] if past["load"]["source"] == "import_csv" and past["load"]["distance_m"] == 10000.5
          and past["pain"]["max"] == 6 else [json.dumps(past)])


def check_explained(stage):
    measures = json.loads((ROOT / "proto/measures.json").read_text(encoding="utf-8"))
    worked = 0
    for id in ("2026-W41", "2026-W45"):
        week, wrong = stridectl("week", "anna", id)[1], []
        for key in measures["measures"]:
            key = key.replace("*", "left")
            value = week
            for level in key.split("."):
                value = value.get(level) if isinstance(value, dict) else None
            code, told = stridectl("week", "anna", id, "--explain", key)
            if code != 0 or told["value"] != value:
                wrong.append(f"{key}: exit {code}, {told}")
            elif told["equal"] is False:
                wrong.append(f"{key} is {value}, worked out: {told['result']} ({told['with_values']})")
            worked += code == 0 and told["recomputed"] and told["result"] is not None
            wrong += [f"{key} lacks {name}" for name in ("title", "definition", "evidence", "sources") if not told.get(name)]
        check(f"every measure of {id} is explained, with the message's value", wrong)
    week, wrong = stridectl("week", "anna", "2026-W41")[1], []
    for key, entry in measures["measures"].items():
        if entry.get("explain", {}).get("pain"):
            told = stridectl("week", "anna", "2026-W41", "--explain", key)[1]
            if not told["recomputed"] or told["equal"] is not True or not told["with_values"]:
                wrong.append(f"{key}: {told['value']} against {told['result']} ({told['with_values']})")
    rich = [week["pain"]["clock"]["verdict"], week["pain"]["trend"]["p"], week["pain"]["ostrc"]["severity"]]
    check("clock, trend and questionnaire are made anew from the diary", wrong + [f"too poor: {rich}"] * (None in rich))
    settings = {row["name"]: (row["value"], row["default"]) for row in
                stridectl("week", "anna", "--explain", "pain.clock.verdict")[1]["settings"]}
    check("an option that is not at its default stands by what it makes, with the value that was used",
          [] if settings["clock_span_days"] == (20, 15) and settings["clock_free_days"] == (3, 3) else [json.dumps(settings)])
    text = subprocess.run(["stridectl", "week", "anna", "--explain", "sitting.valid_days"], capture_output=True, text=True,
                          timeout=60, check=False).stdout
    check("as text it stands out", [] if "sitting_wear_h = 7.5  (not the default, 10)" in text else [text])
    check("many are worked out anew", [] if worked >= 25 else [f"{worked}"])
    code, told = stridectl("week", "anna", "--explain", "distance_m")
    check("an unknown metric gets the nearest names",
          [] if code == 4 and "load.distance_m" in told["error"]["next"] else [f"exit {code}: {told}"])
    text = subprocess.run(["stridectl", "week", "anna", "--explain", "load.distance_m"], capture_output=True, text=True,
                          timeout=60, check=False).stdout
    check("as text it has formula, source and evidence",
          [word for word in ("formula ", "source ", "evidence ", "from\n", "coverage ") if word not in text])


def check_watch_file(stage):
    if not FIT.exists():
        print("a watch's file: skipped, ../shared/data is not there")
        return 1
    code, told = stridectl("import", str(FIT), "--runner", "anna")
    again = stridectl("import", str(FIT), "--runner", "anna")[1]
    check("a watch's file is taken once", [] if (code, told["taken"], again["taken"], again["known"]) == (0, 1, 0, 1)
          else [json.dumps(told), json.dumps(again)])
    return 0


def main():
    stage = Stage(pathlib.Path(sys.argv[1]).resolve())
    try:
        stage.wait("there")
        check_first(stage)
        check_weeks(stage)
        check_explained(stage)
        check_again(stage)
        check_bad_files(stage)
        skipped = check_watch_file(stage)
    finally:
        status = stage.close()
    log = (stage.work / "strided.log").read_text(errors="replace")
    bad = [line for line in log.splitlines() if "AddressSanitizer" in line or "runtime error" in line]
    check("the daemon ended well and no sanitizer complained", bad or ([] if status == 0 else [f"exit {status}"]))
    print(f"{counts['passed']} passed, {counts['failed']} failed, {skipped} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())

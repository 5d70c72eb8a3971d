#!/usr/bin/env python3
"""Runs the oracle cases whose function the daemon has so far; the others are counted
as skipped, by name. Usage: run-oracles.py DIRECTORY"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
COVERED = set((HERE / "oracles" / "covered").read_text(encoding="utf-8").split())


def main(directory):
    skipped = {}
    passed = failed = 0
    for path in sorted(pathlib.Path(directory).glob("*.json")):
        cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
        for case in cases:
            if case["fn"] not in COVERED:
                skipped[case["fn"]] = skipped.get(case["fn"], 0) + 1
        chosen = [case for case in cases if case["fn"] in COVERED]
        if not chosen:
            continue
        with tempfile.TemporaryDirectory() as room:
            for data in path.parent.iterdir():  # file names inside a case are relative to its file
                if data != path:
                    (pathlib.Path(room) / data.name).symlink_to(data.resolve())
            file = pathlib.Path(room) / path.name
            file.write_text(json.dumps({"cases": chosen}), encoding="utf-8")
            done = subprocess.run([HERE / "oracle", file], capture_output=True, text=True)
        lines = done.stdout.strip().splitlines()
        words = lines[-1].replace(",", "").split() if lines else []
        if len(words) < 4 or words[1] != "passed":
            print(f"{path.name}: the oracle runner gave no closing line: {done.stderr.strip()}")
            failed += len(chosen)
            continue
        print(f"{path.name}: {lines[-1]}")
        print("\n".join(line for line in lines if "fail" in line.lower() and line != lines[-1]), end="")
        if int(words[0]) + int(words[2]) != len(chosen):
            print(f"{path.name}: {len(chosen)} cases given, {words[0]} + {words[2]} counted")
            failed += 1
        passed, failed = passed + int(words[0]), failed + int(words[2])
    for name, n in sorted(skipped.items()):
        print(f"skipped: {n} of {name}: the measure is not built yet")
    print(f"{passed} passed, {failed} failed, {sum(skipped.values())} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

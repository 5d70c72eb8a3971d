#!/usr/bin/env python3
"""Counts single tests in meson's testlog.json: cmocka's own lines where a program
prints them, else the program as one test. Closing line: N passed, N failed, N skipped."""
import json
import re
import sys

LINES = {word: re.compile(rf"^\[  {word:<7} \] (\d+) test", re.M) for word in ("PASSED", "FAILED", "SKIPPED")}


def count(result):
    text = result.get("stdout", "") + result.get("stderr", "")
    found = {word: sum(int(n) for n in line.findall(text)) for word, line in LINES.items()}
    bad = result["result"] not in ("OK", "EXPECTEDFAIL", "SKIP")
    if not any(found.values()):
        return (0, 0, 1) if result["result"] == "SKIP" else (int(not bad), int(bad), 0)
    failed = found["FAILED"] or int(bad)
    # cmocka counts a skipped test in none of its other lines
    return found["PASSED"], failed, found["SKIPPED"]


def main(path):
    totals = [0, 0, 0]
    with open(path, encoding="utf-8") as log:
        for line in log:
            result = json.loads(line)
            numbers = count(result)
            totals = [a + b for a, b in zip(totals, numbers)]
            print(f"{result['name']}: {result['result']} ({numbers[0]} passed, {numbers[1]} failed, "
                  f"{numbers[2]} skipped)")
    print("{} passed, {} failed, {} skipped".format(*totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

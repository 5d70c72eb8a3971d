#!/usr/bin/env python3
"""Runs vector files (format of ble-vectors.json) through `stridectl decode`. Every key of
`expected` has to be equal (source_asserts aside), an `error` has to be an error object and exit 1.
Usage: check-vectors.py STRIDECTL FILE.json…     Closing line: N passed, N failed, N skipped"""
import json
import subprocess
import sys

# Protocols that no driver reads yet, and the bicycle's own speed sensor, which none will.
LATER = ("15172", "2A5B")


def equal(a, b):
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= 1e-9 * max(1.0, abs(b))
    return a == b


def check(stridectl, row):
    done = subprocess.run([stridectl, "decode", row["characteristic"], row["hex"], "--json"],
                          capture_output=True, text=True)
    try:
        got = json.loads(done.stdout)
    except ValueError:
        return f"not JSON: {done.stdout!r} {done.stderr!r}"
    expected = {key: value for key, value in row["expected"].items() if key != "source_asserts"}
    if "error" in expected:
        return None if done.returncode == 1 and got.get("error", {}).get("message") else f"no error: {got}"
    if done.returncode != 0:
        return f"exit {done.returncode}: {got}"
    for key, value in expected.items():
        if key not in got or not equal(got[key], value):
            return f"{key}: expected {value!r}, got {got.get(key)!r}"
    return None


def main(stridectl, *files):
    passed = failed = skipped = 0
    for path in files:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        for row in rows:
            if row["characteristic"].startswith(LATER):
                skipped += 1
                print(f"skipped: {row['characteristic']}: no driver for this protocol yet")
                continue
            problem = check(stridectl, row)
            passed, failed = passed + (problem is None), failed + (problem is not None)
            if problem:
                print(f"FAILED: {row['characteristic']} {row['hex']}: {problem}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

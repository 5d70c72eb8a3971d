#!/usr/bin/env bash
# The demo as a stranger runs it: the four weeks and their proof, and replays of 1 Hz runs whose
# distance and steps are summed here independently.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

verdict() { # status name
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAILED: $2"; fi
}

"$root/demo" --once --out "$work/weeks"
verdict $? "four weeks of two runners arrive whole"

grep -q 'clock[\\]*":[\\]*"simulated' "$work/weeks/clinic.jsonl"
verdict $? "a gateway in simulated time says so"

replay() { # file name
	"$root/demo" --once --out "$work/$2" --replay "$1" >"$work/$2.log" 2>&1 &&
		python3 "$root/tests/check-replay.py" "$1" "$work/$2/week.json"
	local status=$?
	[ $status -eq 0 ] || tail -n 15 "$work/$2.log"
	verdict $status "replay of $2"
}

python3 "$root/tests/make-run.py" 7 >"$work/made.csv"
replay "$work/made.csv" made-run-with-stops-blanks-and-gaps
replay "$root/tests/data/demo/stryd-course-1hz.csv" stryd-course

"$root/demo" --once --out "$work/imu" --replay <(printf 't_s,ax_g,ay_g,az_g\n0,0,0,1\n') >"$work/imu.log" 2>&1
[ $? -eq 2 ] && grep -q 'raw' "$work/imu.log"
verdict $? "a raw-IMU recording is refused with exit 2, saying so"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# Pods on feet, sacrum, low back and thigh: the demo's proof must hold, and a second implementation must
# find the same gait, trunk, sitting and exercises in what the pods held.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
data=$root/../shared/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

verdict() { # status name
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAILED: $2"; fi
}

"$root/demo" --once --out "$work/out" --scenario "$root/tests/sim/stories/segments.json" >"$work/log" 2>&1
verdict $? "pods on trunk and thigh: the proof holds"
[ $failed -eq 0 ] || tail -n 30 "$work/log"
if [ -s "$work/out/week.json" ]; then
	python3 "$root/tests/recompute-segments.py" --self-test "$work/out/pods.jsonl" "$work/out/week.json"
	verdict $? "gait, trunk, sitting and exercises are those of the pods' memories"
	python3 - "$work/out/week.json" <<'PY'
import json, sys
week = next(w for w in json.load(open(sys.argv[1])) if w["gait"])
sys.exit(0 if week["revision"] < 60 and len(json.dumps(week, separators=(",", ":"))) < 8192 else f"revision {week['revision']}")
PY
	verdict $? "the week is small, and not a new one every minute"
fi
python3 "$root/tests/data/segments/make-story.py" | cmp -s - "$root/tests/sim/stories/segments.json"
verdict $? "the story is what make-story.py prints"
if [ -d "$data" ]; then
	python3 "$root/tests/data/segments/make-sequences.py" --check "$data"
	verdict $? "the sequences are what the recordings give"
else
	skipped=1
	echo "skipped: the sequences against their recordings: there is no $data"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

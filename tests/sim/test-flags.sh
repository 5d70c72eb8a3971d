#!/usr/bin/env bash
# Flags that hold a runner against herself, through pods, daemon, D-Bus and broker: each is raised for who changed,
# with left and right exchanged as well, none for who never stood still; a second implementation of the rules says so.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

verdict() { # status name
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAILED: $2"; fi
}

python3 "$root/tests/sim/make-flags-story.py" "$work/story" "${SEED:-$(date +%s)}"
"$root/demo" --once --out "$work/out" --scenario "$work/story/story.json" >"$work/log" 2>&1
verdict $? "three runners with pods on feet, trunk and thigh: the proof holds"
[ $failed -eq 0 ] || tail -n 30 "$work/log"
if [ -s "$work/out/week.json" ]; then
	python3 "$root/tests/recompute-flags.py" --self-test "$work/out" >"$work/judged"
	sed '$d' "$work/judged"
	passed=$((passed + $(grep -c '^ok: ' "$work/judged"))) failed=$((failed + $(grep -c '^FAILED: ' "$work/judged")))
	[ "$(tail -n 1 "$work/judged" | grep -cE '^[0-9]+ passed, [0-9]+ failed$')" -eq 1 ]
	verdict $? "the flags were judged"
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]

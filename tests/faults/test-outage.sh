#!/usr/bin/env bash
# A broker that is away for days at two runs a day while the daemon is killed now and then; back with what it knew,
# and without. Everything arrives, in order, nothing doubled.   DAYS=30 tests/faults/test-outage.sh  (tests/run soak)
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 days=${DAYS:-5}
for how in kept forgot; do
	python3 "$root/tests/faults/make-outage-story.py" "$days" $how "$root/tests/data/demo" >"$work/story.json"
	rm -rf "$work/out"
	if "$root/demo" --once --out "$work/out" --scenario "$work/story.json" >"$work/log" 2>&1; then
		passed=$((passed + 1)); echo "ok: $days days without a broker, its memory $how: the proof holds"
	else
		failed=$((failed + 1)); echo "FAILED: $days days without a broker, its memory $how"; tail -n 20 "$work/log"
		continue
	fi
	kills=$(grep -c 'started, ledger' "$work/out/strided.log")
	if [ "$kills" -gt $((days / 3)) ]; then passed=$((passed + 1)); echo "ok: the daemon was started $kills times"; else failed=$((failed + 1)); echo "FAILED: the daemon was started only $kills times"; fi
	python3 "$root/tests/faults/check-outage.py" "$work/out" "$days" | tee "$work/checks"
	passed=$((passed + $(grep -c '^ok' "$work/checks"))) failed=$((failed + $(grep -c '^FAILED' "$work/checks")))
	[ $how = kept ] || [ "$(grep -c 'knows no session of ours' "$work/out/strided.log")" -ge 2 ] || { failed=$((failed + 1)); echo "FAILED: the broker did not forget"; }
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

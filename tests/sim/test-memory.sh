#!/usr/bin/env bash
# A pod's memory that fills up out of range, kinds of records nobody knows, lost answers to DURABLE and
# a record that does not come for two hours: the demo's proof must hold, and this story's own checks.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

verdict() { # status name
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAILED: $2"; fi
}

holds() { # name python-expression: with left, right (pods at noon), records (of the ledger), log
	python3 - "$work/out" "$2" <<'PY'
import json, pathlib, sys
out = pathlib.Path(sys.argv[1])
left, right = (json.loads((out / f"{side}-at-noon.json").read_text()) for side in ("left", "right"))
records = [json.loads(line) for line in (out / "ledger.jsonl").read_text().splitlines()]
log = (out / "strided.log").read_text()
sys.exit(0 if eval(sys.argv[2]) else f"not so: {sys.argv[2]}")
PY
	verdict $? "$1"
}

"$root/demo" --once --out "$work/out" --scenario "$root/tests/sim/stories/memory.json" >"$work/log" 2>&1
verdict $? "memory full, unknown kinds, lost answers, a withheld record: the proof holds"
[ $failed -eq 0 ] || tail -n 30 "$work/log"
[ ! -s "$work/out/ledger.jsonl" ] || {
	holds "what was overwritten is recorded as lost, with its reason" \
		"any(r['kind'] == 'lost' and r['reason'] == 1 and r['last_seq'] - r['seq'] > 100 for r in records)"
	holds "records of an unknown kind are kept as they came" \
		"sum(r['kind'] == 'unknown' and r['kind_number'] == 16 and r['body'][:2] == '55' for r in records) == 3"
	holds "at noon only the withheld record is missing, those behind it came" \
		"right['records']['missing'] == 1 and left['records']['missing'] == 0"
	holds "stridectl pods names every range: what was overwritten, and the one that is missing" \
		"any(r['state'] == 'lost' and r['reason'] == 'overwritten' for e in left['epochs'] for r in e['ranges']) and [r['last'] - r['first'] + 1 for e in right['epochs'] for r in e['ranges'] if r['state'] == 'missing'] == [1]"
	holds "and the ranges of an epoch leave no gap" \
		"all(a['last'] + 1 == b['first'] for pod in (left, right) for e in pod['epochs'] for a, b in zip(e['ranges'], e['ranges'][1:]))"
	holds "in one line an epoch" \
		"any('lost ' in line and '(overwritten)' in line and 'asked again ' in line for line in json.loads((out / 'lines-at-noon.json').read_text()))"
	holds "an answer to DURABLE was lost, and the pod was heard again" \
		"log.count('did not answer within 10 s') >= 2"
}
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

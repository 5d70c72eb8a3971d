#!/usr/bin/env bash
# kill -9 of the daemon under load: in the middle of transfers, of deriving, of sending; with the broker
# and bluetoothd gone at times and pods that reboot. Afterwards the whole proof of the demo must hold.
#   SEED=N tests/faults/test-kills.sh       one story again
#   KILLS=N                                 so many in all (100), fifty a story
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 done=0 kills=${KILLS:-100}
seed=${SEED:-1}
while [ $done -lt "$kills" ]; do
	now=$((kills - done < 50 ? kills - done : 50))
	python3 "$root/tests/faults/make-kill-story.py" "$seed" "$root/tests/data/demo" $now >"$work/story.json"
	"$root/demo" --once --out "$work/out" --scenario "$work/story.json" >"$work/log" 2>&1
	status=$?
	starts=$(grep -c 'started, ledger' "$work/out/strided.log" 2>/dev/null)
	if [ $status -eq 0 ] && [ "${starts:-0}" -eq $((now + 1)) ]; then
		passed=$((passed + 1)); echo "ok: seed $seed: $now kills, nothing lost or doubled"
	else
		failed=$((failed + 1))
		echo "FAILED: seed $seed, $now kills, ${starts:-0} starts (repeat with: SEED=$seed KILLS=$now tests/faults/test-kills.sh)"
		tail -n 20 "$work/log"
	fi
	done=$((done + now))
	rm -rf "$work/out"
	[ -z "${SEED:-}" ] || break
	seed=$((RANDOM + 100)) # the first is the same each time, the others are new
done
echo "$done kills"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# Power cuts at any call: the same stories each time, and new ones; then what is broken on purpose must
# be found.   SEED=N tests/faults/test-power-cuts.sh repeats one; tests/faults/test-power-cuts.sh N: N times
# as many stories (a night: 500).
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
power_cut=${STRIDED_BUILD:-$root/build-test}/tests/faults/power-cut/power-cut
times=${1:-1}
if [ -w /dev/shm ]; then work=$(mktemp -d -p /dev/shm); else work=$(mktemp -d); fi # nothing need last
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
# Sanitized memory is kept back for a while to find its late uses: less of it, in half the time.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}malloc_context_size=4:quarantine_size_mb=8
passed=0 failed=0

take() { # log status
	local line
	cat "$1"
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
	if [ -z "$line" ] || { [ "$2" -ne 0 ] && [[ $line == *", 0 failed,"* ]]; }; then
		failed=$((failed + 1)); echo "FAILED: power-cut ended with $2"
	fi
	[ -n "$line" ] || return
	passed=$((passed + $(sed -E 's/^([0-9]+) passed.*/\1/' <<<"$line")))
	failed=$((failed + $(sed -E 's/.* ([0-9]+) failed.*/\1/' <<<"$line")))
}

seed=${SEED:-$(date +%s)}
"$power_cut" --seed "$seed" --stories $((3 * times)) >"$work/new.log" 2>&1 &
new=$!
if [ -z "${SEED:-}" ]; then
	"$power_cut" --seed 1 --stories $((3 * times)) >"$work/same.log" 2>&1
	take "$work/same.log" $?
fi
"$power_cut" --seed "$seed" --broken >"$work/broken.log" 2>&1
take "$work/broken.log" $?
wait $new
take "$work/new.log" $?
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

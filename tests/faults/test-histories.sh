#!/usr/bin/env bash
# Model checking by random histories: the same ones each time, and new ones; then the checker itself:
# whatever is broken on purpose must be found.   SEED=N tests/faults/test-histories.sh plays one.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
histories=${STRIDED_BUILD:-$root/build-test}/tests/histories/histories
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # name status log
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; cat "$3"; fi
}
played() { # log
	sed -nE 's/^([0-9]+ histories.*)/\1/p' "$1"
}

if [ -n "${SEED:-}" ]; then exec "$histories" --seed "$SEED" --count 1; fi
"$histories" --seed 1 --count 500 >"$work/same" 2>&1 &
same=$!
"$histories" --seconds 30 >"$work/new" 2>&1 &
new=$!
wait $same
status=$?
check "the same histories as ever: nothing lost, nothing doubled; $(played "$work/same")" $status "$work/same"
wait $new
status=$?
check "new histories: nothing lost, nothing doubled; $(played "$work/new")" $status "$work/new"

finds() { # what promise
	"$histories" --seed 1 --count 600 --failures 1 --break "$1" >"$work/broken" 2>&1
	[ $? -eq 1 ] && grep -qF "made shorter: $2" "$work/broken"
	local status=$?
	check "broken on purpose, $1: found after $(played "$work/broken" | sed 's/ .*//') histories" $status "$work/broken"
}
finds commit ''
finds pod '(a)'
finds clinic-forgets '(c)'
finds clinic-doubles '(c)'
finds settle '(c)'
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

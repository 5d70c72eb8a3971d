#!/usr/bin/env bash
# Model checking by random histories: the same ones each time, and new ones, some of them sanitized and most
# by the plain build, which is three times as fast; then the checker itself: whatever is broken on purpose
# must be found.
#   SEED=N tests/faults/test-histories.sh       plays one
#   tests/faults/test-histories.sh SECONDS      new ones for so long, on two processors; no more (tests/run soak)
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
histories=${STRIDED_BUILD:-$root/build-test}/tests/histories/histories
# Sanitized memory is kept back for a while to find its late uses: less of it, in half the time.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}malloc_context_size=4:quarantine_size_mb=8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # name status log
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; grep -v '^error: ' "$3"; fi
}
played() { # log
	sed -nE 's/^([0-9]+ histories.*)/\1/p' "$1"
}
both() { # program name arguments of the first -- of the second: two at once
	local histories=$1 name=$2 first=() second status
	shift 2
	while [ "$1" != -- ]; do first+=("$1"); shift; done
	shift
	"$histories" "${first[@]}" >"$work/first" 2>&1 &
	second=$!
	"$histories" "$@" >"$work/second" 2>&1
	status=$?
	check "new histories: nothing lost, nothing doubled; $(played "$work/second")" $status "$work/second"
	wait $second
	status=$?
	check "$name: nothing lost, nothing doubled; $(played "$work/first")" $status "$work/first"
}

if [ -n "${SEED:-}" ]; then exec "$histories" --seed "$SEED" --count 1; fi
new=$(date +%s)000
if [ $# -gt 0 ]; then
	both "$histories" "more new histories" --seed "$new" --seconds "$1" -- --seed "${new}000" --seconds "$1"
	echo "$passed passed, $failed failed, 0 skipped"
	exit $failed
fi
both "$histories" "the same histories as ever" --seed 1 --count 200 -- --seed "$new" --count 200
plain=$root/build
if { [ -d "$plain" ] || meson setup "$plain" "$root"; } >"$work/build" 2>&1 &&
	meson compile -C "$plain" tests/histories/histories >>"$work/build" 2>&1; then
	both "$plain/tests/histories/histories" "the same histories as ever, plain" --seed 1001 --count 1000 -- --seed "${new}0" --count 1000
else
	check "the plain build" 1 "$work/build"
fi

finds() { # what promise
	"$histories" --seed 1 --count 600 --failures 1 --break "$1" >"$work/broken-$1" 2>&1
	[ $? -eq 1 ] && grep -qF "made shorter: $2" "$work/broken-$1"
	local status=$?
	check "broken on purpose, $1: found after $(played "$work/broken-$1" | sed 's/ .*//') histories" $status "$work/broken-$1"
}
finds commit ''
finds pod '(a)'
finds clinic-forgets '(c)'
finds clinic-doubles '(c)'
finds settle '(c)'
finds derive '(b)'
finds move '(b)'
finds disk '('
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

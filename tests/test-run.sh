#!/usr/bin/env bash
# tests/run itself: what it counts and how it exits, with groups made up in a scratch tree.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
mkdir -p "$work/tests/sim" "$work/build-test" "$work/bin"
cp "$here/run" "$work/tests/run"
for stub in bin/meson tests/install-dependencies; do
	printf '#!/bin/sh\n' >"$work/$stub"
	chmod +x "$work/$stub"
done
export PATH=$work/bin:$PATH

# Runs the group sim of two scripts; exit code and last line must be as expected.
expect() { # name code last-line first-script second-script
	local status last
	printf '%s\n' "$4" >"$work/tests/sim/test-first.sh"
	printf '%s\n' "$5" >"$work/tests/test-demo.sh"
	"$work/tests/run" sim >"$work/out" 2>&1
	status=$?
	last=$(tail -n 1 "$work/out")
	verdict "$1" "$([ $status -eq "$2" ] && [ "$last" = "$3" ]; echo $?)" "exit $status (expected $2), last line: $last"
}
verdict() { # name status detail
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1: $3"; fi
}

good='echo 2 passed, 0 failed, 1 skipped'
expect "groups that pass are summed up" 0 "3 passed, 0 failed, 1 skipped" "$good" "echo 1 passed, 0 failed"
expect "a failed test is counted and fails" 1 "2 passed, 1 failed, 1 skipped" "$good" "echo 0 passed, 1 failed; exit 1"
expect "a runner that fails without saying why fails" 1 "3 passed, 1 failed, 1 skipped" "$good" "echo 1 passed, 0 failed; exit 3"
expect "a failure counted by a runner that exits 0 fails" 1 "3 passed, 2 failed, 1 skipped" "$good" "echo 1 passed, 2 failed"
expect "a runner without a closing line fails" 1 "2 passed, 1 failed, 1 skipped" "$good" "echo I am done"
expect "a run in which nothing passed fails" 1 "0 passed, 0 failed, 2 skipped" "echo 0 passed, 0 failed, 1 skipped" \
	"echo 0 passed, 0 failed, 1 skipped"
"$work/tests/run" nosuchgroup >"$work/out" 2>&1
status=$?
verdict "an unknown group is exit 2, with the list" \
	"$([ $status -eq 2 ] && grep -q "no group 'nosuchgroup'; there are: unit sim$" "$work/out"; echo $?)" "exit $status: $(cat "$work/out")"

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

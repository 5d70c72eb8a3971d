#!/usr/bin/env bash
# A disk that fills up: reading pods' memories pauses, people and clinic go on, and when there is room
# again everything arrives. The demo on a small file system, and its whole proof.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "${STRIDED_SMALL_DISK:-}" ]; then
	if ! unshare -m true 2>/dev/null; then
		echo "skipped: a small file system needs root"
		echo "0 passed, 0 failed, 1 skipped"
		exit 0
	fi
	STRIDED_SMALL_DISK=1 exec unshare -m "$0"
fi
work=$(mktemp -d)
trap 'umount -l "$work/small"; rm -rf "$work"' EXIT
mkdir "$work/small"
mount -t tmpfs -o size=160m tmpfs "$work/small"
cat >"$work/ballast" <<B
#!/bin/sh
# Leaves so many MiB free.
rm -f '$work/small/ballast'
[ "\$1" = none ] && exit 0
free=\$(df --output=avail -m '$work/small' | tail -n 1)
fallocate -l \$((free - \$1))M '$work/small/ballast'
B
chmod +x "$work/ballast"
python3 "$root/tests/faults/make-full-disk-story.py" "$work/ballast" "$root/tests/data/demo" >"$work/story.json"
passed=0 failed=0
check() { # name status
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
TMPDIR=$work/small "$root/demo" --once --out "$work/out" --scenario "$work/story.json" >"$work/log" 2>&1
status=$?
check "back-fill pauses, the diary goes on, then everything arrives" $status
[ $status -eq 0 ] || { tail -n 20 "$work/log"; tail -n 20 "$work/out"/*.log; }
[ "$(grep -c 'MiB are free where the ledger is, ' "$work/out/strided.log")" = 1 ] && [ "$(grep -c 'pods. memories are read again' "$work/out/strided.log")" = 1 ]
check "it is logged once, and so is its end" $?
grep -q '\\"low\\":true' "$work/out/clinic.jsonl" || grep -q '"low":true' "$work/out/clinic.jsonl"
check "the clinic's status says it" $?
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# Each step of docs/ledger.md's table on a real small file system, with pods that go on running: 80 and 95 % of the
# budget, a full disk, a disk that fails. The demo, and its whole proof.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
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
mount -t tmpfs -o size=48m tmpfs "$work/small"
# The ledger alone lies there: the demo's other files shall not be in need, too.
cat >"$work/helper" <<H
#!/bin/bash
demo=\${DEMO_HOOKS%/hooks}
reload() { kill -HUP "\$(cat "\$demo/daemon.pid")"; sleep 0.5; }
case \$1 in
ballast)
	rm -f '$work/small/ballast'
	[ "\$2" = none ] && exit 0
	python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=20).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()' '$work/small/ledger.db'
	dd if=/dev/zero of='$work/small/ballast' bs=4096 status=none 2>/dev/null # until nothing more fits
	exit 0 ;;
eio) if [ "\$2" = on ]; then touch '$work/eio'; else rm -f '$work/eio'; fi ;;
budget)
	sed -i '/^\[ledger\]/,\$d' "\$demo/strided.conf"
	printf '[ledger]\nmin_free_mb = 0\n' >>"\$demo/strided.conf"
	[ "\$2" = none ] || python3 - '$work/small/ledger.db' "\$2" >>"\$demo/strided.conf" <<'P'
import os, sqlite3, sys
d = sqlite3.connect(sys.argv[1], timeout=20)
def used():
    return (d.execute("PRAGMA page_count").fetchone()[0] - d.execute("PRAGMA freelist_count").fetchone()[0]) * 4096
budget = used() // 2**20 + 6  # MiB are coarse: what is used is made to fit
while used() < budget * 2**20 * int(sys.argv[2]) // 100:
    d.execute("INSERT INTO refused (topic, payload, why, received) VALUES ('ballast', ?, 'x', 0)", (os.urandom(3000),))
d.commit()
print("size_max_mb =", budget)
P
	reload ;;
esac
H
chmod +x "$work/helper"
python3 "$root/tests/faults/make-disk-steps-story.py" "$work/helper" "$root/tests/data/demo" >"$work/story.json"
passed=0 failed=0
check() { # name status
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
export LD_PRELOAD=$build/tests/faults/failing-disk/failing-disk.so STRIDED_FAILING_DISK=$work/eio
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
DEMO_STATE=$work/small STRIDED_BUILD=$build timeout 300 "$root/demo" --once --out "$work/out" --scenario "$work/story.json" >"$work/log" 2>&1
status=$?
check "after 80 %, 95 %, full and failing it goes on by itself, and the proof holds" $status
[ $status -eq 0 ] || { tail -n 20 "$work/log"; grep -v 'link lost' "$work/out/strided.log" | tail -n 30; }
for sentence in "older raw records go earlier" "% of its [0-9]* MiB (size_max_mb): reading pods' memories pauses" \
	"cannot be written (database or disk is full)" "cannot be read or written (disk I/O error)" "the ledger is written again"; do
	grep -q -- "$sentence" "$work/out/strided.log"
	check "the journal: $sentence" $?
done
[ "$(grep -c 'cannot be written (database or disk is full)' "$work/out/strided.log")" -le 2 ]
check "and says it once" $?
[ "$(grep -cE 'could not be settled|stands still|no status can be queued|wait in the spool' "$work/out/strided.log")" -le 12 ]
check "and once a state what cannot be done for it" $?
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# A ledger damaged in the middle of a story, and a backup put back in another: pods send again what is missing, the
# clinic gets every message once, and the demo's whole proof holds.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
check() { # name status
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
# In a story: the demo's directory is known by its hooks.
cat >"$work/hurt" <<HURT
#!/bin/bash
demo=\${DEMO_HOOKS%/hooks} ledger=\${DEMO_HOOKS%/hooks}/state/ledger.db
if [ "\${2:-}" = backup ]; then stridectl backup '$work/backup.db'; exit; fi
pid=\$(cat "\$demo/daemon.pid")
kill -9 "\$pid"
for i in \$(seq 100); do kill -0 "\$pid" 2>/dev/null || break; sleep 0.02; done
page() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' "\$ledger" "\$1"; }
overwrite() { dd if=/dev/urandom of="\$ledger" bs=4096 seek=\$((\$1 - 1)) count=1 conv=notrunc status=none; }
case \$1 in
page)
	at=\$(page "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' LIMIT 1 OFFSET 12") # brings the WAL in
	overwrite "\$at" ;;
index) at=\$(page "SELECT rootpage FROM sqlite_master WHERE name = 'record_by_time'"); overwrite "\$at" ;;
short) page 'SELECT count(*) FROM pod' >/dev/null; truncate -s \$((\$(stat -c %s "\$ledger") * 3 / 4)) "\$ledger" ;;
restore) '$build/daemon/strided' --config "\$demo/strided.conf" --restore '$work/backup.db' ;;
esac || exit 1
"\$DEMO_HOOKS/daemon-start"
for i in \$(seq 200); do stridectl status >/dev/null 2>&1 && exit 0; sleep 0.05; done
echo "the daemon did not come back" >&2; exit 1
HURT
chmod +x "$work/hurt"
story() { # name of the damage, what, sentence
	rm -rf "$work/out" "$work/backup.db"
	python3 "$root/tests/faults/make-damage-story.py" "$2" "$work/hurt $1" "$root/tests/data/demo" >"$work/story.json"
	STRIDED_BUILD=$build timeout 300 "$root/demo" --once --out "$work/out" --scenario "$work/story.json" >"$work/log" 2>&1
	local status=$?
	check "$3" $status
	[ $status -eq 0 ] || { tail -n 20 "$work/log"; tail -n 5 "$work"/out/strided.log; }
}
story page damaged "a page of records overwritten: pods send them again, and the proof holds"
grep -q "was damaged and is made anew" "$work/out/strided.log"
check "and the journal says so" $?
story index damaged "a broken index: nothing is lost"
story short damaged "a quarter cut off: pods send again what is missing"
story restore restored "a backup put back: pods send again what came since, nobody is told anything twice"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

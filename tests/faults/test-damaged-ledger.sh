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
page() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' "\$ledger" "\$1"; }
overwrite() { dd if=/dev/urandom of="\$ledger" bs=4096 seek=\$((\$1 - 1)) count=1 conv=notrunc status=none; }
if [ "\${2:-}" = backup ]; then stridectl backup '$work/backup.db'; exit; fi
if [ "\${2:-}" = quietly ]; then
	python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=20).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()' "\$ledger"
	at=\$(page "SELECT rootpage FROM sqlite_master WHERE name = 'audit'") && overwrite "\$at"
	exit
fi
pid=\$(cat "\$demo/daemon.pid")
kill -9 "\$pid"
for i in \$(seq 100); do kill -0 "\$pid" 2>/dev/null || break; sleep 0.02; done
case \$1 in
page)
	at=\$(page "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' LIMIT 1 OFFSET 12") # brings the WAL in
	overwrite "\$at" ;;
index) at=\$(page "SELECT rootpage FROM sqlite_master WHERE name = 'record_by_time'"); overwrite "\$at" ;;
short) page 'SELECT count(*) FROM pod' >/dev/null; truncate -s \$((\$(stat -c %s "\$ledger") * 3 / 4)) "\$ledger" ;;
restore)
	'$build/daemon/strided' --config "\$demo/strided.conf" --restore '$work/backup.db' || exit 1
	for file in "\$ledger".aside-*Z*; do cp "\$file" "$work/aside.db\${file##*Z}"; done ;; # its journal, too
esac || exit 1
"\$DEMO_HOOKS/daemon-start"
for i in \$(seq 200); do stridectl status >/dev/null 2>&1 && exit 0; sleep 0.05; done
echo "the daemon did not come back" >&2; exit 1
HURT
chmod +x "$work/hurt"
story() { # name of the damage, what, sentence; "told": the proof may not hold, who calls judges
	rm -rf "$work/out" "$work"/*.db*
	python3 "$root/tests/faults/make-damage-story.py" "$2" "$work/hurt $1" "$root/tests/data/demo" >"$work/story.json"
	STRIDED_BUILD=$build timeout 300 "$root/demo" --once --out "$work/out" --scenario "$work/story.json" >"$work/log" 2>&1
	local status=$?
	[ -z "${4:-}" ] || return 0
	check "$3" $status
	[ $status -eq 0 ] || { tail -n 20 "$work/log"; tail -n 5 "$work"/out/strided.log; }
}
# The judges reckon with what pods lost; here the gateway did, and that much and no more is what they find.
story page forgetful "" told
python3 - "$work/log" <<'P'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
lost = re.search(r"^\(a\) .*, ([1-9]\d*) lost with a reason$", text, re.M)
differ = re.findall(r"^\([a-d]\) \S+ (\S+) (\S+): recomputed (\S+), clinic (\S+)$", text, re.M)
told = {path: (week, float(mine), float(theirs)) for week, path, mine, theirs in differ}
wrong = sum(int(n) for n in re.findall(r"(?:compared|checked), (\d+) (?:differ|wrong)$", text, re.M))
sys.exit(not (lost and "handover holds" in text and set(told) == {"coverage", "load.days.lost"} and wrong == 2 and
              told["load.days.lost"][1:] == (0, int(lost[1])) and told["coverage"][0] == told["load.days.lost"][0] and
              told["coverage"][2] < told["coverage"][1]))
P
status=$?
check "a page of records overwritten, and the pods have forgotten them: they are listed as lost, their week covers less, all else holds" $status
[ $status -eq 0 ] || tail -n 20 "$work/log"
grep -q "was damaged and is made anew" "$work/out/strided.log"
check "and the journal says so" $?
[ "$(grep -c 'was damaged and is made anew' "$work/out/strided.log")" = 2 ]
check "the weekly check finds damage where nobody looked, while all goes on" $?
grep -qE '^\(a\) .*, [1-9][0-9]* lost with a reason' "$work/log"
check "and they have a reason" $?
story short damaged "a quarter of the file cut off: pods send again what is missing"

# What was told after the backup is of another life: it has the names of that, and nothing of now has.
story restore restored "" told
grep -qE '^\(a\) ([0-9]+) records of pods, \1 in the ledger' "$work/log" && ! grep -qE '^\((a|d)\) \(|^\(b\).* [1-9][0-9]* differ|compared, [1-9][0-9]* differ' "$work/log"
check "a backup put back: pods send again what came since, and every run and week is right" $?
python3 - "$work/log" "$work/aside.db" "$work/backup.db" <<'P'
import re, sqlite3, sys
problems = [line for line in open(sys.argv[1]) if line.startswith("(c) ") and " rows settled" not in line]
other = sqlite3.connect(sys.argv[2])
name = other.execute("SELECT value FROM about WHERE key = 'ledger_id'").fetchone()[0]
rows = {f"{name}-{row[0]}" for row in other.execute("SELECT id FROM outbox")}
since = sqlite3.connect(sys.argv[3]).execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()[0]
ids = [re.match(r"\(c\) id (\S+) on \S+ is no row of the outbox$", line) for line in problems]
sys.exit(not (ids and all(ids) and all(match[1] in rows and int(match[1].split("-")[1]) > since for match in ids)))
P
check "and no message has the name of another: only those of the life after the backup are in no outbox" $?
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

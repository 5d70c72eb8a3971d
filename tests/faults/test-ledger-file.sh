#!/usr/bin/env bash
# The ledger as a file: damaged in every way, backed up, put back, too large. The real daemon on a private bus, no
# radio; what comes from pods again is tests/faults/test-damaged-ledger.sh.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
passed=0 failed=0 skipped=0 daemon=
strided=$build/daemon/strided
stridectl() { timeout 60 "$build/cli/stridectl" "$@"; }
cleanup() {
	kill $(jobs -p) 2>/dev/null # daemon and bus
	wait 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

check() { # name status
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
# Runs a command; its exit code and a text in its output must be as expected.
expect() { # name code text command…
	local name=$1 code=$2 text=$3 output status
	shift 3
	output=$("$@" 2>&1)
	status=$?
	if [ $status -eq "$code" ] && grep -qF -- "$text" <<<"$output"; then check "$name" 0; else
		check "$name" 1
		echo "    exit $status (expected $code), said: $output"
	fi
}
wait_for() { # command… : within 20 s
	for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
	return 1
}
config() { printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n[ledger]\n%s\n' "$work/state" "${1:-}" >"$work/strided.conf"; }
start_daemon() {
	"$strided" --config "$work/strided.conf" >>"$work/strided.log" 2>&1 &
	daemon=$!
	wait_for stridectl status
}
stop_daemon() { kill "$daemon" && wait "$daemon"; daemon=; }
ledger=$work/state/ledger.db
sql() { python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); print(*d.execute(sys.argv[2]).fetchone() or [""]); d.commit()' "$1" "$2"; }
at() { stridectl status --json | python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
doctor_says() { grep -qF -- "$1" <<<"$(stridectl doctor)"; } # whose exit status says that it found something
pains() { stridectl diary r --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["entries"]))'; }
overwrite() { dd if=/dev/urandom of="$1" bs=4096 seek="$2" count="${3:-1}" conv=notrunc status=none; }

dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
wait_for test -S "$work/bus"
config
start_daemon
check "a new ledger is made" $?
stridectl runners add r --zone Europe/Berlin >/dev/null && stridectl consent r on >/dev/null
for i in $(seq 30); do stridectl diary add r --pain $((i % 10)) --id "e$i" --note "$(printf 'note %.0s' $(seq 40))" >/dev/null; done
[ "$(at '["ledger"]["checked"] is not None')" = True ]
check "it was looked through at its start, and status says when" $?

# --- backup
expect "a backup while it runs" 0 "looked through" stridectl backup "$work/one.db"
expect "and it is good" 0 "good" "$strided" --check-ledger "$work/one.db"
[ "$(stat -c %a "$work/one.db")" = 600 ]
check "nobody else may read it" $?
[ "$(sql "$work/one.db" 'SELECT count(*) FROM diary')" = 30 ]
check "all is in it" $?
expect "a file that is there is kept" 1 "is there already" stridectl backup "$work/one.db"
expect "but for --force" 0 "looked through" stridectl backup "$work/one.db" --force
expect "the ledger itself is never replaced" 1 "the ledger itself" stridectl backup "$work/state/ledger.db" --force
expect "nor its journal" 1 "goes with it" stridectl backup "$work/state/ledger.db-wal" --force
mkfifo "$work/pipe"
expect "nor what is no file" 1 "is no file" stridectl backup "$work/pipe" --force
[ -p "$work/pipe" ]
check "which is still there" $?
expect "where nothing can be written, it says so" 1 "cannot be made" stridectl backup "$work/nowhere/one.db"
expect "as JSON" 0 '"octets"' stridectl backup "$work/two.db" --json
[ ! -e "$work/two.db.part" ]
check "nothing else is left" $?
[ "$(at '["ledger"]["backed_up"] is not None')" = True ]
check "status says when the last one was made" $?
if mkdir "$work/small" && mount -t tmpfs -o size=64k tmpfs "$work/small" 2>/dev/null; then
	expect "a copy that does not fit is no backup" 1 "df -h" stridectl backup "$work/small/one.db"
	[ -z "$(ls "$work/small")" ]
	check "and nothing of it is left" $?
	umount "$work/small"
else
	skipped=$((skipped + 2)); echo "skipped: a small file system needs root"
fi
first_id=$(sql "$work/one.db" "SELECT value FROM about WHERE key = 'ledger_id'")
sequence=$(sql "$work/one.db" "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")

# --- and back
expect "restoring is refused while it runs, by name" 1 "pid $daemon" "$strided" --config "$work/strided.conf" --restore "$work/one.db"
stridectl diary add r --pain 9 --id after-the-backup >/dev/null
stop_daemon
restore() { "$strided" --config "$work/strided.conf" --restore "$1"; }
cp "$work/one.db" "$work/bad.db" && overwrite "$work/bad.db" 3
expect "a damaged backup is refused" 1 "damaged" restore "$work/bad.db"
cp "$work/one.db" "$work/new.db" && sql "$work/new.db" "PRAGMA user_version = 99" >/dev/null
expect "one of a newer version is refused" 1 "newer" restore "$work/new.db"
python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("CREATE TABLE t (a)"); d.commit()' "$work/foreign.db"
expect "another program's database is refused" 1 "another program" restore "$work/foreign.db"
expect "no file is refused" 1 "cannot be read" restore "$work/nothing.db"
expect "the ledger itself is refused" 1 "itself" restore "$ledger"
[ "$(sql "$ledger" 'SELECT count(*) FROM diary')" = 31 ]
check "all those left the ledger as it was" $?
expect "a good one is put back" 0 "systemctl start strided" restore "$work/one.db"
aside=$(ls "$work"/state/ledger.db.aside-*Z)
[ "$(sql "$aside" 'SELECT count(*) FROM diary')" = 31 ]
check "the one of before is kept beside" $?
start_daemon
[ "$(pains)" = 30 ]
check "and what was there at the backup is there" $?
[ "$(at '["ledger"]["begun_by"]')" = restored ] && [ "$(at '["ledger"]["aside"]')" = "$aside" ]
check "status says that it was restored, and where the other one is" $?
stridectl diary add r --pain 1 --id other-life >/dev/null
stop_daemon
[ "$(sql "$ledger" "SELECT value FROM about WHERE key = 'ledger_id'")" != "$first_id" ]
check "it has an id of its own: no message has the name of one that was sent" $?
[ "$(sql "$ledger" "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")" -ge "$sequence" ]
check "and its numbers go on" $?
if [ "$(id -u)" -eq 0 ]; then
	mkdir "$work/theirs" && chown nobody "$work/theirs"
	sed "s|^state_directory.*|state_directory = $work/theirs|" "$work/strided.conf" >"$work/other.conf"
	"$strided" --config "$work/other.conf" --restore "$work/one.db" >/dev/null && [ -z "$(find "$work/theirs" ! -user nobody)" ]
	check "restored by root, it belongs to the daemon's user" $?
else
	skipped=$((skipped + 1)); echo "skipped: giving files to the daemon's user needs root"
fi
mkdir "$work/empty" && sed "s|^state_directory.*|state_directory = $work/empty|" "$work/strided.conf" >"$work/other.conf"
expect "on a new machine, too" 0 "is the ledger now" "$strided" --config "$work/other.conf" --restore "$work/one.db"
expect "and it is whole" 0 "good" "$strided" --config "$work/other.conf" --check-ledger

# --- damage
hurt() { # name command… on a copy of a good ledger; then the daemon starts
	local name=$1
	shift
	rm -f "$work"/state/ledger.db*.aside* "$ledger"-* "$ledger"
	cp "$work/one.db" "$ledger"
	"$@"
	: >"$work/strided.log"
	start_daemon
	check "$name: the daemon starts" $?
	grep -q "was damaged and is made anew" "$work/strided.log"
	check "$name: the journal says so" $?
	expect "$name: the doctor says so, with the next step" 1 "D-LEDGER-03" stridectl doctor
	stop_daemon
	expect "$name: what it made is whole" 0 "good" "$strided" --check-ledger "$ledger"
}
diary_page=$(python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (sys.argv[2],)).fetchone()[0])' "$work/one.db" diary)
index_page=$(python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (sys.argv[2],)).fetchone()[0])' "$work/one.db" diary_by_time)
hurt "a page in the middle" overwrite "$ledger" $((diary_page - 1))
[ "$(sql "$ledger" 'SELECT id, consent FROM runner')" = "r 1" ]
check "the runner is still there, and consents" $?
hurt "an index" overwrite "$ledger" $((index_page - 1))
[ "$(sql "$ledger" 'SELECT count(*) FROM diary')" = 30 ]
check "nothing of the diary is lost" $?
hurt "cut short" truncate -s $((diary_page * 4096 + 100)) "$ledger"
hurt "without its head" overwrite "$ledger" 0
[ "$(ls "$work"/state/ledger.db.aside-* | wc -l)" -ge 1 ]
check "the damaged file is kept" $?
rm "$work"/state/ledger.db.aside-*
start_daemon
! doctor_says D-LEDGER-03
check "once it was moved away, the doctor is silent" $?

# --- while it runs
stop_daemon
cp "$work/one.db" "$ledger" && rm -f "$ledger"-wal "$ledger"-shm
: >"$work/strided.log"
start_daemon
overwrite "$ledger" $((diary_page - 1))
stridectl diary r >/dev/null 2>&1 # the first to read that page
wait_for grep -q "made anew" "$work/strided.log"
check "damage that appears while it runs is found" $?
wait_for stridectl status
check "and it goes on" $?

# --- a budget
stop_daemon
rm -f "$work"/state/ledger.db*
config 'size_max_mb = 1'
start_daemon
for _ in $(seq 40); do
	[ "$(at '["gateway"]["disk"]')" = ok ] || break
	python3 - "$ledger" <<'P'
import os, sqlite3, sys
d = sqlite3.connect(sys.argv[1], timeout=10)
for _ in range(20):
    d.execute("INSERT INTO refused (topic, payload, why, received) VALUES ('t', ?, 'x', 0)", (os.urandom(4000),))
d.commit()
P
done
[ "$(at '["gateway"]["disk"]')" = high ]
check "at four fifths of its budget status says high" $?
doctor_says D-DISK-02
check "and the doctor what to do" $?
config 'size_max_mb = 8'
kill -HUP "$daemon"
wait_for sh -c "'$build/cli/stridectl' status | grep -q 'disk ok'"
check "a larger budget is enough" $?
stop_daemon
expect "a budget out of range is refused" 1 "outside 90 to" sh -c "printf '[ledger]\nkeep_records_days = 5\n' >'$work/bad.conf'; '$strided' --check-config '$work/bad.conf'"

if grep -qE 'AddressSanitizer|runtime error' "$work/strided.log"; then check "no sanitizer complained" 1; else check "no sanitizer complained" 0; fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# Receipts, end to end: the real daemon, a real broker, a small archive (tests/consumer). Confirmations settle; an
# archive that dies between its steps doubles nothing; receipts that get lost are asked for by sending again; an
# archive, or the memory of a broker, may be away: rows wait. An archive that lost its database asks for all of it. At level puback nothing of this is needed.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
passed=0 failed=0 daemon= archive=
export PATH=$PATH:/usr/sbin
stridectl() { timeout 20 "$build/cli/stridectl" "$@"; }
cleanup() {
	[ -s "$work/broker.pid" ] && kill "$(cat "$work/broker.pid")" 2>/dev/null
	kill $(jobs -p) 2>/dev/null # daemon, bus and archive
	wait 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

check() { # name status
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
wait_for() { # seconds command…
	local end=$((SECONDS + $1))
	shift
	while :; do
		"$@" >/dev/null 2>&1 && return 0
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}
start_daemon() {
	"$build/daemon/strided" --config "$work/strided.conf" >>"$work/strided.log" 2>&1 &
	daemon=$!
	wait_for 10 stridectl status
}
stop_daemon() { kill "$daemon" && wait "$daemon"; daemon=; }
config() { # confirm seconds
	printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n[broker]\nhost = 127.0.0.1\nport = %s\ntls = no\nconfirm = %s\nreceipt_within_s = %s\n' \
		"$work/state" "$port" "$1" "$2" >"$work/strided.conf"
}
start_broker() {
	mosquitto -c "$work/broker.conf" -d 2>/dev/null
	wait_for 10 mosquitto_pub -h 127.0.0.1 -p "$port" -t up -n
}
stop_broker() { # it saves what it holds
	local pid
	pid=$(cat "$work/broker.pid") && kill "$pid" && wait_for 10 eval "! kill -0 $pid"
}
start_archive() { # options…
	/usr/bin/python3 "$root/tests/consumer/consumer.py" run "$port" "$work/archive.db" --clinic c "$@" >"$work/archive.out" 2>>"$work/archive.log" &
	archive=$!
	wait_for 10 grep -q subscribed "$work/archive.out" # before its first time the broker keeps nothing for it
}
stop_archive() { kill "$archive" 2>/dev/null; wait "$archive" 2>/dev/null; archive=; }
counted() { /usr/bin/python3 "$root/tests/consumer/consumer.py" count "$work/archive.db" | sed -n "s/^$1 //p"; }
# Every row that needs a receipt and left, by what the gateway says; each must be in the archive's store, once.
in_state() { stridectl export outbox | python3 -c '
import json, sys
print(sum(row["kind"] in ("week", "run", "ack") and row["state"] in sys.argv[1:] for row in map(json.loads, sys.stdin)))' "$@"; }
no_row_is() { [ "$(in_state "$@")" = 0 ]; }
stored_once() {
	[ "$(in_state settled taken waiting)" = "$(counted messages)" ] && [ "$(counted differing)" = 0 ] &&
		[ "$(counted revisions)" = "$(counted weeks)" ]
}
say() { mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -t "strided/v1/c/g/r/in/$1" -m "$2"; }
entry() { printf '{"v":1,"id":"%s","at":"%s","pain":%s}' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2"; }
number=0
answered() { stridectl export outbox | grep -q "\"key\":\"m$number\""; }
news() { # so many answers: rows that come at once. Refused entries, since good ones make a week later on
	local n
	for n in $(seq "$1"); do
		number=$((number + 1))
		say diary "$(entry "m$number" 12)"
	done
	wait_for 10 answered
}
weeks() { stridectl export weeks | wc -l; }
week_revision() { # what the entries so far make; after a quiet moment
	local before
	before=$(weeks)
	stridectl diary add r --pain 9 >/dev/null
	wait_for 40 eval "[ \$(weeks) -gt $before ]"
}
status_says() { stridectl status | grep -qE -- "$1"; }
connected() { status_says "clinic   connected"; }

dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
wait_for 10 test -S "$work/bus"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'allow_anonymous true\nlistener %s 127.0.0.1\npid_file %s\npersistence true\npersistence_location %s/\nmax_queued_messages 0\n%s\n' \
	"$port" "$work/broker.pid" "$work" "$([ "$(id -u)" -ne 0 ] || echo 'user root')" >"$work/broker.conf"
start_broker

# --- confirmations settle
config receipt 86400
start_daemon
wait_for 20 connected
check "the daemon connects" $?
stridectl runners add r --zone Europe/Berlin >/dev/null && stridectl consent r on >/dev/null
start_archive
news 3
week_revision
check "answers and a week are made" $?
wait_for 20 no_row_is waiting taken
check "what the archive confirms is settled" $?
stored_once
check "and stored once" $?
[ "$(counted acks)" = 3 ] && [ "$(counted weeks)" -ge 1 ]
check "weeks and the answers to diary entries" $?
stop_archive

# --- an archive that is away: rows wait, and say so
news 3
wait_for 20 no_row_is waiting
check "without the archive the broker takes them" $?
[ "$(in_state taken)" = 3 ]
check "and they wait for its word" $?
stridectl outbox | grep -q '3 were taken by its broker, its archive has not confirmed them yet'
check "stridectl outbox says so" $?
status_says '3 not confirmed by the archive'
check "stridectl status says so" $?
stop_daemon
python3 -c "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('UPDATE outbox SET made = made - 172800000 WHERE state = 4'); d.commit()" "$work/state/ledger.db"
start_daemon
[ "$(in_state taken)" = 3 ]
check "after a restart they still wait" $?
grep -A1 'D-CLINIC-08.*(3 rows since ' <<<"$(stridectl doctor)" | grep -q 'ask the clinic whether its archive runs'
check "the doctor says since when, and what to do" $?
wait_for 20 connected
start_archive
wait_for 20 no_row_is waiting taken
check "when it is back they are confirmed" $?
stored_once
check "nothing is missing, nothing doubled" $?
stop_archive

# --- it dies between commit and PUBACK, and between PUBACK and receipt; receipts are lost
stop_daemon
config receipt 2
start_daemon
wait_for 20 connected
start_archive --die commit --after 2
news 2
wait_for 20 eval "! kill -0 $archive"
check "the archive died after a commit" $?
[ "$(counted messages)" -gt 0 ] && ! no_row_is taken waiting
check "and did not confirm it" $?
start_archive
wait_for 20 no_row_is waiting taken
check "the broker brings it again: confirmed" $?
stored_once
check "and not doubled" $?
[ "$(counted copies)" -ge 1 ]
check "though it came twice" $?
stop_archive
copies=$(counted copies)
start_archive --die puback --after 1
news 2
wait_for 20 eval "! kill -0 $archive"
check "the archive died between PUBACK and receipt" $?
start_archive --silent
wait_for 30 grep -q "has not confirmed .* rows in time" "$work/strided.log"
check "without receipts the gateway says that it sends again" $?
wait_for 30 eval "[ \$(counted copies) -gt $((copies + 1)) ]"
check "and does, under the same ids" $?
! no_row_is taken waiting
check "lost receipts settle nothing" $?
stop_archive
start_archive
wait_for 40 no_row_is waiting taken
check "receipts that arrive end it" $?
stored_once
check "every id is stored once, each copy the same octets" $?
stop_archive

# --- receipts that mean nothing here
before=$(stridectl export outbox | grep -c '"kind":"ack"')
ledger=$(stridectl export outbox | sed -n '1s/.*"message_id":"\([0-9a-f]*\)-.*/\1/p')
say receipt "{\"v\":1,\"id\":\"x1\",\"ids\":[\"$ledger-999999\",\"00000000-1\"]}"
wait_for 20 eval "[ \$(stridectl status --json | python3 -c 'import json,sys; s=json.load(sys.stdin); print(s.get(\"clinic.unknown_receipts\", s.get(\"clinic\",{}).get(\"unknown_receipts\")))') = 2 ]"
check "ids that no row has are counted" $?
say receipt '{"v":1,"id":"x2","ids":["nonsense"]}'
wait_for 10 grep -q "message x2 on in/receipt refused" "$work/strided.log"
check "a malformed receipt is refused and named" $?
[ "$(stridectl export outbox | grep -c '"kind":"ack"')" = "$before" ]
check "no receipt is ever answered" $?

# --- the archive lost its last day
/usr/bin/python3 "$root/tests/consumer/consumer.py" forget "$work/archive.db" 24
[ "$(counted messages)" = 0 ]
start_archive
wait_for 20 eval "[ \$(counted weeks) = 1 ]"
check "an archive that lost its day gets the newest week from what the broker retains" $?
stop_archive

# --- an archive that lost its database asks for all of it
start_archive
news 3
week_revision
wait_for 20 no_row_is waiting taken
stop_archive
recorded() { /usr/bin/python3 "$root/tests/consumer/consumer.py" dump "$work/archive.db"; }
stridectl export outbox | python3 -c '
import json, sys
for row in map(json.loads, sys.stdin):
    if row["kind"] in ("week", "run", "ack") and row["state"] == "settled": print(row["message_id"])' | sort >"$work/left"
rm -f "$work/archive.db"
start_archive --receipt-every 10 --recover 2000-01-01T00:00:00Z
came_again() { [ "$(recorded | cut -d' ' -f1 | sort | comm -13 - "$work/left" | wc -l)" = 0 ]; }
wait_for 40 came_again
check "all that ever left comes again ($(wc -l <"$work/left") messages)" $?
wait_for 20 eval "! status_says 'resend resend-'"
check "and status says when it is over" $?
recorded >"$work/recovered"
stop_archive
rm -f "$work/archive.db"
start_archive --recover 2000-01-01T00:00:00Z
wait_for 40 came_again
stop_archive
recorded | grep -Ff "$work/left" | cmp -s - <(grep -Ff "$work/left" "$work/recovered")
check "once more: the same ids, the same octets" $?
retained_is_newest() { # mosquitto_sub ends by its time-out
	python3 -c '
import json, sys
told = [json.loads(line) for line in sys.argv[1].splitlines()]
newest = {row["week"]: row["revision"] for row in map(json.loads, sys.argv[2].splitlines())}
sys.exit(not told or any(week["revision"] != newest[week["week"]] for week in told))' \
		"$(timeout 5 mosquitto_sub -h 127.0.0.1 -p "$port" -W 1 -t 'strided/v1/c/g/r/week/+' --retained-only)" "$(stridectl export weeks)"
}
retained_is_newest
check "what the broker retains is still the newest revision" $?
start_archive
wait_for 20 no_row_is waiting taken
stop_archive

# --- a broker that took it and forgot
config receipt 86400
kill -HUP "$daemon"
wait_for 20 connected
news 3
wait_for 20 no_row_is waiting
[ "$(in_state taken)" -ge 3 ]
check "the broker has them, the archive not" $?
settled=$(in_state settled)
kill -9 "$(cat "$work/broker.pid")"
rm -f "$work/mosquitto.db" "$work/archive.db" # sessions, queues and retained messages are gone, and so is the archive
start_broker
start_archive
wait_for 40 no_row_is waiting taken
check "they are sent again at once, and confirmed" $?
[ "$(in_state settled)" -ge $((settled + 3)) ] && [ "$(counted differing)" = 0 ] && [ "$(counted messages)" -ge 3 ]
check "under the same ids" $?
retained() { timeout 5 mosquitto_sub -h 127.0.0.1 -p "$port" -W 1 -t 'strided/v1/c/g/#' --retained-only -F '%t' 2>/dev/null | sort | tr '\n' ' '; }
retained_again() { grep -qE '^strided/v1/c/g/r/summary strided/v1/c/g/r/week/[0-9]{4}-W[0-9]{2} strided/v1/c/g/status $' <<<"$(retained)"; } # mosquitto_sub ends by its time-out
wait_for 20 retained_again
check "summary, week and status are retained there again" $?
stop_archive

# --- level puback
stop_daemon
config puback 86400
start_daemon
wait_for 20 connected
news 2
wait_for 20 no_row_is waiting taken
check "at level puback the broker's word is enough" $?
kill -9 "$(cat "$work/broker.pid")"
rm -f "$work/mosquitto.db"
start_broker
wait_for 40 retained_again
check "and what a forgetful broker should retain comes back there, too" $?
if grep -qE 'AddressSanitizer|runtime error|Assertion' "$work/strided.log"; then check "no sanitizer complained" 1; grep -A20 -E 'AddressSanitizer|runtime error|Assertion' "$work/strided.log"; else check "no sanitizer complained" 0; fi
[ ! -s "$work/archive.log" ] || { echo "the archive said:"; tail -n 5 "$work/archive.log"; }
[ $failed -eq 0 ] || { tail -n 40 "$work/strided.log"; retained; echo; stridectl export outbox | tail -n 20; }

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

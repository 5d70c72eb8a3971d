#!/usr/bin/env bash
# A backlog drains at the broker's pace: never more under way than it said it takes (MQTT 5's Receive Maximum), and after
# kill -9 in the middle it goes on there, not from the beginning. The real daemon and broker, a slow proxy between.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
rows=250
passed=0 failed=0 daemon=
export PATH=$PATH:/usr/sbin
stridectl() { timeout 20 "$build/cli/stridectl" "$@"; }
cleanup() {
	[ -s "$work/broker.pid" ] && kill "$(cat "$work/broker.pid")" 2>/dev/null
	kill $(jobs -p) 2>/dev/null
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
		sleep 0.05
	done
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
start_daemon() {
	"$build/daemon/strided" --config "$work/strided.conf" >>"$work/strided.log" 2>&1 &
	daemon=$!
	wait_for 10 stridectl status
}
# Answers without end, as a long outage leaves them; the daemon is not there.
backlog() {
	python3 - "$work/state/ledger.db" $rows <<'P'
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
for n in range(int(sys.argv[2])):
    row = d.execute("INSERT INTO ack (runner, id, accepted, code, message) VALUES ('r', ?, 1, 'stored', 'stored')", (f"m{n}",)).lastrowid
    d.execute("INSERT INTO outbox (kind, state, runner, key, revision, made) VALUES (5, 0, 'r', ?, ?, 1795507200000)", (f"m{n}", row))
d.commit()
P
}
answers() { grep -c '/r/ack/m' "$work/heard"; }
is_drained() { [ "$(stridectl outbox --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["rows"]))')" = 0 ]; }
most_under_way() { sed -n 's/^publish //p' "$work/proxy" | sort -n | tail -n 1; }

dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
wait_for 10 test -S "$work/bus"
port=$(free_port) narrow_port=$(free_port)
printf 'allow_anonymous true\nlistener %s 127.0.0.1\npid_file %s\nmax_inflight_messages 7\n%s\n' "$port" "$work/broker.pid" "$([ "$(id -u)" -ne 0 ] || echo 'user root')" >"$work/broker.conf"
mosquitto -c "$work/broker.conf" -d 2>/dev/null
wait_for 10 mosquitto_pub -h 127.0.0.1 -p "$port" -t up -n
mosquitto_sub -h 127.0.0.1 -p "$port" -q 1 -t 'strided/#' -F '%t' >"$work/heard" 2>/dev/null &
python3 "$root/tests/faults/narrow-broker.py" "$narrow_port" "$port" 3 >"$work/proxy" 2>"$work/proxy.log" &
wait_for 10 mosquitto_pub -h 127.0.0.1 -p "$narrow_port" -t up -n

printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n' "$work/state" >"$work/strided.conf"
start_daemon
stridectl runners add r --zone UTC >/dev/null
kill "$daemon" && wait "$daemon"
backlog
check "a backlog of $rows rows is made" $?
printf '[broker]\nhost = 127.0.0.1\nport = %s\ntls = no\n' "$narrow_port" >>"$work/strided.conf"
start_daemon
wait_for 60 eval "[ \$(answers) -ge 90 ]"
check "it drains" $?
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
before=$(answers)
[ "$before" -lt $((rows - 100)) ]
check "kill -9 in the middle of it ($before of $rows)" $?
start_daemon
wait_for 90 is_drained
check "it drains to its end after that" $?
wait_for 10 eval "[ \$(sort -u '$work/heard' | grep -c '/r/ack/m') = $rows ]"
check "every row arrived" $?
again=$(($(answers) - rows))
[ "$again" -le 16 ]
check "and not from the beginning: $again came twice, as many as were under way" $?
[ "$(grep '/r/ack/m' "$work/heard" | awk '!seen[$0]++' | sed 's/.*m//' | sort -nc 2>&1)" = "" ]
check "in order" $?
[ "$(most_under_way)" = 3 ]
check "never more than 3 were under way, the broker's Receive Maximum, and 3 were" $?
if grep -qE 'AddressSanitizer|runtime error|Assertion' "$work/strided.log"; then check "no sanitizer complained" 1; else check "no sanitizer complained" 0; fi
[ $failed -eq 0 ] || { tail -n 20 "$work/strided.log"; cat "$work/proxy.log"; sort "$work/proxy" | uniq -c; }

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

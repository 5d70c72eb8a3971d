#!/usr/bin/env bash
# A broker that speaks no MQTT 5: the daemon falls back to 3.1.1, rows are delivered, the diary
# arrives, and what is sent while the gateway is away waits for it. mosquitto has no option that
# refuses version 5, so a proxy in front of a real one does (old-broker.py).
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
passed=0 failed=0 daemon= proxy=
export PATH=$PATH:/usr/sbin
stridectl() { "$build/cli/stridectl" "$@"; }
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
wait_for() { # command… : within 20 s
	for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
	return 1
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
start_daemon() {
	"$build/daemon/strided" --config "$work/strided.conf" >>"$work/strided.log" 2>&1 &
	daemon=$!
	wait_for stridectl status
}
stop_daemon() { kill "$daemon" && wait "$daemon"; daemon=; }
start_proxy() {
	python3 "$root/tests/faults/old-broker.py" "$old_port" "$port" >>"$work/versions" 2>"$work/proxy.log" &
	proxy=$!
}
connected() { stridectl status | grep -q "clinic   connected"; }
outbox_is_empty() { [ "$(stridectl outbox --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["rows"]))')" = 0 ]; }
heard() { grep -qE -- "$1" "$work/heard"; }
say() { mosquitto_pub -h 127.0.0.1 -p "$old_port" -V 311 -q 1 -t "strided/v1/c/g/r/in/diary" -m "$1"; }

dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
wait_for test -S "$work/bus"
port=$(free_port) old_port=$(free_port)
printf 'allow_anonymous true\nlistener %s 127.0.0.1\npid_file %s\n%s\n' "$port" "$work/broker.pid" "$([ "$(id -u)" -ne 0 ] || echo 'user root')" >"$work/broker.conf"
mosquitto -c "$work/broker.conf" -d 2>/dev/null
wait_for mosquitto_pub -h 127.0.0.1 -p "$port" -t ready -m 1
mosquitto_sub -h 127.0.0.1 -p "$port" -q 1 -t 'strided/#' -F '%r %t %p' >"$work/heard" 2>/dev/null &
start_proxy
wait_for mosquitto_pub -h 127.0.0.1 -p "$old_port" -V 311 -t ready -m 1
mosquitto_pub -h 127.0.0.1 -p "$old_port" -V 5 -t ready -m 1 >/dev/null 2>&1
[ $? -ne 0 ]
check "the old broker refuses another client's version 5, too" $?
: >"$work/versions"
printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n[broker]\nhost = 127.0.0.1\nport = %s\ntls = no\n' "$work/state" "$old_port" >"$work/strided.conf"

start_daemon
wait_for connected
check "the daemon connects" $?
grep -q "(MQTT 3.1.1" "$work/strided.log"
check "by version 3.1.1, and says so" $?
[ "$(head -n 2 "$work/versions" | tr '\n' ' ')" = "5 4 " ]
check "it tried 5 first, then 3.1.1" $?
grep -q "does not speak this version of MQTT" "$work/strided.log"
check "and says why the first attempt failed" $?

# --- rows
stridectl runners add r --zone Europe/Berlin >/dev/null && stridectl consent r on >/dev/null
stridectl diary add r --pain 4 --id d1 >/dev/null
check "a runner, consent and a diary entry" $?
wait_for heard '^0 strided/v1/c/g/status .*"state":"online"'
check "the status is delivered" $?
wait_for heard '^0 strided/v1/c/g/r/week/[0-9]{4}-W[0-9]{2} .*"max":4'
check "the week is delivered" $?
wait_for heard '^0 strided/v1/c/g/r/summary '
check "the summary is delivered" $?
wait_for outbox_is_empty
check "and every row is settled by its PUBACK" $?
[ "$(mosquitto_sub -h 127.0.0.1 -p "$port" -W 1 -t 'strided/v1/c/g/r/summary' -F %r 2>/dev/null)" = 1 ]
check "the summary is retained" $?

# --- the diary
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
say "{\"v\":1,\"id\":\"m1\",\"at\":\"$now\",\"pain\":3}"
wait_for heard '/r/ack/m1 .*"code":"stored"'
check "an entry is stored and answered" $?
say "{\"v\":1,\"id\":\"m2\",\"at\":\"$now\",\"pain\":12}"
wait_for heard '/r/ack/m2 .*"code":"invalid_field"'
check "a bad one is refused and answered" $?

# --- the connection ends and comes back
kill "$proxy"; wait "$proxy" 2>/dev/null
wait_for grep -q "no connection to the clinic's broker" "$work/strided.log"
stridectl diary add r --pain 5 --id d2 >/dev/null
check "while it is away an entry is taken" $?
: >"$work/versions"
start_proxy
wait_for heard '/r/week/.*"max":5'
check "its week is delivered when the broker is back" $?
[ "$(sort -u "$work/versions")" = 4 ]
check "and version 5 is not tried again in vain" $?

# --- the session
farewells() { grep -c '/status .*"state":"offline"' "$work/heard"; }
said_farewell() { [ "$(farewells)" -gt "$before" ]; }
before=$(farewells) # the proxy's end was one
stop_daemon
check "SIGTERM ends it with success" $?
wait_for said_farewell
check "and it said so" $?
say "{\"v\":1,\"id\":\"m3\",\"at\":\"$now\",\"pain\":2}"
start_daemon
wait_for heard '/r/ack/m3 .*"code":"stored"'
check "an entry sent while the gateway was away arrives" $?
before=$(farewells)
kill -9 "$daemon"; wait "$daemon" 2>/dev/null
wait_for said_farewell
check "after kill -9 the will says offline" $?

# --- one that would deliver what it has for us at most once
kill "$proxy"; wait "$proxy" 2>/dev/null
python3 "$root/tests/faults/old-broker.py" "$old_port" "$port" --grant-less >>"$work/versions" 2>"$work/proxy.log" &
proxy=$!
start_daemon
wait_for eval "stridectl status | grep -q 'grants QoS 0 only'"
check "a broker that grants QoS 0 is told apart, and it is said" $?
if grep -qE 'AddressSanitizer|runtime error' "$work/strided.log"; then check "no sanitizer complained" 1; grep -A20 -E 'AddressSanitizer|runtime error' "$work/strided.log"; else check "no sanitizer complained" 0; fi

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ] || { tail -n 20 "$work/strided.log"; exit 1; }

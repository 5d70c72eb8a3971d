#!/usr/bin/env bash
# A red flag after an outage goes before all that waits, stays with the broker until somebody acknowledges it, and the
# runner hears when nobody did; two clinicians cannot overwrite each other's plan. The real daemon, a real broker; no radio.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
passed=0 failed=0 daemon=
export PATH=$PATH:/usr/sbin
stridectl() { timeout 20 "$build/cli/stridectl" "$@"; }
cleanup() {
	[ -s "$work/broker.pid" ] && kill "$(cat "$work/broker.pid")" 2>/dev/null
	kill $(jobs -p) 2>/dev/null # daemon, bus and the listener
	wait 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

check() { # name status
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
wait_for() { # seconds command…
	local tries=$(($1 * 5))
	shift
	for _ in $(seq $tries); do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done
	return 1
}
start_daemon() {
	"$build/daemon/strided" --config "$work/strided.conf" >>"$work/strided.log" 2>&1 &
	daemon=$!
	wait_for 20 stridectl status
}
stop_daemon() { kill "$daemon" && wait "$daemon"; daemon=; }
start_broker() {
	mosquitto -c "$work/broker.conf" -d 2>/dev/null
	wait_for 20 mosquitto_pub -h 127.0.0.1 -p "$port" -t up -n
}
listen() { mosquitto_sub -h 127.0.0.1 -p "$port" -V 5 -q 1 -t 'strided/#' -F '%r %t %p' >>"$1" 2>/dev/null & }
heard() { grep -qE -- "$1" "$work/heard"; }
say() { mosquitto_pub -h 127.0.0.1 -p "$port" -V 5 -q 1 -t "strided/v1/c/g/r/in/$1" -m "$2"; }
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
retained() { timeout 10 mosquitto_sub -h 127.0.0.1 -p "$port" -V 5 -q 1 -t "$1" -W 2 -F '%p' 2>/dev/null || true; } # waits in vain at last
shows() { stridectl diary r --json | python3 -c 'import json, sys; sys.exit(sys.argv[1] not in [e["redflag_state"] for e in json.load(sys.stdin)["entries"]])' "$1"; }

dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
wait_for 10 test -S "$work/bus"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir -m 700 "$work/state"
printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n[broker]\nhost = 127.0.0.1\nport = %s\ntls = no\n[diary]\nredflag_minutes = 1\n' \
	"$work/state" "$port" >"$work/strided.conf"
printf 'allow_anonymous true\nlistener %s 127.0.0.1\npid_file %s\npersistence true\npersistence_location %s/\n%s\n' \
	"$port" "$work/broker.pid" "$work" "$([ "$(id -u)" -ne 0 ] || echo 'user root')" >"$work/broker.conf"

# --- no broker yet: weeks wait, then the red flag
start_daemon
stridectl runners add r --zone Europe/Berlin >/dev/null
stridectl consent r on >/dev/null
for weeks in 40 30 20 10 1; do # the weeks between are made, too
	stridectl diary add r --pain 2 --at "$(date -u -d "$weeks weeks ago" +%Y-%m-%dT12:00:00Z)" >/dev/null
done
waits() { [ "$(stridectl status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["clinic"]["waiting"])')" -gt 5 ]; }
wait_for 60 waits
check "rows wait for the broker" $?
stridectl diary add r --redflag numbness --id f1 >"$work/said"
grep -q "numbness: .*emergency" "$work/said"
check "the runner is told at once what to do" $?
grep -q 'D-REDFLAG-02.*f1 of r' <<<"$(stridectl doctor)"
check "the doctor says that it waits" $?
stop_daemon # the listener has to be there before it
: >"$work/heard"
start_broker
listen "$work/heard"
listens() { mosquitto_pub -h 127.0.0.1 -p "$port" -t strided/ready -m x; heard ready; }
wait_for 20 listens
start_daemon
wait_for 40 heard ' strided/v1/c/g/r/week/'
grep -E ' strided/v1/c/g/r/' "$work/heard" | head -n 1 | grep -qE '/r/redflag/f1 .*"numbness":true'
check "it overtakes all that waited" $?
retained 'strided/v1/c/g/r/redflag/f1' | grep -q '"redflag":"f1"'
check "the broker keeps it" $?

# --- nobody acknowledges it
wait_for 90 heard '/r/ack/f1 .*"code":"redflag_unanswered".*call them'
check "after the time the runner hears that nobody did" $?
shows unanswered
check "and stridectl shows it" $?
grep -A1 'D-REDFLAG-01.*f1 of r' <<<"$(stridectl doctor)" | grep -q 'call the clinic'
check "the doctor says so, and what to do" $?
stop_daemon
start_daemon
sleep 3
[ "$(grep -c '"code":"redflag_unanswered"' "$work/heard")" -eq 1 ]
check "once, also after a restart" $?

# --- somebody does
say acknowledge "{\"v\":1,\"id\":\"k1\",\"at\":\"$(now)\",\"by\":\"dr-7\",\"redflag\":\"f1\"}"
wait_for 20 heard '/r/ack/k1 .*"code":"stored"'
check "an acknowledgement is taken" $?
cleared() { [ -z "$(retained 'strided/v1/c/g/r/redflag/f1')" ]; }
wait_for 20 cleared
check "and the broker keeps the red flag no more" $?
shows acknowledged
check "and stridectl shows that, too" $?
! stridectl doctor | grep -q 'D-REDFLAG'
check "the doctor is content" $?

# --- by the broker, and without consent
say diary "{\"v\":1,\"id\":\"f2\",\"at\":\"$(now)\",\"redflags\":{\"fever\":true}}"
wait_for 20 heard '/r/ack/f2 .*"code":"redflag_stored"'
check "one that came by the broker is told back to it" $?
wait_for 10 heard '/r/redflag/f2 .*"fever":true'
check "on its own lane" $?
stridectl consent r off >/dev/null
cleared2() { [ -z "$(retained 'strided/v1/c/g/r/redflag/#')" ]; }
wait_for 20 cleared2
check "withdrawn consent clears it" $?
say diary "{\"v\":1,\"id\":\"f3\",\"at\":\"$(now)\",\"redflags\":{\"fever\":true}}"
wait_for 20 heard '/r/ack/f3 .*"code":"redflag_not_sent"'
check "without consent the runner is told that nobody sees it" $?
stridectl consent r on >/dev/null
wait_for 20 heard '/r/redflag/f3 .*"fever":true'
check "given again, open ones are told" $?

# --- two clinicians, one plan
say plan '{"v":1,"id":"p1","based_on":0,"from":"2026-01-01","per_week":{"exercise":5}}'
wait_for 20 heard '/r/ack/p1 .*"plan_version":1'
check "a plan is answered with its version" $?
say plan '{"v":1,"id":"p2","based_on":1,"from":"2026-01-05","per_week":{"exercise":4}}'
say plan '{"v":1,"id":"p3","based_on":1,"from":"2026-01-06","per_week":{"exercise":3}}'
wait_for 20 heard '/r/ack/p3 .*"code":"plan_conflict".*"plan_version":2'
check "the second of two changes of one version is refused" $?
newest() { retained 'strided/v1/c/g/r/plan' | grep -q '"version":2.*"plan":"p2"'; }
wait_for 20 newest
check "and everybody sees the newest" $?
stridectl plan r --json | python3 -c 'import json, sys; p = json.load(sys.stdin)["plans"]; sys.exit([x["in_force"] for x in p] != [False, True])'
check "which is in force" $?

if grep -qE 'AddressSanitizer|runtime error|Assertion' "$work/strided.log"; then check "no sanitizer complained" 1; grep -A20 -E 'AddressSanitizer|runtime error|Assertion' "$work/strided.log"; else check "no sanitizer complained" 0; fi
[ $failed -eq 0 ] || tail -n 20 "$work/strided.log"
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

#!/usr/bin/env bash
# People who change their minds: two at once, Ctrl-C, a terminal that is closed. The daemon owns scan
# and bond; whatever ends stridectl, nothing of it stays behind, and the next one works.
# The real daemon and the simulated BlueZ; inside the story's one event time passes as on the wall.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
here=$root/tests/sim/test-control.sh
NEAR=C0:C0:00:00:00:01 OTHER=C0:C0:00:00:00:02 FAR=C0:C0:00:00:00:03
stridectl() { "$build/cli/stridectl" "$@"; }

wait_for() { # command… : within 10 s
	for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done
	return 1
}

# ---------------------------------------------------------------- the story: runs inside the simulator
# Every property of a kind, in bluetoothd's own words: "true" or "false" a line.
property() { # NAME [ADDRESS]
	local object=/org/bluez/hci0
	[ -z "${2:-}" ] || object=/org/bluez/hci0/dev_${2//:/_}
	dbus-send --bus="$DBUS_SYSTEM_BUS_ADDRESS" --print-reply --dest=org.bluez / \
		org.freedesktop.DBus.ObjectManager.GetManagedObjects |
		awk -v object="\"$object\"" -v name="\"$1\"" '
			$1 == "object" && $2 == "path" { here = ($3 == object) }
			here && $1 == "string" { wanted = ($2 == name) }
			here && wanted && $1 == "variant" && $2 == "boolean" { print $3; exit }'
}
is() { [ "$(property "$2" "${3:-}")" = "$1" ]; } # true|false NAME [ADDRESS]

unconnected() { ! is true Connected "$1"; } # or not known at all any more
resolved_or_bonded() { is true ServicesResolved $NEAR || is true Paired $NEAR; }

check() { # name status
	if [ "$2" -eq 0 ]; then echo "ok: $1"; else echo "FAILED: $1"; fi
}
# The exit code and the one JSON object of the last command with --json.
expect() { # name code python-condition-on-`it` status file
	local verdict
	[ "$4" -eq "$2" ] && python3 -c "
import json, sys
it = json.load(open(sys.argv[1]))
sys.exit(0 if ($3) else 1)" "$5"
	verdict=$?
	check "$1" $verdict
	[ $verdict -eq 0 ] || { echo "    exit $4 (expected $2), said: $(cat "$5")"; }
}
begin() { # command… : runs it, its pid in $client
	"$build/cli/stridectl" "$@" --json >"$WORK/first.json" 2>"$WORK/first.err" &
	client=$!
}
ended() { wait "$client" 2>/dev/null; status=$?; }
off() { # name
	wait_for is false Discovering
	check "$1" $?
}

story() {
	local signal code
	wait_for stridectl status
	stridectl runners add r --zone UTC >/dev/null
	off "nobody listens while nothing is wanted"

	stridectl scan 2 --json >"$WORK/out.json"
	expect "a scan finds both pods in range" 0 "{p['address'] for p in it['pods']} == {'$NEAR', '$OTHER'}" $? "$WORK/out.json"
	off "and afterwards nobody listens"

	# --- two at once
	begin scan 3
	wait_for is true Discovering
	check "a scan makes bluetoothd listen" $?
	stridectl scan 1 --json >"$WORK/out.json"
	expect "a second scan is told that one is under way" 1 "it['error']['code'] == 'busy' and it['error']['message'] and it['error']['next']" $? "$WORK/out.json"
	ended
	expect "and the first one is not disturbed" 0 "len(it['pods']) == 2" $status "$WORK/first.json"
	off "and afterwards nobody listens, either"

	# --- whatever ends it
	for signal in INT:130 TERM:130 KILL:137; do
		code=${signal#*:} signal=${signal%:*}
		begin scan 60
		wait_for is true Discovering
		kill -s "$signal" "$client"
		ended
		[ "$status" -eq "$code" ]
		check "SIG$signal ends a scan: exit $code" $?
		off "SIG$signal: discovery is off"
		stridectl scan 1 --json >"$WORK/out.json"
		expect "SIG$signal: a new scan works at once" 0 "len(it['pods']) == 2" $? "$WORK/out.json"
	done

	# --- pairing
	timeout 3 "$build/cli/stridectl" pair $FAR --runner r --placement left-foot >"$WORK/out.txt" 2>&1
	grep -q "looking for $FAR, up to 30 s" "$WORK/out.txt"
	check "who waits is told at once what for, also without a terminal" $?
	off "and when they leave, nobody looks any more"
	begin pair $FAR --runner r --placement left-foot --yes
	wait_for is true Discovering
	check "pairing looks for the pod" $?
	stridectl pair $NEAR --runner r --placement left-foot --yes --json >"$WORK/out.json"
	expect "a second pairing is told that one is under way" 1 "it['error']['code'] == 'busy' and it['error']['next']" $? "$WORK/out.json"
	kill -INT "$client"
	ended
	[ $status -eq 130 ]
	check "Ctrl-C while it looks: exit 130" $?
	off "Ctrl-C while it looks: discovery is off"

	begin pair $NEAR --runner r --placement left-foot --yes
	wait_for is true Connected $NEAR
	check "pairing connects" $?
	kill -INT "$client"
	ended
	[ $status -eq 130 ]
	check "Ctrl-C while it connects: exit 130" $?
	wait_for unconnected $NEAR
	check "Ctrl-C while it connects: no connection stays" $?
	sleep 1 # a bond that was under way would be made by now
	! is true Paired $NEAR
	check "Ctrl-C while it connects: no bond stays" $?
	stridectl pods --json >"$WORK/out.json"
	expect "Ctrl-C while it connects: the roster is empty" 0 "it['pods'] == []" $? "$WORK/out.json"

	begin pair $NEAR --runner r --placement left-foot --yes
	wait_for resolved_or_bonded
	check "pairing comes to the bond" $?
	kill -INT "$client"
	ended
	wait_for unconnected $NEAR
	check "Ctrl-C while it bonds: no connection stays" $?
	sleep 1
	! is true Paired $NEAR
	check "Ctrl-C while it bonds: no bond stays" $?

	# --- and then it works
	stridectl pair $NEAR --runner r --placement left-foot --yes --json >"$WORK/out.json"
	expect "pairing the same pod again works" 0 "it['address'] == '$NEAR' and it['bonded']" $? "$WORK/out.json"
	live() { stridectl pods $NEAR --json | grep -q '"state":.*"live"'; }
	wait_for live
	check "and its link goes live" $?
	stridectl pair $OTHER --runner r --placement left-foot --json </dev/null >"$WORK/out.json"
	expect "a place that is taken: exit 1, by whom, and how to insist" 1 "it['error']['code'] == 'unconfirmed' and 'left-foot of r is already worn as $NEAR' in it['error']['message'] and '--yes' in it['error']['next']" $? "$WORK/out.json"
	stridectl runners add s --zone UTC >/dev/null
	stridectl pair $NEAR --runner s --placement left-foot --json </dev/null >"$WORK/out.json"
	expect "a pod that another runner wears: exit 1, whose it is, and how to insist" 1 "'left-foot pod of r' in it['error']['message'] and it['error']['next'].endswith('--placement left-foot --yes')" $? "$WORK/out.json"
	stridectl pods --json >"$WORK/out.json"
	expect "and nothing was moved" 0 "[pod['runner'] for pod in it['pods']] == ['r']" $? "$WORK/out.json"
	begin pair $OTHER --runner r --placement left-foot --yes
	wait_for is true Connected $OTHER
	kill -KILL "$client"
	ended
	wait_for unconnected $OTHER
	check "a terminal that is closed leaves no connection" $?
	live
	check "and the other pod's link is not touched" $?
	stridectl pair $NEAR --runner nobody --placement left-foot --yes --json >"$WORK/out.json"
	expect "an unknown runner: exit 4" 4 "it['error']['code'] == 'not-found' and it['error']['next']" $? "$WORK/out.json"
	stridectl pair $FAR --runner r --placement left-foot --yes --json >"$WORK/out.json"
	expect "a pod that is not there: exit 4, and what to do" 4 "it['error']['code'] == 'pod-not-found' and 'wake it' in it['error']['next']" $? "$WORK/out.json"
	stridectl doctor --json >"$WORK/out.json"
	[ $? -le 1 ] && ! grep -q D-POD-01 "$WORK/out.json"
	check "a live pod is not asked to come near" $?
	at_terminal() { # answer command… : as a person at a terminal, who answers so
		echo "$1" | python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$build/cli/stridectl" "${@:2}" >"$WORK/out.txt" 2>&1
	}
	at_terminal n pair $OTHER --runner r --placement left-foot
	[ $? -eq 1 ] && grep -q "already worn as $NEAR" "$WORK/out.txt" && grep -q 'all the same? \[y/N\]' "$WORK/out.txt" && grep -q "nothing was changed" "$WORK/out.txt"
	check "at a terminal a person is asked, and may say no" $?
	at_terminal y pair $OTHER --runner r --placement left-foot
	[ $? -eq 0 ] && grep -q "is paired: left-foot of r" "$WORK/out.txt"
	check "or yes" $?
	stridectl doctor --json >"$WORK/out.json"
	expect "two pods at one place are a finding" 0 "any(f['id'] == 'D-POD-03' and '$NEAR' in f['cause'] and '$OTHER' in f['cause'] for f in it['findings'])" $? "$WORK/out.json"
	stridectl pair here --runner r --placement left-foot --yes --json >"$WORK/out.json"
	expect "an address that is none: exit 2" 2 "it['error']['code'] == 'invalid' and it['error']['next']" $? "$WORK/out.json"
	off "at the end nobody listens"
}
if [ "${1:-}" = story ]; then story; exit 0; fi

# ---------------------------------------------------------------- around it
work=$(mktemp -d)
cleanup() {
	kill $(jobs -p) 2>/dev/null
	wait 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus STRIDED_BUILD=$build WORK=$work
wait_for test -S "$work/bus"
printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n' "$work/state" >"$work/strided.conf"
cat >"$work/story.json" <<JSON
{"start": "2026-11-02T06:00:00Z", "quality": "synchronised",
 "pods": [{"address": "$NEAR", "name": "Foot pod", "type": "stride", "placement": "left-foot"},
  {"address": "$OTHER", "name": "Footpod", "type": "rsc", "placement": "right-foot"},
  {"address": "$FAR", "name": "At the gym", "type": "stride", "placement": "right-foot"}],
 "events": [{"at": "2026-11-02T06:00:00Z", "do": "home", "pod": "$NEAR"},
  {"at": "2026-11-02T06:00:00Z", "do": "home", "pod": "$OTHER"},
  {"at": "2026-11-02T06:00:10Z", "do": "exec", "command": "exec bash '$here' story >'$work/results' 2>&1"}]}
JSON
"$build/tests/sim/sim-bluez" --scenario "$work/story.json" --clock "$work/clock" >"$work/sim.log" 2>&1 &
sim=$!
wait_for test -S "$work/clock"
"$build/daemon/strided" --config "$work/strided.conf" --test-clock "$work/clock" >"$work/strided.log" 2>&1 &
daemon=$!
wait $sim
sim_status=$?
wait $daemon
cat "$work/results"
check "the simulator came to the story's end" $sim_status >>"$work/results"
! grep -qE 'AddressSanitizer|LeakSanitizer|runtime error' "$work/strided.log" "$work/sim.log"
check "no sanitizer complained" $? >>"$work/results"
tail -n 2 "$work/results"
passed=$(grep -c '^ok: ' "$work/results") failed=$(grep -c '^FAILED: ' "$work/results")
[ "$passed" -ge 37 ] || { failed=$((failed + 1)); echo "FAILED: only $passed checks passed, the story has more"; }
[ "$failed" -eq 0 ] || tail -n 20 "$work/sim.log" "$work/strided.log"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]

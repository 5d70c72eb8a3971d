#!/usr/bin/env bash
# What the broker refuses, what does not fit on our disk, what cannot be built, a reload that fails: nothing is lost,
# nothing blocks the rest. The real daemon, a real broker; no radio.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
passed=0 failed=0 skipped=0 daemon= mounted=
export PATH=$PATH:/usr/sbin
strided=$build/daemon/strided
stridectl() { timeout 20 "$build/cli/stridectl" "$@"; }
cleanup() {
	[ -s "$work/broker.pid" ] && kill "$(cat "$work/broker.pid")" 2>/dev/null
	kill $(jobs -p) 2>/dev/null # daemon, bus and the listener
	wait 2>/dev/null
	[ -n "$mounted" ] && umount "$work/state/inbound"
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
	"$strided" --config "$work/strided.conf" >>"$work/strided.log" 2>&1 &
	daemon=$!
	wait_for 10 stridectl status
}
stop_daemon() { kill "$daemon" && wait "$daemon"; daemon=; }
config() { # host
	printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n[broker]\nhost = %s\nport = %s\ntls = no\nstatus_interval_s = 10\n' \
		"$work/state" "$1" "$port" >"$work/strided.conf"
}
acl() { printf '%s\n' "$@" >"$work/acl"; }
broker_config() { # more lines
	printf 'allow_anonymous true\nlistener %s 127.0.0.1\npid_file %s\nacl_file %s\npersistence true\npersistence_location %s/\n%s\n%s\n' \
		"$port" "$work/broker.pid" "$work/acl" "$work" "$([ "$(id -u)" -ne 0 ] || echo 'user root')" "${1:-}" >"$work/broker.conf"
}
reload_broker() { kill -HUP "$(cat "$work/broker.pid")"; }
connected() { stridectl status | grep -q "clinic   connected"; }
heard() { grep -qE -- "$1" "$work/heard"; }
doctor_says() { grep -qF -- "$1" <<<"$(stridectl doctor)"; } # whose exit status says that it found something
row_is() { # kind state
	stridectl export outbox | python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
sys.exit(not any(row["kind"] == sys.argv[1] and row["state"] == sys.argv[2] for row in rows))' "$1" "$2"
}
say() { mosquitto_pub -h 127.0.0.1 -p "$port" -V 5 -q 1 -t strided/v1/c/g/r/in/diary -m "$1"; }
entry() { printf '{"v":1,"id":"%s","at":"%s","pain":3}' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"; }

dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
wait_for 10 test -S "$work/bus"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# --- a reload that cannot be done
mkdir -m 700 "$work/state"
config ''
touch "$work/state/inbound" # where the spool's directory must be
start_daemon
config 127.0.0.1
kill -HUP "$daemon"
wait_for 10 grep -q "the configuration of before runs on" "$work/strided.log"
check "a reload whose clinic side cannot start says so" $?
stridectl status | grep -q "no broker"
check "and the configuration of before runs on" $?
rm "$work/state/inbound"

# --- a broker that does not let us say everything
acl 'topic readwrite #' 'topic deny strided/v1/c/g/+/summary' 'topic deny strided/v1/c/g/+/week/#'
broker_config
mosquitto -c "$work/broker.conf" -d 2>/dev/null
wait_for 10 mosquitto_pub -h 127.0.0.1 -p "$port" -t up -n # it listens: a listener that finds nobody gives up
mosquitto_sub -h 127.0.0.1 -p "$port" -V 5 -q 1 -t 'strided/#' -F '%t %p' >"$work/heard" 2>/dev/null &
kill -HUP "$daemon"
wait_for 20 connected
check "the next reload brings it to the broker" $?
stridectl runners add r --zone Europe/Berlin >/dev/null
stridectl consent r on >/dev/null
wait_for 20 row_is summary set-aside
check "what is not authorised is set aside, and not cancelled" $?
doctor_says ": Not authorized"
check "the doctor says that the broker refuses, and why" $?
say "$(entry a1)"
wait_for 20 heard '/r/ack/a1 .*"code":"stored"'
check "others get through meanwhile" $?
wait_for 20 row_is week set-aside
check "a week that is not authorised is set aside, too" $?
grep -q "Not authorized" <<<"$(stridectl outbox)"
check "the outbox shows it, with the broker's reason" $?
sleep 12 # so the next status is due
say "$(entry a4)"
wait_for 20 heard '/r/ack/a4 .*"code":"stored"'
check "what follows it gets through as well" $?
! grep -q "g/status .*offline" "$work/heard"
check "and the connection holds" $?
! grep -q "stands still" "$work/strided.log"
check "nothing is said of a standstill" $?
acl 'topic readwrite #'
reload_broker
wait_for 60 heard '/g/r/summary '
check "once it is authorised it arrives by itself" $?
wait_for 60 heard '/g/r/week/'
check "and so does the week" $?
doctor_settled() { ! doctor_says D-CLINIC-06; }
wait_for 30 doctor_settled
check "and the doctor is content" $?

# --- a broker of before MQTT 5, whose only word for "you may not" is to end the connection
old_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo /week/ >"$work/denied"
python3 "$root/tests/faults/old-broker.py" "$old_port" "$port" "$work/denied" >"$work/old" &
broker_port=$port port=$old_port
config 127.0.0.1
port=$broker_port
: >"$work/heard-of-old"
mosquitto_sub -h 127.0.0.1 -p "$port" -V 5 -q 1 -R -t 'strided/#' -F '%t %p' >"$work/heard-of-old" 2>/dev/null &
kill -HUP "$daemon"
wait_for 20 grep -q '^4$' "$work/old"
stridectl diary add r --pain 5 >/dev/null # a new week and summary
wait_for 40 row_is week set-aside
check "a row that ends each connection is found out and set aside" $?
doctor_says "the connection ended when it was sent"
check "the doctor says why" $?
wait_for 20 connected
say "$(entry a5)"
wait_for 20 grep -qE '/r/ack/a5 .*"code":"stored"' "$work/heard-of-old"
check "the others get through" $?
sleep 1
[ "$(grep -c denied "$work/old")" -le 6 ] # a week in the first connection, the other ones', and what came with a5
check "and the connection is not lost again and again" $?
echo >"$work/denied"
kill -HUP "$daemon"
wait_for 20 grep -q '/g/r/week/' "$work/heard-of-old"
check "once it is allowed, a reload is enough" $?
config 127.0.0.1
kill -HUP "$daemon"
wait_for 20 connected

# --- a broker that will never take it
broker_config 'message_size_limit 420'
reload_broker
sleep 0.5
stridectl diary add r --pain 6 >/dev/null # a new week and summary, longer than that
wait_for 20 row_is summary set-aside
check "what is too large for ever is set aside" $?
wait_for 10 doctor_says D-CLINIC-06
check "and named by the doctor" $?
say "$(entry a2)"
wait_for 20 heard '/r/ack/a2 .*"code":"stored"'
check "the rest goes on" $?
broker_config
reload_broker

# --- a row that no message can be made of
stop_daemon
python3 - "$work/state/ledger.db" <<'P'
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
d.execute("UPDATE home SET zone = 'Europe/Nowhere'")
d.execute("INSERT INTO outbox (kind, state, runner, key, revision, made) VALUES (2, 0, 'r', '', 0, 1)")
d.commit()
P
start_daemon
wait_for 20 doctor_says D-CLINIC-07
check "the doctor names a row that cannot be built" $?
say "$(entry a3)"
wait_for 20 heard '/r/ack/a3 .*"code":"stored"'
check "and those behind it are sent" $?
stop_daemon
python3 -c "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(\"UPDATE home SET zone = 'UTC'\"); d.commit()" "$work/state/ledger.db"

# --- no room for what comes in
if mount -t tmpfs -o size=16k tmpfs "$work/state/inbound" 2>/dev/null; then
	mounted=yes
	fill() { head -c 65536 /dev/zero >"$work/state/inbound/filler" 2>/dev/null; }
	fill
	start_daemon
	wait_for 20 connected
	say "$(entry full)"
	wait_for 20 grep -q "cannot be kept here" "$work/strided.log"
	check "no room for a message: it says so" $?
	sleep 3
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
	! heard '/r/ack/full '
	check "it is not answered" $?
	rm "$work/state/inbound/filler"
	start_daemon
	wait_for 20 heard '/r/ack/full .*"code":"stored"'
	check "after a kill the broker still has it: stored once there is room" $?
	fill
	say "$(entry again)"
	sleep 2
	rm "$work/state/inbound/filler"
	wait_for 60 heard '/r/ack/again .*"code":"stored"'
	check "and without a restart, too" $?
	stop_daemon
else
	skipped=$((skipped + 4))
	echo "skipped: four checks of a full disk, mounting a tmpfs is not allowed here"
fi
if grep -qE 'AddressSanitizer|runtime error|Assertion' "$work/strided.log"; then check "no sanitizer complained" 1; grep -A20 -E 'AddressSanitizer|runtime error|Assertion' "$work/strided.log"; else check "no sanitizer complained" 0; fi
[ $failed -eq 0 ] || tail -n 40 "$work/strided.log"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

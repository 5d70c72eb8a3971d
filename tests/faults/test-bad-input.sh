#!/usr/bin/env bash
# Bad input and a bad ground to stand on: each gets a clear error, nothing is lost, nothing crashes.
# The real daemon on a private bus with a real broker; no radio.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
passed=0 failed=0 daemon=
export PATH=$PATH:/usr/sbin
strided=$build/daemon/strided
stridectl() { "$build/cli/stridectl" "$@"; }
cleanup() {
	[ -s "$work/broker.pid" ] && kill "$(cat "$work/broker.pid")" 2>/dev/null
	kill $(jobs -p) 2>/dev/null # daemon, bus and the listener, who would try for ever
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
wait_for() { # command… : within 10 s
	for _ in $(seq 100); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
	return 1
}
start_daemon() {
	"$strided" --config "$work/strided.conf" >>"$work/strided.log" 2>&1 &
	daemon=$!
	wait_for stridectl status
}
stop_daemon() { kill "$daemon" && wait "$daemon"; daemon=; }

dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="unix:path=$work/bus" --nofork >"$work/bus.log" 2>&1 &
bus=$!
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
wait_for test -S "$work/bus"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
config() { # state directory, more lines
	printf '[gateway]\nclinic = c\ngateway = g\nstate_directory = %s\n[broker]\nhost = 127.0.0.1\nport = %s\ntls = no\n%s\n' "$1" "$port" "${2:-}"
}

# --- without a daemon
expect "without a daemon: exit 3 and the next step" 3 "systemctl start strided" stridectl status
expect "without a daemon, as JSON" 3 '"code":	"daemon-not-running"' stridectl pods --json
expect "an unknown verb names the nearest" 2 "stridectl status" stridectl statsu
expect "a verb without its arguments" 2 "--placement" stridectl pair C0:00:00:00:00:01 --runner r
expect "pain 11 is refused before anything is sent" 2 "a whole number from 0 to 10" stridectl diary add r --pain 11
DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere expect "without a bus: exit 3" 3 "message bus" stridectl status

# --- configuration
config "$work/state" "colour = red" >"$work/bad.conf"
expect "an unknown key is named with its line" 1 "bad.conf:9" "$strided" --check-config "$work/bad.conf"
config "$work/state" "keep_alive_s = banana" >"$work/bad.conf"
expect "a value that is no number is named" 1 "keep_alive_s" "$strided" --check-config "$work/bad.conf"
expect "a missing file is named" 1 "nothing.conf" "$strided" --check-config "$work/nothing.conf"
expect "the printed default is good" 0 "good" sh -c "'$strided' --print-config >'$work/default.conf' && '$strided' --check-config '$work/default.conf'"
expect "the test clock is refused as a service" 1 "not for a service" env NOTIFY_SOCKET=/x "$strided" --config "$work/default.conf" --test-clock "$work/x"

# --- ledgers that cannot be used
config "$work/state" >"$work/strided.conf"
mkdir "$work/state"
echo "this is no database at all, but long enough to look at" >"$work/state/ledger.db"
expect "a file that is no ledger is left alone" 1 "ledger.db" "$strided" --config "$work/strided.conf"
grep -q "this is no database" "$work/state/ledger.db"
check "and not a byte of it was changed" $?
rm -rf "$work/state"
start_daemon
check "a new ledger is made" $?
expect "a second daemon on the same ledger is refused" 1 "ledger" "$strided" --config "$work/strided.conf"
stop_daemon
version() { python3 -c "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); print(d.execute('PRAGMA user_version').fetchone()[0]); d.execute('PRAGMA user_version = ' + sys.argv[2]); d.commit()" "$work/state/ledger.db" "$1"; }
version_was=$(version 99)
expect "a ledger of a newer version is refused" 1 "newer" "$strided" --config "$work/strided.conf"
version "$version_was" >/dev/null

# --- people
start_daemon
expect "a zone that does not exist" 2 "timedatectl list-timezones" stridectl runners add r --zone Europe/Nowhere
expect "an id that cannot be a topic" 2 "pseudonym" stridectl runners add 'a/b' --zone UTC
expect "a word of the topics names no runner" 2 "cannot name a runner" stridectl runners add status --zone UTC
expect "nor does the other one" 2 "cannot name a runner" stridectl runners add in --zone UTC
expect "a runner is added" 0 "is added" stridectl runners add r --zone Europe/Berlin
expect "not twice" 1 "there already" stridectl runners add r --zone Europe/Berlin
expect "an unknown runner: exit 4 and how to add it" 4 "stridectl runners add" stridectl week nobody
expect "no week yet: exit 8" 8 "stridectl week r --all" stridectl week r 1999-W01
expect "an unknown pod: exit 4" 4 "stridectl scan" stridectl pods C0:00:00:00:00:99
expect "no radio: exit 7" 7 "stridectl doctor" stridectl scan 1
expect "the doctor says why: exit 1" 1 "D-RADIO-01" stridectl doctor
expect "consent" 0 "go to the clinic" stridectl consent r on
expect "a diary entry" 0 "is noted" stridectl diary add r --pain 4 --id e1
expect "the same id with other content" 1 "first one stays" stridectl diary add r --pain 5 --id e1
expect "what is exported is JSON lines" 0 '"pain":4' stridectl export diary
expect "and CSV" 0 'pain' stridectl export diary --csv

stridectl diary add r --pain 2 --id escape --note $'\e]0;owned\a\e[31mred\u009b1m\x7f' >/dev/null
expect "a note's control characters are shown" 0 '\x1b]0;owned\x07\x1b[31mred\x9b1m\x7f' stridectl diary r
stridectl diary r | LC_ALL=C grep -q $'[\e\a\x7f]'
[ $? -eq 1 ]
check "and not obeyed" $?
stridectl diary r --json | grep -qF '\u001b[31mred'
check "as JSON they are what came" $?
stridectl export diary --csv | grep -qF $'\e[31mred'
check "and in an export" $?
expect "consent answers with the runner" 0 '"consent":	true' stridectl consent r on --json
for words in status "status --json" pods runners "runners --json" "diary r" "diary r --json" outbox "outbox --json" "export diary" "export diary --csv" \
	"consent r on" "consent r on --json" "diary add r --pain 2 --id once"; do
	stridectl $words >/dev/full 2>/dev/null
	a=$?
	stridectl $words >&- 2>/dev/null
	b=$?
	[ $a -eq 1 ] && [ $b -eq 1 ]
	check "stridectl $words fails when nobody can read it" $?
done

# --- the broker: away, then back
stridectl status | grep -q "NOT connected"
check "a broker that is away is said in status" $?
expect "and by the doctor" 1 "D-CLINIC-01" stridectl doctor
printf 'allow_anonymous true\nlistener %s 127.0.0.1\npid_file %s\n%s\n' "$port" "$work/broker.pid" "$([ "$(id -u)" -ne 0 ] || echo 'user root')" >"$work/broker.conf"
mosquitto -c "$work/broker.conf" -d 2>/dev/null
wait_for mosquitto_pub -h 127.0.0.1 -p "$port" -t up -n # it listens: a listener that finds nobody gives up
mosquitto_sub -h 127.0.0.1 -p "$port" -V 5 -q 1 -t 'strided/#' -F '%t %p' >"$work/heard" 2>/dev/null &
connected() { stridectl status | grep -q "clinic   connected"; }
for _ in $(seq 700); do connected && break; sleep 0.1; done
connected
check "it connects by itself when the broker comes" $?

# --- what the clinic sends
say() { mosquitto_pub -h 127.0.0.1 -p "$port" -V 5 -q 1 -t "strided/v1/c/g/$1/in/diary" "${@:2}"; }
answered() { # runner id code
	wait_for grep -q "^strided/v1/c/g/$1/ack/$2 .*\"code\":\"$3\"" "$work/heard"
	check "$4" $?
}
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
say r -m "{\"v\":1,\"id\":\"m1\",\"at\":\"$now\",\"pain\":3,\"note\":\"häuft sich — 走\"}"
answered r m1 stored "an entry is stored and answered"
say r -m "{\"v\":1,\"id\":\"m1\",\"at\":\"$now\",\"pain\":3,\"note\":\"häuft sich — 走\"}"
answered r m1 duplicate "sent twice it is stored once"
say r -m "{\"v\":1,\"id\":\"m1\",\"at\":\"$now\",\"pain\":9}"
answered r m1 id_taken "the same id with other content is refused"
say r -m "{\"v\":2,\"id\":\"m2\",\"at\":\"$now\",\"pain\":3}"
answered r m2 wrong_version "another version is refused"
say r -m "{\"v\":1,\"id\":\"m3\",\"at\":\"$now\",\"pain\":3.5}"
answered r m3 invalid_field "half a point of pain is refused"
say r -m "{\"v\":1,\"id\":\"m4\",\"at\":\"yesterday\",\"pain\":3}"
answered r m4 invalid_field "a time that is none is refused"
say s -m "{\"v\":1,\"id\":\"m5\",\"at\":\"$now\",\"pain\":3}"
answered s m5 unknown_runner "another gateway's runner is refused"
say r -m "{\"v\":1,\"id\":\"m8\",\"at\":\"$now\",\"pain\":3,\"runner\":\"s\"}"
answered r m8 wrong_runner "a payload that names another runner than the topic is refused"
say r -m 'no JSON'
answered r 'unreadable-[0-9]*' invalid_json "what is no JSON is refused, and answered"
head -c 9000 /dev/zero | tr '\0' x >"$work/large"
say r -f "$work/large"
answered r 'unreadable-[0-9]*' too_large "what is too large is refused"
printf '{"v":1,"id":"m6","at":"%s","pain":3,"note":"\xff\xfe"}' "$now" >"$work/latin"
say r -f "$work/latin"
answered r m6 invalid_field "text that is no UTF-8 is refused"
[ "$(stridectl diary r --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["entries"]))')" = 4 ]
check "the diary holds the four good entries" $?

# --- while we are away
stop_daemon
check "SIGTERM ends it with success" $?
grep -q '"state":"offline"' "$work/heard"
check "and it said so to the clinic" $?
say r -m "{\"v\":1,\"id\":\"m7\",\"at\":\"$now\",\"pain\":2}"
start_daemon
answered r m7 stored "an entry sent while the gateway was away arrives"
expect "consent is withdrawn" 0 "nothing more" stridectl consent r off
wait_for grep -qE '^strided/v1/c/g/r/summary $' "$work/heard"
check "and the broker's copy is cleared" $?

# --- the ground gives way
(cd / && python3 - "$work/state/ledger.db" <<'P'
import sqlite3, sys, time
d = sqlite3.connect(sys.argv[1], isolation_level=None)
d.execute("BEGIN EXCLUSIVE")
time.sleep(8)
P
) &
locker=$!
sleep 0.5
stridectl diary add r --pain 1 --id locked >"$work/locked" 2>&1
status=$?
if [ $status -eq 0 ]; then grep -q noted "$work/locked"; else grep -qi "ledger" "$work/locked"; fi
check "a locked ledger is waited for, or said plainly" $?
wait $locker
expect "and works again afterwards" 0 "noted" stridectl diary add r --pain 1 --id after
kill -HUP "$daemon"
sleep 0.3
expect "a reload keeps it running" 0 "gateway" stridectl status
config "$work/state" "colour = red" >"$work/strided.conf"
kill -HUP "$daemon"
wait_for grep -q "the running configuration stays" "$work/strided.log"
check "a reload of a bad file changes nothing, and says so" $?
expect "and it still answers" 0 "gateway" stridectl status
kill "$bus"
wait_for grep -q "message bus is gone" "$work/strided.log"
check "a bus that goes away is named" $?
wait "$daemon"
[ $? -eq 1 ]
check "and ends the daemon as a failure, to be started again" $?
if grep -qE 'AddressSanitizer|runtime error' "$work/strided.log"; then check "no sanitizer complained" 1; grep -A20 -E 'AddressSanitizer|runtime error' "$work/strided.log"; else check "no sanitizer complained" 0; fi

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

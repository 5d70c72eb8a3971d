#!/usr/bin/env bash
# The broker's example of config/ as a practice would use it: included by Debian's mosquitto.conf, with
# certificates of an own authority and accounts; who may do what, tried with the real daemon over TLS.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${STRIDED_BUILD:-$root/build-test}
work=$(mktemp -d)
passed=0 failed=0 daemon=
export PATH=$PATH:/usr/sbin DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
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

# --- the clinic's side
etc=$work/mosquitto
mkdir -p "$etc/conf.d" "$work/lib"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout "$work/ca.key" -out "$etc/ca.crt" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$etc/server.key" -out "$work/server.csr" 2>/dev/null
openssl x509 -req -in "$work/server.csr" -CA "$etc/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
	-extfile <(printf 'subjectAltName=DNS:localhost') -out "$etc/server.crt" 2>/dev/null
printf 'gw1:one\ngw2:two\nclinician:three\narchive:four\n' >"$etc/strided.passwd"
mosquitto_passwd -U "$etc/strided.passwd" || exit 1
port=$(free_port) page_port=$(free_port)
here() { sed -e '/^#/d' -e "s|/etc/mosquitto/|$etc/|" -e "s|listener 8883|listener $port|" -e "s|listener 8443|listener $page_port|" "$1"; }
here "$root/config/mosquitto-practice.conf" >"$etc/conf.d/strided.conf"
here "$root/config/mosquitto-practice.acl" >"$etc/strided.acl"
cat >"$etc/mosquitto.conf" <<CONF
pid_file $work/broker.pid
persistence true
persistence_location $work/lib/
log_dest file $work/broker.log
include_dir $etc/conf.d
$([ "$(id -u)" -ne 0 ] || echo "user root")
CONF
mosquitto -c "$etc/mosquitto.conf" -d >"$work/started" 2>&1
wait_for test -s "$work/broker.pid"
accepted=$?
check "mosquitto accepts the example beside Debian's own configuration" $accepted
if [ $accepted -ne 0 ]; then # without a broker nobody gets through, which proves nothing
	cat "$work/started"
	echo "$passed passed, $failed failed, 0 skipped"
	exit 1
fi

# --- a gateway
client() { # program user password arguments…
	"$1" -h localhost -p "$port" --cafile "$etc/ca.crt" -V 5 -q 1 -u "$2" -P "$3" "${@:4}"
}
mosquitto_sub -h localhost -p "$port" --cafile "$etc/ca.crt" -V 5 -q 1 -u archive -P four -t 'strided/#' -F '%t %p' >"$work/archive" 2>/dev/null &
dbus-daemon --config-file="$root/tests/sim/bus.conf" --address="$DBUS_SYSTEM_BUS_ADDRESS" --nofork >"$work/bus.log" 2>&1 &
wait_for test -S "$work/bus"
echo one >"$work/password"
cat >"$work/strided.conf" <<CONF
[gateway]
clinic = practice
gateway = gw1
state_directory = $work/state
[broker]
host = localhost
port = $port
ca_file = $etc/ca.crt
user = gw1
password_file = $work/password
CONF
"$build/daemon/strided" --config "$work/strided.conf" >"$work/strided.log" 2>&1 &
daemon=$!
stridectl() { "$build/cli/stridectl" "$@"; }
connected() { stridectl status | grep -q "clinic   connected"; }
wait_for connected
check "strided connects over TLS with the account of its gateway" $?
wait_for grep -q '^strided/v1/practice/gw1/status .*"state":"online"' "$work/archive"
check "the archive reads what it says" $?
stridectl runners add r1 --zone Europe/Berlin >/dev/null
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
entry() { printf '{"v":1,"id":"%s","at":"%s","pain":3}' "$1" "$now"; }
client mosquitto_pub clinician three -t strided/v1/practice/gw1/r1/in/diary -m "$(entry page)"
wait_for grep -q '^strided/v1/practice/gw1/r1/ack/page .*"stored"' "$work/archive"
check "the page's diary entry arrives and is answered" $?

# --- who may not (a broker drops it silently or refuses: what counts is that it does not arrive)
client mosquitto_pub gw2 two -t strided/v1/practice/gw1/r1/in/diary -m "$(entry neighbour)" >/dev/null 2>&1
client mosquitto_pub clinician three -t strided/v1/practice/gw1/r1/summary -m forged >/dev/null 2>&1
client mosquitto_pub archive four -t strided/v1/practice/gw1/r1/in/diary -m "$(entry archive)" >/dev/null 2>&1
client mosquitto_sub gw2 two -t 'strided/v1/practice/gw1/#' -F %t -W 2 >"$work/neighbour" 2>/dev/null
client mosquitto_pub clinician three -t strided/v1/practice/gw1/r1/in/diary -m "$(entry last)"
wait_for grep -q '/r1/ack/last ' "$work/archive"
! grep -qE 'ack/(neighbour|archive)|forged' "$work/archive" && [ "$(stridectl diary r1 --json | grep -c '"id"')" = 2 ]
check "another gateway, the archive and a forged summary do not get through" $?
[ ! -s "$work/neighbour" ]
check "another gateway reads nothing of this one" $?
! client mosquitto_pub gw1 wrong -t strided/v1/practice/gw1/x -m x >/dev/null 2>&1
check "a wrong password is refused" $?
! mosquitto_pub -h localhost -p "$port" --cafile "$etc/ca.crt" -t strided/v1/practice/gw1/x -m x >/dev/null 2>&1
check "and so is nobody" $?
! mosquitto_pub -h localhost -p "$port" -u gw1 -P one -t strided/v1/practice/gw1/x -m x >/dev/null 2>&1
check "and plaintext" $?
kill "$daemon" && wait "$daemon"
check "the daemon ends well" $?

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

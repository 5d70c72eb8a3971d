#!/usr/bin/env bash
# `meson install` into an empty tree: everything is in place, and those who read it accept it.
#   tests/check-install.sh BUILD_DIR      last line: N passed, N failed, N skipped
set -uo pipefail
build=$(cd "$1" && pwd)
work=$(mktemp -d)
tree=$work/tree
passed=0 failed=0 skipped=0 bus=
cleanup() {
	[ -z "$bus" ] || kill "$bus" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

check() { # name status
	if [ "$2" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $1"; else failed=$((failed + 1)); echo "FAILED: $1"; fi
}
# Runs a command; it must succeed, and say nothing where it should be quiet.
expect() { # name command…
	local name=$1 output status
	shift
	output=$("$@" 2>&1)
	status=$?
	check "$name" $status
	[ $status -eq 0 ] || sed 's/^/    /' <<<"$output"
}
skip() { skipped=$((skipped + 1)); echo "skipped: $1"; }
install_tree() { DESTDIR=$tree meson install -C "$build" --no-rebuild; }
prefix=$(meson introspect "$build" --buildoptions | python3 -c 'import json, sys
print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
policy=/etc/dbus-1/system.d
[ "$prefix" != /usr ] || policy=/usr/share/dbus-1/system.d

man=${prefix#/}/share/man

expect "meson install succeeds" install_tree
wanted="etc/strided/strided.conf
${policy#/}/org.strided1.conf
${prefix#/}/bin/strided
${prefix#/}/bin/stridectl
${prefix#/}/lib/systemd/system/strided.service
${prefix#/}/lib/sysusers.d/strided.conf
${prefix#/}/lib/tmpfiles.d/strided.conf
${prefix#/}/share/dbus-1/interfaces/org.strided1.Manager.xml
${prefix#/}/share/dbus-1/interfaces/org.strided1.Pod.xml
${prefix#/}/share/dbus-1/interfaces/org.strided1.Runner.xml
$man/man1/stridectl.1
$man/man7/strided-pods.7
$man/man8/strided.8
${prefix#/}/share/strided/measures.json"
diff <(sort <<<"$wanted") <(cd "$tree" && find . -type f | sed 's|^\./||' | sort) >"$work/diff"
check "these files are installed and no others" $?
sed 's/^/    /' "$work/diff"

# --- the configuration
config=$tree/etc/strided/strided.conf
expect "strided accepts the installed configuration" "$tree$prefix/bin/strided" --check-config "$config"
! grep -qvE '^(#|\[|$)' "$config"
check "every option in it is commented out" $?
sed -E 's/^#([a-z_]+ =)/\1/' "$config" >"$work/uncommented.conf"
! grep -qE '^#[a-z_]+ *=' "$work/uncommented.conf" && [ "$(grep -cE '^[a-z_]+ =' "$work/uncommented.conf")" -gt 8 ]
check "the options can be uncommented" $?
expect "and strided accepts them so" "$tree$prefix/bin/strided" --check-config "$work/uncommented.conf"
python3 - "$tree$prefix" <<'PY'
import json, re, subprocess, sys
printed = subprocess.run([f"{sys.argv[1]}/bin/strided", "--print-config"], capture_output=True, text=True, check=True).stdout
section = printed[printed.index("[measure]"):]
options = {key: float(value) for key, value in re.findall(r"^#([a-z_]+) = (-?[0-9.]+)$", section, re.M)}
told = json.load(open(f"{sys.argv[1]}/share/strided/measures.json", encoding="utf-8"))["settings"]
sys.exit(options != told or len(options) < 60)
PY
check "measures.json tells the defaults of the options of measures" $?
echo "# mine" >>"$config"
install_tree >/dev/null 2>&1
grep -q '^# mine' "$config" && [ -s "$config.default" ]
check "a second install leaves an edited configuration alone, the default beside it" $?

# --- manual pages
if command -v groff >/dev/null 2>&1; then
	for page in "$tree/$man"/man?/*; do groff -mandoc -K utf8 -ww -z "$page"; done >"$work/groff" 2>&1
	[ ! -s "$work/groff" ]
	check "groff has nothing to say about the manual pages" $?
	sed 's/^/    /' "$work/groff"
else
	skip "there is no groff"
fi

# --- the unit and the user
unit=$tree$prefix/lib/systemd/system/strided.service
grep -qx "ExecStart=$prefix/bin/strided" "$unit"
check "the unit starts what was installed" $?
if command -v systemd-analyze >/dev/null 2>&1; then
	# systemd-analyze wants the program where the unit says: here that is the tree
	mkdir "$work/unit" && sed "s|^ExecStart=|ExecStart=$tree|" "$unit" >"$work/unit/strided.service"
	systemd-analyze verify --man=no --recursive-errors=no "$work/unit/strided.service" >"$work/verify" 2>&1 && ! grep strided.service "$work/verify"
	check "systemd accepts the unit" $?
	grep -F strided "$work/verify" | sed 's/^/    /'
else
	skip "there is no systemd-analyze"
fi
if command -v systemd-sysusers >/dev/null 2>&1; then
	# its --root knows no /usr/local: the file is given by name
	systemd-sysusers --root="$tree" "$tree$prefix/lib/sysusers.d/strided.conf" >"$work/users" 2>&1 && grep -q '^strided:' "$tree/etc/passwd" && grep -q '^strided:' "$tree/etc/group"
	status=$?
	check "the user and the group strided are made" $status
	[ $status -eq 0 ] || cat "$work/users"
else
	skip "there is no systemd-sysusers"
fi

# --- the bus policy, on a bus that allows nothing else
cat >"$work/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=$work/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <includedir>$tree$policy</includedir>
</busconfig>
CONF
if [ "$(id -u)" -eq 0 ]; then
	chmod 755 "$work"
	dbus-daemon --config-file="$work/bus.conf" --nofork >"$work/bus.log" 2>&1 &
	bus=$!
	for _ in $(seq 100); do [ -S "$work/bus" ] && break; sleep 0.1; done
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
	printf '[gateway]\nstate_directory = %s\n' "$work/state" >"$work/strided.conf"
	"$tree$prefix/bin/strided" --config "$work/strided.conf" >"$work/strided.log" 2>&1 &
	daemon=$!
	for _ in $(seq 100); do "$tree$prefix/bin/stridectl" status >/dev/null 2>&1 && break; sleep 0.1; done
	expect "the installed policy lets strided own its name and root speak with it" "$tree$prefix/bin/stridectl" status
	status_call=(dbus-send --system --print-reply --dest=org.strided1 /org/strided1 org.strided1.Manager.Status)
	setpriv --reuid=65534 --regid=65534 --clear-groups "${status_call[@]}" >"$work/denied" 2>&1
	[ $? -ne 0 ] && grep -q AccessDenied "$work/denied"
	check "and nobody else" $?
	kill "$daemon"
	wait "$daemon"
else
	skip "not root: who may speak with strided is not tried"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

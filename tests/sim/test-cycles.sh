#!/usr/bin/env bash
# Connect, stream, drop, over and over in fast time (CYCLES of them): what the daemon holds of the machine
# stays as it is. Its own figures (stridectl status --json) are held against the message bus's count.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export STRIDED_BUILD=${STRIDED_BUILD:-$root/build-test}
cycles=${CYCLES:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What the sanitizer holds back of freed memory would hide what is not freed.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=1
# SQLite's page cache (2 MB) fills slowly, and the sanitizer keeps its own books: a short run finds gross leaks only.
grown_max=12000000
[ "$cycles" -lt 5000 ] || grown_max=500000
export FIGURES=$work/figures
passed=0 failed=0

verdict() { # status name
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAILED: $2"; fi
}

cat >"$work/look" <<'LOOK'
#!/bin/sh
stridectl status --json >>"$FIGURES" || exit 1
dbus-send --bus="$DBUS_SYSTEM_BUS_ADDRESS" --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
	org.freedesktop.DBus.Debug.Stats.GetConnectionStats string:org.strided1 |
	awk '/"MatchRules"/ { getline; print $3 }' >>"$FIGURES.bus"
LOOK
chmod +x "$work/look"
{ echo t_s,speed_mps,cadence_spm; for second in 0 1 2 3 4 5 6 7; do echo $second,2.8,168; done; } >"$work/walking.csv"
python3 - "$cycles" "$work/look" "$root/tests/data/demo/stryd-short-left.csv" "$work/walking.csv" >"$work/story.json" <<'PY'
import json, sys
cycles, look, recording, walking = int(sys.argv[1]), *sys.argv[2:]
FOOT, RSC = "C0:C5:00:00:00:01", "C0:C5:00:00:00:02"
events = []


def do(after_s, **event):
    events.append({"after_s": after_s, **event})


for pod in FOOT, RSC:
    do(0.5, do="home", pod=pod)
do(1, do="exec", command="stridectl runners add r1 --zone UTC")
for pod, place in (FOOT, "left-foot"), (RSC, "right-foot"):
    do(0, do="exec", command=f"stridectl pair {pod} --runner r1 --placement {place} --yes")
for n in range(cycles):
    do(3600 if n % 100 == 99 else 4, do="run", pod=FOOT, recording=recording, skip_s=7 + n % 400)
    do(0, do="run", pod=RSC, recording=walking)
    do(2.5, do="stop", pod=FOOT)
    do(0, do="stop", pod=RSC)
    if n % 10 == 9 or n == cycles - 1:  # figures are compared while both are live
        if (n + 1) % max(cycles // 20, 1) == 0:
            do(1, do="exec", command=look)
    do(0, do="drop-link", pod=FOOT)
    do(0, do="drop-link", pod=RSC)
do(6, do="exec", command="$HOOKS/finish")
pods = [{"address": FOOT, "name": "Foot pod L", "type": "stride", "runner": "r1", "placement": "left-foot", "zone": "UTC"},
        {"address": RSC, "name": "Footpod", "type": "rsc", "runner": "r1", "placement": "right-foot", "zone": "UTC",
         "always_running": True}]
json.dump({"pods": pods, "events": events}, sys.stdout)
PY
timeout 3000 bash "$root/tests/scenarios/on-sim" "$STRIDED_BUILD" "$work/story.json" "$work/out"
verdict $? "$cycles times connected, streamed and dropped"
python3 "$root/tests/verify-handover.py" --radio "$work/out" >"$work/handover" 2>&1
verdict $? "and every record is here once"
[ $failed -eq 0 ] || { tail -n 8 "$work/handover" "$work/out/pods.log"; tail -n 20 "$work/out/strided.log"; }

holds() { # name python-expression with `seen` (figures, oldest first), `steady` (without the first fifth), `half` (the later), `bus`, `lost`
	python3 - "$FIGURES" "$work/out/strided.log" "$2" <<'PY'
import json, sys
decode = json.JSONDecoder().raw_decode
text, seen = open(sys.argv[1]).read(), []
while text.strip():
    one, end = decode(text.strip())
    seen.append(one["resources"])
    text = text.strip()[end:]
steady, half = seen[len(seen) // 5:], seen[len(seen) // 2:]
bus = [int(line) for line in open(sys.argv[1] + ".bus")]
lost = sum("→ backing-off" in line for line in open(sys.argv[2], encoding="utf-8", errors="replace"))
def spread(key):
    return max(one[key] for one in steady) - min(one[key] for one in steady)
sys.exit(0 if len(seen) > 5 and eval(sys.argv[3]) else f"not so: {sys.argv[3]}: {seen[0]} … {seen[-1]} lost {lost} bus {bus}")
PY
	verdict $? "$1"
}
# That the load was there; once, on a busy machine, 598 of 600 were counted, and why is not known.
holds "links were made and lost so often" "lost >= 2 * $cycles * 0.98"
holds "one connection to the message bus" "all(one['bus_connections'] == 1 for one in seen)"
holds "as many descriptors at the end as at the beginning" "spread('descriptors') == 0"
holds "as many matches, and as many as the message bus counts" \
	"spread('matches') == 0 and len(bus) == len(seen) and all(one['matches'] == n for one, n in zip(seen, bus))"
holds "memory does not grow (by $grown_max B)" "half[-1]['memory_octets'] - half[0]['memory_octets'] < $grown_max"
python3 - "$FIGURES" "$cycles" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
figures = {key: re.findall(rf'"{key}":\s*(\d+)', text) for key in ("bus_connections", "descriptors", "matches", "memory_octets", "calls")}
print(f"figures of {sys.argv[2]} cycles, first and last: " + ", ".join(f"{key} {got[0]} {got[-1]}" for key, got in figures.items() if got))
PY
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]

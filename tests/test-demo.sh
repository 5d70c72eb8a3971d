#!/usr/bin/env bash
# The demo as a stranger runs it: the four weeks and their proof, replays of 1 Hz recordings whose distance
# and steps are summed here independently, and everything that it must refuse at once.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

verdict() { # status name
	if [ "$1" -eq 0 ]; then passed=$((passed + 1)); echo "ok: $2"; else failed=$((failed + 1)); echo "FAILED: $2"; fi
}

# --- the judges themselves, and what is refused, before anything is built
for judge in recompute verify-handover check-messages; do
	/usr/bin/python3 "$root/tests/$judge.py" --self-test >"$work/judge.log" 2>&1
	status=$?
	[ $status -eq 0 ] || tail -n 5 "$work/judge.log"
	verdict $status "$judge.py finds what is wrong, and only that"
done

# Exit 2, one line, and that line says so; nothing is built for it.
refuses() { # name text argument…
	local name=$1 text=$2 status
	shift 2
	STRIDED_BUILD=$work/no-build "$root/demo" "$@" >"$work/refused.log" 2>&1
	status=$?
	[ $status -eq 2 ] && [ "$(wc -l <"$work/refused.log")" -eq 1 ] && grep -qF -- "$text" "$work/refused.log" && [ ! -e "$work/no-build" ]
	status=$?
	[ $status -eq 0 ] || cat "$work/refused.log"
	verdict $status "$name"
}
refuses_file() { # name text, the file on stdin; no pipe, whose subshell would lose the count
	cat >"$work/refused.csv"
	refuses "$1" "$2" --once --out "$work/refused" --replay "$work/refused.csv"
}

head='t_s,speed_mps,cadence_spm'
refuses_file "a raw-IMU recording is refused, saying so" "raw-IMU" < <(printf 't_s,ax_g,ay_g,az_g\n0,0,0,1\n')
refuses_file "a speed that the pod cannot send is refused with its line" ".csv:3: speed_mps is 256" < <(printf '%s\n0,1,100\n1,256,100\n' $head)
refuses_file "a cadence that the pod cannot send is refused with its line" ".csv:4: cadence_spm is 255.5" < <(printf '%s\n0,1,100\n\n1,1,255.5\n' $head)
refuses_file "a negative speed is refused with its line" ".csv:3: speed_mps is -1" < <(printf '%s\n0,1,100\n1,-1,100\n' $head)
refuses_file "an infinite speed is refused with its line" ".csv:2: speed_mps is 'inf'" < <(printf '%s\n0,inf,100\n1,1,100\n' $head)
refuses_file "decimal commas are refused" ".csv:2: 4 cells" < <(printf '%s\n0,2,7,100\n1,1,100\n' $head)
refuses_file "a column that is there twice is refused" "speed_mps 2 times" < <(printf '%s,speed_mps\n0,1,100,1\n1,1,100,1\n' $head)
refuses_file "a recording of centuries is refused" "at most 31" < <(printf '%s\n0,1,100\n1e12,1,100\n' $head)
refuses_file "what is no text is refused" "no text in UTF-8" < <(printf '\377\376\000\001binary')
refuses_file "octets that no CSV has are refused" "refused.csv" < <(printf '%s\n0,1,1\000\n' $head)
refuses_file "an empty file is refused" "is empty" < <(printf '')
printf '%s\n0,1,100\n1,1,100\n' $head >"$work/good.csv"
: >"$work/a-file"
refuses "an unknown placement is named" "'nose' is no placement" --once --out "$work/refused" --replay "$work/good.csv:nose"
refuses "a file that is not there is named, colon and all" "no:such.csv: No such file" --once --out "$work/refused" --replay "$work/no:such.csv"
refuses "an empty name of a recording is refused" "--replay needs a file" --once --out "$work/refused" --replay ''
refuses "a file in the place of DIR is refused" "is no directory" --once --out "$work/a-file"
refuses "a DIR that cannot be made is refused" "cannot be made" --once --out "$work/a-file/dir"
refuses "a proof without a place is refused" "--once needs --out" --once
mkdir "$work/with a space" "$work/with'quote" "$work/$(printf 'long%.0s' {1..30})"
for odd in "$work/with a space" "$work/with'quote" "$work"/longlong*; do
	TMPDIR=$odd refuses "TMPDIR ${odd:${#work}:13} is refused plainly" "TMPDIR" --once --out "$work/refused"
done
TMPDIR=$work/nowhere refuses "a TMPDIR that is not there is refused plainly" "set TMPDIR" --once --out "$work/refused"
! "$root/demo" --help | grep -qv '^Shows\|^simulated\|^  \./demo'
verdict $? "--help prints the usage and nothing else"

# --- four weeks
"$root/demo" --once --out "$work/weeks"
verdict $? "four weeks of two runners arrive whole"

grep -q 'clock[\\]*":[\\]*"simulated' "$work/weeks/clinic.jsonl"
verdict $? "a gateway in simulated time says so"

# --- what somebody sees who watches: the same weeks up to where time goes on as on the wall, and one interval of it
python3 "$root/tests/data/demo/make-story.py" --watch | python3 -c 'import json, sys
story = json.load(sys.stdin)
n = next(i for i, event in enumerate(story["events"]) if event["do"] == "stop")
story["events"][n + 2:] = [{"after_s": 30, "do": "exec", "command": "\"$DEMO_HOOKS/finish\""}]
json.dump(story, sys.stdout)' >"$work/watch.json"
"$root/demo" --once --out "$work/watched" --scenario "$work/watch.json" >"$work/watched.log" 2>&1
status=$?
[ $status -eq 0 ] || tail -n 15 "$work/watched.log"
verdict $status "the weeks that are watched arrive whole, and what is run live at their end"
python3 - "$work/watched/week.json" <<'PYTHON'
import json, sys
weeks = {week["runner"]: week for week in sorted(json.load(open(sys.argv[1])), key=lambda week: week["week"])}
anna, ben = weeks["anna"], weeks["ben"]
sys.exit(0 if (anna["pain"]["max"], anna["load"]["runs"], ben["empty"]) == (6, 4, "not_worn") else 1)
PYTHON
verdict $? "there is somebody who needs the clinic, and somebody whose pods are not heard"

# --- replays, as an ordinary user has them: without /usr/sbin in PATH
plain_path=$(tr : '\n' <<<"$PATH" | grep -v '/sbin$' | paste -sd:)
replay() { # name file [argument for --replay]
	local out=$work/out-${1//[^a-z]/-} status
	PATH=$plain_path "$root/demo" --once --out "$out" --replay "${3:-$2}" >"$out.log" 2>&1 &&
		python3 "$root/tests/check-replay.py" "$2" "$out/week.json"
	status=$?
	[ $status -eq 0 ] || tail -n 15 "$out.log"
	verdict $status "$1"
}
rows() { # n seconds-a-row speed cadence [first n rows only: then 0]
	awk -v n="$1" -v dt="$2" -v v="$3" -v c="$4" -v until="${5:-$1}" \
		'BEGIN { print "t_s,speed_mps,cadence_spm"; for (i = 0; i < n; i++) printf "%g,%g,%g\n", i * dt, i < until ? v : 0, c }'
}

python3 "$root/tests/make-run.py" 7 >"$work/made.csv"
replay "a made run with stops, blanks and gaps is summed right" "$work/made.csv"
replay "a real run is summed right" "$root/tests/data/demo/stryd-course-1hz.csv"
rows 12 1 2.8 166 >"$work/seconds.csv"
replay "twelve seconds of running are summed right, to the decimal" "$work/seconds.csv"
rows 600 1 0 110 >"$work/still.csv"
replay "steps on the spot are not doubled" "$work/still.csv"
rows 600 1 3 100 9 >"$work/nine.csv"
replay "nine rows of running do not double ten minutes of steps" "$work/nine.csv"
rows 9 5 3 100 >"$work/slow.csv"
replay "nine rows five seconds apart are summed right" "$work/slow.csv"
rows 10 1 1.1 95 >"$work/a:walk.csv"
replay "ten rows of a walk are summed right, colon in the name and placement behind it" "$work/a:walk.csv" "$work/a:walk.csv:chest"
awk 'BEGIN { print "t_s,speed_mps,cadence_spm"; for (run = 0; run < 6; run++) for (i = 0; i < 4; i++)
	printf "%g,2.6,148\n", 1200 * run + i }' >"$work/short.csv"
replay "six runs of three seconds are summed right" "$work/short.csv"
awk 'BEGIN { print "t_s,speed_mps,cadence_spm"; for (i = 0; i < 300; i++) { printf "%g,0.09,20.5\n", t; t += i % 2 ? 4 : 1 } }' >"$work/creep.csv"
replay "the slowest creeping, unevenly sampled, is summed right" "$work/creep.csv"
{ rows 20 1 0 0; printf '20,,\n21,,100\n22,1.5,\n'; } >"$work/nobody.csv"
replay "where nobody moved nothing is made up" "$work/nobody.csv"
grep -q "nobody moved" "$work"/out-where-nobody*.log
verdict $? "where nobody moved that is said"

# --- a broker that does not start
mkdir "$work/bin"
printf '#!/bin/sh\necho "no listener for you" >&2\nexit 1\n' >"$work/bin/mosquitto"
chmod +x "$work/bin/mosquitto"
PATH=$work/bin:$PATH "$root/demo" --once --out "$work/broker" >"$work/broker.log" 2>&1
[ $? -eq 1 ] && grep -q "the broker did not start: no listener for you" "$work/broker.log"
verdict $? "the cause why the broker does not start is shown"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

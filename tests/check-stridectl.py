#!/usr/bin/env python3
"""What stridectl promises without a daemon: help for every verb, every misuse told by exit code 2 and
one JSON object, no success where nothing was done. Usage: check-stridectl.py STRIDECTL"""
import json
import os
import re
import subprocess
import sys

GOOD_DECODE = ["decode", "2A53", "07800250200300100000"]
ADDRESS = "C0:00:00:00:00:01"
# arguments that no daemon needs to see: exit 2
MISUSED = """
status now
backup
backup --force
backup /tmp/x --bogus
status --verbose
scan 0
scan 61
scan soon
scan 5 5
scan --long
pair
pair {a}
pair {a} --runner r
pair {a} --placement left-foot
pair {a} --runner
pair {a} --runner r --placement nose
pair {a} --runner r --placement left-foot --force
pair {a} {a} --runner r --placement left-foot
pair --runner r --placement left-foot --yes
scan --bogus
scan 5 --bogus
doctor --bogus
doctor {a} {a}
unpair
unpair {a} {a}
unpair {a} --bogus
unpair --force
pods --all
pods {a} {a}
pods {a} --bogus
pods {a} --placement right-foot
pods {a} --from 2026-11-10
pods {a} --placement nose --from 2026-11-10
pods {a} --placement right-foot --from
runners remove r
runners --all
runners add
runners add r
runners add r --zone
runners add r --zone UTC --mass-kg
runners add r --zone UTC --mass-kg heavy
runners add r --zone UTC --colour red
consent
consent r
consent r maybe
consent --all on
week
week --all
week --help-me
week r yesterday maybe
week r --revision
week r --revision x
week r --nonsense
runs
runs r s
runs --all
diary
diary r s
diary --all
diary add
diary add r
diary add r --pain
diary add r --pain -1
diary add r --pain 3.5
diary add r --pain much
diary add r --pain 3 --colour red
diary add r --pain 3 --note
diary add r --rpe 6.3
diary add r --rpe 11
diary add r --stiff perhaps
diary add r --ostrc 4
diary add r --ostrc 1,2,
diary add r --ostrc 1,2,0,1,0
diary add r --redflag headache
diary add r --treatment rest
diary add r --sitting-h 25
plan
import
import --runner
import f --runner
import f --bogus
import f g --name n
import f --name 1234567890123456789012345678901234567890
plan r 1
assessment
assessment --all
outbox all
reprocess now
outbox --all
export
export records --xml
export --csv
export --all
export records --csv more
decode
decode 2A53
decode 2A53 zz
decode 2A53 0
decode nonsense 00
decode 2A53 00 00
doctor --all
""".strip().format(a=ADDRESS).splitlines()
NEED_DAEMON = f"""status|pods|pods {ADDRESS}|runners|runners add r --zone UTC|consent r on|week r|runs r|diary r|diary add r --pain 3|diary add r --ostrc 1,2,-,0 --redflag fever|plan r|assessment r|reprocess|outbox
export records|doctor|scan 1|pair {ADDRESS} --runner r --placement left-foot --yes""".replace("\n", "|").split("|")
# what is wrong is what is named
NAMED = [("scan --bogus", "'--bogus'"), ("scan 5 --bogus", "'--bogus'"), ("scan soon", "'soon'"), ("runs r --bogus", "'--bogus'"),
         ("diary r --bogus", "'--bogus'"), ("consent r on --bogus", "'--bogus'"), ("export records --bogus", "'--bogus'"),
         ("export records --csv --bogus", "'--bogus'"), ("week r --revision x", "'x'"), ("week r --revision", "needs a value"),
         ("week r 2026-W47 --bogus", "'--bogus'"), (f"pods {ADDRESS} --bogus", "'--bogus'")]
passed = failed = 0


def check(name, problem):
    global passed, failed
    passed, failed = passed + (not problem), failed + bool(problem)
    if problem:
        print(f"FAILED: {name}: {problem}")


def call(stridectl, arguments, stdout=subprocess.PIPE):
    environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus"}
    return subprocess.run([stridectl, *arguments], stdout=stdout, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=environment, timeout=20)


def json_error(done, code, name=None):
    """The problem with an error as JSON, or None."""
    if done.returncode != code:
        return f"exit {done.returncode}, not {code}: {done.stdout}{done.stderr}"
    if done.stderr:
        return f"something on stderr: {done.stderr}"
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return f"not one JSON value: {done.stdout!r}"
    if set(answer) != {"error"} or set(answer["error"]) != {"code", "message", "next"}:
        return f"not {{error: {{code, message, next}}}}: {answer}"
    error = answer["error"]
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", error["code"]) or not error["message"] or not error["next"] or error["next"] != error["next"].strip():
        return f"empty or untidy: {error}"
    if name and error["code"] != name:
        return f"code {error['code']}, not {name}"
    return None


def text_error(done, code):
    if done.returncode != code:
        return f"exit {done.returncode}, not {code}"
    if done.stdout:
        return f"an error on stdout: {done.stdout!r}"
    if not re.match(r"stridectl: \S", done.stderr) or "\n  → " not in done.stderr:
        return f"no message, or no next step: {done.stderr!r}"
    return None


def check_help(stridectl):
    usage = call(stridectl, ["help"])
    verbs = [line.split()[0] for line in usage.stdout.split("\n\n")[1].splitlines()]
    check("help names verbs", None if usage.returncode == 0 and len(verbs) > 5 else usage)
    check("-h and --help are help", None if usage.stdout == call(stridectl, ["--help"]).stdout == call(stridectl, ["-h"]).stdout else "differ")
    for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130):
        check(f"help names exit code {code}", None if re.search(rf"\b{code} [a-z]", usage.stdout) else "missing")
    for verb in verbs:
        if verb == "help":
            continue
        done = call(stridectl, ["help", verb])
        problem = None
        if done.returncode != 0 or done.stderr:
            problem = f"exit {done.returncode}: {done.stderr}"
        elif not done.stdout.startswith(f"stridectl {verb}") or len(done.stdout.splitlines()) < 3:
            problem = f"says {done.stdout!r}"
        elif re.search(r"[ \t]$", done.stdout, re.M):
            problem = "blanks at the end of a line"
        elif done.stdout != call(stridectl, [verb, "--help"]).stdout:
            problem = f"{verb} --help says something else"
        elif max(map(len, done.stdout.splitlines()[1:])) > 100:
            problem = "a line longer than 100 columns"
        check(f"help {verb}", problem)
        check(f"{verb} is among the checked", None if any(line.split()[0] == verb for line in MISUSED) else "no misuse of it is listed here")
    check("help of nothing known", json_error(call(stridectl, ["help", "wek", "--json"]), 2, "unknown-verb"))


def main(stridectl):
    check_help(stridectl)
    for line in MISUSED:
        arguments = line.split()
        check(line, text_error(call(stridectl, arguments), 2) or json_error(call(stridectl, [*arguments, "--json"]), 2, "usage"))
    for line, words in NAMED:
        said = call(stridectl, line.split()).stderr
        check(f"{line} names {words}", None if words in said.splitlines()[0] else said)
    version, usage, verb = (json.loads(call(stridectl, [*words, "--json"]).stdout) for words in (["--version"], ["help"], ["help", "pair"]))
    check("the version as JSON", None if re.fullmatch(r"\d+\.\d+\.\d+", version["version"]) else version)
    check("help as JSON", None if {"name", "arguments", "summary", "help"} == set(usage["verbs"][0]) and usage["exit_codes"]["4"] == "not found" else usage)
    check("help of a verb as JSON", None if verb["name"] == "pair" and "--runner" in verb["arguments"] else verb)
    said = call(stridectl, ["a\033[31m\u009b1m\u202eb"]).stderr
    check("a control character never reaches the terminal", None if r"a\x1b[31m\x9b1m\u202eb" in said and "\033" not in said else repr(said))
    check("an empty verb", json_error(call(stridectl, ["", "--json"]), 2, "unknown-verb"))
    check("--json may stand first", json_error(call(stridectl, ["--json", "scan", "0"]), 2, "usage"))
    check("--json twice is once", json_error(call(stridectl, ["--json", "scan", "0", "--json"]), 2, "usage"))
    for line in NEED_DAEMON:
        check(f"{line}, without a bus", text_error(call(stridectl, line.split()), 3) or json_error(call(stridectl, [*line.split(), "--json"]), 3, "no-bus"))
    check("stridectl alone is status", text_error(call(stridectl, []), 3) or json_error(call(stridectl, ["--json"]), 3, "no-bus"))
    done = call(stridectl, [*GOOD_DECODE, "--json"])
    check("decode needs no daemon", None if done.returncode == 0 and json.loads(done.stdout) and not done.stderr else done)
    check("a packet that is too short", json_error(call(stridectl, ["decode", "2A53", "07", "--json"]), 1))
    check("a characteristic nobody knows", json_error(call(stridectl, ["decode", "2AFF", "00", "--json"]), 4, "unknown-characteristic"))
    with open("/dev/full", "w", encoding="utf-8") as full:
        for arguments in ([*GOOD_DECODE, "--json"], GOOD_DECODE, ["help"], ["help", "pair"], ["--version"]):
            check(f"{' '.join(arguments)} >/dev/full", None if call(stridectl, arguments, full).returncode == 1 else "success, although nothing was written")
    for arguments in ([*GOOD_DECODE, "--json"], GOOD_DECODE, ["help"], ["help", "--json"], ["--version", "--json"]):
        done = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', stridectl, *arguments], stderr=subprocess.PIPE, text=True, timeout=20)
        check(f"{' '.join(arguments)} with stdout closed", None if done.returncode == 1 and done.stderr else done)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

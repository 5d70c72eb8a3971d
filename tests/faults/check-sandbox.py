#!/usr/bin/env python3
"""The daemon under the system call filter of its unit, as nobody, on a private bus: a call that the unit denies
kills it here, so it must live, answer, and know as much about the clock as outside.
Usage: check-sandbox.py BUILD   Needs root (to become nobody), systemd-analyze and libseccomp.so.2."""
import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOBODY = 65534
KILL_PROCESS, ALLOW = 0x80000000, 0x7FFF0000
LIVE_S = 20
passed = failed = 0


def check(name, good, why=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"ok: {name}" if good else f"FAILED: {name} {why}")


def settings():
    """The [Service] lines as (key, value), in order."""
    lines = (ROOT / "systemd/strided.service.in").read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]


def calls_of(word):
    """The calls that a word of SystemCallFilter means."""
    if not word.startswith("@"):
        return {word}
    text = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True).stdout
    found = set()
    for line in map(str.strip, text.splitlines()[1:]):
        if line and not line.startswith("#"):
            found |= calls_of(line)
    return found


def allowed_calls(unit):
    """As systemd.exec(5) says: the first line makes it a list of what is allowed, later ones add or take away."""
    allowed = set()
    for key, value in unit:
        if key == "SystemCallFilter":
            words = set().union(*(calls_of(word) for word in value.lstrip("~").split()))
            allowed = allowed - words if value.startswith("~") else allowed | words
    if ("ProtectClock", "yes") in unit:
        allowed -= calls_of("@clock")
    return allowed | calls_of("@default")


def confine(allowed):
    """In the child: becomes nobody and puts the filter on."""
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(KILL_PROCESS)))
    for name in allowed:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, ctypes.c_uint(0))
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if seccomp.seccomp_load(context) != 0:
        os._exit(99)


def clock_word(build, environment):
    done = subprocess.run([build / "cli/stridectl", "status", "--json"], capture_output=True, text=True, env=environment, timeout=20)
    try:
        return json.loads(done.stdout)["gateway"]["clock"]
    except (ValueError, KeyError):
        return f"no answer: {done.stdout}{done.stderr}"


def run_daemon(work, build, environment, allowed):
    """How it ended, and what it said of the clock."""
    state = work / "state"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir()
    os.chown(state, NOBODY, NOBODY)
    (work / "strided.conf").write_text(f"[gateway]\nclinic = c\ngateway = g\nstate_directory = {state}\n[broker]\nhost = localhost\nport = 9\ntls = no\n")
    before = (lambda: confine(allowed)) if allowed else None
    daemon = subprocess.Popen([work / "strided", "--config", work / "strided.conf"], preexec_fn=before, env=environment, stderr=subprocess.PIPE, text=True)
    word, until = "", time.monotonic() + (LIVE_S if allowed else 5)
    while time.monotonic() < until and daemon.poll() is None:
        word = clock_word(build, environment)
        time.sleep(1)
    daemon.send_signal(signal.SIGTERM)
    try:
        said = daemon.communicate(timeout=20)[1]
    except subprocess.TimeoutExpired:
        daemon.kill()
        said = "did not end"
    modes = {file.name: file.stat().st_mode & 0o777 for file in state.iterdir()}
    return daemon.returncode, word, modes, said


def main(build):
    if os.geteuid() != 0 or not shutil.which("systemd-analyze"):
        print("skipped: needs root and systemd-analyze\n0 passed, 0 failed, 1 skipped")
        return 0
    unit = settings()
    check("what is denied fails, and does not kill", ("SystemCallErrorNumber", "EPERM") in unit)
    check("no capability is left", ("CapabilityBoundingSet", "") in unit)
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        work.chmod(0o755)
        shutil.copy(build / "daemon/strided", work / "strided")
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={work}/bus",
                       "ASAN_OPTIONS": "detect_leaks=0"}  # LeakSanitizer needs ptrace, which the daemon does not
        bus = subprocess.Popen(["dbus-daemon", f"--config-file={ROOT}/tests/sim/bus.conf", f"--address=unix:path={work}/bus", "--nofork"], stderr=subprocess.DEVNULL)
        try:
            while not (work / "bus").exists():
                time.sleep(0.05)
            outside = run_daemon(work, build, environment, None)[1]
            code, inside, modes, said = run_daemon(work, build, environment, allowed_calls(unit))
        finally:
            bus.terminate()
            bus.wait()
    check(f"it lives for {LIVE_S} s under its filter and ends with success", code == 0, f"exit {code}: {said[-600:]}")
    check("and says the same of the clock as outside of it", inside == outside, f"{inside}, not {outside}")
    check("what it writes is its own to read", modes and not any(mode & 0o077 for mode in modes.values()), str(modes))
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))

#!/usr/bin/env python3
"""The watchdog of the real daemon: fed while the ledger commits, not while it is locked, fed again
afterwards; and fed while the disk is full, which no restart mends. Usage: check-watchdog.py BUILD"""
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WATCHDOG_S = 3
passed = failed = skipped = 0


def check(name, good, why=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"ok: {name}" if good else f"FAILED: {name} {why}")


def fed(notify, seconds):
    """How often within so many seconds."""
    times, until = 0, time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        notify.settimeout(left)
        try:
            times += b"WATCHDOG=1" in notify.recv(4096)
        except TimeoutError:
            break
    return times


def fill(directory):
    ballast = os.open(directory / "ballast", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(ballast, b"x" * 4096):
            pass
    except OSError:
        os.close(ballast)


def check_start(state, work, build, environment, notify):
    """A daemon that starts on a full disk waits, and does not end to be started again."""
    other = state / "other"
    other.mkdir()
    (work / "other.conf").write_text(f"[gateway]\nclinic = c\ngateway = g\nstate_directory = {other}\n")
    fill(state)
    daemon = subprocess.Popen([build / "daemon/strided", "--config", work / "other.conf"], env=environment, stderr=subprocess.PIPE, text=True)
    notify.settimeout(10)
    said = b""
    while b"EXTEND_TIMEOUT_USEC" not in said:
        said = notify.recv(4096)
    check("at the start a full disk is waited for", daemon.poll() is None and b"Waiting for room" in said)
    daemon.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    daemon.send_signal(signal.SIGTERM)
    check("and SIGTERM ends the wait with success", daemon.wait(20) == 0)
    text = daemon.stderr.read()
    check("having said once what is missing", text.count("Make room") == 1 and "Sanitizer" not in text, text)
    (state / "ballast").unlink()


def main(build):
    global skipped
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        state = work / "state"
        state.mkdir()
        small = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", state]).returncode == 0
        (work / "strided.conf").write_text(f"[gateway]\nclinic = c\ngateway = g\nstate_directory = {state}\n[ledger]\nmin_free_mb = 1\n")
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(str(work / "notify"))
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={work}/bus", "NOTIFY_SOCKET": str(work / "notify"),
                       "WATCHDOG_USEC": str(WATCHDOG_S * 1000000)}
        bus = subprocess.Popen(["dbus-daemon", f"--config-file={ROOT}/tests/sim/bus.conf", f"--address=unix:path={work}/bus", "--nofork"], stderr=subprocess.DEVNULL)
        while not (work / "bus").exists():
            time.sleep(0.05)
        log = open(work / "log", "w", encoding="utf-8")
        daemon = subprocess.Popen([build / "daemon/strided", "--config", work / "strided.conf"], env=environment, stderr=log)
        try:
            check("it is fed while all is well", fed(notify, 2 * WATCHDOG_S) >= 3)
            other = sqlite3.connect(state / "ledger.db", isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            fed(notify, 1)
            check("it is not fed while the ledger cannot commit", fed(notify, 3 * WATCHDOG_S) == 0)
            other.execute("ROLLBACK")
            other.close()
            fed(notify, 3)
            check("it is fed again afterwards", fed(notify, 2 * WATCHDOG_S) >= 3)
            if small:
                fill(state)
                check("it is fed while the disk is full", fed(notify, 3 * WATCHDOG_S) >= 5)
                said = (work / "log").read_text()
                check("which is said once", said.count("MiB are free where the ledger is") == 1 and said.count("waiting for room") <= 1, said)
                (state / "ballast").unlink()
                check("and goes on when there is room", fed(notify, 2 * WATCHDOG_S) >= 3)
                check("which is said, too", "are read again" in (work / "log").read_text())
                check_start(state, work, build, environment, notify)
            else:
                skipped += 1
                print("skipped: a small disk needs root")
            daemon.send_signal(signal.SIGTERM)
            check("it ends with success", daemon.wait(20) == 0)
        finally:
            daemon.kill()
            daemon.wait()
            bus.terminate()
            bus.wait()
            if small:
                subprocess.run(["umount", state], check=False)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))

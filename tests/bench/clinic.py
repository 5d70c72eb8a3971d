"""Towards the clinic: an idle connection, and a full outbox, beside a bare Paho program."""
import pathlib
import shutil
import socket
import subprocess
import time

from programs import ADDRESS, START, Reading, Stage, Strided, wait_for
from radio import pod

IDLE_S = 60
WATCHDOG_S = 180  # of systemd/strided.service.in


def start_broker(stage):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = stage.work / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
                      "max_inflight_messages 0\nuser root\n")
    stage.start("/usr/sbin/mosquitto", "-c", config)

    def listens():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_for(listens, START, stage.logs())
    return port


def idle(build, n):
    """strided, whose one pod is away, and the bare program side by side on one broker: n minutes. With the
    watchdog of its unit, which it feeds."""
    found = []
    with Stage(build, [pod()], [{"do": "home", "pod": ADDRESS}, "pair", {"do": "away", "pod": ADDRESS}],
               WATCHDOG_USEC=str(WATCHDOG_S * 1000000)) as stage:
        port = start_broker(stage)
        stage.reached("pair")
        daemon = Strided(stage, port)
        daemon.pair()
        stage.go_on("pair")
        paho = stage.start(stage.build / "tests/bench/bench-paho", "idle", port)
        time.sleep(90)  # what follows a start, the new runner's first week, the pod's going
        for _ in range(n):
            before, bare = daemon.read(), Reading(paho.pid)
            time.sleep(IDLE_S)
            after, bare_after = daemon.read(), Reading(paho.pid)
            found.append({"own": (after.own_wakeups - before.own_wakeups) * 60 / IDLE_S,
                          "all": (after.wakeups - before.wakeups) * 60 / IDLE_S,
                          "bare": (bare_after.wakeups - bare.wakeups) * 60 / IDLE_S,
                          "cpu_ms": (after.cpu_ns - before.cpu_ns) / 1e6,
                          "bare_cpu_ms": (bare_after.cpu_ns - bare.cpu_ns) / 1e6,
                          "rss": after.rss_kb / 1024, "pss": after.pss_kb / 1024})
    return found


def listen(stage, port):
    """Everything that comes to the broker, a line each: time, retained, topic, payload."""
    out = stage.work / "heard"
    log = open(out, "wb")
    child = subprocess.Popen(["mosquitto_sub", "-V", "5", "-q", "1", "-p", str(port), "-t", "strided/v1/bench/g1/+/run/#",
                              "-t", "strided/v1/bench/g1/+/week/#", "--retain-as-published", "-F", "%U %r %t %p"],
                             stdout=log, stderr=log)
    stage.children.append(child)
    time.sleep(0.5)
    return out


def heard(path):
    lines = path.read_text().splitlines()
    times = [float(line.split(" ", 1)[0]) for line in lines]
    return len(lines), (max(times) - min(times) if times else 0), lines


def settled(path, n):
    return wait_for(lambda: (lambda now: now[0] >= n and now)(heard(path)), 120, "the outbox did not drain")


def drain_strided(build, ledger):
    """Rows a second; and what was sent, for the bare program."""
    with Stage(build, [], []) as stage:
        port = start_broker(stage)
        out = listen(stage, port)
        (stage.work / "state").mkdir(mode=0o700)
        shutil.copy(ledger, stage.work / "state" / "ledger.db")
        daemon = Strided(stage, port)
        before = 0
        n = 0

        def quiet():
            nonlocal before, n
            n = out.stat().st_size
            still = n == before and n > 0
            before = n
            time.sleep(1)
            return still

        wait_for(quiet, 180, "the outbox did not drain")
        n, seconds, lines = heard(out)
        cpu = daemon.read().cpu_ns
    return {"rows": n, "per_s": n / seconds, "cpu_us": cpu / 1000 / n}, [line.split(" ", 1)[1] for line in lines]


def drain_paho(build, lines, stores):
    with Stage(build, [], []) as stage:
        port = start_broker(stage)
        out = listen(stage, port)
        (stage.work / "lines").write_text("\n".join(lines) + "\n")
        usage = subprocess.run(["/usr/bin/env", "python3", "-c",
                                "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
                                "u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime)",
                                str(pathlib.Path(build) / "tests/bench/bench-paho"), "drain", str(port),
                                str(stage.work / "lines"), *([str(stage.work / "settled.db")] if stores else [])], check=True, capture_output=True, text=True)
        n, seconds, _ = settled(out, len(lines))
    return {"rows": n, "per_s": n / seconds, "cpu_us": float(usage.stdout) * 1e6 / n}


def make_ledger(build, path, weeks, runners, strides, consent):
    """A ledger with history; what bench-history says of it."""
    done = subprocess.run([f"{build}/tests/bench/bench-history", "make", path, str(weeks), str(runners), str(strides),
                           "yes" if consent else "no"], check=True, capture_output=True, text=True)
    return {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()}

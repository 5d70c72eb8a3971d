"""The programs that are compared, each on a private bus with the simulated BlueZ of its own, and what
the kernel says of them."""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ADDRESS = "C0:FF:EE:00:00:01"
START = 30  # s that anything may take to come up


def wait_for(condition, seconds, what):
    until = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.02)
    return value


class Reading:
    """Of one process, all its threads, at one moment."""

    def __init__(self, pid):
        self.at = time.monotonic()
        self.cpu_ns, self.wakeups, self.own_wakeups = 0, 0, 0
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            self.cpu_ns += int((task / "schedstat").read_text().split()[0])
            n = int(next(line for line in (task / "status").read_text().splitlines()
                         if line.startswith("voluntary_ctxt_switches")).split()[1])
            self.wakeups += n
            if task.name == str(pid):
                self.own_wakeups = n
        io = dict(line.split(": ") for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines())
        self.wrote, self.to_disk = int(io["wchar"]), int(io["write_bytes"])
        memory = {line.split()[0]: int(line.split()[1]) for line in
                  pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]}
        self.rss_kb, self.pss_kb = memory["Rss:"], memory["Pss:"]


class Stage:
    """A private bus, the simulated BlueZ in real time, and a story that waits for us at its steps."""

    def __init__(self, build, pods, events, **more):
        self.build = pathlib.Path(build)
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("TMPDIR", "/tmp")))
        self.children = []
        self.env = dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.work}/bus",
                        PATH=f"{self.build}/cli:{ROOT}/tests/scenarios:{os.environ['PATH']}")
        self.env.update(more)
        story = [self._step(e) if isinstance(e, str) else dict({"after_s": 0}, **e) for e in events]
        (self.work / "story.json").write_text(json.dumps({"pods": pods, "events": story}))
        self.start("dbus-daemon", f"--config-file={ROOT}/tests/sim/bus.conf",
                   f"--address=unix:path={self.work}/bus", "--nofork")
        wait_for((self.work / "bus").exists, START, "the bus")
        self.sim = self.start(self.build / "tests/sim/sim-bluez", "--scenario", self.work / "story.json", "--stay")

    def _step(self, name):
        at, go = self.work / f"at-{name}", self.work / f"go-{name}"
        return {"after_s": 0, "do": "exec", "command": f"touch {at}; while [ ! -e {go} ]; do sleep 0.05; done"}

    def start(self, *command):
        log = open(self.work / f"{pathlib.Path(str(command[0])).name}.log", "ab")
        child = subprocess.Popen([str(word) for word in command], env=self.env, stdout=log, stderr=log)
        self.children.append(child)
        return child

    def call(self, *command):
        subprocess.run([str(word) for word in command], env=self.env, check=True, stdout=subprocess.DEVNULL)

    def reached(self, step):
        wait_for((self.work / f"at-{step}").exists, START, f"the story did not come to {step}: {self.logs()}")

    def go_on(self, step):
        (self.work / f"go-{step}").touch()

    def logs(self):
        return "\n".join(f"{log.name}: {log.read_text()[-400:]}" for log in self.work.glob("*.log") if log.stat().st_size)

    def close(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        shutil.rmtree(self.work)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Strided:
    name = "strided"
    table = "SELECT count(*) FROM record"

    def __init__(self, stage, broker_port=None):
        self.stage = stage
        config = stage.work / "strided.conf"
        config.write_text(f"[gateway]\nclinic = bench\ngateway = g1\nstate_directory = {stage.work}/state\n" +
                          (f"[broker]\nhost = 127.0.0.1\nport = {broker_port}\ntls = no\n" if broker_port else ""))
        self.database = stage.work / "state" / "ledger.db"
        self.child = stage.start(stage.build / "daemon/strided", "--config", config)

    def pair(self):
        wait_for(lambda: subprocess.run(["stridectl", "status"], env=self.stage.env, capture_output=True).returncode == 0,
                 START, self.stage.logs())
        self.stage.call("stridectl", "runners", "add", "r1", "--zone", "UTC")
        self.stage.call("stridectl", "pair", ADDRESS, "--runner", "r1", "--placement", "left-foot", "--yes")
        self.stage.call("await", ADDRESS, "live", "30")

    def count(self):
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as db:
            return db.execute(self.table).fetchone()[0]

    def read(self):
        return Reading(self.child.pid)


class Bleak(Strided):
    name = "bleak"

    def __init__(self, stage):
        self.stage = stage
        self.database = stage.work / "bleak.db"
        self.ready = stage.work / "live"
        self.child = stage.start("/usr/bin/python3", HERE / "bleak-gateway.py", ADDRESS, self.ready, self.database)

    def pair(self):
        wait_for(self.ready.exists, START, self.stage.logs())


class FloorStored(Strided):
    name = "floor-stored"

    def __init__(self, stage):
        self.stage = stage
        self.database = stage.work / "floor.db"
        self.counter = stage.work / "counter"
        self.child = stage.start(stage.build / "tests/bench/bench-floor", ADDRESS, self.counter, *self.arguments())

    def arguments(self):
        return [self.database]

    def counted(self):
        return struct.unpack("QQQ", self.counter.read_bytes()) if self.counter.exists() and \
            self.counter.stat().st_size == 24 else (0, 0, 0)

    def pair(self):
        wait_for(lambda: self.counted()[2] > 0, START, self.stage.logs())

    def count(self):
        return self.counted()[1]


class FloorUnstored(FloorStored):
    name = "floor"

    def arguments(self):
        return []


COMPARED = (Strided, FloorUnstored, FloorStored, Bleak)

#!/usr/bin/python3
"""Compares proto/dbus/*.xml with the real daemon, both ways.

strided runs on a private bus with the simulated BlueZ and two paired pods; what it introspects as, the
dictionaries it answers with, its errors and its signals are held against the documents. The D-Bus
implementation here is GLib's (python3-gi), not the daemon's.
Usage: check-dbus.py BUILD_DIR      Closing line: N passed, N failed, N skipped"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

from gi.repository import Gio, GLib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREE = "/org/strided1"
FOOT, STRAP, OTHER = "C0:A0:00:00:00:01", "C0:B0:00:00:00:02", "C0:B0:00:00:00:01"
EMITS = "org.freedesktop.DBus.Property.EmitsChangedSignal"
# Documented, but no pod of the simulation ends here: a pod that lost records or sends what is not known yet.
# What only a clinic sends: there is no broker here. A pod that is given up is in tests/scenarios/unpair.json.
NOT_SEEN = {("Export", "lost records"), ("Export", "unknown records"), ("Export", "plans"), ("Export", "assessments"), ("Export", "acknowledgements"),
            ("ListPlans", ""), ("ListAssessments", ""), ("Unpair", "ranges")}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
counts = {"passed": 0, "failed": 0}


def check(name, wrong):
    """`wrong`: a list of sentences, empty when all is well."""
    counts["failed" if wrong else "passed"] += 1
    print(f"{'FAILED' if wrong else 'ok'}: {name}")
    for sentence in wrong:
        print(f"    {sentence}")


# ---- the documents ----

def members(interface):
    """(kind, name) → what has to be equal on both sides."""
    result = {}
    for element in interface:
        if not isinstance(element.tag, str):
            continue
        notes = {a.get("name"): a.get("value") for a in element.findall("annotation")}
        if element.tag == "property":
            contract = element.get("type"), element.get("access"), notes.pop(EMITS, "true")
        elif element.tag in ("method", "signal"):
            contract = tuple((a.get("name"), a.get("type"), a.get("direction", "out")) for a in element.findall("arg"))
        else:
            continue
        result[element.tag, element.get("name")] = contract, tuple(sorted(notes.items()))
    return result


class Doc:
    """The comment above a member: errors, and blocks of keys: name of block → key → type."""

    def __init__(self, text):
        self.errors = set(re.findall(r"\w+", (re.search(r"Errors: ([^.]*)\.", text) or [None, ""])[1]))
        self.blocks, self.same = {}, {}
        self.groups = (re.search(r"Groups: as in (\w+)\.schema\.json", text) or [None, None])[1]
        block = None
        for line in text.splitlines():
            head = re.fullmatch(r"\s*(?:(Further keys)|Keys(?: of ([\w ]+))?):(?: as ([\w ]+)\.)?", line)
            row = re.fullmatch(r" {8}(\S+)\s+(\S+)\s+\S.*", line)
            if head:
                block = head[2] or ""
                self.blocks.setdefault(block, {})
                if head[3]:
                    self.same[block] = head[3]
            elif row and block is not None:
                self.blocks[block][row[1]] = row[2]
            elif line.strip():
                block = None


def read_documents():
    interfaces, docs = {}, {}
    for path in sorted((ROOT / "proto/dbus").glob("*.xml")):
        root = ET.parse(path, ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))).getroot()
        for interface in root.findall("interface"):
            interfaces[interface.get("name")] = members(interface)
            above = None
            for element in interface:
                if element.tag is ET.Comment:
                    above = element.text
                else:
                    docs[interface.get("name"), element.get("name")] = Doc(above) if above else None
                    above = None
    return interfaces, docs


def keys_of(docs, method, block):
    """With what `as OTHER` brings in; None: no such block."""
    doc = docs["org.strided1.Manager", method]
    if block not in doc.blocks:
        return None
    same = doc.same.get(block)
    if not same:
        return doc.blocks[block]
    part, other = same.split(" of ") if " of " in same else ("", same)
    return {**keys_of(docs, other, part), **doc.blocks[block]}


# ---- groups of measures: their keys stand once, in the schemas of the messages ----

def type_on_bus(schema, top):
    if "$ref" in schema:
        return type_on_bus(top["$defs"][schema["$ref"].split("/")[-1]], top)
    types = schema.get("type", "string")
    types = [types] if isinstance(types, str) else types
    if "array" in types:
        return "ad?" if type_on_bus(schema["items"], top) in ("x?", "d?") else "as?"
    if "T([01]" in schema.get("pattern", ""):
        return "time?"
    return {"integer": "x?", "number": "d?", "boolean": "b?"}.get(next((t for t in types if t != "null"), ""), "s?")


def read_groups(name):
    """group → {key: type}, both dotted."""
    top = json.loads((ROOT / f"proto/mqtt/{name}.schema.json").read_text())
    found = {}

    def leaves(schema, path):
        if "properties" not in schema:
            return {path: type_on_bus(schema, top)}
        return {k: v for key, inner in schema["properties"].items() for k, v in leaves(inner, f"{path}.{key}").items()}

    def walk(schema, path):
        for key, inner in schema.get("properties", {}).items():
            here = f"{path}.{key}" if path else key
            if "method" in inner.get("properties", {}):
                found[here] = leaves(inner, here)
            else:
                walk(inner, here)
    walk(top, "")
    return found


def groups_of(docs, method, block):
    doc = docs["org.strided1.Manager", method]
    same = doc.same.get(block)
    if same:
        part, other = same.split(" of ") if " of " in same else ("", same)
        return groups_of(docs, other, part)
    return read_groups(doc.groups) if doc.groups and not block else {}


# ---- a dictionary against its block ----

class Answers:
    def __init__(self, docs):
        self.docs, self.used = docs, set()

    def wrong(self, method, answer, block=""):
        """Sentences about a dictionary that is not as documented."""
        wanted = keys_of(self.docs, method, block)
        self.used.add((method, block))
        if wanted is None:
            return [f"{method}: nothing is said about the keys of '{block}'"]
        return self.compare(method, answer, wanted, groups_of(self.docs, method, block))

    def compare(self, method, answer, wanted, groups):
        values = {}
        for i in range(answer.n_children()):
            entry = answer.get_child_value(i)
            values[entry.get_child_value(0).get_string()] = entry.get_child_value(1).get_variant()
        for group, keys in groups.items():
            absent = group in values and values[group].get_type_string() == "av" and values.pop(group).n_children() == 0
            wanted = wanted if absent else {**wanted, **keys}
        wrong = [f"{method}: {key} is not documented" for key in values.keys() - wanted.keys()]
        wrong += [f"{method}: {key} does not come" for key in wanted.keys() - values.keys()]
        for key in sorted(values.keys() & wanted.keys()):
            wrong += self.value(method, key, values[key], wanted[key])
        return wrong

    def value(self, method, key, value, type_):
        have = value.get_type_string()
        if type_.endswith("?"):
            if have == "av" and value.n_children() == 0:
                return []
            type_ = type_[:-1]
        if type_ == "time":
            good = have == "s" and TIME.fullmatch(value.get_string())
            return [] if good else [f"{method}: {key} is {value.print_(False)}, not a time in UTC"]
        if have != type_:
            return [f"{method}: {key} is of type {have}, documented as {type_}"]
        if type_ != "aa{sv}":
            return []
        wrong = []
        for i in range(value.n_children()):
            wrong += self.wrong(method, value.get_child_value(i), key)
        return wrong

    def record(self, row):
        """A record: the common keys and those of its kind."""
        kind = row.lookup_value("kind", None).get_string()
        blocks = "records", f"{kind} records"
        self.used.update(("Export", block) for block in blocks)
        parts = [keys_of(self.docs, "Export", block) for block in blocks]
        return self.compare("Export", row, {**parts[0], **(parts[1] or {})}, {})


# ---- the stage ----

class Stage:
    """A bus, a simulated BlueZ and the daemon; the story ends while `exec` waits for us."""

    def __init__(self, build):
        self.build, self.children = build, []
        self.directory = tempfile.TemporaryDirectory()
        self.work = pathlib.Path(self.directory.name)
        address = f"unix:path={self.work}/bus"
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
        os.environ["PATH"] = f"{build}/cli:{os.environ['PATH']}"
        self.start("dbus-daemon", f"--config-file={ROOT}/tests/sim/bus.conf", f"--address={address}", "--nofork")
        self.wait("bus")
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        self.signals = []
        self.bus.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE,
                                  lambda _bus, _from, path, _interface, name, args:
                                  path.startswith(TREE) and self.signals.append((path, name, args.unpack())))
        (self.work / "strided.conf").write_text(f"[gateway]\nstate_directory = {self.work}/state\n")
        (self.work / "story.json").write_text(json.dumps(self.story()))
        self.start(f"{build}/tests/sim/sim-bluez", "--scenario", str(self.work / "story.json"), "--clock",
                   str(self.work / "clock"))
        self.wait("clock")
        self.daemon = self.start(f"{build}/daemon/strided", "--config", str(self.work / "strided.conf"),
                                 "--test-clock", str(self.work / "clock"))

    def story(self):
        pods = [{"address": FOOT, "name": "Foot pod", "type": "stride", "placement": "left-foot"},
                {"address": OTHER, "name": "Footpod", "type": "rsc", "placement": "right-foot"},
                {"address": STRAP, "name": "HR strap", "type": "heart_rate", "placement": "chest"}]
        for pod in pods:
            pod.update(runner="anna", zone="Europe/Berlin", battery_pct=64)
        wait = f"touch {self.work}/there; while [ ! -e {self.work}/done ]; do sleep 0.1; done"
        do = [(0, {"pod": pod["address"], "do": "home"}) for pod in pods]
        do += [(60 * n, {"do": "exec", "command": command}) for n, command in enumerate([
            "stridectl runners add anna --zone Europe/Berlin --mass-kg 62", "stridectl consent anna on",
            f"stridectl pair {FOOT} --runner anna --placement left-foot --yes",
            f"stridectl pair {OTHER} --runner anna --placement right-foot --yes",
            "stridectl diary add anna --pain 3 --note stairs"], 1)]
        do += [(600, {"pod": FOOT, "do": "run", "recording": f"{ROOT}/tests/data/demo/stryd-short-left.csv"}),
               (600, {"pod": OTHER, "do": "run", "recording": f"{ROOT}/tests/data/demo/garden-1hz.csv"}),
               (7200, {"do": "exec", "command": wait})]
        events = [{"at": f"2026-11-02T{6 + at // 3600:02}:{at // 60 % 60:02}:00Z", **event} for at, event in do]
        return {"start": "2026-11-02T06:00:00Z", "quality": "synchronised", "pods": pods, "events": events}

    def start(self, *command):
        log = open(self.work / (pathlib.Path(command[0]).name + ".log"), "wb")
        self.children.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
        return self.children[-1]

    def wait(self, name, seconds=60):
        for _ in range(seconds * 10):
            if (self.work / name).exists():
                return
            time.sleep(0.1)
        raise SystemExit(f"{name} did not come; the logs say:\n{self.logs()}\n0 passed, 1 failed, 0 skipped")

    def logs(self):
        return "".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.work.glob("*.log")))

    def call(self, path, interface, method, arguments=None, seconds=40):
        return self.bus.call_sync("org.strided1", path, interface, method, arguments, None,
                                  Gio.DBusCallFlags.NONE, seconds * 1000, None)

    def manager(self, method, arguments=None):
        return self.call(TREE, "org.strided1.Manager", method, arguments)

    def backup(self, path):
        with open(path, "x+b") as file:
            fds = Gio.UnixFDList.new()
            answer, _ = self.bus.call_with_unix_fd_list_sync(
                "org.strided1", TREE, "org.strided1.Manager", "Backup", GLib.Variant("(h)", (fds.append(file.fileno()),)),
                None, Gio.DBusCallFlags.NONE, 40000, fds, None)
        return answer.get_child_value(0)

    def heard(self):
        """The signals since the last time: what a turn has to tell comes before the answer of the next."""
        self.call(TREE, "org.freedesktop.DBus.Peer", "Ping")
        while GLib.MainContext.default().iteration(False):
            pass
        found, self.signals[:] = list(self.signals), []
        return found

    def reload(self):
        self.daemon.send_signal(signal.SIGHUP)
        for _ in range(200):
            if "configuration reloaded" in (self.work / "strided.log").read_text(errors="replace"):
                return
            time.sleep(0.05)

    def close(self):
        (self.work / "done").touch()
        for child in reversed(self.children):  # the daemon first
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        return self.daemon.returncode


# ---- the checks ----

def check_members(stage, interfaces, objects):
    for path in objects:
        text = stage.call(path, "org.freedesktop.DBus.Introspectable", "Introspect").unpack()[0]
        for interface in ET.fromstring(text).findall("interface"):
            name = interface.get("name")
            if not name.startswith("org.strided1."):
                continue
            have, said = members(interface), interfaces.get(name, {})
            wrong = [f"{kind} {member} is not in proto/dbus" for kind, member in have.keys() - said.keys()]
            wrong += [f"{kind} {member} is not on the bus" for kind, member in said.keys() - have.keys()]
            wrong += [f"{kind} {member}: the bus says {have[kind, member]}, the file {said[kind, member]}"
                      for kind, member in have.keys() & said.keys() if have[kind, member] != said[kind, member]]
            check(f"{name} is on the bus what its file says", wrong)
            objects[path] = name
    check("every documented interface was seen", sorted(interfaces.keys() - objects.values()))


def check_documents(docs):
    check("every member is explained", [f"{i}.{m} has no comment" for (i, m), doc in docs.items() if not doc])
    used = set().union(*(doc.errors for doc in docs.values() if doc))
    code = set(re.findall(r'"org\.strided1\.Error\.(\w+)"', (ROOT / "daemon/control/state.h").read_text()))
    check("every error is documented at a method, and exists", sorted(used ^ code))


def check_answers(stage, docs):
    answers = Answers(docs)
    S = GLib.Variant
    calls = [("Status", None), ("Doctor", None), ("Scan", S("(u)", (3,))), ("ListPods", None),
             ("GetPod", S("(s)", (FOOT,))), ("DoctorPod", S("(s)", (FOOT,))), ("ListRunners", None), ("ListDiary", S("(s)", ("anna",))),
             ("AddDiary", S("(sa{sv})", ("anna", {"pain": S("d", 4), "place": S("s", "left shin"), "redflags.fever": S("b", True)}))),
             ("ListWeeks", S("(sb)", ("anna", True))), ("GetWeek", S("(ssx)", ("anna", "", 0))),
             ("ImportRuns", S("(sssba(uxxdddd))", ("anna", "csv", "f", True, [
                 (2, 1792000000000, 1792003600000, 10000.0, 3600.0, float("nan"), 150.0),
                 (3, 1792000000000, 1792003600000, -1.0, 3600.0, float("nan"), 150.0),
                 (4, 1792000060000, 1792003600000, 9000.0, 3540.0, float("nan"), 150.0)]))),
             ("ListRuns", S("(s)", ("anna",))), ("ListOutbox", None), ("Reprocess", None),
             ("Pair", S("(sssb)", (STRAP, "anna", "chest", False)))]
    for method, arguments in calls:
        answer = stage.manager(method, arguments).get_child_value(0)
        rows = [answer] if answer.get_type_string() == "a{sv}" else \
            [answer.get_child_value(i) for i in range(answer.n_children())]
        wrong = [sentence for row in rows for sentence in answers.wrong(method, row)]
        check(f"{method} answers with the documented keys", wrong if rows else ["nothing came"])
    check("Unpair answers with the documented keys", answers.wrong(
        "Unpair", stage.manager("Unpair", S("(sb)", (OTHER, False))).get_child_value(0)))
    stage.manager("Pair", S("(sssb)", (OTHER, "anna", "right-foot", False)))
    copy = stage.work / "copy.db"
    wrong = answers.wrong("Backup", stage.backup(copy))
    if not copy.read_bytes().startswith(b"SQLite format 3"):
        wrong.append("what came is no database")
    check("Backup answers with the documented keys", wrong)
    for what in ("records", "runs", "weeks", "diary", "outbox", "audit"):
        wrong, n, cursor = [], 0, ""
        while True:
            page = stage.manager("Export", GLib.Variant("(ssu)", (what, cursor, 300)))
            rows, cursor = page.get_child_value(0), page.get_child_value(1).get_string()
            for i in range(rows.n_children()):
                row = rows.get_child_value(i)
                wrong += answers.record(row) if what == "records" else answers.wrong("Export", row, what)
            n += rows.n_children()
            if not cursor:
                break
        check(f"Export of {what} answers with the documented keys", sorted(set(wrong)) if n else ["nothing came"])
    blocks = {(m, b) for (i, m), doc in docs.items() if doc for b in doc.blocks if i == "org.strided1.Manager"}
    check("every documented dictionary was seen", [f"{m}: {b}" for m, b in sorted(blocks - answers.used - NOT_SEEN)])


def check_errors(stage, docs):
    for method, arguments, error in [
            ("GetPod", GLib.Variant("(s)", ("C0:00:00:00:00:99",)), "NotFound"),
            ("GetPod", GLib.Variant("(s)", ("pod",)), "Invalid"),
            ("Scan", GLib.Variant("(u)", (0,)), "Invalid"),
            ("Pair", GLib.Variant("(sssb)", (FOOT, "nobody", "chest", True)), "NotFound"),
            ("Pair", GLib.Variant("(sssb)", (FOOT, "anna", "right-foot", False)), "Unconfirmed"),
            ("CorrectPlacement", GLib.Variant("(sssb)", ("C0:00:00:00:00:99", "chest", "2026-01-01", False)), "NotFound"),
            ("CorrectPlacement", GLib.Variant("(sssb)", (FOOT, "nose", "2026-01-01", False)), "Invalid"),
            ("CorrectPlacement", GLib.Variant("(sssb)", (FOOT, "right-foot", "last week", False)), "Invalid"),
            ("CorrectPlacement", GLib.Variant("(sssb)", (FOOT, "chest", "2999-01-01", True)), "Invalid"),
            ("CorrectPlacement", GLib.Variant("(sssb)", (FOOT, "right-foot", "2026-01-01", False)), "Unconfirmed"),
            ("DoctorPod", GLib.Variant("(s)", ("C0:00:00:00:00:99",)), "NotFound"),
            ("AnswerPairing", GLib.Variant("(sbu)", (FOOT, True, 123456)), "NotFound"),
            ("Unpair", GLib.Variant("(sb)", ("C0:00:00:00:00:99", True)), "NotFound"),
            ("AddRunner", GLib.Variant("(ssa{sv})", ("anna", "UTC", {})), "Exists"),
            ("SetConsent", GLib.Variant("(sb)", ("nobody", True)), "NotFound"),
            ("MoveRunner", GLib.Variant("(sss)", ("nobody", "UTC", "")), "NotFound"),
            ("MoveRunner", GLib.Variant("(sss)", ("anna", "Atlantis/Harbour", "")), "Invalid"),
            ("MoveRunner", GLib.Variant("(sss)", ("anna", "UTC", "2026-W60")), "Invalid"),
            ("AddDiary", GLib.Variant("(sa{sv})", ("anna", {"pain": GLib.Variant("d", 11)})), "Invalid"),
            ("AddDiary", GLib.Variant("(sa{sv})", ("anna", {"mood": GLib.Variant("s", "good")})), "Invalid"),
            ("AddDiary", GLib.Variant("(sa{sv})", ("anna", {"withdrawn": GLib.Variant("b", True)})), "Invalid"),
            ("AddDiary", GLib.Variant("(sa{sv})", ("anna", {})), "Invalid"),
            ("AddDiary", GLib.Variant("(sa{sv})", ("nobody", {"pain": GLib.Variant("d", 1)})), "NotFound"),
            ("ListPlans", GLib.Variant("(s)", ("nobody",)), "NotFound"),
            ("ListAssessments", GLib.Variant("(s)", ("nobody",)), "NotFound"),
            ("ImportRuns", GLib.Variant("(sssba(uxxdddd))", ("nobody", "csv", "f", False, [])), "NotFound"),
            ("ImportRuns", GLib.Variant("(sssba(uxxdddd))", ("anna", "gpx", "f", False, [])), "Invalid"),
            ("GetWeek", GLib.Variant("(ssx)", ("anna", "1999-W01", 0)), "NoData"),
            ("Export", GLib.Variant("(ssu)", ("secrets", "", 0)), "Invalid")]:
        said = docs["org.strided1.Manager", method].errors
        try:
            stage.manager(method, arguments)
            wrong = ["it worked"]
        except GLib.Error as failure:
            name = Gio.DBusError.get_remote_error(failure)
            wrong = [] if name == f"org.strided1.Error.{error}" and error in said else [f"it said {name}"]
        check(f"{method} that cannot be meant is {error}", wrong)


def check_objects(stage):
    """Expects three pods and the runner anna; what came before was heard already."""
    S = GLib.Variant
    tree = stage.call(TREE, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects").unpack()[0]
    pods = {f"{TREE}/pods/{address.replace(':', '_')}" for address in (FOOT, OTHER, STRAP)}
    ours = {path for path, has in tree.items() if any(name.startswith("org.strided1.") for name in has)}
    check("GetManagedObjects lists every pod and runner", sorted(ours ^ (pods | {f"{TREE}/runners/anna"})))
    stage.heard()
    stage.manager("AddRunner", S("(ssa{sv})", ("ben.b", "America/New_York", {"mass_kg": S("d", 71.5)})))
    news = stage.heard()
    added = [(args[0], args[1].get("org.strided1.Runner")) for _, name, args in news if name == "InterfacesAdded"]
    check("a new runner is announced with its properties",
          [] if added == [(f"{TREE}/runners/ben_2eb", {"Id": "ben.b", "Zone": "America/New_York", "Consent": False})]
          else [f"heard {news}"])
    for consent in (True, True, False):
        stage.manager("SetConsent", S("(sb)", ("ben.b", consent)))
    told = [args[1] for path, name, args in stage.heard() if path.endswith("ben_2eb")]
    check("a changed consent is told, an unchanged one is not",
          [] if [change.get("Consent") for change in told] == [True, False] else [f"heard {told}"])
    stage.manager("MoveRunner", S("(sss)", ("ben.b", "Asia/Tokyo", "2026-W01")))
    told = [args[1] for path, name, args in stage.heard() if path.endswith("ben_2eb")]
    check("a move is told", [] if [change.get("Zone") for change in told] == ["Asia/Tokyo"] else [f"heard {told}"])
    stage.manager("Pair", S("(sssb)", (STRAP, "ben.b", "chest", True)))
    told = [args[1] for path, name, args in stage.heard() if path.endswith(STRAP.replace(":", "_"))]
    moved = [change["Runner"] for change in told if "Runner" in change]
    check("a pod that changes hands is told", [] if moved == ["ben.b"] else [f"heard {told}"])
    answers = [stage.manager("CorrectPlacement", S("(sssb)", (FOOT, placement, "2026-01-01", True))).unpack()
               for placement in ("right-foot", "right-foot", "left-foot")]
    told = [args[1] for path, name, args in stage.heard() if path.endswith(FOOT.replace(":", "_"))]
    placements = [change["Placement"] for change in told if "Placement" in change]
    check("a corrected placement is told, and told once",
          [] if answers == [(True,), (False,), (True,)] and placements == ["right-foot", "left-foot"] else [f"{answers}, heard {told}"])
    stage.manager("Unpair", S("(sb)", (STRAP, False)))
    gone = [args[0] for _, name, args in stage.heard() if name == "InterfacesRemoved"]
    check("a pod that was given back is taken away",
          [] if gone == [f"{TREE}/pods/{STRAP.replace(':', '_')}"] else [f"heard {gone}"])
    stage.reload()
    told = [args[1] for path, name, args in stage.heard() if path == TREE]
    check("a reload, which changes the clinic's side twice in a turn, is one signal",
          [] if told == [{"ClinicConnected": False}] else [f"heard {told}"])


def check_announced(news):
    added = [args[0].rsplit("/", 1)[1] for _, name, args in news if name == "InterfacesAdded"]
    wanted = ["anna", FOOT.replace(":", "_"), OTHER.replace(":", "_"), STRAP.replace(":", "_"), OTHER.replace(":", "_")]
    check("each new object was announced once, and the one that was given back again", [] if added == wanted else [f"announced: {added}"])
    links = [args[1]["Link"] for path, name, args in news
             if path.endswith(FOOT.replace(":", "_")) and name == "PropertiesChanged" and "Link" in args[1]]
    check("the link's way to live was told", [] if "live" in links else [f"heard {links}"])


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    interfaces, docs = read_documents()
    check_documents(docs)
    stage = Stage(pathlib.Path(sys.argv[1]).resolve())
    try:
        stage.wait("there")
        check_members(stage, interfaces, dict.fromkeys(
            [TREE, f"{TREE}/pods/{FOOT.replace(':', '_')}", f"{TREE}/runners/anna"]))
        check_answers(stage, docs)
        check_errors(stage, docs)
        check_announced(stage.heard())
        check_objects(stage)
    finally:
        status = stage.close()
    log = (stage.work / "strided.log").read_text(errors="replace")
    bad = [line for line in log.splitlines() if "AddressSanitizer" in line or "runtime error" in line]
    check("the daemon ended well and no sanitizer complained", bad or ([] if status == 0 else [f"exit {status}"]))
    print(f"{counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())

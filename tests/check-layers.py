#!/usr/bin/env python3
"""The house's rules as data: which room may include which, where foreign headers
live, what is never called. Usage: check-layers.py [ROOT] [--objects BUILD_DIR]"""
import pathlib
import re
import subprocess
import sys

# room: rooms whose public headers it may include (besides its own)
MAY = {
    "base": "",
    "proto": "base",
    "proto/pods": "base proto",
    "proto/files": "base proto",
    "daemon/measure": "base proto",
    "daemon/ledger": "base proto",
    "daemon/ble": "base proto proto/pods daemon/ledger",
    "daemon/clinic": "base proto proto/files daemon/ledger",
    "daemon/control": "base proto proto/pods proto/files daemon/ledger daemon/measure daemon/ble daemon/clinic",
    "daemon": "base proto proto/pods proto/files daemon/ledger daemon/measure daemon/ble daemon/clinic daemon/control",
    "cli": "base proto proto/pods proto/files daemon/measure",
    "archive": "base proto",
}
# of daemon/, derive.c and its derive-*.c alone know measures; config reads the numbers they go by
ONLY_DERIVE, OPTIONS = "daemon/measure", ("config", "daemon/measure/options.h")
# foreign header: the rooms it may stand in, and never in a public header
HOME = {
    "sqlite3.h": "daemon/ledger archive",
    "systemd/sd-bus.h": "daemon/ble daemon/control daemon cli",
    "systemd/sd-event.h": "daemon/ble daemon/clinic daemon/control daemon",
    "systemd/sd-daemon.h": "daemon",
    "systemd/sd-journal.h": "base",
    "MQTTAsync.h": "daemon/clinic archive",
    "MQTTClientPersistence.h": "daemon/clinic archive",
    "curl/curl.h": "daemon/clinic",
    "cjson/cJSON.h": "daemon/clinic cli archive",
    "openssl/": "daemon/clinic",
    "ini.h": "daemon",
    "libpq-fe.h": "archive",
}
LIBC = set("""assert.h ctype.h endian.h errno.h fcntl.h float.h getopt.h glob.h inttypes.h limits.h locale.h
math.h poll.h pthread.h signal.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h
strings.h syslog.h termios.h time.h unistd.h dirent.h pwd.h grp.h spawn.h""".split())
PURE = ("proto", "proto/pods", "proto/files", "daemon/measure")  # no I/O, no clock
NOT_PURE = "open fopen read write time clock_gettime gettimeofday localtime localtime_r mktime getenv socket".split()
NO_HEAP = ("proto/pods",)
HEAP = "malloc calloc realloc strdup asprintf".split()
BANNED = {  # call: rooms where it may stand
    "sd_bus_call": "cli", "sleep": "", "usleep": "", "nanosleep": "", "system": "", "popen": "",
    "sd_event_add_time": "", "sd_event_add_time_relative": "", "strcpy": "", "strcat": "", "sprintf": "",
    "gets": "", "time": "", "clock_gettime": "base", "gettimeofday": "", "localtime": "", "localtime_r": "",
    "mktime": "", "setenv": "",
}
WORD_HOME = {"org.bluez": "daemon/ble"}  # a word of a foreign protocol: the one room that says it
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*', re.S)


def room_of(path):
    parts = path.parent.as_posix()
    return parts


def public_headers(sources):
    """A header is public when another room includes it, which only counts if it is
    listed here: every header is public but those a room keeps with a .c of its own
    and marks in its first comment as 'Private to'."""
    return {p for p, text in sources.items() if p.suffix == ".h" and "Private to" not in text[:400]}


def check(root):
    errors = []
    sources = {}
    for top in ("base", "proto", "daemon", "cli", "archive"):
        for path in sorted([*(root / top).rglob("*.[ch]"), *(root / top).rglob("*.def")]):
            sources[path.relative_to(root)] = path.read_text(encoding="utf-8")
    public = public_headers(sources)
    edges = {}
    for path, text in sources.items():
        room = room_of(path)
        if room not in MAY:
            errors.append(f"{path}:1: folder '{room}' has no row in the layer table")
            continue
        bare = COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text)
        module = path.with_suffix("")
        for found in INCLUDE.finditer(text):
            line = text[:found.start()].count("\n") + 1
            quote, name = found.groups()
            where = f"{path}:{line}"
            if quote == '"':
                target = pathlib.PurePosixPath(name)
                other = target.parent.as_posix()
                real = pathlib.Path(target)
                if real not in sources:
                    errors.append(f"{where}: includes \"{name}\", which is no header of ours (write the path from the root)")
                    continue
                edges.setdefault(module, set()).add(real.with_suffix(""))
                if other == room:
                    continue
                if other not in MAY[room].split():
                    errors.append(f"{where}: {room} may not include {other} ({name})")
                elif real not in public:
                    errors.append(f"{where}: {name} is private to {other}")
                elif room == "daemon" and other == ONLY_DERIVE and path.stem.split("-")[0] != "derive" and (path.stem, name) != OPTIONS:
                    errors.append(f"{where}: only daemon/derive knows {ONLY_DERIVE}")
            elif name not in LIBC and not name.startswith(("sys/", "linux/", "netinet/", "arpa/")):
                homes = next((rooms for header, rooms in HOME.items()
                              if name == header or (header.endswith("/") and name.startswith(header))), None)
                if homes is None:
                    errors.append(f"{where}: foreign header <{name}> has no home in the table")
                elif room not in homes.split():
                    errors.append(f"{where}: <{name}> belongs to {homes}, not to {room}")
                elif path in public and path.suffix == ".h":
                    errors.append(f"{where}: <{name}> stands in a public header")
        for call, homes in BANNED.items():
            if room in homes.split():
                continue
            for found in re.finditer(rf"(?<![\w.>]){call}\s*\(", bare):
                errors.append(f"{path}:{bare[:found.start()].count(chr(10)) + 1}: {call}() is banned in {room}")
        for word, home in WORD_HOME.items():
            if word in bare and room != home:
                errors.append(f"{path}:1: the word {word} belongs to {home} alone")
    errors += cycles(edges)
    return errors


def cycles(edges):
    """Includes between modules (a .c and its .h are one) must form no cycle."""
    state, errors = {}, []

    def visit(node, trail):
        state[node] = "open"
        for other in sorted(edges.get(node, ()), key=str):
            if other == node:
                continue
            if state.get(other) == "open":
                ring = trail[trail.index(other):] + [other] if other in trail else [node, other]
                errors.append(f"{node}.c:1: include cycle: " + " -> ".join(str(n) for n in ring))
            elif other not in state:
                visit(other, trail + [other])
        state[node] = "done"

    for node in sorted(edges, key=str):
        if node not in state:
            visit(node, [node])
    return errors


def check_objects(build):
    """What pure rooms really need, by nm, from the static libraries."""
    errors = []
    for room in PURE:
        name = {"proto": "proto", "proto/pods": "pods", "proto/files": "files", "daemon/measure": "measure"}[room]
        library = build / room / f"libstrided-{name}.a"
        if not library.exists():
            library = build / "proto" / f"libstrided-{name}.a"
        if not library.exists():
            continue
        needed = set(re.findall(r"^\s+U (\w+)", subprocess.run(
            ["nm", "-u", library], capture_output=True, text=True, check=True).stdout, re.M))
        bad = NOT_PURE + (HEAP if room in NO_HEAP else [])
        errors += [f"{library.name}: {room} is pure but needs {symbol}()" for symbol in bad if symbol in needed]
    return errors


def main(arguments):
    build = None
    if "--objects" in arguments:
        at = arguments.index("--objects")
        build = pathlib.Path(arguments[at + 1])
        del arguments[at:at + 2]
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent
    errors = check(root)
    if build:
        errors += check_objects(build)
    for error in errors:
        print(error)
    print(f"layers: {len(errors)} broken rule{'s' if len(errors) != 1 else ''}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Plants one breach of each kind in a small tree and expects check-layers.py to name it."""
import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).with_name("check-layers.py")
GOOD = {
    "base/bytes.h": "#pragma once\n#include <stdint.h>\n",
    "base/bytes.c": '#include "base/bytes.h"\n',
    "proto/record.h": '#pragma once\n#include "base/bytes.h"\n',
    "daemon/ledger/ledger.h": '#pragma once\n#include "proto/record.h"\n',
    "daemon/ledger/sql.h": "/* sql.h: Private to the ledger. */\n#pragma once\n#include <sqlite3.h>\n",
    "daemon/ledger/ledger.c": '#include "daemon/ledger/ledger.h"\n#include "daemon/ledger/sql.h"\n',
    "daemon/measure/pain.h": "#pragma once\n",
    "daemon/derive.c": '#include "daemon/measure/pain.h"\n#include "daemon/ledger/ledger.h"\n',
}
BAD = [  # file, text, what must be named
    ("base/zone.c", '#include "proto/record.h"\n', "base may not include proto"),
    ("daemon/measure/load.c", '#include "daemon/ledger/ledger.h"\n', "daemon/measure may not include daemon/ledger"),
    ("daemon/ble/link.c", '#include "daemon/ledger/sql.h"\n', "private to daemon/ledger"),
    ("daemon/ble/link.c", "#include <sqlite3.h>\n", "<sqlite3.h> belongs to daemon/ledger"),
    ("daemon/ledger/open.h", "#pragma once\n#include <sqlite3.h>\n", "stands in a public header"),
    ("daemon/main.c", '#include "daemon/measure/pain.h"\n', "only daemon/derive knows"),
    ("daemon/ble/link.c", "void f(void) { sleep(1); }\n", "sleep() is banned"),
    ("daemon/ble/link.c", "void f(void) { sd_bus_call(0); }\n", "sd_bus_call() is banned"),
    ("daemon/control/face.c", 'const char *n = "org.bluez";\n', "org.bluez belongs to daemon/ble"),
    ("daemon/util/helper.c", "int x;\n", "has no row in the layer table"),
    ("proto/a.h", '#pragma once\n#include "proto/b.h"\n', None),
    ("cli/main.c", "#include <glib.h>\n", "has no home"),
    ("cli/main.c", '#include "record.h"\n', "no header of ours"),
]


def run(tree):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in tree.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
        return done.returncode, done.stdout


def main():
    passed = failed = 0
    code, output = run(GOOD)
    good = code == 0
    passed, failed = passed + good, failed + (not good)
    if not good:
        print("the good tree was refused:\n" + output)
    for name, text, words in BAD:
        tree = dict(GOOD)
        tree[name] = text
        if words is None:  # the cycle needs its second half
            tree["proto/b.h"] = '#pragma once\n#include "proto/a.h"\n'
            words = "include cycle"
        code, output = run(tree)
        named = code == 1 and words in output
        passed, failed = passed + named, failed + (not named)
        if not named:
            print(f"not found: {words!r} in {name}:\n{output}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

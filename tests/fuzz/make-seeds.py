#!/usr/bin/env python3
"""Seeds for the fuzz targets from what the tree and the machine hold already: golden captures of the
pods, the examples in the Stride Service's specification and in the schemas, a few zone files.
Usage: make-seeds.py ROOT OUT      makes OUT/TARGET/NAME; the first octets are as in fuzz-TARGET.c"""
import json
import pathlib
import re
import shutil
import sys

ZONES = ("UTC", "Asia/Kolkata", "Europe/Berlin", "America/St_Johns")
CAPTURED = re.compile(r"^([0-9a-f-]{4,36})\s+((?:[0-9a-f]{2}\s+)*?[0-9a-f]{2})(?=\s|$)", re.M)
EXAMPLE = re.compile(r"```example (.*)\n([0-9a-f ]+)\n")
UUID = re.compile(r"SIG_UUID\(\"([0-9a-f]{4})\"\)|(STRIDE_[A-Z]+_UUID)")


def characteristics(root):
    """Their UUIDs in the order of fuzz-pods.c: by driver, then as they stand in it."""
    names = dict(re.findall(r'#define (STRIDE_\w+_UUID)\s+"([0-9a-f-]+)"', (root / "proto/stride-service.h").read_text()))
    for driver in re.findall(r"^POD\((\w+)\)", (root / "proto/pods/pods.def").read_text(), re.M):
        text = (root / f"proto/pods/{driver}.c").read_text()
        table = re.search(r"PodCharacteristic \w+\[\] = \{(.*?)\n\};", text, re.S)[1]
        for short, name in UUID.findall(table):
            yield short or names[name]


def write(out, target, name, octets):
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(octets)


def main(root, out):
    root, out = pathlib.Path(root), pathlib.Path(out)
    if out.exists():
        shutil.rmtree(out)
    order = list(characteristics(root))
    for capture in sorted((root / "tests/data/pods").glob("*.capture")):
        for n, (uuid, octets) in enumerate(CAPTURED.findall(capture.read_text(encoding="utf-8"))):
            octets = bytes.fromhex(octets)
            write(out, "pods", f"{capture.stem}-{n}", bytes([order.index(uuid)]) + octets)
    for n, (what, octets) in enumerate(EXAMPLE.findall((root / "proto/stride-service.md").read_text(encoding="utf-8"))):
        octets = bytes.fromhex(octets)
        if what.startswith("request"):
            write(out, "stride-control", f"example-{n}", b"\x00" + octets)
        elif what.startswith("response") or "control" in what:
            write(out, "stride-control", f"example-{n}", b"\x01" + octets)
        elif "feature" in what:
            write(out, "stride-control", f"example-{n}", b"\x02" + octets)
        else:
            write(out, "stride-packet", f"example-{n}", b"\x07" + octets)
            write(out, "stride-control", f"body-{n}", b"\x03" + octets[:1] + octets[7:])
    for kind in ("diary", "plan", "assessment", "receipt", "acknowledge", "resend", "consent"):
        examples = json.loads((root / f"proto/mqtt/{kind}.schema.json").read_text(encoding="utf-8"))["examples"]
        for n, example in enumerate(examples):
            topic = f"strided/v1/c/g/r/in/{kind}\n"
            write(out, "inbound", f"{kind}-{n}", (topic + json.dumps(example)).encode())
    for zone in ZONES:
        path = pathlib.Path("/usr/share/zoneinfo") / zone
        if path.exists():
            write(out, "zone-file", zone.replace("/", "-"), path.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Runs the golden captures through `stridectl decode`: tests/data/pods/NAME.capture for each POD(NAME).

A line is CHARACTERISTIC HEX…, then on it or on the next one all that the packet says as JSON, no key
left away, or the word "refused". '#' begins a comment. Every driver needs a capture with a packet that
is read and one that is refused, and every characteristic of the drivers a packet.
Usage: check-captures.py STRIDECTL [DIR [pods.def]]      Closing line: N passed, N failed"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKET = re.compile(r"([0-9a-f-]{4,36})\s+((?:[0-9a-f]{2}\s+)*?[0-9a-f]{2})(?:\s+(refused|\{.*))?")


def read(path):
    """(line, characteristic, hex, expected or None: refused)"""
    waiting = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if waiting:
            yield *waiting, json.loads(text)
            waiting = None
            continue
        match = PACKET.fullmatch(text)
        if not match:
            raise ValueError(f"{path.name}:{number}: neither a packet nor a comment")
        packet = number, match[1], match[2].replace(" ", "")
        if match[3] is None:
            waiting = packet
        else:
            yield *packet, None if match[3] == "refused" else json.loads(match[3])
    if waiting:
        raise ValueError(f"{path.name}:{waiting[0]}: says nothing")


def decode(stridectl, characteristic, octets):
    done = subprocess.run([stridectl, "decode", characteristic, octets, "--json"], capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def problem(stridectl, characteristic, octets, expected):
    status, got = decode(stridectl, characteristic, octets)
    code = got.get("error", {}).get("code") if isinstance(got.get("error"), dict) else None
    if expected is None:
        return None if status == 1 and code == "bad-packet" else f"not refused: {got}"
    if status != 0 or code:
        return f"exit {status}: {got}"
    return None if got == expected else f"expected {expected}, got {got}"


def main(stridectl, directory=ROOT / "tests/data/pods", table=ROOT / "proto/pods/pods.def"):
    passed, wrong, used = 0, [], set()
    names = re.findall(r"^POD\((\w+)\)", pathlib.Path(table).read_text(), re.M)
    for name in names:
        outcomes = set()
        try:
            for line, characteristic, octets, expected in read(pathlib.Path(directory) / f"{name}.capture"):
                used.add(characteristic)
                outcomes.add(expected is None)
                what = problem(stridectl, characteristic, octets, expected)
                passed += what is None
                wrong += [f"{name}.capture:{line}: {what}"] if what else []
        except (OSError, ValueError) as error:
            wrong.append(f"{name}: {error}")
            continue
        if outcomes != {True, False}:
            wrong.append(f"{name}.capture: needs a packet that is read and one that is refused")
    known = decode(stridectl, "0000", "00")[1]["error"]["next"].removeprefix("Known:").split()
    wrong += [f"{characteristic}: no capture has a packet of it" for characteristic in known if characteristic not in used]
    wrong += [f"{path.name}: no POD() of that name" for path in pathlib.Path(directory).glob("*.capture")
              if path.stem not in names]
    for sentence in wrong:
        print(f"FAILED: {sentence}")
    print(f"{passed} passed, {len(wrong)} failed")
    return 1 if wrong or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

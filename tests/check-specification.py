#!/usr/bin/env python3
"""Checks proto/stride-service.md against what the code does.

Every fenced block "```example FORM" holds octets in hexadecimal and the JSON that has to come of
them; keys that the JSON leaves out are not compared. Forms:
  characteristic=feature|records|control   `stridectl decode UUID HEX --json`; with " refused": exit 1
  request, response, packet [epoch=HINT]    the codec itself, compiled here with cc (CC=…), which also
                                            has to make the same octets again ("same_octets")
A packet's "crc32" is computed a second time with zlib. UUIDs, kinds and opcodes of the headers have
to be in the document, and every kind, opcode and status has to have an example.
Usage: check-specification.py STRIDECTL [FILE.md]     Closing line: N passed, N failed"""
import json
import os
import pathlib
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ["proto/stride-service.c", "proto/record.c", "proto/segment-codec.c", "proto/fields.c", "base/bytes.c", "base/text.c", "base/calendar.c"]
CODEC = r"""
#include "proto/stride-service.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define KEY(name) printf("\"" #name "\":%" PRId64 ",", (int64_t)it.name)
static uint8_t data[1024], again[STRIDE_PACKET_MAX];
static size_t size, again_size;
static Record records[256];
static void same(void) { printf("\"same_octets\":%s}\n", again_size == size && !memcmp(again, data, size) ? "true" : "false"); }
static int request(void)
{
        StrideRequest it;
        if (stride_request_decode(data, size, &it) < 0) return 1;
        printf("{");
        KEY(opcode); KEY(index); KEY(epoch); KEY(first); KEY(last); KEY(on); KEY(crc32); KEY(token); KEY(utc_ms); KEY(clock_quality);
        again_size = stride_request_encode(&it, again);
        same();
        return 0;
}
static int response(void)
{
        StrideResponse it;
        if (stride_response_decode(data, size, &it) < 0) return 1;
        printf("{");
        KEY(opcode); KEY(status); KEY(index); KEY(total); KEY(epoch); KEY(first); KEY(last); KEY(count); KEY(token); KEY(received_tick); KEY(sent_tick);
        again_size = stride_response_encode(&it, again);
        same();
        return 0;
}
static int packet(uint32_t hint)
{
        StridePacket reader;
        size_t n = 0;
        uint32_t crc32 = 0;
        int r = stride_packet_begin(&reader, data, size);
        while (r >= 0 && (r = stride_packet_next(&reader, hint, &records[n])) > 0)
                crc32 = stride_crc32(crc32, &records[n++]);
        if (r < 0) return 1;
        printf("{\"records\":[");
        for (size_t i = 0; i < n; i++) {
                const FieldTable *table = record_fields(records[i].kind);
                printf("%s{\"epoch\":%u,\"seq\":%u,\"kind\":\"%s\",\"kind_number\":%d,\"tick\":%" PRId64 ",\"from_store\":%s,\"body\":\"", i ? "," : "",
                       records[i].epoch, records[i].seq, record_kind_name(records[i].kind), RECORD_KIND_NUMBER(records[i].kind), records[i].tick, records[i].from_store ? "true" : "false");
                for (size_t k = 0; k < records[i].body_size; k++) printf("%02x", records[i].body[k]);
                printf("\"");
                for (size_t k = 0; table && k < table->n_fields; k++) {
                        const Field *field = &table->fields[k];
                        int64_t value = *field_integer(field, &records[i]);
                        if (field_is_null(field, &records[i])) printf(",\"%s\":null", field->path);
                        else if (field->type == FIELD_BOOLEAN) printf(",\"%s\":%s", field->path, value ? "true" : "false");
                        else printf(",\"%s\":%" PRId64, field->path, value);
                }
                printf("}");
        }
        printf("],\"crc32\":\"%08x\",", crc32);
        if (stride_packet_encode(records, n, size, again, &again_size) < 0) again_size = 0;
        same();
        return 0;
}
int main(int argc, char **argv)
{
        const char *hex = argc == 4 ? argv[3] : "";
        for (unsigned octet; size < sizeof(data) && sscanf(hex, "%2x", &octet) == 1; hex += 2) data[size++] = (uint8_t)octet;
        if (argc != 4) return 2;
        if (!strcmp(argv[1], "request")) return request();
        return !strcmp(argv[1], "response") ? response() : packet((uint32_t)strtoul(argv[2], NULL, 10));
}
"""


def compile_codec(folder):
    source, program = pathlib.Path(folder, "codec.c"), pathlib.Path(folder, "codec")
    source.write_text(CODEC, encoding="utf-8")
    subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-std=gnu17", "-O1", "-D_GNU_SOURCE", f"-I{ROOT}", "-o", program, source,
                    *(ROOT / name for name in SOURCES), "-lm"], check=True)
    return program


def examples(text):
    """(line, words of the fence, hex, expected)"""
    for found in re.finditer(r"^```example ([^\n]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        octets, brace, expected = found.group(2).partition("{")
        octets = "".join(octets.split()).lower()
        line = text.count("\n", 0, found.start()) + 1
        if not re.fullmatch(r"([0-9a-f]{2})+", octets):
            raise SystemExit(f"line {line}: no octets")
        yield line, sorted(found.group(1).split(), key="refused".__eq__), octets, json.loads(brace + expected) if brace else None


def run(command):
    """What it said, or None when it refused."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{shlex.join(map(str, command))}: exit {done.returncode} {done.stderr}")
    return json.loads(done.stdout) if done.returncode == 0 else None


def difference(expected, got, path=""):
    """The first difference in words, or None."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            if key not in got:
                return f"{path}{key} is not there"
            found = difference(value, got[key], f"{path}{key}.")
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        return next(filter(None, (difference(*pair, f"{path}{i}.") for i, pair in enumerate(zip(expected, got)))), None)
    return None if type(expected) is type(got) and expected == got else f"{path[:-1]} is {got!r}, not {expected!r}"


def altered(value):
    """Something else, in its last leaf: a check that does not notice it is none."""
    if isinstance(value, dict) and value:
        key = list(value)[-1]
        return {**value, key: altered(value[key])}
    if isinstance(value, list) and value:
        return [*value[:-1], altered(value[-1])]
    return "something else" if not isinstance(value, str) else value + "?"


def crc_of(records):
    crc = 0
    for record in records:
        crc = zlib.crc32(struct.pack("<IB", record["seq"], record["kind_number"]) + bytes.fromhex(record["body"]), crc)
    return f"{crc:08x}"


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, what, problem):
        self.passed += not problem
        self.failed += bool(problem)
        if problem:
            print(f"{what}: {problem}")


def check_example(checks, line, words, command, octets, expected):
    what = f"line {line}"
    got = run([*command, octets, *(["--json"] if "decode" in command else [])])
    if "refused" in words:
        checks.add(what, None if got is None else f"is taken for {got}")
        return None
    if not expected:
        checks.add(what, "nothing is expected of it")
        return None
    if got is None:
        checks.add(what, "is refused")
        return None
    if "decode" not in command:
        expected = {"same_octets": True, **expected}
    checks.add(what, difference(expected, got))
    checks.add(f"{what}, altered", None if difference(altered(expected), got) else "the check notices nothing")
    if "records" in got and words[0] == "packet":
        checks.add(f"{what}, zlib", difference(crc_of(got["records"]), got["crc32"], "crc32."))
    if words[0] in ("request", "response") and expected["same_octets"]:
        checks.add(f"{what}, cut", "an octet less is accepted" if run([*command, octets[:-2]]) is not None else None)
    return got


def check_document(checks, text, seen):
    header = (ROOT / "proto/stride-service.h").read_text(encoding="utf-8")
    kinds = (ROOT / "proto/record.h").read_text(encoding="utf-8")
    for uuid in re.findall(r'_UUID\s+"([^"]+)"', header):
        checks.add(f"uuid {uuid}", None if uuid in text else "is not in the document")
    for name, number in re.findall(r"STRIDE_OP_(\w+) = (\d+)", header.split("StrideOpcode {")[1].split("}")[0]):
        checks.add(name, None if re.search(rf"\| {number} \| {name} \|", text) else "has no row")
        for form in ("request", "response"):
            checks.add(name, None if (form, int(number)) in seen else f"has no example of a {form}")
    for name, number in re.findall(r"STRIDE_(\w+) = (\d+)", header.split("StrideStatus {")[1].split("}")[0]):
        checks.add(name, None if ("status", int(number)) in seen else "has no example")
    for name, number in re.findall(r"RECORD_(\w+) = (\d+)", kinds):
        if number == "0":
            continue  # 0x60: never on the air
        checks.add(name, None if re.search(rf"\| {number} \| {name.lower().replace('_', ' ')} \|", text) else "has no row")
        checks.add(name, None if ("kind", int(number)) in seen else "has no example")
    for form in ("feature", "batch", "refused", "unknown"):
        checks.add(form, None if form in seen else "has no example")


def main(stridectl, path):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    header = (ROOT / "proto/stride-service.h").read_text(encoding="utf-8")
    uuids = {name.lower(): uuid for name, uuid in re.findall(r'STRIDE_(\w+)_UUID\s+"([^"]+)"', header)}
    checks, seen = Checks(), set()
    with tempfile.TemporaryDirectory() as folder:
        codec = compile_codec(folder)
        for line, words, octets, expected in examples(text):
            form = words[0].removeprefix("characteristic=")
            hint = next((word[6:] for word in words if word.startswith("epoch=")), "65535")
            decoding = words[0] != form and form in uuids
            if not decoding and form not in ("request", "response", "packet"):
                raise SystemExit(f"line {line}: no form {words[0]}")
            command = [stridectl, "decode", uuids[form]] if decoding else [codec, form, hint]
            got = check_example(checks, line, words, command, octets, expected)
            seen.add("refused" if "refused" in words else form)
            if got:
                seen.update({(form, got.get("opcode")), ("status", got.get("status")), ("kind", got.get("kind_number"))})
                seen.update({"unknown"} if got.get("kind") == "unknown" else {"batch"} if len(got.get("records", []) if form == "packet" else []) > 1 else ())
    check_document(checks, text, seen)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed or not checks.passed else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else ROOT / "proto" / "stride-service.md"))

#!/usr/bin/env python3
"""measures.json → a C file that holds it: make-measures-text.py measures.json OUT.c"""
import json
import pathlib
import sys

LINE = 1000  # octets: compilers have limits for one literal, not for several in a row


def main(source, out):
    text = json.dumps(json.loads(pathlib.Path(source).read_text(encoding="utf-8")), ensure_ascii=True, separators=(",", ":"))
    pieces = [text[i:i + LINE] for i in range(0, len(text), LINE)]
    lines = ['#include "cli/measures.h"', "", "const char *const measures_text[] = {"]
    lines += [f"        {json.dumps(piece)}," for piece in pieces]
    lines += ["        0,", "};"]
    pathlib.Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")


main(*sys.argv[1:])

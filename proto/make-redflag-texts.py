#!/usr/bin/env python3
"""redflags.json → the C file behind redflag-texts.h, in one language.
Usage: make-redflag-texts.py redflags.json LANGUAGE OUT.c"""
import json
import pathlib
import sys


def literal(text):
    return json.dumps(text, ensure_ascii=False)


def main(source, language, out):
    texts = json.loads(pathlib.Path(source).read_text(encoding="utf-8"))
    lines = ['#include "proto/redflag-texts.h"', "", "#include <string.h>", "",
             "const char *redflag_instruction(RedFlag flag)", "{",
             "        static const char *const instructions[RED_FLAG_COUNT] = {"]
    for flag in texts["flags"]:
        lines.append(f"                [RED_FLAG_{flag['flag'].upper()}] = {literal(flag['instruction'][language])},")
    lines += ["        };", "", "        return instructions[flag];", "}", "",
              "const char *redflag_answer_text(const char *code)", "{"]
    for code, text in texts["answers"].items():
        lines += [f"        if (strcmp(code, {literal(code)}) == 0)", f"                return {literal(text[language])};"]
    lines += ["        return \"\";", "}"]
    pathlib.Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")


main(*sys.argv[1:])

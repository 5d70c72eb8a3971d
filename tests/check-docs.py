#!/usr/bin/env python3
"""Every path of ours that README.md and docs/ name exists. Closing line: N passed, N failed"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOP = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "build")))
PATH = re.compile(rf"(?<![\w/.])(?:{TOP})(?:/[\w.-]+)+")
INVENTED = re.compile(r"acme")  # of the example in add-a-pod.md


def main():
    passed, wrong = 0, []
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            for match in PATH.finditer(line):
                path = match[0].rstrip(".")
                if INVENTED.search(path) or path == "daemon/derive":  # derive.c and its parts, in the picture
                    continue
                good = (ROOT / path).exists()
                passed += good
                wrong += [] if good else [f"{document.name}:{number}: there is no {path}"]
    for sentence in wrong:
        print(f"FAILED: {sentence}")
    print(f"{passed} passed, {len(wrong)} failed")
    return 1 if wrong or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

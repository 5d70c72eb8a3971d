#!/usr/bin/env python3
"""Every path of ours that README.md, docs/ and tests/README.md name exists; a name behind a test's file
stands in it; every lesson of ../shared/lessons.md that is ours has its row; the manual pages name every verb
of stridectl and every pod driver. Closing line: N passed, N failed"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOP = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "build")))
PATH = re.compile(rf"(?<![\w/.])(?:{TOP})(?:/[\w.-]+)+")
LESSONS = ROOT.parent / "shared" / "lessons.md"
CODE = re.compile(r"`([^`]+)`")
INVENTED = re.compile(r"acme|BootstrappingToUTC")  # of the example in add-a-pod.md, of others


def sections(text):
    """Title of a section → the first cells of its table."""
    title, found = None, {}
    for line in text.splitlines():
        if line.startswith("#"):
            title = line.lstrip("# ")
        elif line.startswith("| ") and not line.startswith("| thread"):
            found.setdefault(title, []).append(line.split("|")[1].strip())
    return found


def check_tests():
    """Names of tests/README.md: sentences of what is wrong, and how many are right."""
    right, wrong = 0, []
    text = (ROOT / "tests/README.md").read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("| ") or "`tests/" not in line:
            continue
        file = None
        for name in CODE.findall(line[line.index("`tests/"):]):
            if name.startswith("tests/"):
                file = ROOT / name
            elif file and file.exists() and name in file.read_text(encoding="utf-8"):
                right += 1
            elif file:
                wrong.append(f"tests/README.md:{number}: {file.name} has no '{name}'")
    ours = sections(text)
    theirs = sections(LESSONS.read_text(encoding="utf-8")) if LESSONS.exists() else {}
    for title in ("Pairing and bonds", "Memory and leaks", "Offline, broker, outbox", "Back-fill and device memory", "Time"):
        for thread in theirs.get(title, []):
            if thread in ours.get(title, []):
                right += 1
            else:
                wrong.append(f"tests/README.md: no row under '{title}' for {thread}")
    return right, wrong


def check_pages():
    """Manual pages: what they name, and what they leave out."""
    verbs = {verb for file in (ROOT / "cli").glob("*.c")
             for verb in re.findall(r"^const Verb verb_\w+ = \{\s*\.name = \"(\w+)\"", file.read_text(encoding="utf-8"), re.M)}
    drivers = set(re.findall(r"^POD\((\w+)\)", (ROOT / "proto/pods/pods.def").read_text(encoding="utf-8"), re.M))
    right, wrong = 0, []
    for page, names in (("stridectl.1", verbs - {"help"}), ("strided-pods.7", drivers)):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for name in sorted(names):
            if re.search(rf"^\.It Cm (?:\w+ , )?{name}\b", text, re.M):
                right += 1
            else:
                wrong.append(f"docs/{page} says nothing of {name}")
    return right, wrong if len(verbs) > 10 else [*wrong, "no verbs were found in cli/"]


def main():
    passed, wrong = check_tests()
    found = check_pages()
    passed, wrong = passed + found[0], wrong + found[1]
    for document in [ROOT / "README.md", ROOT / "tests/README.md", *sorted((ROOT / "docs").glob("*.md"))]:
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

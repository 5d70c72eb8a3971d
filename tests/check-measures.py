#!/usr/bin/env python3
"""Every key that a week's or a run's message carries has an entry in proto/measures.json, or is on its list of
those that need none; every entry is whole, and every code that the sources give as a reason has words.
Closing line: N passed, N failed"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NEEDED = ("title", "definition", "formula", "unit", "source", "evidence")
REASON = re.compile(r'reasons_add\([^;"]*,\s*"([a-z_.0-9]+)",\s*"([a-z_0-9]+)"\)|explain_null\([^;"]*"[a-z_.0-9]+",\s*"([a-z_0-9]+)"\)')


def leaves(schema, node, path=""):
    """Dotted paths of what is no object."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    for part in node.get("anyOf", node.get("oneOf", [])):
        yield from leaves(schema, part, path)
    if "properties" not in node:
        if path and "anyOf" not in node and "oneOf" not in node and node.get("type") != "null":
            yield path
        return
    for name, child in node["properties"].items():
        yield from leaves(schema, child, f"{path}.{name}" if path else name)


def matches(pattern, key):
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[a-z0-9_.]+"), key) is not None


def group_of(groups, key):
    above = [path for path in groups if key == path or key.startswith(path + ".")]
    return groups[max(above, key=len)] if above else {}


PLAN_DEFAULTS = {"pain_from": "pain_alert_from", "silent_days": "silent_days"}  # alerts of a plan → setting


def plan_defaults(settings):
    """What the schemas say that null means, where it is not the setting's default."""
    for name in ("plan", "runner-plan"):
        schema = json.loads((ROOT / f"proto/mqtt/{name}.schema.json").read_text(encoding="utf-8"))
        for key, setting in PLAN_DEFAULTS.items():
            text = schema["properties"]["alerts"]["properties"][key]["description"]
            if re.findall(r"null: (\d+)", text) != [str(settings[setting])]:
                yield f"{name}: alerts.{key} says \"{text}\", the default is {settings[setting]}"


def main():
    measures = json.loads((ROOT / "proto/measures.json").read_text(encoding="utf-8"))
    entries, wrong, passed = measures["measures"], [], 0
    keys = set()
    for name in ("week", "run"):
        schema = json.loads((ROOT / f"proto/mqtt/{name}.schema.json").read_text(encoding="utf-8"))
        keys |= set(leaves(schema, {"properties": {k: v for k, v in schema["properties"].items() if k not in ("reasons", "changed")}}))
    for key in sorted(keys):
        found = any(matches(pattern, key) for pattern in [*entries, *measures["no_measures"]])
        passed += found
        wrong += [] if found else [f"{key} has no entry"]
    unused = [pattern for pattern in entries if not any(matches(pattern, key) for key in keys)]
    for key, entry in entries.items():
        whole = {**group_of(measures["groups"], key), **entry}
        lacking = [name for name in NEEDED if name not in whole] + ["title.en"] * (not entry["title"].get("en"))
        lacking += [f"source {source}" for source in whole.get("source", []) if source not in measures["sources"]]
        lacking += [] if whole.get("evidence") in measures["grades"] else [f"grade {whole.get('evidence')}"]
        passed += not lacking
        wrong += [f"{key} lacks {', '.join(lacking)}"] if lacking else []
    used = set()
    for key, entry in [*measures["groups"].items(), *entries.items()]:
        unknown = [name for name in entry.get("settings", []) if name not in measures["settings"]]
        used |= set(entry.get("settings", []))
        passed += not unknown
        wrong += [f"{key}: there is no setting {', '.join(unknown)}"] if unknown else []
    wrong += [f"the setting {name} belongs to no measure" for name in sorted(set(measures["settings"]) - used)]
    plans = list(plan_defaults(measures["settings"]))
    passed += 2 * len(PLAN_DEFAULTS) - len(plans)
    wrong += plans
    for source in (ROOT / "daemon").rglob("*.c"):
        for found in REASON.finditer(source.read_text(encoding="utf-8")):
            code = found[2] or found[3]
            good = code in measures["reasons"]
            passed += good
            wrong += [] if good else [f"{source.relative_to(ROOT)}: the reason {code} has no words"]
    for sentence in sorted(set(wrong)):
        print(f"FAILED: {sentence}")
    if unused:
        print(f"measures: {len(unused)} entries that no message carries yet: {' '.join(sorted(unused))}")
    print(f"{passed} passed, {len(set(wrong))} failed")
    return 1 if wrong or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

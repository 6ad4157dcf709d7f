"""Scores a scan of a planted tree: secrets_score.py TRUTH RESULT --tool tieout|kingfisher|gitleaks|detect-secrets [--root DIR] [--json] [--show N].

A secret is found when a finding stands on one of its lines. A finding's place that stands on no secret's line is wrong. A second
finding on a secret's lines is a duplicate, which is counted apart. Sentry DSNs, which are rather public, count for their own
recall and for nothing else.
"""

import argparse
import collections
import json
import pathlib

LOW = {"sentry_dsn"}


def tieout(data, _):
    for finding in data["findings"]:
        if finding.get("status", "open") != "open" or "secret" not in finding:
            continue
        secret = finding["secret"]
        places = [(p["file"], p["line"], p.get("end_line") or p["line"]) for p in finding["locations"] if "file" in p]
        yield secret.get("kind"), places, {"aws_account": secret.get("aws_account"), "check": finding.get("check"), "redacted": secret.get("redacted")}


def kingfisher(data, root):
    for entry in data["findings"] if isinstance(data, dict) else data:
        finding, rule = entry["finding"], entry["rule"]
        yield rule["id"], [(relative(finding["path"], root), finding["line"], finding["line"])], {}


def gitleaks(data, root):
    for finding in data:
        yield finding["RuleID"], [(relative(finding["File"], root), finding["StartLine"], finding["EndLine"])], {}


def detect_secrets(data, root):
    for path, found in data["results"].items():
        for one in found:
            yield one["type"], [(relative(path, root), one["line_number"], one["line_number"])], {}


READ = {"tieout": tieout, "kingfisher": kingfisher, "gitleaks": gitleaks, "detect-secrets": detect_secrets}


def relative(path, root):
    path = path.removeprefix("./")
    return path[len(root) + 1 :] if root and path.startswith(root + "/") else path


def load(path):
    text = pathlib.Path(path).read_text()
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        # Several documents one after another, as kingfisher prints findings and summary.
        return json.JSONDecoder().raw_decode(text.lstrip())[0]


def numbers(hits):
    """Which findings they are: one with several places is one."""
    return {number for *_, number in hits}


def score(truth, found):
    """Numbers, what was missed, what was wrong."""
    at, decoy_at = collections.defaultdict(list), {}
    for index, secret in enumerate(truth["planted"]):
        for line in secret["lines"]:
            at[secret["file"], line].append(index)
    for decoy in truth.get("decoys", []):
        for line in decoy["lines"]:
            decoy_at[decoy["file"], line] = decoy["class"]
    hits, wrong, right = collections.defaultdict(list), [], 0
    for number, (kind, places, more) in enumerate(found):
        for file, first, last in sorted(set(places)):
            touched = {i for line in range(first, last + 1) for i in at.get((file, line), [])}
            for index in touched:
                hits[index].append((kind, more, first, number))
            if not touched:
                label = next((decoy_at[file, line] for line in range(first, last + 1) if (file, line) in decoy_at), "no decoy")
                wrong.append({"file": file, "line": first, "kind": kind, "class": label})
            elif any(truth["planted"][i]["kind"] not in LOW for i in touched):
                right += 1
    kinds = {}
    for index, secret in enumerate(truth["planted"]):
        entry = kinds.setdefault(secret["kind"], [0, 0])
        entry[0] += index in hits
        entry[1] += 1
    counted = [i for i, s in enumerate(truth["planted"]) if s["kind"] not in LOW]
    found_count = sum(i in hits for i in counted)
    accounts = [i for i in counted if truth["planted"][i].get("aws_account")]
    decoded = sum(any(more.get("aws_account") == truth["planted"][i]["aws_account"] for _, more, _, _ in hits.get(i, [])) for i in accounts)
    return {
        "planted": len(counted), "found": found_count, "recall": found_count / max(len(counted), 1), "wrong": len(wrong),
        "precision": found_count / max(found_count + len(wrong), 1), "duplicates": sum(len(numbers(h)) - 1 for h in hits.values()),
        "pairs": len(accounts), "pairs_decoded": decoded, "kinds": {k: {"found": a, "planted": b} for k, (a, b) in sorted(kinds.items())},
        "misses": [truth["planted"][i] for i in range(len(truth["planted"])) if i not in hits], "false_alarms": wrong,
        "doubled": [{**truth["planted"][i], "by": [[k, line] for k, _, line, _ in h]} for i, h in hits.items() if len(numbers(h)) > 1],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth")
    parser.add_argument("result")
    parser.add_argument("--tool", choices=sorted(READ), required=True)
    parser.add_argument("--root", default="")
    parser.add_argument("--json", action="store_true", help="everything, for programs")
    parser.add_argument("--show", type=int, default=40, help="how many misses and false alarms are listed")
    parser.add_argument("--tree", help="the planted tree, to show the lines")
    args = parser.parse_args()
    truth = json.loads(pathlib.Path(args.truth).read_text())
    result = score(truth, READ[args.tool](load(args.result), args.root.rstrip("/")))
    if args.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(f"recall {result['found']}/{result['planted']} = {result['recall']:.4f}, precision {result['precision']:.4f} ({result['wrong']} wrong), {result['duplicates']} duplicates, pairs decoded {result['pairs_decoded']}/{result['pairs']}")
    weak = {k: f"{v['found']}/{v['planted']}" for k, v in result["kinds"].items() if v["found"] < 0.9 * v["planted"]}
    print(f"kinds under 0.9: {len(weak)}: {weak}")

    def line(file, number):
        if not args.tree:
            return ""
        lines = (pathlib.Path(args.tree) / file).read_text(errors="replace").split("\n")
        return lines[number - 1].strip()[:170] if number <= len(lines) else ""

    print("\nmisses by form:", dict(collections.Counter(m.get("form", "") for m in result["misses"]).most_common(25)))
    for miss in result["misses"][: args.show]:
        print(f"  {miss['kind']} [{miss.get('form', '')}] {miss['file']}:{miss['lines'][0]}: {line(miss['file'], miss['lines'][0])}")
    print("\nfalse alarms by class:", dict(collections.Counter(f["class"] for f in result["false_alarms"]).most_common(40)))
    print("false alarms by rule:", dict(collections.Counter(f["kind"] for f in result["false_alarms"]).most_common(25)))
    for alarm in result["false_alarms"][: args.show]:
        print(f"  {alarm['kind']} [{alarm['class']}] {alarm['file']}:{alarm['line']}: {line(alarm['file'], alarm['line'])}")
    print("\nduplicates by kind:", dict(collections.Counter(d["kind"] for d in result["doubled"]).most_common(15)))
    for twice in result["doubled"][: args.show // 4]:
        print(f"  {twice['kind']} {twice['file']}:{twice['lines'][0]} by {twice['by']}")


if __name__ == "__main__":
    main()

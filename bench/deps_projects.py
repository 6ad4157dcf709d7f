"""Sixteen mixed projects as a Python backend team has them, with what is true of them.

    deps_projects.py OUT ZIP [--seed N]                      makes them, and OUT/truth.json
    deps_projects.py OUT ZIP [--seed N] --check TIEOUT       the same, then compares `tieout deps -f json`
    deps_projects.py OUT ZIP [--seed N] --answers FOLDER     the same, then counts the projects of which the reports in
                                                             FOLDER/TOOL/PROJECT/*.json name every flaw, and no other

Packages and versions come out of the archive of OSV records, so that most of them have flaws; the truth is computed by
`deps_truth.py`. The formats of lock files are written by hand as their documents say.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from deps_formats import PROJECTS, Project  # noqa: E402
from deps_truth import Osv, normal  # noqa: E402
from packaging.version import Version  # noqa: E402

VULNERABLE = "deps-package-no-known-vulnerabilities"


def make(out, zip_path, seed):
    osv = Osv(zip_path)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    truth = {}
    for number, build in enumerate(PROJECTS, 1):
        name = f"{number:02}-{build.__name__.replace('_', '-')}"
        project = Project(osv, random.Random(f"{seed}/{name}"), out / name)
        build(project)
        truth[name] = project.truth()
    (out / "truth.json").write_text(json.dumps(truth, indent=1, sort_keys=True))
    return truth


def check(out, zip_path, truth, tieout):
    wrong = 0
    for name, expected in truth.items():
        lines = differences(expected, run(tieout, out / name, zip_path))
        wrong += bool(lines)
        print(f"{name}: {'as expected' if not lines else ''}")
        for line in lines:
            print(f"  {line}")
    print(f"{len(truth) - wrong} of {len(truth)} projects as expected")
    return wrong


def answers(truth, folder):
    """For each tool the projects of which all hits are told, and none too much, whatever file they are told of."""
    counted = {}
    for tool in sorted(path for path in folder.iterdir() if path.is_dir()):
        right = 0
        for name, expected in truth.items():
            flaws = {
                (hit["name"], Version(hit["version"]), frozenset(ids)) for hit in expected["hits"] for ids in hit["advisories"]
            }
            told = [one for report in (tool / name).glob("*.json") for one in entries(json.loads(report.read_text() or "{}"))]
            matched = {flaw for flaw in flaws for one in told if one[:2] == flaw[:2] and one[2] in flaw[2]}
            extra = [one for one in told if not any(one[:2] == flaw[:2] and one[2] in flaw[2] for flaw in flaws)]
            right += matched == flaws and not extra
        counted[tool.name] = right
    return counted


def entries(report):
    """(name, version, id) of each flaw in a report of pip-audit, of uv or of tieout."""
    for dependency in report.get("dependencies") or []:
        for one in dependency.get("vulns") or []:
            yield normal(dependency["name"]), Version(dependency["version"]), one["id"]
    for one in report.get("vulnerabilities") or []:
        yield normal(one["dependency"]["name"]), Version(one["dependency"]["version"]), one["id"]
    for finding in report.get("findings") or []:
        package = finding.get("package") or {}
        for advisory in package.get("advisories") or []:
            yield package["name"], Version(package["version"]), advisory["ids"][0]


def run(tieout, project, zip_path):
    command = [tieout, "deps", ".", "--advisories", zip_path, "--no-config", "-f", "json", "--as-of", "2026-11-25"]
    ran = subprocess.run(command, cwd=project, capture_output=True, env={**os.environ, "TIEOUT_OFFLINE": "true"})
    if ran.returncode not in (0, 1, 4):
        sys.exit(f"{project}: {ran.returncode}: {ran.stderr.decode()}")
    return json.loads(ran.stdout)


def differences(expected, report):
    """What the report lacks, and what it has too much."""
    lines = []
    wanted = {
        (hit["file"], hit["name"], hit["version"], tuple(ids)) for hit in expected["hits"] for ids in hit["advisories"]
    }
    told = set()
    for finding in report["findings"]:
        package = finding.get("package")
        if package and finding["check"] == VULNERABLE:
            for advisory in package["advisories"]:
                # One finding a package and file; the subject's file is the first that names it.
                told.add((finding["subject"]["file"], package["name"], package["version"], tuple(sorted(advisory["ids"]))))
    for word, hits in [("missing", wanted - told), ("extra", told - wanted)]:
        by_package = {}
        for *package, ids in sorted(hits):
            by_package.setdefault(tuple(package), []).append("/".join(ids))
        lines += [
            f"{word} hit: {' '.join(package)} {found[0]}" + (f" and {len(found) - 1} more" if found[1:] else "")
            for package, found in by_package.items()
        ]

    gaps = [
        (result["subject"].get("file", ""), f"{result['subject']['id']} {result.get('reason', '')}")
        for result in report["results"]
        if result["check"] == VULNERABLE and result["status"] == "not_assessed"
    ]
    open_gaps = list(gaps)
    for entry in expected["unaudited"]:
        same = [gap for gap in gaps if gap[0] == entry["file"] and entry["has"].lower() in gap[1].lower()]
        if not same:
            lines.append(f"unaudited, not told: {entry['file']} {entry['has']}")
        open_gaps = [gap for gap in open_gaps if gap not in same]
    lines += [f"unaudited, not expected: {file} {what}" for file, what in open_gaps]

    for runtime in expected["runtimes"]:
        if not has_runtime(report, runtime):
            lines.append(f"runtime not told: {runtime}")
    return lines


def has_runtime(report, wanted):
    """A finding or component of that file about that runtime; with the day of its end where one is wanted."""
    words = {wanted["name"], wanted["version"]}
    for finding in report["findings"]:
        runtime = finding.get("runtime")
        if not runtime or finding["subject"].get("file") != wanted["file"]:
            continue
        if runtime["version"] in words or runtime["version"].startswith(wanted["version"] + "."):
            days = {runtime.get("end_of_life"), runtime.get("deprecated"), runtime.get("blocked")}
            return wanted["ends"] is None or wanted["ends"] in days
    if wanted["ended"]:
        return False
    return any(
        component["file"] == wanted["file"] and (component["version"] or "").startswith(wanted["version"])
        for component in report["components"]
        if component["type"] == "platform"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("zip")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--check", metavar="TIEOUT")
    arguments.add_argument("--answers", type=Path, metavar="FOLDER")
    given = arguments.parse_args()
    truth = make(given.out, given.zip, given.seed)
    hits = sum(len(hit["advisories"]) for project in truth.values() for hit in project["hits"])
    print(f"{len(truth)} projects, {hits} hits, {sum(len(project['runtimes']) for project in truth.values())} runtimes")
    if given.answers:
        print(json.dumps(answers(truth, given.answers)))
    if given.check and check(given.out, os.path.abspath(given.zip), truth, os.path.abspath(given.check)):
        sys.exit(1)


if __name__ == "__main__":
    main()

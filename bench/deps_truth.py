"""What OSV records say of a version, read naively with `packaging`: the judge of `deps_projects.py` and the data of
`osv_server.py`. It shares nothing with tieout but the records themselves."""

import json
import re
import zipfile

from packaging.version import InvalidVersion, Version


def normal(name):
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parsed(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None


class Osv:
    """The records of a zip by package."""

    def __init__(self, path):
        self.records = {}
        self.by_name = {}
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                record = json.loads(archive.read(entry))
                self.records[record["id"]] = record
        for record in self.records.values():
            if record.get("withdrawn"):
                continue
            names = {
                normal(affected["package"]["name"])
                for affected in record["affected"]
                if affected["package"]["ecosystem"] == "PyPI"
            }
            for name in names:
                self.by_name.setdefault(name, []).append(record)

    def affected(self, record, name):
        return [it for it in record["affected"] if normal(it["package"]["name"]) == normal(name)]

    def flaws(self, name):
        """The package's records, those of one flaw together."""
        groups = []
        for record in self.by_name.get(normal(name), []):
            ids = {record["id"], *(record.get("aliases") or [])}
            same = [group for group in groups if group[0] & ids]
            groups = [group for group in groups if not group[0] & ids]
            merged_ids = ids.union(*(group[0] for group in same))
            groups.append((merged_ids, [record, *(one for group in same for one in group[1])]))
        return groups

    def matches(self, record, name, version):
        # A local version is its public one, as a specifier without one sees it (PEP 440).
        version = Version(Version(version).public)
        for affected in self.affected(record, name):
            if any(parsed(listed) == version for listed in affected.get("versions") or []):
                return True
            for stretch in affected.get("ranges") or []:
                if stretch["type"] != "GIT" and in_range(stretch["events"], version):
                    return True
        return False

    def hits(self, name, version):
        """The ids of each flaw that the version has: a set of frozen sets."""
        return {
            frozenset(ids)
            for ids, records in self.flaws(name)
            if any(self.matches(record, name, version) for record in records)
        }

    def listed(self, name):
        """Versions that records list, which therefore exist."""
        found = set()
        for record in self.by_name.get(normal(name), []):
            for affected in self.affected(record, name):
                found.update(text for text in affected.get("versions") or [] if parsed(text))
        return sorted(found, key=Version)

    def borders(self, name):
        """The versions at which some record begins or ends."""
        found = set()
        for record in self.by_name.get(normal(name), []):
            for affected in self.affected(record, name):
                for stretch in affected.get("ranges") or []:
                    if stretch["type"] != "GIT":
                        found.update(text for event in stretch["events"] for text in event.values())
        return sorted((text for text in found if text != "0" and parsed(text)), key=Version)


def in_range(events, version):
    """OSV's evaluation, event by event."""
    order = {"introduced": 1, "fixed": 0, "limit": 0, "last_affected": 2}
    points = []
    for event in events:
        for kind, text in event.items():
            at = None if text == "0" else parsed(text)
            if text == "0" or at is not None:
                points.append((at is not None, at or Version("0"), order[kind], kind))
    vulnerable = False
    for is_bound, at, _, kind in sorted(points):
        if kind == "introduced" and (not is_bound or version >= at):
            vulnerable = True
        elif kind in ("fixed", "limit") and version >= at:
            vulnerable = False
        elif kind == "last_affected" and version > at:
            vulnerable = False
    return vulnerable

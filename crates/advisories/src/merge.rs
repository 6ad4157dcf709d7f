//! From records to advisories: records of one flaw (by alias) become one advisory of a package, withdrawn ones are left out.

use crate::advisory::Advisory;
use crate::osv::Record;
use crate::range::union;
use crate::severity::{Rating, decisive};
use pep440_rs::Version;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr;

/// The merged advisories of every package, and what was left out on purpose.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// By normalised name.
    pub(crate) packages: BTreeMap<String, Vec<Advisory>>,
    pub(crate) records: usize,
    pub(crate) withdrawn: usize,
    /// The newest day of change.
    pub(crate) date: Option<String>,
}

/// Merges records. Their order does not matter.
pub(crate) fn merge(mut records: Vec<Record>) -> Merged {
    records.sort_by(|a, b| (&a.id, &a.day).cmp(&(&b.id, &b.day)));
    // Of one record in two versions the newer counts.
    records.reverse();
    records.dedup_by(|a, b| a.id == b.id);
    records.reverse();
    let mut merged = Merged { records: records.len(), ..Merged::default() };
    let mut by_package: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for record in &records {
        merged.date = merged.date.take().max(record.day.clone());
        merged.withdrawn += usize::from(record.withdrawn);
        for part in &record.affected {
            let about = by_package.entry(&part.name).or_default();
            if about.last().is_none_or(|last| last.id != record.id) {
                about.push(record);
            }
        }
    }
    for (name, records) in by_package {
        let mut advisories: Vec<Advisory> =
            flaws(&records).into_iter().map(|records| advisory(name, &records)).collect();
        advisories.retain(|advisory| !(advisory.ranges.is_empty() && advisory.versions.is_empty()));
        advisories.sort_by(|a, b| a.ids.cmp(&b.ids));
        if !advisories.is_empty() {
            merged.packages.insert(name.to_owned(), advisories);
        }
    }
    merged
}

/// A package's name as PEP 503 normalises it: lower case, each run of `-`, `_` and `.` one `-`.
pub fn normalise(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for char in name.trim().chars() {
        match char {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

/// Groups records that share an id or an alias, through others too.
fn flaws<'r>(records: &[&'r Record]) -> Vec<Vec<&'r Record>> {
    let mut groups: Vec<Vec<&'r Record>> = Vec::new();
    let mut group_of: HashMap<&'r str, usize> = HashMap::new();
    for record in records {
        let ids = || std::iter::once(record.id.as_str()).chain(record.aliases.iter().map(String::as_str));
        let known: BTreeSet<usize> = ids().filter_map(|id| group_of.get(id).copied()).collect();
        let mut known = known.into_iter();
        let home = known.next().unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        let mut joined = vec![*record];
        for other in known {
            if let Some(group) = groups.get_mut(other) {
                joined.append(group);
            }
        }
        for record in &joined {
            for id in std::iter::once(&record.id).chain(&record.aliases) {
                group_of.insert(id, home);
            }
        }
        if let Some(group) = groups.get_mut(home) {
            group.append(&mut joined);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn advisory(name: &str, records: &[&Record]) -> Advisory {
    let ids: BTreeSet<&String> =
        records.iter().flat_map(|record| std::iter::once(&record.id).chain(&record.aliases)).collect();
    let parts = || records.iter().flat_map(|record| &record.affected).filter(|part| part.name == name);
    let symbols: BTreeSet<&String> = parts().flat_map(|part| &part.symbols).collect();
    let vectors =
        records.iter().flat_map(|record| &record.vectors).chain(parts().flat_map(|part| &part.vectors));
    let scored = decisive(vectors.map(String::as_str));
    let word =
        records.iter().filter_map(|record| record.word).chain(parts().filter_map(|part| part.word)).max();
    let rating = scored.as_ref().map(|scored| scored.rating).or(word).unwrap_or(Rating::Unknown);
    let mut advisory = Advisory {
        ids: ids.into_iter().cloned().collect(),
        summary: summary(records),
        rating,
        cvss: scored.map(|scored| scored.vector),
        ranges: union(parts().flat_map(|part| part.spans.iter().cloned()).collect()),
        versions: Vec::new(),
        symbols: symbols.into_iter().cloned().collect(),
    };
    if advisory.is_malicious() {
        advisory.rating = Rating::Critical;
    }
    // A list that only repeats what the ranges say is not kept.
    let listed: BTreeSet<&String> = parts().flat_map(|part| &part.versions).collect();
    let beyond = listed.into_iter().filter(|version| match Version::from_str(version) {
        Ok(version) => !advisory.in_ranges(&version.without_local()),
        Err(_) => true,
    });
    advisory.versions = beyond.cloned().collect();
    advisory
}

/// What a record calls its summary (GHSA's are made for this), else the start of its details.
fn summary(records: &[&Record]) -> String {
    let said = |own: bool| {
        records.iter().map(|record| &record.summary).find(|(is_own, text)| *is_own == own && !text.is_empty())
    };
    said(true).or_else(|| said(false)).map(|(_, text)| text.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(value: serde_json::Value) -> Record {
        Record::from_value(value).unwrap()
    }

    fn affected(name: &str, fixed: &str) -> serde_json::Value {
        json!([{"package": {"ecosystem": "PyPI", "name": name},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}])
    }

    #[test]
    fn records_of_one_flaw_become_one_through_aliases_of_aliases() {
        let merged = merge(vec![
            record(json!({"id": "PYSEC-1", "aliases": ["CVE-1"], "affected": affected("Django", "2.0")})),
            record(json!({"id": "GHSA-9", "aliases": ["CVE-9"], "affected": affected("django", "9.0")})),
            record(json!({"id": "GHSA-1", "aliases": ["CVE-1", "CVE-2"], "summary": "It  breaks\n",
                          "database_specific": {"severity": "MODERATE"}, "affected": affected("django", "2.1")})),
            record(json!({"id": "PYSEC-2", "aliases": ["CVE-2"], "affected": affected("django", "2.0")})),
        ]);
        let all = &merged.packages["django"];
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].ids, ["CVE-1", "CVE-2", "GHSA-1", "PYSEC-1", "PYSEC-2"]);
        assert_eq!((all[0].rating, all[0].summary.as_str()), (Rating::Medium, "It breaks"));
        assert_eq!(all[0].ranges.len(), 1);
        assert!(all[0].affects(&Version::from_str("2.0.5").unwrap()), "the union of ranges");
    }

    #[test]
    fn a_withdrawn_record_is_dropped_and_its_living_alias_is_not() {
        let merged = merge(vec![
            record(
                json!({"id": "PYSEC-1", "aliases": ["CVE-1"], "withdrawn": "2024-01-01T00:00:00Z", "affected": affected("a", "9")}),
            ),
            record(json!({"id": "GHSA-1", "aliases": ["CVE-1"], "affected": affected("a", "2")})),
        ]);
        assert_eq!(merged.withdrawn, 1);
        let all = &merged.packages["a"];
        assert_eq!(all[0].ids, ["CVE-1", "GHSA-1"]);
        assert!(!all[0].affects(&Version::from_str("3").unwrap()));
    }

    #[test]
    fn other_ecosystems_and_git_ranges_say_nothing_of_a_version() {
        let merged = merge(vec![record(json!({"id": "X-1", "affected": [
            {"package": {"ecosystem": "npm", "name": "a"}, "versions": ["1"]},
            {"package": {"ecosystem": "PyPI", "name": "a"}, "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}], "versions": ["2"]},
        ]}))]);
        let it = &merged.packages["a"][0];
        assert!(
            it.affects(&Version::from_str("2").unwrap()) && !it.affects(&Version::from_str("1").unwrap())
        );
    }

    #[test]
    fn a_malicious_package_is_critical() {
        let merged = merge(vec![record(json!({"id": "MAL-2024-1", "affected": affected("evil", "99")}))]);
        assert_eq!(merged.packages["evil"][0].rating, Rating::Critical);
    }
}

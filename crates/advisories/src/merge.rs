//! From records to advisories: records of one flaw (by alias) become one advisory of a package, withdrawn ones are left out.

use crate::advisory::{Advisory, Event, Range};
use crate::osv::{OsvRange, Record};
use crate::severity::{Rating, decisive};
use pep440_rs::Version;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::str::FromStr;

/// A summary is not longer than this, in characters.
const SUMMARY: usize = 200;

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
    records.sort_by(|a, b| a.id.cmp(&b.id));
    records.dedup_by(|a, b| a.id == b.id);
    let mut merged = Merged { records: records.len(), ..Merged::default() };
    let mut by_package: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    for record in &records {
        let day = record.modified.as_deref().and_then(|time| time.get(..10));
        if day.is_some_and(is_day) && merged.date.as_deref() < day {
            merged.date = day.map(str::to_owned);
        }
        if record.withdrawn.is_some() {
            merged.withdrawn += 1;
            continue;
        }
        let names: BTreeSet<String> = packages_of(record).collect();
        for name in names {
            by_package.entry(name).or_default().push(record);
        }
    }
    for (name, records) in by_package {
        let mut advisories: Vec<Advisory> =
            flaws(&records).into_iter().map(|records| advisory(&name, &records)).collect();
        advisories.sort_by(|a, b| a.ids.cmp(&b.ids));
        merged.packages.insert(name, advisories);
    }
    merged
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// PEP 503.
pub(crate) fn normalise(name: &str) -> String {
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

fn is_pypi(ecosystem: &str) -> bool {
    ecosystem == "PyPI" || ecosystem.starts_with("PyPI:")
}

fn packages_of(record: &Record) -> impl Iterator<Item = String> {
    let named = record.affected.iter().filter_map(|affected| affected.package.as_ref());
    named
        .filter(|package| is_pypi(&package.ecosystem) && !package.name.is_empty())
        .map(|package| normalise(&package.name))
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
    let ids: BTreeSet<String> = records
        .iter()
        .flat_map(|record| std::iter::once(&record.id).chain(&record.aliases))
        .cloned()
        .collect();
    let ours = |record: &'_ &Record| {
        record
            .affected
            .iter()
            .filter(|affected| {
                affected
                    .package
                    .as_ref()
                    .is_some_and(|package| is_pypi(&package.ecosystem) && normalise(&package.name) == name)
            })
            .cloned()
            .collect::<Vec<_>>()
    };
    let affected: Vec<_> = records.iter().flat_map(ours).collect();
    let mut ranges: Vec<Range> =
        affected.iter().flat_map(|affected| affected.ranges.iter().filter_map(range)).collect();
    ranges.sort();
    ranges.dedup();
    let symbols: BTreeSet<String> = affected
        .iter()
        .flat_map(|affected| {
            affected.ecosystem_specific.symbols.iter().chain(&affected.database_specific.symbols)
        })
        .cloned()
        .collect();
    let vectors = records
        .iter()
        .flat_map(|record| &record.severity)
        .chain(affected.iter().flat_map(|affected| &affected.severity));
    let scored = decisive(vectors);
    let word = records
        .iter()
        .filter_map(|record| record.database_specific.severity.as_deref())
        .chain(affected.iter().filter_map(|affected| affected.database_specific.severity.as_deref()))
        .filter_map(Rating::of_word)
        .max();
    let rating = scored.as_ref().map(|scored| scored.rating).or(word).unwrap_or(Rating::Unknown);
    let mut advisory = Advisory {
        ids: ids.into_iter().collect(),
        summary: summary(records),
        rating,
        cvss: scored.map(|scored| scored.vector),
        ranges,
        versions: Vec::new(),
        symbols: symbols.into_iter().collect(),
    };
    if advisory.is_malicious() {
        advisory.rating = Rating::Critical;
    }
    // A list that only repeats what the ranges say is not kept.
    let listed: BTreeSet<&String> = affected.iter().flat_map(|affected| &affected.versions).collect();
    let beyond = listed.into_iter().filter(|version| match Version::from_str(version) {
        Ok(version) => !advisory.affects(&version),
        Err(_) => true,
    });
    let beyond: Vec<String> = beyond.cloned().collect();
    advisory.versions = beyond;
    advisory
}

fn range(range: &OsvRange) -> Option<Range> {
    if range.kind == "GIT" {
        return None;
    }
    let mut events: Range = Vec::with_capacity(range.events.len());
    for event in &range.events {
        events.extend(event.introduced.clone().map(Event::Introduced));
        events.extend(event.fixed.clone().map(Event::Fixed));
        events.extend(event.last_affected.clone().map(Event::LastAffected));
        // `*` is no limit at all.
        events.extend(event.limit.clone().filter(|limit| limit != "*").map(Event::Limit));
    }
    (!events.is_empty()).then_some(events)
}

/// The first line of a record that has one; GHSA's summaries are made for this.
fn summary(records: &[&Record]) -> String {
    let of = |record: &&&Record| {
        if record.summary.is_empty() { record.details.clone() } else { record.summary.clone() }
    };
    let by_summary = records.iter().filter(|record| !record.summary.is_empty());
    let text =
        by_summary.chain(records.iter()).map(|record| of(&record)).find(|text| !text.trim().is_empty());
    let text = text.unwrap_or_default();
    let line: String = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|char| !char.is_control())
        .collect();
    match line.char_indices().nth(SUMMARY) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
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
        assert_eq!(all[0].ranges.len(), 2);
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

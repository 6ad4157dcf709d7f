//! Records against independent rules: OSV's evaluation written down naively, every record of the shared archive, and
//! ten thousand broken records, none of which may end a run or vanish unnamed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

use pep440_rs::Version;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tieout_advisories::{Advisories, Advisory, load, smallest_fix};

fn loaded(records: &[Value]) -> Advisories {
    let folder = tempfile::tempdir().unwrap();
    for (at, record) in records.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{at:05}.json")), record.to_string()).unwrap();
    }
    load(folder.path()).unwrap()
}

fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("TIEOUT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let archive = folder.join("advisories/pypi-osv.zip");
    let there = archive.is_file();
    if !there {
        eprintln!("SKIPPED: {} is not there", archive.display());
    }
    there.then_some(archive)
}

fn records_of(archive: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(archive).unwrap()).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// Versions that a naive reader orders by their place in this list.
const LADDER: &[&str] = &[
    "0.dev1",
    "0a1",
    "0.5",
    "1.0.dev0",
    "1.0a1",
    "1.0rc2",
    "1.0",
    "1.0.post1",
    "1.0.1",
    "1.2",
    "1.10",
    "2.0b1",
    "2.0",
    "2.0.0.1",
    "10.0",
    "2024.1",
    "1!0.1",
    "1!1.0",
];

/// OSV's algorithm as the schema's document writes it, on places in the ladder; `None` is `introduced: 0`.
fn naive(events: &[(u8, Option<usize>)], version: usize) -> bool {
    let limits: Vec<usize> = events.iter().filter(|(kind, _)| *kind == 3).filter_map(|(_, at)| *at).collect();
    if !limits.is_empty() && !limits.iter().any(|limit| version < *limit) {
        return false;
    }
    let mut sorted: Vec<_> = events.iter().filter(|(kind, _)| *kind != 3).collect();
    sorted.sort_by_key(|(_, at)| *at);
    let mut vulnerable = false;
    for (kind, at) in sorted {
        match (kind, at) {
            (0, None) => vulnerable = true,
            (0, Some(at)) if version >= *at => vulnerable = true,
            (1, Some(at)) if version >= *at => vulnerable = false,
            (2, Some(at)) if version > *at => vulnerable = false,
            _ => {}
        }
    }
    vulnerable
}

fn event((kind, at): &(u8, Option<usize>)) -> Value {
    let version = at.map_or("0", |at| LADDER[at]);
    let name = ["introduced", "fixed", "last_affected", "limit"][usize::from(*kind)];
    json!({ name: version })
}

prop_compose! {
    /// A range whose events stand at different versions, in any order; at least one introduces.
    fn range()(places in proptest::sample::subsequence((0..LADDER.len()).collect::<Vec<_>>(), 1..7),
               kinds in proptest::collection::vec(prop_oneof![4 => 0u8..3, 1 => Just(3u8)], 7),
               zero in any::<bool>(), seed in any::<u64>()) -> Vec<(u8, Option<usize>)> {
        let mut events: Vec<_> = places.iter().zip(&kinds).map(|(at, kind)| (*kind, Some(*at))).collect();
        if zero || !events.iter().any(|(kind, _)| *kind == 0) {
            events.push((0, None));
        }
        let turn = usize::try_from(seed % 7).unwrap() % events.len();
        events.rotate_left(turn);
        events
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_version_is_affected_as_osv_s_algorithm_says(ranges in proptest::collection::vec(range(), 1..4)) {
        let json: Vec<Value> = ranges
            .iter()
            .map(|events| json!({"type": "ECOSYSTEM", "events": events.iter().map(event).collect::<Vec<_>>()}))
            .collect();
        let all = loaded(&[json!({"id": "A-1", "affected": [
            {"package": {"ecosystem": "PyPI", "name": "a"}, "ranges": json, "versions": ["77"]}]})]);
        let about = all.about("a").unwrap();
        for (at, text) in LADDER.iter().enumerate() {
            let expected = ranges.iter().any(|events| naive(events, at));
            for spelling in [(*text).to_owned(), format!("{text}+local.1")] {
                let version = Version::from_str(&spelling).unwrap();
                prop_assert_eq!(about[0].affects(&version), expected, "{} in {:?}", spelling, ranges);
            }
            let version = Version::from_str(text).unwrap();
            if let Some(fix) = smallest_fix(&version, &about).any {
                prop_assert!(fix > version && !about[0].affects(&fix));
            }
        }
    }
}

#[test]
fn every_version_that_a_shared_record_lists_is_affected_and_what_fixes_it_is_not() {
    let Some(archive) = shared() else { return };
    let all = load(&archive).unwrap();
    let mut listed = 0;
    for (file, bytes) in records_of(&archive) {
        let record: Value = serde_json::from_slice(&bytes).unwrap();
        let id = record["id"].as_str().unwrap();
        if record.get("withdrawn").is_some() {
            continue;
        }
        for affected in record["affected"].as_array().unwrap() {
            let about = all.about(affected["package"]["name"].as_str().unwrap()).unwrap();
            let Some(advisory) = about.iter().find(|advisory| advisory.ids.iter().any(|it| it == id)) else {
                assert!(all.source().skipped.iter().any(|skipped| skipped.record == file), "{id} vanished");
                continue;
            };
            for text in affected["versions"].as_array().into_iter().flatten() {
                let text = text.as_str().unwrap();
                listed += 1;
                match Version::from_str(text) {
                    Ok(version) => assert!(advisory.affects(&version), "{id} {text}"),
                    Err(_) => assert!(advisory.versions.iter().any(|it| it == text), "{id} {text}"),
                }
            }
            fixed_versions_are_clean(affected, advisory);
        }
    }
    assert!(listed > 100_000);
}

fn fixed_versions_are_clean(affected: &Value, advisory: &Advisory) {
    let ranges = affected["ranges"].as_array().into_iter().flatten().filter(|range| range["type"] != "GIT");
    for event in ranges.flat_map(|range| range["events"].as_array().unwrap()) {
        let Some(fixed) = event["fixed"].as_str().and_then(|text| Version::from_str(text).ok()) else {
            continue;
        };
        let covered = advisory.ranges.iter().any(|span| {
            span.from.as_ref().is_none_or(|from| *from <= fixed)
                && span.to != tieout_advisories::End::Fixed(fixed.clone())
        });
        assert!(
            !advisory.affects(&fixed) || covered || !advisory.versions.is_empty(),
            "{:?} {fixed}",
            advisory.ids
        );
    }
}

/// A small generator of numbers (xorshift), so that each run breaks the same records.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }
}

fn handwritten() -> Vec<Vec<u8>> {
    let full = json!({"schema_version": "1.7.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2024-01-01T00:00:00Z",
        "aliases": ["CVE-2024-1", "PYSEC-2024-1"], "summary": "It breaks. Badly.", "details": "x\u{1b}[31m\ny",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
                     {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
        "affected": [{"package": {"ecosystem": "PyPI", "name": "Some.Name", "purl": "pkg:pypi/some-name"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}, {"introduced": "2.0rc1"},
                        {"last_affected": "2.4.post1"}]}, {"type": "GIT", "repo": "https://x", "events": [{"introduced": "0"}]}],
            "versions": ["1.0", "1.1", "odd one"], "ecosystem_specific": {"imports": [{"attribute": "f", "modules": ["m"]}]}}],
        "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-79"]}});
    let malicious = json!({"id": "MAL-2024-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "evil"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]});
    let withdrawn = json!({"id": "PYSEC-2024-9", "withdrawn": "2024-02-01T00:00:00Z", "aliases": ["CVE-2024-1"],
        "affected": [{"package": {"ecosystem": "PyPI", "name": "some-name"}, "versions": ["9"]}]});
    [full, malicious, withdrawn].iter().map(|record| record.to_string().into_bytes()).collect()
}

fn renamed(seed: &[u8], at: usize) -> Vec<u8> {
    let mut record: Value = serde_json::from_slice(seed).unwrap();
    let own = record["id"].as_str().unwrap();
    record["id"] = format!("{}-{at}", own.split('-').next().unwrap()).into();
    record.to_string().into_bytes()
}

/// Breaks a record in one of the ways in which files and generators do.
fn broken(seed: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        match numbers.below(9) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(numbers.below(256)).unwrap()),
            2 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            3 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            4 => drop(bytes.drain(at..(at + numbers.below(40)).min(bytes.len()))),
            5 => {
                let piece = bytes[at..(at + 30).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            kind => {
                const WORDS: [&str; 12] = [
                    "null",
                    "[]",
                    "{}",
                    "-1",
                    "1e999",
                    "\"\"",
                    "true",
                    "[[[[[[[[",
                    "\"\\u0000\"",
                    "99999999999999999999.1",
                    "\"introduced\":",
                    "\\ud800",
                ];
                let word = WORDS[numbers.below(WORDS.len())].as_bytes();
                let quote =
                    bytes.iter().skip(at).position(|byte| *byte == if kind == 6 { b'"' } else { b':' });
                let at = quote.map_or(at, |found| (at + found + 1).min(bytes.len()));
                bytes.splice(at..at, word.iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn ten_thousand_broken_records_end_nothing_and_each_that_is_not_taken_is_named() {
    let mut seeds = handwritten();
    if let Some(archive) = shared() {
        // Small ones: what is broken then is structure more often than prose.
        seeds.extend(
            records_of(&archive)
                .into_iter()
                .map(|(_, bytes)| bytes)
                .filter(|bytes| bytes.len() < 1500)
                .take(400),
        );
    }
    let mut numbers = Numbers(0x7163_0075);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut written = Vec::new();
    for at in 0..10_000usize {
        // Each has an id of its own: of two records with one id, one is right not to be kept.
        let record = broken(&renamed(&seeds[at % seeds.len()], at), &mut numbers);
        zip.start_file(format!("{at:05}.json"), stored).unwrap();
        std::io::Write::write_all(&mut zip, &record).unwrap();
        written.push(record);
    }
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("broken.zip");
    std::fs::write(&archive, zip.finish().unwrap().into_inner()).unwrap();
    let all = load(&archive).unwrap();
    let named: BTreeSet<&str> = all.source().skipped.iter().map(|skipped| skipped.record.as_str()).collect();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for name in all.names() {
        ids.extend(all.about(name).unwrap().iter().flat_map(|advisory| advisory.ids.clone()));
    }
    for (at, record) in written.iter().enumerate() {
        if named.contains(format!("{at:05}.json").as_str()) {
            continue;
        }
        // Not named: then it is one that a strict reader takes too, and that says something, or is withdrawn, or of
        // another ecosystem.
        let Ok(value) = serde_json::from_slice::<Value>(record) else {
            // Broken in a text that is passed over.
            let text = String::from_utf8_lossy(record);
            assert!(text.contains("withdrawn") || ids.iter().any(|id| text.contains(id)), "{at}: vanished");
            continue;
        };
        let id: String = value["id"]
            .as_str()
            .unwrap_or_default()
            .trim()
            .chars()
            .filter(|char| !char.is_control())
            // A longer id is cut where it is shown.
            .take(100)
            .collect();
        let withdrawn =
            value["withdrawn"].as_str().is_some_and(|day| !day.is_empty()) || value["withdrawn"].is_number();
        let foreign = value["affected"].as_array().into_iter().flatten().any(|affected| {
            let ecosystem = affected["package"]["ecosystem"].as_str().unwrap_or_default();
            ecosystem.to_ascii_lowercase().split(':').next() != Some("pypi")
        });
        let taken = withdrawn || foreign || ids.contains(&id) || value["id"].is_number();
        assert!(taken, "{at}: {id:?} vanished: {}", String::from_utf8_lossy(record));
    }
    assert!(named.len() > 3000, "{} named", named.len());
    assert!(all.source().skipped.iter().all(|skipped| !skipped.why.chars().any(char::is_control)));
}

//! The advisories that components fall under: one entry for each advisory and component, whatever number of files named
//! it. What is said of their effect on the project is in `analysis`.

use super::analysis::{self, Case};
use super::components::{Bill, unique};
use super::graph::Graph;
use super::{property, put};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tieout_model::{AdvisoryHit, Assessment, Detail, Finding};

/// An advisory and a component.
struct Entry<'a> {
    part: usize,
    hit: &'a AdvisoryHit,
    /// The component's version that was judged.
    version: &'a str,
    recommendation: Option<String>,
    cases: Vec<Case<'a>>,
    findings: Vec<&'a Finding>,
}

/// The list, sorted by id and component.
pub(super) fn vulnerabilities(assessment: &Assessment, bill: &Bill<'_>, graph: &Graph) -> Value {
    let mut entries: BTreeMap<(&str, usize, &[String]), Entry<'_>> = BTreeMap::new();
    for finding in &assessment.findings {
        let (Some(part), Some(detail)) = (bill.of_finding(finding), finding.detail.as_deref()) else {
            continue;
        };
        for hit in hits(detail) {
            let key = (main_id(hit), part, hit.ids.as_slice());
            let entry = entries.entry(key).or_insert_with(|| entry(part, hit, detail));
            entry.cases.push(Case { finding, package: package_rank(detail), hit: hit.rank });
            entry.findings.push(finding);
        }
    }
    let mut taken = BTreeSet::new();
    entries.into_values().filter_map(|entry| vulnerability(&entry, bill, graph, &mut taken)).collect()
}

fn hits(detail: &Detail) -> &[AdvisoryHit] {
    match detail {
        Detail::Package(package) => &package.advisories,
        Detail::Runtime(runtime) => &runtime.advisories,
        Detail::Secret(_) | Detail::Secrets(_) => &[],
    }
}

fn package_rank(detail: &Detail) -> Option<tieout_model::Rank> {
    match detail {
        Detail::Package(package) => package.rank,
        _ => None,
    }
}

fn entry<'a>(part: usize, hit: &'a AdvisoryHit, detail: &'a Detail) -> Entry<'a> {
    let (name, version) = match detail {
        Detail::Package(package) => (package.name.as_str(), package.version.as_str()),
        Detail::Runtime(runtime) => (runtime.name.as_str(), runtime.version.as_str()),
        Detail::Secret(_) | Detail::Secrets(_) => ("", ""),
    };
    let recommendation = recommendation(name, hit, detail);
    Entry { part, hit, version, recommendation, cases: Vec::new(), findings: Vec::new() }
}

/// What to do about it; `None` where no release mends it.
fn recommendation(name: &str, hit: &AdvisoryHit, detail: &Detail) -> Option<String> {
    if hit.ids.iter().any(|id| id.starts_with("MAL-")) {
        return Some(format!("Remove {name}: it is malicious. Change every secret that it could read."));
    }
    let mended = || hit.fixed.first().map(|fix| format!("Upgrade {name} to {fix} or later"));
    let Detail::Package(package) = detail else { return mended() };
    let Some(fix) = &package.fix else { return mended() };
    let all = if package.advisories.len() > 1 { ", which mends all its known vulnerabilities" } else { "" };
    match package.fix_same_major.as_ref().filter(|same| *same != fix) {
        Some(same) => Some(format!("Upgrade {name} to {fix} (within the same major version: {same}){all}")),
        None => Some(format!("Upgrade {name} to {fix}{all}")),
    }
}

/// The id that people know: the CVE's, else GHSA's, else the first.
fn main_id(hit: &AdvisoryHit) -> &str {
    let starting = |prefix| hit.ids.iter().find(|id| id.starts_with(prefix));
    starting("CVE-").or_else(|| starting("GHSA-")).or(hit.ids.first()).map_or("", String::as_str)
}

fn vulnerability(
    entry: &Entry<'_>,
    bill: &Bill<'_>,
    graph: &Graph,
    taken: &mut BTreeSet<String>,
) -> Option<Value> {
    let part = bill.parts.get(entry.part)?;
    let hit = entry.hit;
    let id = main_id(hit);
    let mut vulnerability = json!({ "bom-ref": unique(taken, format!("{id}/{}", part.bom_ref)) });
    if !id.is_empty() {
        put(&mut vulnerability, "id", json!(id));
        put(&mut vulnerability, "source", source(id));
    }
    let others: BTreeSet<&String> = hit.ids.iter().filter(|other| *other != id).collect();
    if !others.is_empty() {
        let others = others.into_iter().map(|other| json!({ "id": other, "source": source(other) }));
        put(&mut vulnerability, "references", others.collect());
    }
    put(&mut vulnerability, "ratings", json!([rating(hit)]));
    if !hit.summary.is_empty() {
        put(&mut vulnerability, "description", json!(hit.summary));
    }
    if let Some(recommendation) = &entry.recommendation {
        put(&mut vulnerability, "recommendation", json!(recommendation));
    }
    let direct = part.entries.iter().all(|entry| entry.direct == Some(true));
    let alone = direct && graph.stands_alone(entry.part);
    put(&mut vulnerability, "analysis", analysis::analysis(&entry.cases, alone));
    let mut affected = json!({ "ref": part.bom_ref });
    if !entry.version.is_empty() && entry.version.chars().count() <= 1024 {
        let versions = json!([{ "version": entry.version, "status": "affected" }]);
        put(&mut affected, "versions", versions);
    }
    put(&mut vulnerability, "affects", json!([affected]));
    put(&mut vulnerability, "properties", Value::Array(properties(entry)));
    Some(vulnerability)
}

fn properties(entry: &Entry<'_>) -> Vec<Value> {
    let mut all: BTreeSet<(&str, &str)> = BTreeSet::new();
    for finding in &entry.findings {
        all.insert(("check", &finding.check));
        all.insert(("fingerprint", &finding.fingerprint));
        all.insert(("status", crate::words::finding_status(finding.status)));
    }
    if let Some(rank) = entry.hit.rank {
        all.insert(("rank", rank.as_str()));
    }
    all.into_iter().map(|(name, value)| property(name, value)).collect()
}

/// Who keeps the record, and where it can be read.
fn source(id: &str) -> Value {
    let (name, address) = match id.split_once('-').map(|(prefix, _)| prefix) {
        Some("CVE") => ("NVD", "https://nvd.nist.gov/vuln/detail/"),
        Some("GHSA") => ("GitHub Advisories", "https://github.com/advisories/"),
        _ => ("OSV", "https://osv.dev/vulnerability/"),
    };
    const KEPT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    json!({ "name": name, "url": format!("{address}{}", utf8_percent_encode(id, KEPT)) })
}

/// The severity, with the vector and its score where there is one.
fn rating(hit: &AdvisoryHit) -> Value {
    let severity = match hit.severity.as_str() {
        word @ ("critical" | "high" | "medium" | "low" | "info" | "none") => word,
        _ => "unknown",
    };
    let mut rating = json!({ "severity": severity });
    let Some(vector) = hit.cvss.as_deref() else { return rating };
    let bare = vector.trim().trim_start_matches('(').trim_end_matches(')');
    let parsed: Option<cvss::Cvss> = bare.parse().ok();
    let method = match &parsed {
        Some(cvss::Cvss::CvssV20(_)) => "CVSSv2",
        Some(cvss::Cvss::CvssV30(_)) => "CVSSv3",
        Some(cvss::Cvss::CvssV31(_)) => "CVSSv31",
        Some(_) => "CVSSv4",
        None => "other",
    };
    if let Some(parsed) = parsed {
        // One decimal, as the specifications say; more is noise of the arithmetic.
        put(&mut rating, "score", json!((parsed.score() * 10.0).round() / 10.0));
    }
    put(&mut rating, "method", json!(method));
    put(&mut rating, "vector", json!(vector));
    rating
}

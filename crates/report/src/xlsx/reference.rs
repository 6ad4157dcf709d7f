//! What findings and results refer to: the index of evidence and the catalogue of checks.

use super::Book;
use super::grid::{self, Value, columns};
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeMap;
use tieout_model::CheckInfo;

/// Which call or file said so.
pub(crate) fn evidence(book: &mut Book<'_>) -> Result<(), XlsxError> {
    let columns = columns(&[
        ("SHA-256", 66),
        ("Source", 44),
        ("Who asked", 44),
        ("When", 22),
        ("Request", 60),
        ("Redacted", 10),
        ("Findings that rest on it", 12),
    ]);
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for hash in book.assessment.findings.iter().flat_map(|finding| &finding.evidence) {
        *used.entry(hash).or_default() += 1;
    }
    let assessment = book.assessment;
    let address = book.addresses.evidence.clone();
    let rows = assessment.evidence.iter().map(|evidence| {
        let request = match evidence.request.is_empty() {
            true => Value::Empty,
            false => serde_json::Value::Object(evidence.request.clone()).to_string().into(),
        };
        vec![
            Value::from(&evidence.sha256),
            Value::from(&evidence.source),
            Value::from(&evidence.actor),
            Value::from(&evidence.at),
            request,
            Value::Flag(evidence.redacted),
            Value::Count(used.get(evidence.sha256.as_str()).copied().unwrap_or_default()),
        ]
    });
    grid::write(book, &address, &columns, rows)
}

/// The checks: what each asks, why, how to fix, and who else asks it.
pub(crate) fn catalogue(book: &mut Book<'_>) -> Result<(), XlsxError> {
    let columns = columns(&[
        ("Check", 40),
        ("What should hold", 50),
        ("Engine", 10),
        ("Severity", 10),
        ("Confidence", 11),
        ("What it checks", 60),
        ("Why it matters", 60),
        ("How to fix", 60),
        ("Judges", 28),
        ("CWE", 12),
        ("Controls", 20),
        ("Objectives", 20),
        ("Reads", 30),
        ("Asked elsewhere as", 40),
        ("References", 50),
    ]);
    let assessment = book.assessment;
    let address = book.addresses.catalogue.clone();
    let rows = assessment.checks.iter().map(|check| {
        vec![
            Value::from(&check.id),
            Value::from(&check.title),
            Value::from(&check.engine),
            Value::Severity(check.severity),
            check.confidence.as_str().into(),
            Value::from(&check.guide.what),
            Value::from(&check.guide.why),
            Value::from(&check.guide.fix),
            check.applies_to.join("\n").into(),
            check.cwe.join(", ").into(),
            check.controls.join(", ").into(),
            check.objectives.join(", ").into(),
            check.reads.join("\n").into(),
            aliases(check).into(),
            check.guide.references.join("\n").into(),
        ]
    });
    grid::write(book, &address, &columns, rows)
}

fn aliases(check: &CheckInfo) -> String {
    let lines: Vec<String> =
        check.aliases.iter().map(|(peer, ids)| format!("{peer}: {}", ids.join(", "))).collect();
    lines.join("\n")
}

//! The findings, the worst first, with links to their check and to their evidence. What was excepted or suppressed
//! is there too, with the reason.

use super::Book;
use super::grid::{self, Value, columns};
use crate::{tally, text, words};
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeMap;
use tieout_model::{Finding, Location, Persona};

/// Writes the sheet.
pub(crate) fn write(book: &mut Book<'_>) -> Result<(), XlsxError> {
    let columns = columns(&[
        ("Severity", 10),
        ("Status", 11),
        ("Check", 30),
        ("What is wrong", 60),
        ("Subject", 36),
        ("Type", 24),
        ("Account", 14),
        ("Region", 14),
        ("Where", 40),
        ("How to fix", 44),
        ("Evidence", 34),
        ("Confidence", 11),
        ("CWE", 12),
        ("Controls", 20),
        ("Why it is not open", 34),
        ("For", 10),
        ("Fingerprint", 20),
        ("Auditor's remarks", 40),
    ]);
    let rows: Vec<Vec<Value<'_>>> = ordered(book).into_iter().map(|finding| row(book, finding)).collect();
    let address = book.addresses.findings.clone();
    grid::write(book, &address, &columns, rows)
}

fn ordered<'a>(book: &Book<'a>) -> Vec<&'a Finding> {
    tally::chosen(book.assessment, Persona::Pedantic)
}

/// By fingerprint: the row in the sheet of findings.
pub(crate) fn rows_by_fingerprint<'a>(book: &Book<'a>) -> BTreeMap<&'a str, usize> {
    ordered(book).into_iter().enumerate().map(|(at, finding)| (finding.fingerprint.as_str(), at)).collect()
}

fn row<'a>(book: &Book<'a>, finding: &'a Finding) -> Vec<Value<'a>> {
    let subject = &finding.subject;
    vec![
        Value::Severity(finding.severity),
        words::finding_status(finding.status).into(),
        check(book, &finding.check),
        Value::from(&finding.message),
        subject_name(finding),
        Value::from(&subject.type_name),
        Value::from(&subject.account),
        Value::from(&subject.region),
        places(finding).into(),
        fix(book, finding).into(),
        evidence(book, finding),
        finding.confidence.as_str().into(),
        finding.cwe.join(", ").into(),
        finding.controls.join(", ").into(),
        Value::from(&finding.status_reason),
        finding.persona.as_str().into(),
        Value::from(&finding.fingerprint),
        Value::Empty,
    ]
}

/// A check's id, leading to the catalogue where it is described there.
pub(crate) fn check<'a>(book: &Book<'a>, id: &'a str) -> Value<'a> {
    match book.check_rows.get(id) {
        Some(row) => Value::Link { to: book.addresses.catalogue.row(*row), text: id.into() },
        None => id.into(),
    }
}

fn subject_name(finding: &Finding) -> Value<'_> {
    let subject = &finding.subject;
    match &subject.name {
        Some(name) if !subject.id.contains(name.as_str()) => format!("{name}\n{}", subject.id).into(),
        _ => Value::from(&subject.id),
    }
}

fn places(finding: &Finding) -> String {
    let places: Vec<String> = finding
        .locations
        .iter()
        .map(|location| match location {
            Location::Text { file, line, column, .. } => format!("{file}:{line}:{column}"),
            Location::Package { purl, file, line } => format!("{file}:{line} {purl}"),
            Location::Cloud { arn, pointer } if *arn == finding.subject.id => pointer.clone(),
            Location::Cloud { arn, pointer } => format!("{arn} {pointer}"),
            Location::Endpoint { endpoint } => endpoint.clone(),
        })
        .collect();
    places.join("\n")
}

fn fix(book: &Book<'_>, finding: &Finding) -> String {
    let fixes: Vec<String> = finding
        .fixes
        .iter()
        .map(|fix| match &fix.command {
            Some(command) => format!("{}\n{command}", fix.title),
            None => fix.title.clone(),
        })
        .collect();
    if !fixes.is_empty() {
        return fixes.join("\n");
    }
    let check = book.tally.check(&finding.check);
    check.and_then(|check| text::short_fix(&check.guide.fix)).unwrap_or_default()
}

/// The sources of the evidence, leading to the first of them in the index.
fn evidence<'a>(book: &Book<'a>, finding: &Finding) -> Value<'a> {
    let rows: Vec<usize> =
        finding.evidence.iter().filter_map(|hash| book.evidence_rows.get(hash.as_str()).copied()).collect();
    let Some(first) = rows.first() else {
        return match finding.evidence.is_empty() {
            true => Value::Empty,
            false => finding.evidence.join("\n").into(),
        };
    };
    let sources: Vec<&str> =
        rows.iter().filter_map(|row| Some(book.assessment.evidence.get(*row)?.source.as_str())).collect();
    Value::Link { to: book.addresses.evidence.row(*first), text: sources.join("\n").into() }
}

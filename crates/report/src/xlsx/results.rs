//! The verdicts: each check with its denominators, every single result, and what could not be assessed.

use super::Book;
use super::findings::{check, rows_by_fingerprint};
use super::grid::{self, Value, columns};
use crate::{tally, words};
use rust_xlsxwriter::XlsxError;

/// Each check: how many subjects, how many passed, failed, could not be judged.
pub(crate) fn checks(book: &mut Book<'_>) -> Result<(), XlsxError> {
    let columns = columns(&[
        ("Check", 40),
        ("What should hold", 60),
        ("Engine", 10),
        ("Severity", 10),
        ("Subjects", 10),
        ("Passed", 10),
        ("Failed", 10),
        ("Not assessed", 12),
        ("Not applicable", 12),
        ("Passed of judged", 12),
    ]);
    let rows: Vec<Vec<Value<'_>>> = book
        .tally
        .by_check
        .iter()
        .map(|(id, statuses)| {
            let info = book.tally.check(id);
            vec![
                check(book, id),
                info.map_or(Value::Empty, |info| Value::from(&info.title)),
                book.tally.engine(id).into(),
                info.map_or(Value::Empty, |info| Value::Severity(info.severity)),
                Value::Count(statuses.total()),
                Value::Count(statuses.pass),
                Value::Count(statuses.fail),
                Value::Count(statuses.not_assessed),
                Value::Count(statuses.not_applicable),
                Value::Percent(statuses.pass_rate()),
            ]
        })
        .collect();
    let address = book.addresses.checks.clone();
    grid::write(book, &address, &columns, rows)
}

/// Every verdict.
pub(crate) fn results(book: &mut Book<'_>) -> Result<(), XlsxError> {
    let columns = columns(&[
        ("Check", 36),
        ("Status", 14),
        ("Subject", 44),
        ("Name", 24),
        ("Type", 24),
        ("Kind", 10),
        ("Account", 14),
        ("Region", 14),
        ("File", 30),
        ("Line", 7),
        ("Why", 60),
        ("Finding", 12),
        ("What would settle it", 44),
    ]);
    let findings = rows_by_fingerprint(book);
    let address = book.addresses.results.clone();
    let to_findings = book.addresses.findings.clone();
    let assessment = book.assessment;
    let rows = assessment.results.iter().map(|outcome| {
        let subject = &outcome.subject;
        let finding = outcome.finding.as_deref().and_then(|print| findings.get(print));
        vec![
            Value::from(&outcome.check),
            Value::Status(outcome.status),
            Value::from(&subject.id),
            Value::from(&subject.name),
            Value::from(&subject.type_name),
            words::subject_kind(subject.kind).into(),
            Value::from(&subject.account),
            Value::from(&subject.region),
            Value::from(&subject.file),
            subject.line.map_or(Value::Empty, |line| Value::Count(line as usize)),
            Value::from(&outcome.reason),
            finding.map_or(Value::Empty, |row| Value::Link {
                to: to_findings.row(*row),
                text: format!("row {}", row + 2).into(),
            }),
            outcome.gap.as_ref().map_or(Value::Empty, |gap| Value::from(&*gap.resolve_with)),
        ]
    });
    grid::write(book, &address, &columns, rows)
}

/// What was not known, what would settle it, and which checks wait for it.
pub(crate) fn not_assessed(book: &mut Book<'_>) -> Result<(), XlsxError> {
    let columns = columns(&[
        ("Results left open", 12),
        ("Class", 18),
        ("What is not known", 60),
        ("What would settle it", 60),
        ("Checks that wait for it", 60),
    ]);
    let waiting = tally::waiting(book.assessment);
    let address = book.addresses.not_assessed.clone();
    let assessment = book.assessment;
    let mut gaps: Vec<_> = assessment.gaps.iter().collect();
    gaps.sort_by(|a, b| b.results.cmp(&a.results).then_with(|| a.cmp(b)));
    let rows = gaps.into_iter().map(|gap| {
        let waits = waiting.get(&tally::gap_key(gap));
        let checks: Vec<&str> = waits.map(|checks| checks.keys().copied().collect()).unwrap_or_default();
        vec![
            Value::Count(gap.results),
            words::reason(gap.reason).into(),
            Value::from(&gap.what),
            Value::from(&gap.resolve_with),
            checks.join("\n").into(),
        ]
    });
    grid::write(book, &address, &columns, rows)
}

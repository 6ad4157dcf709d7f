//! The results as CSV (RFC 4180: commas, doubled quotes, CRLF; UTF-8 without a byte order mark), one row a
//! verdict. A cell that a spreadsheet would take for a formula gets a leading apostrophe and stays text.

use crate::tally::{Tally, file_line};
use crate::{Error, text, words};
use std::borrow::Cow;
use std::collections::BTreeMap;
use tieout_model::{Assessment, CheckInfo, Finding, Outcome};

/// The columns, in their order. New ones are added at the end.
pub(crate) const COLUMNS: [&str; 17] = [
    "check",
    "title",
    "severity",
    "status",
    "subject_kind",
    "subject_type",
    "subject_id",
    "subject_name",
    "account",
    "region",
    "file",
    "line",
    "reason",
    "finding",
    "finding_status",
    "controls",
    "cwe",
];

/// All results, in the Assessment's order.
pub(crate) fn results(assessment: &Assessment) -> Result<Vec<u8>, Error> {
    let tally = Tally::new(assessment);
    let findings: BTreeMap<&str, &Finding> =
        assessment.findings.iter().map(|finding| (finding.fingerprint.as_str(), finding)).collect();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let wrong = |error: csv::Error| Error::Csv(error.to_string());
    writer.write_record(COLUMNS).map_err(wrong)?;
    for outcome in &assessment.results {
        let finding = outcome.finding.as_deref().and_then(|print| findings.get(print).copied());
        let cells = row(outcome, tally.check(&outcome.check), finding);
        writer.write_record(cells.iter().map(|cell| cell_text(cell).into_owned())).map_err(wrong)?;
    }
    writer.into_inner().map_err(|error| Error::Csv(error.to_string()))
}

fn row<'a>(
    outcome: &'a Outcome,
    check: Option<&'a CheckInfo>,
    finding: Option<&'a Finding>,
) -> [Cow<'a, str>; COLUMNS.len()] {
    let subject = &outcome.subject;
    let optional = |value: &'a Option<String>| Cow::Borrowed(value.as_deref().unwrap_or_default());
    let severity = finding.map(|finding| finding.severity).or(check.map(|check| check.severity));
    let place = finding
        .and_then(file_line)
        .map(|(file, line)| (file, Some(line)))
        .or_else(|| Some((subject.file.as_deref()?, subject.line)));
    let list = |of_finding: Option<&'a Vec<String>>, of_check: Option<&'a Vec<String>>| {
        Cow::Owned(of_finding.or(of_check).map(|ids| ids.join(" ")).unwrap_or_default())
    };
    [
        outcome.check.as_str().into(),
        check.map_or("", |check| check.title.as_str()).into(),
        severity.map_or("", |severity| severity.as_str()).into(),
        outcome.status.as_str().into(),
        words::subject_kind(subject.kind).into(),
        optional(&subject.type_name),
        subject.id.as_str().into(),
        optional(&subject.name),
        optional(&subject.account),
        optional(&subject.region),
        place.map_or("", |(file, _)| file).into(),
        place.and_then(|(_, line)| line).map(|line| line.to_string()).unwrap_or_default().into(),
        outcome.reason.as_str().into(),
        optional(&outcome.finding),
        finding.map_or("", |finding| words::finding_status(finding.status)).into(),
        list(finding.map(|finding| &finding.controls), check.map(|check| &check.controls)),
        list(finding.map(|finding| &finding.cwe), check.map(|check| &check.cwe)),
    ]
}

/// A cell that a spreadsheet takes as text, with terminal escapes made visible. Line ends stay: the quoting
/// keeps them in the cell.
fn cell_text(cell: &str) -> Cow<'_, str> {
    let starts_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let risky = cell.starts_with(['\t', '\r', '\n'])
        || cell.trim_start_matches([' ', '\u{a0}', '\t', '\r', '\n']).starts_with(starts_formula);
    let shown = text::block(cell);
    if risky { Cow::Owned(format!("'{shown}")) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe() {
        for risky in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "-"] {
            assert!(cell_text(risky).starts_with('\''), "{risky:?}");
        }
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        for plain in ["a=b", "arn:aws:s3:::x", "1-2", "'quoted", "", "two\nlines", "ünï@example.com"] {
            assert_eq!(cell_text(plain), plain);
        }
    }

    #[test]
    fn terminal_escapes_are_visible() {
        assert_eq!(cell_text("a\u{1b}]8;;x"), "a\\x1b]8;;x");
    }
}

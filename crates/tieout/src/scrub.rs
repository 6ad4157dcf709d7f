//! The last line before a reader: whatever looks like a secret in a text of the Assessment or in a line of
//! source that a report shows is taken out. Checks and collectors redact at once; this holds where a secret
//! came along in an expression, a name or a neighbouring line.

use std::borrow::Cow;
use std::collections::HashMap;
use tieout_model::{Assessment, Cell, Finding, Location};
use tieout_source::LineIndex;
use tieout_source::redact::{classify_secret, find_secrets, mark, redact_secrets_where};

/// What stands in a source line in place of each character of a secret, so that columns stay.
const MASK: char = '•';

/// Takes secrets out of every text of the Assessment.
pub fn assessment(assessment: &mut Assessment) {
    // Most reasons stand under many results.
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    for outcome in &mut assessment.results {
        let clean = match known.get(&outcome.reason) {
            Some(clean) => clean.clone(),
            None => known.entry(outcome.reason.clone()).or_insert(redacted(&outcome.reason)).clone(),
        };
        if let Some(clean) = clean {
            outcome.reason = clean;
        }
        if let Some(gap) = &mut outcome.gap
            && let Some(clean) = redacted(&gap.what)
        {
            gap.what = clean.into();
        }
    }
    for finding in &mut assessment.findings {
        text(&mut finding.message);
        finding.status_reason.iter_mut().for_each(text);
    }
    assessment.gaps.iter_mut().for_each(|gap| text(&mut gap.what));
    for cell in assessment.tables.iter_mut().flat_map(|table| table.rows.iter_mut().flatten()) {
        if let Cell::Text(inner) | Cell::Unknown(inner) = cell {
            text(inner);
        }
    }
}

fn text(value: &mut String) {
    if let Some(clean) = redacted(value) {
        *value = clean;
    }
}

/// The text without secrets, where it has any. The id of an access key is none by itself: it names the key, as
/// auditors need, and opens nothing.
fn redacted(text: &str) -> Option<String> {
    match redact_secrets_where(text, |secret| secret.kind != "AWS access key id") {
        Cow::Owned(clean) => Some(clean),
        Cow::Borrowed(_) => None,
    }
}

/// A source text in which every secret is masked, line by line and column by column: those that look like one,
/// and the values that a finding says are one.
pub fn source(file: &str, source: &str, findings: &[Finding]) -> String {
    let mut hidden: Vec<std::ops::Range<usize>> =
        find_secrets(source).into_iter().map(|hit| hit.range).collect();
    let index = LineIndex::new(source);
    for (line, from, to, is_value) in told_secrets(file, findings) {
        let whole = index.line(line);
        let column = |column: u32| {
            whole.char_indices().nth(column.saturating_sub(1) as usize).map_or(whole.len(), |(at, _)| at)
        };
        let Some(span) = whole.get(column(from)..column(to)) else { continue };
        // The name stays, the value goes.
        let value = if is_value { 0 } else { span.find([':', '=']).map_or(0, |at| at + 1) };
        let start = index.line_start(line) + column(from);
        hidden.push(start + value..start + span.len());
    }
    let mut out = String::with_capacity(source.len());
    for (at, letter) in source.char_indices() {
        let is_hidden = hidden.iter().any(|range| range.contains(&at));
        out.push(if is_hidden && !letter.is_whitespace() { MASK } else { letter });
    }
    out
}

/// The one-line places of findings about secrets in a file: line, first and last column, and whether it is the value
/// alone that stands there. Checks of other engines (CWE-798 and CWE-312) point to the whole setting.
fn told_secrets(file: &str, findings: &[Finding]) -> Vec<(u32, u32, u32, bool)> {
    findings
        .iter()
        .map(|finding| (finding, finding.check.starts_with("secrets-")))
        .filter(|(finding, is_value)| {
            *is_value || finding.cwe.iter().any(|cwe| cwe == "CWE-798" || cwe == "CWE-312")
        })
        .flat_map(|(finding, is_value)| finding.locations.iter().map(move |location| (location, is_value)))
        .filter_map(|(location, is_value)| match location {
            Location::Text { file: place, line, column, end_line, end_column }
                if place == file && line == end_line =>
            {
                Some((*line, *column, *end_column, is_value))
            }
            _ => None,
        })
        .collect()
}

/// A JSON value without secrets: what is one by its name or its shape is replaced by a mark.
pub fn json(name: &str, value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::String(inner) => match classify_secret(name, &inner) {
            Some(secret) => Json::String(mark(&secret)),
            None => Json::String(redacted(&inner).unwrap_or(inner)),
        },
        Json::Array(items) => items.into_iter().map(|item| json(name, item)).collect(),
        Json::Object(map) => map.into_iter().map(|(key, value)| (key.clone(), json(&key, value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_source_keeps_its_lines_and_columns() {
        let text = "a: 1\nDB_PASSWORD: Tr4vel-Kettle-93x\nb: é\n";
        let masked = source("x.yaml", text, &[]);
        assert!(!masked.contains("Kettle"));
        assert!(masked.contains("DB_PASSWORD: "));
        let widths = |text: &str| text.lines().map(|line| line.chars().count()).collect::<Vec<_>>();
        assert_eq!(widths(&masked), widths(text));
    }

    #[test]
    fn an_access_key_is_named_in_full_and_its_secret_is_not() {
        let mut message =
            "key AKIAQ3EGRZ7XW5VNBK2T is old, aws_secret_access_key=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"
                .to_owned();
        text(&mut message);
        assert!(message.contains("AKIAQ3EGRZ7XW5VNBK2T"), "{message}");
        assert!(!message.contains("FEMIK7MDENG"), "{message}");
    }

    #[test]
    fn a_dumped_property_that_is_a_secret_is_a_mark() {
        let dumped =
            json("", serde_json::json!({"Variables": {"DB_PASSWORD": "Tr4vel-Kettle-93x", "STAGE": "prod"}}));
        assert!(!dumped.to_string().contains("Kettle"));
        assert_eq!(dumped["Variables"]["STAGE"], "prod");
    }
}

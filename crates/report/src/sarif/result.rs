//! A finding, and for an auditor any verdict, as a SARIF result.

use super::location::{artifact, location, of_subject, point, region};
use super::{Rules, level, not_empty, put};
use serde_json::{Value, json};
use tieout_model::{Edit, Finding, FindingStatus, Fix, Location, Outcome, Status, TraceStep};

/// The name of our fingerprint; a change of what it is made of raises the number.
const FINGERPRINT: &str = "tieout/v1";

/// The result of a finding. `compared` tells whether the run was compared with a baseline.
pub(crate) fn of_finding(finding: &Finding, rules: &Rules<'_>, compared: bool) -> Value {
    let mut result = head(&finding.check, rules);
    put(&mut result, "kind", json!("fail"));
    put(&mut result, "level", json!(level(finding.severity)));
    put(&mut result, "message", json!({ "text": not_empty(&finding.message) }));
    let subject = &finding.subject;
    match finding.locations.split_first() {
        Some((first, others)) => {
            put(&mut result, "locations", json!([location(first, subject)]));
            if !others.is_empty() {
                let related: Vec<Value> =
                    others.iter().enumerate().map(|(at, place)| related(at, place, finding)).collect();
                put(&mut result, "relatedLocations", Value::Array(related));
            }
        }
        None => put(&mut result, "locations", json!([of_subject(subject)])),
    }
    if !finding.trace.is_empty() {
        let steps: Vec<Value> = finding.trace.iter().map(step).collect();
        put(&mut result, "codeFlows", json!([{ "threadFlows": [{ "locations": steps }] }]));
    }
    let fixes: Vec<Value> = finding.fixes.iter().filter_map(fix).collect();
    if !fixes.is_empty() {
        put(&mut result, "fixes", Value::Array(fixes));
    }
    put(&mut result, "partialFingerprints", json!({ FINGERPRINT: finding.fingerprint }));
    if let Some(suppression) = suppression(finding) {
        put(&mut result, "suppressions", json!([suppression]));
    }
    match finding.status {
        FindingStatus::Baseline => put(&mut result, "baselineState", json!("unchanged")),
        FindingStatus::Open if compared => put(&mut result, "baselineState", json!("new")),
        _ => {}
    }
    put(&mut result, "properties", properties(finding));
    result
}

/// The result of a verdict that is no finding; none for a fail, which its finding stands for.
pub(crate) fn of_outcome(outcome: &Outcome, rules: &Rules<'_>) -> Option<Value> {
    let kind = match outcome.status {
        Status::Fail => return None,
        Status::Pass => "pass",
        Status::NotAssessed => "open",
        Status::NotApplicable => "notApplicable",
    };
    let mut result = head(&outcome.check, rules);
    put(&mut result, "kind", json!(kind));
    put(&mut result, "level", json!("none"));
    put(&mut result, "message", json!({ "text": not_empty(&outcome.reason) }));
    put(&mut result, "locations", json!([of_subject(&outcome.subject)]));
    let mut properties = json!({ "status": outcome.status, "subject": outcome.subject });
    if let Some(gap) = &outcome.gap {
        put(&mut properties, "gap", json!(gap));
    }
    put(&mut result, "properties", properties);
    Some(result)
}

fn head(check: &str, rules: &Rules<'_>) -> Value {
    match rules.index(check) {
        Some(index) => json!({ "ruleId": check, "ruleIndex": index }),
        None => json!({ "ruleId": check }),
    }
}

fn related(at: usize, place: &Location, finding: &Finding) -> Value {
    let mut related = location(place, &finding.subject);
    put(&mut related, "id", json!(at + 1));
    put(&mut related, "message", json!({ "text": "Also here." }));
    related
}

fn step(step: &TraceStep) -> Value {
    json!({
        "location": {
            "physicalLocation": point(&step.file, step.line, step.column),
            "message": { "text": not_empty(&step.message) },
        }
    })
}

/// A fix with its replacements, by file; none where it has none that SARIF can say.
fn fix(fix: &Fix) -> Option<Value> {
    let mut files: Vec<(&str, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let (file, replacement) = replacement(edit)?;
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, replacements)) => replacements.push(replacement),
            None => files.push((file, vec![replacement])),
        }
    }
    if files.is_empty() {
        return None;
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(file, replacements)| json!({ "artifactLocation": artifact(file), "replacements": replacements }))
        .collect();
    Some(json!({
        "description": { "text": not_empty(&fix.title) },
        "artifactChanges": changes,
        "properties": { "safe": fix.safe },
    }))
}

fn replacement(edit: &Edit) -> Option<(&str, Value)> {
    let Location::Text { file, line, column, end_line, end_column } = &edit.location else { return None };
    let deleted = region(*line, *column, *end_line, *end_column)?;
    Some((file, json!({ "deletedRegion": deleted, "insertedContent": { "text": edit.text } })))
}

fn suppression(finding: &Finding) -> Option<Value> {
    let kind = match finding.status {
        FindingStatus::Excepted => "external",
        FindingStatus::Suppressed => "inSource",
        FindingStatus::Open | FindingStatus::Baseline => return None,
    };
    let mut suppression = json!({ "kind": kind, "status": "accepted" });
    if let Some(reason) = &finding.status_reason {
        put(&mut suppression, "justification", json!(reason));
    }
    Some(suppression)
}

fn properties(finding: &Finding) -> Value {
    let mut properties = json!({
        "severity": finding.severity,
        "confidence": finding.confidence,
        "persona": finding.persona,
        "status": finding.status,
        "subject": finding.subject,
    });
    let lists = [("cwe", &finding.cwe), ("controls", &finding.controls), ("evidence", &finding.evidence)];
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        put(&mut properties, name, json!(list));
    }
    let commands: Vec<&str> = finding.fixes.iter().filter_map(|fix| fix.command.as_deref()).collect();
    if !commands.is_empty() {
        put(&mut properties, "commands", json!(commands));
    }
    properties
}

//! A finding, and for an auditor any verdict, as a SARIF result.

use super::location::{artifact, location, of_subject, point, region};
use super::{Rules, level, not_empty};
use serde_json::{Value, json};
use tieout_model::{Edit, Finding, FindingStatus, Fix, Location, Outcome, Status, TraceStep};

/// The name of our fingerprint; a change of what it is made of raises the number.
const FINGERPRINT: &str = "tieout/v1";

/// The result of a finding. `compared` tells whether the run was compared with a baseline.
pub(crate) fn of_finding(finding: &Finding, rules: &Rules<'_>, compared: bool) -> Value {
    let mut result = head(&finding.check, rules);
    result["kind"] = json!("fail");
    result["level"] = json!(level(finding.severity));
    result["message"] = json!({ "text": not_empty(&finding.message) });
    let subject = &finding.subject;
    match finding.locations.split_first() {
        Some((first, others)) => {
            result["locations"] = json!([location(first, subject)]);
            if !others.is_empty() {
                let related: Vec<Value> =
                    others.iter().enumerate().map(|(at, place)| related(at, place, finding)).collect();
                result["relatedLocations"] = Value::Array(related);
            }
        }
        None => result["locations"] = json!([of_subject(subject)]),
    }
    if !finding.trace.is_empty() {
        let steps: Vec<Value> = finding.trace.iter().map(step).collect();
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
    }
    let fixes: Vec<Value> = finding.fixes.iter().filter_map(fix).collect();
    if !fixes.is_empty() {
        result["fixes"] = Value::Array(fixes);
    }
    result["partialFingerprints"] = json!({ FINGERPRINT: finding.fingerprint });
    if let Some(suppression) = suppression(finding) {
        result["suppressions"] = json!([suppression]);
    }
    match finding.status {
        FindingStatus::Baseline => result["baselineState"] = json!("unchanged"),
        FindingStatus::Open if compared => result["baselineState"] = json!("new"),
        _ => {}
    }
    result["properties"] = properties(finding);
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
    result["kind"] = json!(kind);
    result["level"] = json!("none");
    result["message"] = json!({ "text": not_empty(&outcome.reason) });
    result["locations"] = json!([of_subject(&outcome.subject)]);
    let mut properties = json!({ "status": outcome.status, "subject": outcome.subject });
    if let Some(gap) = &outcome.gap {
        properties["gap"] = json!(gap);
    }
    result["properties"] = properties;
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
    related["id"] = json!(at + 1);
    related["message"] = json!({ "text": "Also here." });
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
        suppression["justification"] = json!(reason);
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
        properties[name] = json!(list);
    }
    let commands: Vec<&str> = finding.fixes.iter().filter_map(|fix| fix.command.as_deref()).collect();
    if !commands.is_empty() {
        properties["commands"] = json!(commands);
    }
    properties
}

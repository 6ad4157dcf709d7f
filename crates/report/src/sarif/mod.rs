//! SARIF 2.1.0: one run, the checks as rules, the fails as results (for an auditor every verdict), gaps and
//! notices as notifications of the run.

mod location;
mod result;
mod rule;

use crate::{Options, text, words};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tieout_model::{Assessment, FindingStatus, GapCount, Persona, Reason, Severity};

/// The document. Strings in it are as they were found; the writer escapes what a terminal would act on.
pub(crate) fn log(assessment: &Assessment, options: &Options) -> Value {
    let rules = Rules::new(assessment);
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(assessment) },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                location::BASE: { "description": { "text": "The audited root, to which all paths are relative." } }
            },
            "invocations": [invocation(assessment)],
            "results": results(assessment, options, &rules),
            "properties": {
                "asOf": assessment.as_of,
                "scope": assessment.scope,
            },
        }],
    })
}

/// Where each rule stands in the list of rules.
pub(crate) struct Rules<'a>(BTreeMap<&'a str, usize>);

impl<'a> Rules<'a> {
    fn new(assessment: &'a Assessment) -> Rules<'a> {
        Rules(assessment.checks.iter().enumerate().map(|(at, check)| (check.id.as_str(), at)).collect())
    }

    /// The place of a check's rule; none where the Assessment does not describe the check.
    pub(crate) fn index(&self, check: &str) -> Option<usize> {
        self.0.get(check).copied()
    }
}

fn driver(assessment: &Assessment) -> Value {
    let tool = &assessment.tool;
    let mut driver = json!({ "name": tool.name });
    if !tool.version.is_empty() {
        put(&mut driver, "version", json!(tool.version));
        if is_semantic(&tool.version) {
            put(&mut driver, "semanticVersion", json!(tool.version));
        }
    }
    put(&mut driver, "rules", Value::Array(assessment.checks.iter().map(rule::rule).collect()));
    if !tool.data.is_empty() {
        put(&mut driver, "properties", json!({ "data": tool.data }));
    }
    driver
}

/// `MAJOR.MINOR.PATCH`, with whatever may follow.
fn is_semantic(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = core.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u64>().is_ok())
}

fn invocation(assessment: &Assessment) -> Value {
    let mut invocation = json!({ "executionSuccessful": assessment.complete });
    if !assessment.gaps.is_empty() {
        let notes: Vec<Value> = assessment.gaps.iter().map(gap).collect();
        put(&mut invocation, "toolExecutionNotifications", Value::Array(notes));
    }
    if !assessment.notices.is_empty() {
        let notes: Vec<Value> = assessment
            .notices
            .iter()
            .map(|notice| json!({ "level": "warning", "message": { "text": not_empty(notice) } }))
            .collect();
        put(&mut invocation, "toolConfigurationNotifications", Value::Array(notes));
    }
    invocation
}

fn gap(gap: &GapCount) -> Value {
    let mut message = format!("{}: {}", words::reason(gap.reason), gap.what);
    if gap.results > 0 {
        message = format!("{message} ({} not assessed)", text::counted(gap.results, "result"));
    }
    if !gap.resolve_with.is_empty() {
        message = format!("{message}. To settle it: {}", gap.resolve_with);
    }
    let level = match gap.reason {
        Reason::Internal => "error",
        Reason::Unresolved | Reason::Unsupported | Reason::NotCollected => "note",
        _ => "warning",
    };
    json!({
        "level": level,
        "message": { "text": message },
        "properties": { "reason": gap.reason, "results": gap.results },
    })
}

fn results(assessment: &Assessment, options: &Options, rules: &Rules<'_>) -> Value {
    let compared = assessment.findings.iter().any(|finding| finding.status == FindingStatus::Baseline);
    let mut results: Vec<Value> =
        assessment.findings.iter().map(|finding| result::of_finding(finding, rules, compared)).collect();
    if options.persona >= Persona::Auditor {
        results.extend(assessment.results.iter().filter_map(|outcome| result::of_outcome(outcome, rules)));
    }
    Value::Array(results)
}

/// SARIF's level of a severity.
pub(crate) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A message is never empty: consumers refuse that.
pub(crate) fn not_empty(text: &str) -> &str {
    if text.trim().is_empty() { "(no message)" } else { text }
}

/// Puts a value under a key of an object.
pub(crate) fn put(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = object {
        map.insert(key.to_owned(), value);
    }
}

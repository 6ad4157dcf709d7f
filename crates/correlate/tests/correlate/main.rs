//! Findings joined with recorded accounts, and with each other.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod keys;
mod panics;
mod places;

use serde_json::{Value, json};
use tieout_aws_live::{CollectOptions, Replay, Session, collect};
use tieout_aws_state::State;
use tieout_model::time::{Date, macros::date};
use tieout_model::{
    AccountScope, Assessment, Confidence, Detail, Finding, FindingStatus, Location, Outcome, Persona, SCHEMA,
    Scope, SecretDetail, Severity, Status, Subject, SubjectKind, Tool,
};
use tieout_source::redact::fingerprint;

/// The audited account.
const ACCOUNT: &str = "123456789012";
/// The day of the audit.
const AS_OF: Date = date!(2026 - 01 - 15);

/// One line of a record.
fn line(operation: &str, params: Value, answer: Value) -> String {
    json!({"service": "iam", "operation": operation, "region": "us-east-1", "params": params, "answer": answer})
        .to_string()
}

/// The state that recorded answers tell.
fn state(lines: &[String]) -> State {
    let replay = Replay::parse(&lines.join("\n")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = CollectOptions {
        actions: Some(tieout_correlate::READS.iter().map(ToString::to_string).collect()),
        ..CollectOptions::default()
    };
    let collected = runtime.block_on(collect(&Session::from(replay), &options));
    State::build(collected.resources, collected.population_gaps, AS_OF)
}

fn finding(check: &str, subject: Subject, detail: Detail, locations: Vec<Location>) -> Finding {
    Finding {
        fingerprint: format!("{check} {}", subject.id),
        check: check.to_owned(),
        subject,
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        status: FindingStatus::Open,
        status_reason: None,
        message: "a secret stands in the clear".to_owned(),
        cwe: vec!["CWE-798".to_owned()],
        controls: Vec::new(),
        locations,
        trace: Vec::new(),
        fixes: Vec::new(),
        evidence: Vec::new(),
        detail: Some(Box::new(detail)),
        joined: Vec::new(),
    }
}

fn at(file: &str, line: u32) -> Location {
    Location::Text { file: file.to_owned(), line, column: 1, end_line: line, end_column: 30 }
}

/// A finding about a secret in a file.
fn in_code(secret: &str, file: &str, line: u32) -> Finding {
    let detail = SecretDetail {
        kind: "password".to_owned(),
        redacted: "…".to_owned(),
        fingerprint: fingerprint(secret),
        ..SecretDetail::default()
    };
    let subject = Subject::new(SubjectKind::File, format!("{file}#{}", detail.fingerprint));
    finding("secrets-passwords-absent", subject, Detail::Secret(detail), vec![at(file, line)])
}

/// An Assessment with these findings, and a fail for each.
fn assessment(accounts: &[&str], findings: Vec<Finding>) -> Assessment {
    let results = findings
        .iter()
        .map(|finding| Outcome {
            check: finding.check.clone(),
            subject: finding.subject.clone(),
            status: Status::Fail,
            reason: finding.message.clone(),
            finding: Some(finding.fingerprint.clone()),
            gap: None,
        })
        .collect();
    let accounts = accounts
        .iter()
        .map(|id| AccountScope { id: (*id).to_owned(), regions: vec!["eu-west-1".to_owned()] })
        .collect();
    Assessment {
        schema: SCHEMA.to_owned(),
        tool: Tool::default(),
        as_of: AS_OF.to_string(),
        scope: Scope { accounts, ..Scope::default() },
        complete: true,
        checks: Vec::new(),
        results,
        findings,
        gaps: Vec::new(),
        tables: Vec::new(),
        components: Vec::new(),
        evidence: Vec::new(),
        notices: Vec::new(),
    }
}

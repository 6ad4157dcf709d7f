//! The words of the output contract for kinds and states that the vocabulary only serialises.

use tieout_model::{FindingStatus, Reason, Severity, Subject, SubjectKind};

/// The word of a subject's kind.
pub(crate) fn subject_kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Resource => "resource",
        SubjectKind::Principal => "principal",
        SubjectKind::Account => "account",
        SubjectKind::Function => "function",
        SubjectKind::File => "file",
        SubjectKind::Package => "package",
        SubjectKind::Runtime => "runtime",
        SubjectKind::Endpoint => "endpoint",
        SubjectKind::Project => "project",
    }
}

/// The word of a finding's status.
pub(crate) fn finding_status(status: FindingStatus) -> &'static str {
    match status {
        FindingStatus::Open => "open",
        FindingStatus::Excepted => "excepted",
        FindingStatus::Suppressed => "suppressed",
        FindingStatus::Baseline => "baseline",
    }
}

/// A gap's class for a reader: `access denied`.
pub(crate) fn reason(reason: Reason) -> String {
    reason.as_str().replace('_', " ")
}

/// A severity at the start of a cell: `Critical`.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

/// A subject as a person would say it: its id, its name where that says more, its type.
pub(crate) fn subject(subject: &Subject) -> String {
    let mut out = subject.id.clone();
    if let Some(name) = subject.name.as_deref().filter(|name| !subject.id.contains(*name)) {
        out = format!("{name}, {out}");
    }
    if subject.kind == SubjectKind::Account {
        out = format!("account {out}");
    }
    match &subject.type_name {
        Some(type_name) => format!("{out} ({type_name})"),
        None => out,
    }
}

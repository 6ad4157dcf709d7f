//! A fail that a person should see, as it stands in every report.

use crate::{Confidence, Detail, Persona, Place, Severity, Subject};
use serde::{Deserialize, Serialize};

/// What became of a finding. It never leaves the record, whatever its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingStatus {
    /// To be dealt with.
    Open,
    /// Accepted in the exceptions file, with owner, approver, reason and expiry.
    Excepted,
    /// Suppressed by a comment in the source.
    Suppressed,
    /// Known already, from the baseline.
    Baseline,
}

/// A place a finding points to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Location {
    /// A span of a file; lines and columns count from 1, the end is exclusive in columns.
    Text {
        /// Path relative to the audited root.
        file: String,
        /// First line.
        line: u32,
        /// First column.
        column: u32,
        /// Last line.
        end_line: u32,
        /// Column after the last character.
        end_column: u32,
    },
    /// A value of a resource in the account.
    Cloud {
        /// ARN or id of the resource.
        arn: String,
        /// JSON pointer into the answer that the evidence names.
        pointer: String,
    },
    /// A package in a manifest.
    Package {
        /// Package URL.
        purl: String,
        /// Manifest.
        file: String,
        /// Line, from 1.
        line: u32,
    },
    /// A network endpoint.
    Endpoint {
        /// `host:port`.
        endpoint: String,
    },
}

impl Location {
    /// The location of a place; `arn` stands for the resource where the place is in an API answer.
    pub fn of(place: &Place, arn: &str) -> Option<Location> {
        match place {
            Place::Text(text) => Some(Location::Text {
                file: text.file.to_string(),
                line: text.start.line,
                column: text.start.column,
                end_line: text.end.line,
                end_column: text.end.column,
            }),
            Place::Cloud(cloud) => {
                Some(Location::Cloud { arn: arn.to_owned(), pointer: cloud.pointer.to_string() })
            }
            Place::Endpoint(endpoint) => Some(Location::Endpoint { endpoint: endpoint.to_string() }),
            Place::None => None,
        }
    }
}

/// A step from a source to a sink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// What happens here.
    pub message: String,
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// A replacement of a span of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The span to replace.
    pub location: Location,
    /// The new text.
    pub text: String,
}

/// A way to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// True where it cannot change behaviour that anyone relies on.
    pub safe: bool,
    /// Replacements in the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// A command to run by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// A fail that remains in the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Hash of check, canonical subject and content key: never of a line number, a time or a wording.
    pub fingerprint: String,
    /// The check's id.
    pub check: String,
    /// What it is about.
    pub subject: Subject,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Who sees it by default.
    pub persona: Persona,
    /// What became of it.
    pub status: FindingStatus,
    /// Why it has that status, where it is not open: the exception's owner and reason, the comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// What is wrong.
    pub message: String,
    /// `CWE-…` ids.
    pub cwe: Vec<String>,
    /// Control ids.
    pub controls: Vec<String>,
    /// Places, the first is the main one.
    pub locations: Vec<Location>,
    /// Steps, where there is a path.
    #[serde(default)]
    pub trace: Vec<TraceStep>,
    /// Ways to mend it.
    #[serde(default)]
    pub fixes: Vec<Fix>,
    /// Hashes of the evidence.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// The package, runtime or secret that it is about.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<Detail>>,
}

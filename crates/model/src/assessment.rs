//! The one product: everything that was looked at, what was found, what could not be known, and the
//! evidence. Every report is a pure function of it.

use crate::{CheckInfo, Component, Evidence, Finding, Reason, Subject, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The schema's name and number; a change of meaning raises it.
pub const SCHEMA: &str = "tieout.assessment/1";

/// The verdict's word in output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is as it should be.
    Pass,
    /// It is not.
    Fail,
    /// It could not be judged.
    NotAssessed,
    /// The question does not arise.
    NotApplicable,
}

impl Status {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Pass => "pass",
            Status::Fail => "fail",
            Status::NotAssessed => "not_assessed",
            Status::NotApplicable => "not_applicable",
        }
    }
}

/// The verdict of one check on one subject: a row of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The check's id.
    pub check: String,
    /// What it is about.
    pub subject: Subject,
    /// The verdict.
    pub status: Status,
    /// Why, in a sentence.
    pub reason: String,
    /// The fingerprint of the finding, for a fail.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finding: Option<String>,
    /// For a verdict that could not be reached: what would settle it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gap: Option<crate::Gap>,
}

/// A gap and how many results it left open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GapCount {
    /// Its class.
    pub reason: Reason,
    /// What was not known.
    pub what: String,
    /// What would settle it.
    pub resolve_with: String,
    /// How many results it left open; 0 for a gap that touched no check.
    pub results: usize,
}

/// The program that made the Assessment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tool {
    /// `tieout`.
    pub name: String,
    /// Version.
    pub version: String,
    /// Dates of the fact tables.
    pub data: BTreeMap<String, String>,
}

/// An account that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountScope {
    /// Account id.
    pub id: String,
    /// Regions, sorted.
    pub regions: Vec<String>,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// Folders and files, as the user named them.
    pub roots: Vec<String>,
    /// Accounts.
    pub accounts: Vec<AccountScope>,
    /// Endpoints.
    pub endpoints: Vec<String>,
}

/// Everything that a run yields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// [`SCHEMA`].
    pub schema: String,
    /// The program.
    pub tool: Tool,
    /// The day that ages and ends of life were judged on, `YYYY-MM-DD`.
    pub as_of: String,
    /// What was looked at.
    pub scope: Scope,
    /// False where something that was asked for could not be seen at all.
    pub complete: bool,
    /// The checks that ran.
    pub checks: Vec<CheckInfo>,
    /// Every verdict, sorted by check and subject.
    pub results: Vec<Outcome>,
    /// Every fail, sorted.
    pub findings: Vec<Finding>,
    /// What was not known, sorted.
    pub gaps: Vec<GapCount>,
    /// Evidence tables, one a topic.
    #[serde(default)]
    pub tables: Vec<Table>,
    /// Packages and runtimes that were seen, sorted.
    #[serde(default)]
    pub components: Vec<Component>,
    /// What said so, sorted by hash.
    pub evidence: Vec<Evidence>,
    /// What the user should know and no persona hides: an unused suppression, an expired exception.
    #[serde(default)]
    pub notices: Vec<String>,
}

impl Assessment {
    /// How many results have the status.
    pub fn count(&self, status: Status) -> usize {
        self.results.iter().filter(|result| result.status == status).count()
    }

    /// The check of an id.
    pub fn check(&self, id: &str) -> Option<&CheckInfo> {
        self.checks.iter().find(|check| check.id == id)
    }
}

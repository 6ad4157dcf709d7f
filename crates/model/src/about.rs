//! What a check is: its declaration, and the same as a report shows it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Hygiene.
    Low,
    /// Weakens a defence.
    Medium,
    /// A defence is missing where it matters.
    High,
    /// Open to anyone, or control of the account.
    Critical,
}

impl Severity {
    /// All, from the lowest to the highest.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The word used in output and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Severity::ALL
            .into_iter()
            .find(|severity| severity.as_str() == word.to_ascii_lowercase())
            .ok_or_else(|| format!("`{word}` is no severity; use critical, high, medium, low or info"))
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Often wrong.
    Low,
    /// Depends on use.
    Medium,
    /// As good as certain.
    High,
}

impl Confidence {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// Who sees a finding by default. Each persona sees what the ones before it see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Persona {
    /// Someone who writes the backend: what must be mended.
    Engineer,
    /// Someone who signs for it: every verdict.
    Auditor,
    /// Everything that could be better.
    Pedantic,
}

impl Persona {
    /// The word used in output and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Persona::Engineer => "engineer",
            Persona::Auditor => "auditor",
            Persona::Pedantic => "pedantic",
        }
    }
}

/// A peer's name for the question that a check answers: `("prowler", "s3_bucket_level_public_access_block")`.
pub type Alias = (&'static str, &'static str);

/// A check's declaration, written once beside its logic.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// `SERVICE-what-should-hold`, as in its file name.
    pub id: &'static str,
    /// What should hold, in a line.
    pub title: &'static str,
    /// How bad a fail is by default.
    pub severity: Severity,
    /// How sure a fail is.
    pub confidence: Confidence,
    /// Who sees a fail by default.
    pub persona: Persona,
    /// CWE numbers.
    pub cwe: &'static [u16],
    /// Control ids of frameworks (`CIS-AWS-3.0:1.4`), ids only.
    pub controls: &'static [&'static str],
    /// Objectives of the checklist (`least-privilege`, `encryption-at-rest`).
    pub objectives: &'static [&'static str],
    /// IAM actions that it needs to see an account (`s3:GetBucketPolicy`).
    pub reads: &'static [&'static str],
    /// Peers' ids for the same question.
    pub aliases: &'static [Alias],
    /// The guide: the Markdown file of the same name.
    pub guide: &'static str,
}

/// The readable parts of a check's guide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Guide {
    /// What it checks.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// How to fix, Markdown.
    pub fix: String,
    /// Links.
    pub references: Vec<String>,
}

/// A check as reports show it: owned, so that a saved Assessment renders again without the checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckInfo {
    /// The id.
    pub id: String,
    /// What should hold.
    pub title: String,
    /// `aws`, `python`, …
    pub engine: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Who sees it by default.
    pub persona: Persona,
    /// Types in CloudFormation's words that it judges.
    pub applies_to: Vec<String>,
    /// IAM actions that it needs.
    pub reads: Vec<String>,
    /// `CWE-…` ids.
    pub cwe: Vec<String>,
    /// Control ids.
    pub controls: Vec<String>,
    /// Objectives.
    pub objectives: Vec<String>,
    /// Peers' ids by peer.
    pub aliases: std::collections::BTreeMap<String, Vec<String>>,
    /// The guide's readable parts.
    #[serde(default)]
    pub guide: Guide,
}

//! What a finding says beside its message where its subject is a package, a runtime or a secret, and the
//! components (packages, runtimes) that a run saw. The field names are the output contract's.

use serde::{Deserialize, Serialize};

/// How closely the project's code touches a package, from the closest to the loosest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// The code calls what the advisory is about, or the package at all where it names no symbol.
    Called,
    /// The code imports the package, and does not call what the advisory is about.
    Imported,
    /// It is installed or locked, and no code of the project imports it.
    Installed,
    /// A manifest names it, and nothing says that it is installed.
    Declared,
}

impl Rank {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Rank::Called => "called",
            Rank::Imported => "imported",
            Rank::Installed => "installed",
            Rank::Declared => "declared",
        }
    }
}

/// An advisory that a package's version falls under: all records of one flaw, merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisoryHit {
    /// PYSEC, GHSA, CVE and other ids of the flaw, sorted.
    pub ids: Vec<String>,
    /// `critical`, `high`, `medium`, `low` or `unknown`.
    pub severity: String,
    /// The CVSS vector that the severity was computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvss: Option<String>,
    /// Versions that mend it, in order.
    pub fixed: Vec<String>,
    /// What the advisory says, in its first line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// How closely the project's code touches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
}

/// A package with advisories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageDetail {
    /// Normalised name (PEP 503).
    pub name: String,
    /// The version that was judged.
    pub version: String,
    /// Package URL.
    pub purl: String,
    /// `prod`, `dev`, `build` or `optional:NAME`.
    pub group: String,
    /// How closely the project's code touches it; `None` where no code was read.
    pub rank: Option<Rank>,
    /// The advisories.
    pub advisories: Vec<AdvisoryHit>,
    /// The smallest version that mends all of them.
    pub fix: Option<String>,
    /// The smallest version of the same major that mends all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix_same_major: Option<String>,
    /// The packages that pulled it in, the direct dependency first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
}

/// A runtime that ended, or soon will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeDetail {
    /// `python`, `aws-lambda`, `amazon-linux`, `aws-glue`, …: endoflife.date's word where it has one.
    pub name: String,
    /// Its version, as far as it is declared (`3.8`, `python3.8`).
    pub version: String,
    /// The day of its last security patch, `YYYY-MM-DD`.
    pub end_of_life: Option<String>,
    /// The day on which the platform deprecates it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The day from which the platform refuses updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// The advisories of the interpreter itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<AdvisoryHit>,
}

/// A secret; never its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretDetail {
    /// What it is (`AWS access key`, `password in a URL`).
    pub kind: String,
    /// First and last characters at most.
    pub redacted: String,
    /// The same secret has the same fingerprint in a run; nothing leads back to it.
    pub fingerprint: String,
    /// The variable or setting that holds it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The AWS account that an access key id belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_account: Option<String>,
    /// The access key id, which opens nothing by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// The commit that brought it in, where history was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether it still stands at HEAD, where history was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_head: Option<bool>,
    /// What an AWS access key opens, where an account was audited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Box<KeyOpens>>,
}

/// What became of an AWS access key, as far as the audited account tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// A user's, and it can be used.
    Active,
    /// A user's, and switched off.
    Inactive,
    /// No user of the account has it, nor does root: it was deleted.
    Deleted,
    /// No user of the account has it; root has a key, or it is not known whether it has one.
    RootOrDeleted,
    /// Temporary credentials, which end by themselves.
    Temporary,
    /// It is of an account that was not audited.
    OtherAccount,
    /// It is not known whose it is.
    Unknown,
}

/// What an AWS access key opens: whose it is, whether it can be used, and what its user may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOpens {
    /// What became of it.
    pub status: KeyStatus,
    /// ARN of its user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The day it was made, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Its age in days on the day of the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<i64>,
    /// The day of its last use; with `never_used`, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<String>,
    /// The service that it was last used with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_service: Option<String>,
    /// The region that it was last used in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_region: Option<String>,
    /// True where the account says that it was never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never_used: Option<bool>,
    /// Whether its user's policies, boundary included, make it an administrator; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<bool>,
    /// How many actions these policies allow, on some resource at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<usize>,
    /// The policies of its user: inline, attached, of its groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Its permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// Ways that its policies open, `escalation: iam:PutUserPolicy`, those on every resource first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allows: Vec<String>,
    /// What is not known, and what would settle it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_known: Vec<String>,
}

/// What a finding says beside its message; in output a field of the finding by this name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// A package with advisories.
    Package(PackageDetail),
    /// A runtime that ended, or soon will.
    Runtime(RuntimeDetail),
    /// A secret.
    Secret(SecretDetail),
    /// The secrets that a resource holds.
    Secrets(Vec<SecretDetail>),
}

/// A package or runtime that a run saw, audited or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Component {
    /// `library` or `platform`.
    #[serde(rename = "type")]
    pub kind: ComponentKind,
    /// Normalised name (PEP 503) for packages.
    pub name: String,
    /// Version; `None` where none is known before installation.
    pub version: Option<String>,
    /// Package URL.
    pub purl: String,
    /// `prod`, `dev`, `build` or `optional:NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The file that says so, relative to the audited root.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Environment marker (PEP 508) as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// Whether the marker holds where the project runs: `true`, `false`, `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker_holds: Option<String>,
    /// The packages that pulled it in, the direct dependency first; empty for a direct one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// What it requires, as purls, where the file says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Hashes of its archives as `ALGORITHM:HEX`, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<String>,
    /// Whether a manifest of the project names it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
    /// How closely the project's code touches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<Rank>,
}

/// What a component is, in CycloneDX's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComponentKind {
    /// A package.
    Library,
    /// An interpreter, a base image, a managed runtime.
    Platform,
}

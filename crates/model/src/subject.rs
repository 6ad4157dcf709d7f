//! What a verdict is about.

use serde::{Deserialize, Serialize};

/// The kind of a subject; the words are part of the output contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// An AWS resource.
    Resource,
    /// An IAM user, role or group.
    Principal,
    /// An account, or an account in a region.
    Account,
    /// A function of the code.
    Function,
    /// A file.
    File,
    /// A package.
    Package,
    /// A language runtime.
    Runtime,
    /// A network endpoint.
    Endpoint,
    /// The project as a whole.
    Project,
}

/// What a verdict is about. `id` and `type` together are unique in an Assessment and stable between runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// Its kind.
    pub kind: SubjectKind,
    /// ARN, Terraform address, logical id, `ACCOUNT`, `ACCOUNT/REGION`.
    pub id: String,
    /// Type in CloudFormation's words, for AWS resources.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    pub type_name: Option<String>,
    /// The name a person would use.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// ARN, where it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub arn: Option<String>,
    /// Account id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<String>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub region: Option<String>,
    /// File that declares it, relative to the audited root.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Line of the declaration, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u32>,
}

impl Subject {
    /// A subject of a kind with an id and nothing else.
    pub fn new(kind: SubjectKind, id: impl Into<String>) -> Subject {
        Subject {
            kind,
            id: id.into(),
            type_name: None,
            name: None,
            arn: None,
            account: None,
            region: None,
            file: None,
            line: None,
        }
    }

    /// What stays the same between runs and identifies the subject for a fingerprint: the file and the id,
    /// never a line.
    pub fn canonical(&self) -> String {
        let file = self.file.as_deref().unwrap_or_default();
        format!("{file}\u{0}{}\u{0}{}", self.type_name.as_deref().unwrap_or_default(), self.id)
    }
}

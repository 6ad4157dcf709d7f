//! No AWS credentials stand in the clear.

use crate::{Group, SecretsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: SecretsCheck = SecretsCheck {
    about: About {
        id: "secrets-aws-credentials-absent",
        title: "No AWS credentials stand in the clear",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[798, 312],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &[],
        aliases: &[
            ("detect-secrets", "AWSKeyDetector"),
            ("checkov", "CKV_SECRET_2"),
            ("gitleaks", "aws-access-token"),
            ("trivy", "aws-access-key-id"),
        ],
        guide: include_str!("aws_credentials_absent.md"),
    },
    group: Group::Aws,
};

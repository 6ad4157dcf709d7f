//! No database passwords stand in addresses.

use crate::{Group, SecretsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: SecretsCheck = SecretsCheck {
    about: About {
        id: "secrets-database-passwords-absent",
        title: "No database passwords stand in addresses",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[798, 312],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &[],
        aliases: &[
            ("gitleaks", "generic-api-key"),
            ("detect-secrets", "BasicAuthDetector"),
            ("checkov", "CKV_SECRET_4"),
        ],
        guide: include_str!("database_passwords_absent.md"),
    },
    group: Group::Database,
};

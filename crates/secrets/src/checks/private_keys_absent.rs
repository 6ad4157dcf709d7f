//! No private keys stand in the clear.

use crate::{Group, SecretsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: SecretsCheck = SecretsCheck {
    about: About {
        id: "secrets-private-keys-absent",
        title: "No private keys stand in the clear",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[321, 312],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &[],
        aliases: &[
            ("detect-secrets", "PrivateKeyDetector"),
            ("checkov", "CKV_SECRET_13"),
            ("gitleaks", "private-key"),
            ("trivy", "private-key"),
        ],
        guide: include_str!("private_keys_absent.md"),
    },
    group: Group::PrivateKey,
};

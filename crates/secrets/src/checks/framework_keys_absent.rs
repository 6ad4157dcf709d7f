//! No signing keys of frameworks stand in the clear.

use crate::{Group, SecretsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: SecretsCheck = SecretsCheck {
    about: About {
        id: "secrets-framework-keys-absent",
        title: "No signing keys of frameworks stand in the clear",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[321, 798],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &[],
        aliases: &[
            ("detect-secrets", "KeywordDetector"),
            ("gitleaks", "generic-api-key"),
            ("bandit", "B105"),
            ("ruff", "S105"),
        ],
        guide: include_str!("framework_keys_absent.md"),
    },
    group: Group::FrameworkKey,
};

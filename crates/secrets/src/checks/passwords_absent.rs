//! No passwords stand in the clear.

use crate::{Group, SecretsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: SecretsCheck = SecretsCheck {
    about: About {
        id: "secrets-passwords-absent",
        title: "No passwords stand in the clear",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[798, 312],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &[],
        aliases: &[
            ("gitleaks", "generic-api-key"),
            ("bandit", "B105"),
            ("bandit", "B106"),
            ("bandit", "B107"),
            ("ruff", "S105"),
            ("ruff", "S106"),
            ("ruff", "S107"),
            ("detect-secrets", "KeywordDetector"),
        ],
        guide: include_str!("passwords_absent.md"),
    },
    group: Group::Password,
};

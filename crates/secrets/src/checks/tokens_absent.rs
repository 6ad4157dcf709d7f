//! No tokens and API keys stand in the clear.

use crate::{Group, SecretsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: SecretsCheck = SecretsCheck {
    about: About {
        id: "secrets-tokens-absent",
        title: "No tokens and API keys stand in the clear",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[798, 312],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &[],
        aliases: &[
            ("gitleaks", "generic-api-key"),
            ("detect-secrets", "GitHubTokenDetector"),
            ("detect-secrets", "SlackDetector"),
            ("detect-secrets", "StripeDetector"),
            ("detect-secrets", "JwtTokenDetector"),
            ("detect-secrets", "TwilioKeyDetector"),
            ("checkov", "CKV_SECRET_6"),
        ],
        guide: include_str!("tokens_absent.md"),
    },
    group: Group::Token,
};

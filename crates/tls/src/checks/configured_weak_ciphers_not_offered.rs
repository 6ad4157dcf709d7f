//! A client that the code configures to offer ciphers that are broken.

use super::clients::{configured, offers_none_broken};
use crate::python::Configured;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-configured-weak-ciphers-not-offered",
        title: "The code's TLS client offers no broken cipher",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[327],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("configured_weak_ciphers_not_offered.md"),
    },
    judge: Judge::Configured(judge),
};

fn judge(row: &Configured, cx: &Cx<'_>) -> Judged {
    configured(row, cx, offers_none_broken)
}

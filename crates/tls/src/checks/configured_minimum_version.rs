//! A client that the code configures to go through a handshake below the minimum.

use super::clients::{below, configured};
use crate::python::Configured;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-configured-minimum-version",
        title: "The code's TLS client refuses versions below the minimum",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326, 757],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("configured_minimum_version.md"),
    },
    judge: Judge::Configured(judge),
};

fn judge(row: &Configured, cx: &Cx<'_>) -> Judged {
    configured(row, cx, below)
}

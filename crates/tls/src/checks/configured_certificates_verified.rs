//! A client that the code configures to take a server whose certificate says nothing of who the server is.

use super::clients::{configured, verifies};
use crate::python::Configured;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-configured-certificates-verified",
        title: "The code's TLS client verifies certificates",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[295, 297, 298],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("configured_certificates_verified.md"),
    },
    judge: Judge::Configured(judge),
};

fn judge(row: &Configured, cx: &Cx<'_>) -> Judged {
    configured(row, cx, verifies)
}

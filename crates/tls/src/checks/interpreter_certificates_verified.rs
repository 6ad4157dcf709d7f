//! A client that takes a server whose certificate says nothing of who the server is.

use super::clients::verifies;
use crate::{Judge, TlsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-certificates-verified",
        title: "Python's client verifies certificates",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[295, 297, 298],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_certificates_verified.md"),
    },
    judge: Judge::Client(verifies),
};

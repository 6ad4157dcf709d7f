//! A client of an interpreter that goes through a handshake below the minimum.

use super::clients::below;
use crate::{Judge, TlsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-minimum-version",
        title: "Python's client refuses versions below the minimum",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326, 757],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_minimum_version.md"),
    },
    judge: Judge::Client(below),
};

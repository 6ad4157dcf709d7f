//! A client that offers ciphers that are broken.

use super::clients::offers_none_broken;
use crate::{Judge, TlsCheck};
use tieout_model::{About, Confidence, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-weak-ciphers-not-offered",
        title: "Python's client offers no broken cipher",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[327],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_weak_ciphers_not_offered.md"),
    },
    judge: Judge::Client(offers_none_broken),
};

//! A server that compresses below TLS.

use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-compression-off",
        title: "Server does not compress TLS",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[310],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_compression_off.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("extensions")?;
    Ok(match endpoint.compression {
        Some(true) => Problem::new(
            "the server compresses what it encrypts, which lets an attacker guess secrets by length (CRIME)",
        )
        .into(),
        Some(false) => Verdict::pass("nothing is compressed below TLS"),
        None => Verdict::not_applicable("TLS 1.3 has no compression"),
    })
}

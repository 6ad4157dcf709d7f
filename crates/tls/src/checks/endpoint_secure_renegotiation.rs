//! A server without secure renegotiation.

use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-secure-renegotiation",
        title: "Server binds renegotiations to their connection",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[310, 757],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_secure_renegotiation.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("extensions")?;
    Ok(match endpoint.secure_renegotiation {
        Some(false) => Problem::new("the server does not speak secure renegotiation (RFC 5746)").into(),
        Some(true) => Verdict::pass("secure renegotiation is spoken"),
        None => Verdict::not_applicable("TLS 1.3 has no renegotiation"),
    })
}

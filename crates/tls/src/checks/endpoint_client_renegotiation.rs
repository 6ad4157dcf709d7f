//! A server that lets a client renegotiate a finished connection.

use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-client-renegotiation",
        title: "Server lets no client renegotiate",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[400],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_client_renegotiation.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("client_renegotiation")?;
    Ok(match endpoint.client_renegotiation {
        Some(true) => Problem::new(
            "the server lets a client renegotiate, over and over, at many times the cost that the client has",
        )
        .into(),
        Some(false) => Verdict::pass("a client that asks to renegotiate is refused"),
        None => Verdict::not_applicable("TLS 1.3 has no renegotiation"),
    })
}

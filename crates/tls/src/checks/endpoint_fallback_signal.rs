//! A server that ignores TLS_FALLBACK_SCSV.

use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-fallback-signal",
        title: "Server refuses a fallback that was forced",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Pedantic,
        cwe: &[757],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_fallback_signal.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("fallback_scsv")?;
    Ok(match endpoint.fallback_scsv {
        Some(false) => {
            Problem::new("the server accepts a fallback to an older version that no client needed (RFC 7507)")
                .into()
        }
        Some(true) => Verdict::pass("a needless fallback is refused"),
        None => Verdict::not_applicable("it speaks one version alone"),
    })
}

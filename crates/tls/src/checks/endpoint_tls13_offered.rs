//! A server that does not speak the newest version.

use crate::endpoint::Endpoint;
use crate::wire::Version;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-tls13-offered",
        title: "Server offers TLS 1.3",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Pedantic,
        cwe: &[326],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_tls13_offered.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    if endpoint.accepts(Version::Tls13)? {
        return Ok(Verdict::pass("TLS 1.3 is accepted"));
    }
    Ok(Problem::new("the server does not speak TLS 1.3").into())
}

//! A server that still goes through a handshake of a version that the RFCs forbid.

use crate::endpoint::Endpoint;
use crate::wire::Version;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-old-versions-refused",
        title: "Server refuses SSL 2, SSL 3, TLS 1.0 and TLS 1.1",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326, 327],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_old_versions_refused.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    let mut accepted = Vec::new();
    let mut open = None;
    for version in Version::ALL.into_iter().filter(|version| *version < Version::Tls12) {
        match endpoint.accepts(version) {
            Ok(true) => accepted.push(version),
            Ok(false) => {}
            Err(gap) => open = open.or(Some(gap)),
        }
    }
    if let Some(oldest) = accepted.first() {
        let words: Vec<&str> = accepted.iter().map(|version| version.as_str()).collect();
        let severity = if *oldest < Version::Tls10 { Severity::High } else { Severity::Medium };
        return Ok(Problem::new(format!("the server accepts {}", words.join(", ")))
            .severity(severity)
            .into());
    }
    match open {
        Some(gap) => Err(gap),
        None => Ok(Verdict::pass("no version before TLS 1.2 is accepted")),
    }
}

//! A certificate that does not name the host that was asked for.

use super::certificates;
use crate::endpoint::{CertificateProblem, Endpoint};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-certificate-name",
        title: "Certificate is for the host",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[297],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_certificate_name.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    certificates::judge(endpoint, "it names the host", |problem| match problem {
        CertificateProblem::WrongName => Some("is for other hosts"),
        _ => None,
    })
}

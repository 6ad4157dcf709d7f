//! A certificate with a key that can be broken.

use super::certificates;
use crate::endpoint::{CertificateProblem, Endpoint};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-certificate-key",
        title: "Certificate has a strong key",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_certificate_key.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    certificates::judge(endpoint, "its keys are strong", |problem| match problem {
        CertificateProblem::WeakKey => Some("has, or one of its issuers has, a weak key"),
        _ => None,
    })
}

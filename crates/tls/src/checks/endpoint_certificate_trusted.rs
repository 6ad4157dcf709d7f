//! A certificate that vouches for itself, or whose chain ends at nobody that is trusted.

use super::certificates;
use crate::endpoint::{CertificateProblem, Endpoint};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-certificate-trusted",
        title: "Certificate leads to a trusted authority",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[295, 296],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_certificate_trusted.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    certificates::judge(
        endpoint,
        "its chain leads to an authority that is trusted",
        |problem| match problem {
            CertificateProblem::SelfSigned => Some("is self-signed"),
            CertificateProblem::Untrusted => Some("does not lead to an authority that is trusted"),
            CertificateProblem::IncompleteChain => {
                Some("lacks the certificate of its issuer in the chain that was sent")
            }
            _ => None,
        },
    )
}

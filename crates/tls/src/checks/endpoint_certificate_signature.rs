//! A certificate whose signature rests on MD5 or SHA-1.

use super::certificates;
use crate::endpoint::{CertificateProblem, Endpoint};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-certificate-signature",
        title: "Certificate is signed with a strong hash",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[328],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_certificate_signature.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    certificates::judge(endpoint, "its signatures rest on SHA-2", |problem| match problem {
        CertificateProblem::WeakSignature => Some("is signed, or one of its issuers is, with MD5 or SHA-1"),
        _ => None,
    })
}

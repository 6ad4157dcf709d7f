//! A certificate that vouches for itself, or whose chain ends at nobody that is trusted.

use crate::endpoint::CertificateProblem;
use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

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
    let mut wrong = Vec::new();
    let certificates = endpoint.certificates()?;
    if endpoint.certificate.is_none() {
        return Ok(Verdict::not_applicable("it shows no certificate"));
    }
    for certificate in certificates {
        for problem in &certificate.problems {
            let word = match problem {
                CertificateProblem::SelfSigned => "is self-signed",
                CertificateProblem::Untrusted => "does not lead to an authority that is trusted",
                CertificateProblem::IncompleteChain => {
                    "lacks the certificate of its issuer in the chain that was sent"
                }
                _ => continue,
            };
            wrong.push(format!("the certificate of {} {word}", certificate.subject));
        }
    }
    wrong.dedup();
    if wrong.is_empty() {
        return Ok(Verdict::pass("its chain leads to an authority that is trusted"));
    }
    Ok(Problem::new(wrong.join("; ")).into())
}

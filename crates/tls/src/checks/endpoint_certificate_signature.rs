//! A certificate whose signature rests on MD5 or SHA-1.

use crate::endpoint::CertificateProblem;
use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

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
    let mut wrong = Vec::new();
    let certificates = endpoint.certificates()?;
    if endpoint.certificate.is_none() {
        return Ok(Verdict::not_applicable("it shows no certificate"));
    }
    for certificate in certificates {
        for problem in &certificate.problems {
            let word = match problem {
                CertificateProblem::WeakSignature => "is signed, or one of its issuers is, with MD5 or SHA-1",
                _ => continue,
            };
            wrong.push(format!("the certificate of {} {word}", certificate.subject));
        }
    }
    wrong.dedup();
    if wrong.is_empty() {
        return Ok(Verdict::pass("its signatures rest on SHA-2"));
    }
    Ok(Problem::new(wrong.join("; ")).into())
}

//! A certificate with a key that can be broken.

use crate::endpoint::CertificateProblem;
use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

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
    let mut wrong = Vec::new();
    let certificates = endpoint.certificates()?;
    if endpoint.certificate.is_none() {
        return Ok(Verdict::not_applicable("it shows no certificate"));
    }
    for certificate in certificates {
        for problem in &certificate.problems {
            let word = match problem {
                CertificateProblem::WeakKey => "has, or one of its issuers has, a weak key",
                _ => continue,
            };
            wrong.push(format!("the certificate of {} {word}", certificate.subject));
        }
    }
    wrong.dedup();
    if wrong.is_empty() {
        return Ok(Verdict::pass("its keys are strong"));
    }
    Ok(Problem::new(wrong.join("; ")).into())
}

//! A certificate that does not name the host that was asked for.

use crate::endpoint::CertificateProblem;
use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

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
    let mut wrong = Vec::new();
    let certificates = endpoint.certificates()?;
    if endpoint.certificate.is_none() {
        return Ok(Verdict::not_applicable("it shows no certificate"));
    }
    for certificate in certificates {
        for problem in &certificate.problems {
            let word = match problem {
                CertificateProblem::WrongName => "is for other hosts",
                _ => continue,
            };
            wrong.push(format!("the certificate of {} {word}", certificate.subject));
        }
    }
    wrong.dedup();
    if wrong.is_empty() {
        return Ok(Verdict::pass("it names the host"));
    }
    Ok(Problem::new(wrong.join("; ")).into())
}

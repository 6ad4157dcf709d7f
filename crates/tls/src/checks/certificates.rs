//! What the checks of certificates share: which of the faults that the probe saw are a check's own.

use crate::endpoint::{CertificateProblem, Endpoint};
use tieout_model::{Judged, Problem, Verdict};

/// Fails where a certificate has a fault for which `word` has one: what is wrong with it, after its name. `passed` says
/// why all is well.
pub(super) fn judge(
    endpoint: &Endpoint,
    passed: &str,
    word: fn(CertificateProblem) -> Option<&'static str>,
) -> Judged {
    let certificates = endpoint.certificates()?;
    if endpoint.certificate.is_none() {
        return Ok(Verdict::not_applicable("it shows no certificate"));
    }
    let mut wrong: Vec<String> = certificates
        .flat_map(|certificate| certificate.problems.iter().map(move |problem| (certificate, *problem)))
        .filter_map(|(certificate, problem)| {
            Some(format!("the certificate of {} {}", certificate.subject, word(problem)?))
        })
        .collect();
    wrong.dedup();
    if wrong.is_empty() {
        return Ok(Verdict::pass(passed));
    }
    Ok(Problem::new(wrong.join("; ")).into())
}

//! A certificate that has expired, soon will, or is not valid yet.

use crate::endpoint::CertificateProblem;
use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::time::format_description::well_known::Rfc3339;
use tieout_model::time::{Date, OffsetDateTime};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-certificate-dates",
        title: "Certificate is within its dates, and will be for two weeks",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[298],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_certificate_dates.md"),
    },
    judge: Judge::Endpoint(judge),
};

/// A certificate that ends within so many days should be renewed already.
const SOON: i64 = 14;

fn judge(endpoint: &Endpoint, cx: &Cx<'_>) -> Judged {
    let mut soonest: Option<(i64, &str)> = None;
    let certificates = endpoint.certificates()?;
    if endpoint.certificate.is_none() {
        return Ok(Verdict::not_applicable("it shows no certificate"));
    }
    for certificate in certificates {
        let subject = &certificate.subject;
        if certificate.problems.contains(&CertificateProblem::Expired) {
            let message = format!(
                "the certificate of {subject}, or one of its issuers, has expired; its last moment is {}",
                certificate.not_after
            );
            return Ok(Problem::new(message).into());
        }
        if certificate.problems.contains(&CertificateProblem::NotYetValid) {
            let message = format!(
                "the certificate of {subject}, or one of its issuers, is not valid yet; its first moment is {}",
                certificate.not_before
            );
            return Ok(Problem::new(message).into());
        }
        if let Some(days) = days_left(&certificate.not_after, cx.as_of)
            && soonest.is_none_or(|(least, _)| days < least)
        {
            soonest = Some((days, subject));
        }
    }
    Ok(match soonest {
        Some((days, subject)) if days <= SOON => {
            Problem::new(format!("the certificate of {subject} expires in {days} days"))
                .severity(Severity::Medium)
                .into()
        }
        Some((days, _)) => Verdict::pass(format!("it is within its dates for another {days} days")),
        None => Verdict::pass("it is within its dates"),
    })
}

fn days_left(not_after: &str, today: Date) -> Option<i64> {
    let end = OffsetDateTime::parse(not_after, &Rfc3339).ok()?;
    Some((end.date() - today).whole_days())
}

//! A server that accepts TLS 1.2 where TLS 1.3 is asked for. What is older has a check of its own.

use crate::endpoint::Endpoint;
use crate::wire::Version;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-minimum-version",
        title: "Server accepts no version below the minimum asked for",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_minimum_version.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, cx: &Cx<'_>) -> Judged {
    let minimum = cx.minimum;
    if minimum <= Version::Tls12 {
        return Ok(Verdict::not_applicable(
            "TLS 1.2 is asked for; whether older versions are refused is a check of its own",
        ));
    }
    if endpoint.accepts(Version::Tls12)? {
        let offers = endpoint.versions.contains_key(&minimum);
        let besides = if offers { "besides" } else { "and not" };
        let message = format!("the server accepts TLSv1.2 {besides} {minimum}");
        return Ok(Problem::new(message).into());
    }
    Ok(Verdict::pass(format!("nothing from TLS 1.2 up to below {minimum} is accepted")))
}

//! A page without a Content-Security-Policy, or with one that lets scripts of others in.

use crate::endpoint::Endpoint;
use crate::endpoint::csp;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-content-security-policy",
        title: "Pages have a Content-Security-Policy that holds",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[79, 693],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_content_security_policy.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("http")?;
    let Some(http) = &endpoint.http else { return Ok(Verdict::not_applicable("it does not speak HTTP")) };
    if !http.is_page() {
        return Ok(Verdict::not_applicable("the answer to GET / is no page"));
    }
    let policies = http.headers.get("content-security-policy").map(Vec::as_slice).unwrap_or_default();
    // Every policy must allow, so that one which holds is enough.
    let mut judged: Vec<Vec<String>> =
        policies.iter().flat_map(|header| header.split(',')).map(csp::weaknesses).collect();
    judged.sort_by_key(Vec::len);
    let Some(best) = judged.first() else {
        let only_told = http.headers.contains_key("content-security-policy-report-only");
        let message = match only_told {
            true => "the page has a Content-Security-Policy that only reports",
            false => "the page has no Content-Security-Policy",
        };
        return Ok(Problem::new(message).into());
    };
    if best.is_empty() {
        return Ok(Verdict::pass("the Content-Security-Policy lets no script of others in"));
    }
    Ok(Problem::new(format!("the Content-Security-Policy does not hold: {}", best.join("; "))).into())
}

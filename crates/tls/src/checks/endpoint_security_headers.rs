//! A server of pages without the headers that keep browsers from guessing types, being framed, and telling addresses.

use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-security-headers",
        title: "Server sends the headers that protect browsers",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[693, 1021],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_security_headers.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("http")?;
    let Some(http) = &endpoint.http else { return Ok(Verdict::not_applicable("it does not speak HTTP")) };
    let mut lacks = Vec::new();
    let sniff = http.first("x-content-type-options");
    if !sniff.is_some_and(|value| value.eq_ignore_ascii_case("nosniff")) {
        lacks.push("X-Content-Type-Options: nosniff");
    }
    if http.is_page() {
        let policies = http.headers.get("content-security-policy").into_iter().flatten();
        let mut framed = policies.map(|policy| policy.to_ascii_lowercase());
        let frames = http.first("x-frame-options").map(str::to_ascii_lowercase);
        let is_guarded = matches!(frames.as_deref(), Some("deny" | "sameorigin"))
            || framed.any(|policy| policy.contains("frame-ancestors"));
        if !is_guarded {
            lacks.push("frame-ancestors in Content-Security-Policy, or X-Frame-Options");
        }
        let tells = http.first("referrer-policy").map(str::to_ascii_lowercase);
        if tells.is_none_or(|policy| policy.contains("unsafe-url")) {
            lacks.push("Referrer-Policy");
        }
    }
    if lacks.is_empty() {
        return Ok(Verdict::pass("the headers that protect browsers are sent"));
    }
    Ok(Problem::new(format!("the server does not send {}", lacks.join("; "))).into())
}

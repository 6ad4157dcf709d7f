//! A server of HTTPS without HTTP Strict Transport Security.

use crate::endpoint::Endpoint;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-hsts",
        title: "Server keeps browsers on HTTPS (HSTS)",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[319, 523],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_hsts.md"),
    },
    judge: Judge::Endpoint(judge),
};

/// Half a year in seconds: less is forgotten between visits.
const LEAST: u64 = 15_768_000;

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("http")?;
    let Some(http) = &endpoint.http else { return Ok(Verdict::not_applicable("it does not speak HTTP")) };
    if endpoint.is_address() {
        return Ok(Verdict::not_applicable("HSTS holds for names, and this is an address"));
    }
    // RFC 6797, section 8.1: of several headers the first counts.
    let Some(value) = http.first("strict-transport-security") else {
        return Ok(Problem::new("the server sends no Strict-Transport-Security header").into());
    };
    let Some(age) = max_age(value) else {
        return Ok(Problem::new(format!("Strict-Transport-Security has no valid max-age: `{value}`")).into());
    };
    if age < LEAST {
        let message = format!("Strict-Transport-Security ends after {age} seconds, less than half a year");
        return Ok(Problem::new(message).severity(Severity::Low).into());
    }
    Ok(Verdict::pass(format!("Strict-Transport-Security lasts {age} seconds")))
}

/// The `max-age` of a header; `None` where it has none or two (RFC 6797, section 6.1).
fn max_age(value: &str) -> Option<u64> {
    let mut ages = value.split(';').filter_map(|directive| {
        let (name, age) = directive.split_once('=')?;
        name.trim().eq_ignore_ascii_case("max-age").then(|| age.trim().trim_matches('"').parse().ok())
    });
    match (ages.next(), ages.next()) {
        (Some(age), None) => age,
        _ => None,
    }
}

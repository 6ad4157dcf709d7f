//! A host whose plain HTTP port answers in plain text.

use crate::endpoint::Endpoint;
use crate::endpoint::Redirect;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-https-redirect",
        title: "Plain HTTP leads to HTTPS",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[319],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_https_redirect.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    endpoint.told("http")?;
    endpoint.told("redirect")?;
    let answer = endpoint.http.as_ref().and_then(|http| http.redirect.as_ref());
    Ok(match answer {
        None => Verdict::not_applicable("no plain HTTP port was asked"),
        Some(Redirect::Closed) => Verdict::pass("nothing listens on the plain HTTP port"),
        Some(Redirect::ToHttps { location }) => Verdict::pass(format!("plain HTTP leads to {location}")),
        Some(Redirect::Elsewhere { location }) => {
            Problem::new(format!("plain HTTP leads to `{location}`, which is not HTTPS")).into()
        }
        // A refusal shows nothing, and takes nothing.
        Some(Redirect::Plain { status: 400..=599 }) => Verdict::pass("plain HTTP is answered with an error"),
        Some(Redirect::Plain { status }) => {
            Problem::new(format!("plain HTTP is answered with {status} in plain text")).into()
        }
    })
}

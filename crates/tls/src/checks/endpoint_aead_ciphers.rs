//! A server that accepts ciphers in CBC mode.

use super::brief;
use crate::endpoint::Endpoint;
use crate::wire::Weakness;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-aead-ciphers",
        title: "Server accepts authenticated encryption alone",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Pedantic,
        cwe: &[327],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_aead_ciphers.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    let cbc = endpoint.ciphers().into_iter().filter(|cipher| cipher.weaknesses().contains(&Weakness::Cbc));
    let names: Vec<String> = cbc.map(|cipher| cipher.name()).collect();
    if names.is_empty() {
        endpoint.told_all("ciphers")?;
        return Ok(Verdict::pass("no cipher in CBC mode is accepted"));
    }
    Ok(Problem::new(format!("the server accepts ciphers in CBC mode: {}", brief(&names))).into())
}

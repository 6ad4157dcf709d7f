//! A server that accepts ciphers whose secret travels under the certificate's own key.

use super::brief;
use crate::endpoint::Endpoint;
use crate::wire::{Cipher, Weakness};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-forward-secrecy",
        title: "Server accepts ciphers with forward secrecy alone",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[310, 326],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_forward_secrecy.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    let (without, with): (Vec<Cipher>, Vec<Cipher>) = endpoint
        .ciphers()
        .into_iter()
        .partition(|cipher| cipher.weaknesses().contains(&Weakness::NoForwardSecrecy));
    if without.is_empty() {
        endpoint.told_all("ciphers")?;
        return Ok(Verdict::pass("every cipher that it accepts has forward secrecy"));
    }
    let names: Vec<String> = without.iter().map(|cipher| cipher.name()).collect();
    let severity = if with.is_empty() { Severity::Medium } else { Severity::Low };
    let message = format!("the server accepts ciphers without forward secrecy: {}", brief(&names));
    Ok(Problem::new(message).severity(severity).into())
}

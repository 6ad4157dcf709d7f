//! A server whose Diffie-Hellman prime or curve is too small.

use crate::endpoint::Endpoint;
use crate::wire::Group;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-strong-key-exchange",
        title: "Server agrees on keys over strong groups alone",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_strong_key_exchange.md"),
    },
    judge: Judge::Endpoint(judge),
};

/// The bits of security that a group must have (NIST SP 800-57, until 2030).
const LEAST: u16 = 112;

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    let mut weak = Vec::new();
    let mut severity = Severity::Medium;
    if let Some(bits) = endpoint.dh_bits.filter(|bits| *bits < 2048) {
        weak.push(format!("Diffie-Hellman with a prime of {bits} bits"));
        if bits < 1024 {
            severity = Severity::High;
        }
    }
    let mut groups: Vec<Group> = endpoint
        .versions
        .values()
        .flat_map(|offer| &offer.groups)
        .filter_map(|name| Group::named(name))
        .collect();
    groups.sort_unstable();
    groups.dedup();
    let small = groups.iter().filter(|group| group.strength().is_some_and(|bits| bits < LEAST));
    weak.extend(small.map(|group| format!("the curve {group}")));
    if weak.is_empty() {
        endpoint.told_all("groups")?;
        return Ok(Verdict::pass("every group that it agrees on keys over is strong"));
    }
    Ok(Problem::new(format!("the server agrees on keys over {}", weak.join(", "))).severity(severity).into())
}

//! A client that offers a version below the minimum and refuses a server of it only for the signature.

use crate::python::Client;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-old-versions-not-offered",
        title: "Python's client does not offer versions below the minimum",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326, 757],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_old_versions_not_offered.md"),
    },
    judge: Judge::Client(judge),
};

fn judge(client: &Client, cx: &Cx<'_>) -> Judged {
    let name = &client.name;
    let offered: Vec<&str> = client
        .refuses_signature_only
        .iter()
        .filter(|version| **version < cx.minimum)
        .map(|one| one.as_str())
        .collect();
    if !offered.is_empty() {
        return Ok(Problem::new(format!(
            "{name} offers {}, with ciphers of RSA key exchange: it refuses such a server only where the server signs, and may accept one that does not",
            offered.join(" and ")
        ))
        .into());
    }
    match client.gaps().next() {
        Some(gap) => Err(gap),
        None => Ok(Verdict::pass(format!("{name} offers no version that only a signature keeps it from"))),
    }
}

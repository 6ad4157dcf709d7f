//! A client that takes a server whose certificate says nothing of who the server is.

use crate::python::Client;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-certificates-verified",
        title: "Python's client verifies certificates",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[295, 297, 298],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_certificates_verified.md"),
    },
    judge: Judge::Client(judge),
};

fn judge(client: &Client, _cx: &Cx<'_>) -> Judged {
    let name = &client.name;
    let looks = [
        (client.verifies.chain, "chain", "that is self-signed"),
        (client.verifies.name, "name", "of another host"),
        (client.verifies.expiry, "expiry", "that has expired"),
    ];
    let taken: Vec<&str> =
        looks.iter().filter(|(verifies, ..)| *verifies == Some(false)).map(|(.., what)| *what).collect();
    if !taken.is_empty() {
        let message = format!("{name} goes on with a certificate {}", taken.join(", "));
        return Ok(Problem::new(message).into());
    }
    for (verifies, what, _) in looks {
        if verifies.is_none() {
            return Err(client.gap(what).unwrap_or_else(|| unprobed(name, what)));
        }
    }
    Ok(Verdict::pass(format!("{name} looks at chain, name and expiry")))
}

fn unprobed(name: &str, what: &str) -> tieout_model::Gap {
    tieout_model::Gap::new(
        tieout_model::Reason::Unresolved,
        format!("whether {name} looks at a certificate's {what}"),
        "probe it",
    )
}

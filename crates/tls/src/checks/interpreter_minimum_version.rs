//! A client of an interpreter that goes through a handshake below the minimum.

use crate::python::{Client, VERSIONS};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-minimum-version",
        title: "Python's client refuses versions below the minimum",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[326, 757],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_minimum_version.md"),
    },
    judge: Judge::Client(judge),
};

fn judge(client: &Client, cx: &Cx<'_>) -> Judged {
    let mut accepted = Vec::new();
    let mut open = None;
    for version in VERSIONS.into_iter().filter(|version| *version < cx.minimum) {
        match client.accepts(version) {
            Ok(true) => accepted.push(version.as_str()),
            Ok(false) => {}
            Err(gap) => open = open.or(Some(gap)),
        }
    }
    let (name, minimum) = (&client.name, cx.minimum);
    if !accepted.is_empty() {
        let message = format!("{name} accepts {}, which is below {minimum}", accepted.join(" and "));
        return Ok(Problem::new(message).into());
    }
    match open {
        Some(gap) => Err(gap),
        None => Ok(Verdict::pass(format!("{name} accepts nothing below {minimum}"))),
    }
}

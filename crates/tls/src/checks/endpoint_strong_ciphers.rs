//! A server that accepts ciphers that can be read or forged: NULL, anonymous, export, RC4, DES, 3DES, MD5.

use super::brief;
use crate::endpoint::Endpoint;
use crate::wire::{Version, Weakness};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-strong-ciphers",
        title: "Server accepts no broken cipher",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[327],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_strong_ciphers.md"),
    },
    judge: Judge::Endpoint(judge),
};

/// What is broken, and how badly.
const BROKEN: [(Weakness, Severity); 7] = [
    (Weakness::Null, Severity::High),
    (Weakness::Anonymous, Severity::High),
    (Weakness::Export, Severity::High),
    (Weakness::Rc4, Severity::High),
    (Weakness::Des, Severity::High),
    (Weakness::TripleDes, Severity::Medium),
    (Weakness::Md5, Severity::Medium),
];

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    let mut classes = Vec::new();
    let mut names = Vec::new();
    for cipher in endpoint.ciphers() {
        let weak = cipher.weaknesses();
        let broken: Vec<_> = BROKEN.iter().filter(|(class, _)| weak.contains(class)).collect();
        if !broken.is_empty() {
            names.push(cipher.name());
            classes.extend(broken);
        }
    }
    if endpoint.versions.contains_key(&Version::Ssl2) {
        names.push("those of SSLv2".to_owned());
        classes.extend(BROKEN.iter().filter(|(class, _)| *class == Weakness::Md5));
    }
    classes.sort_by_key(|(class, _)| *class);
    classes.dedup();
    let Some(worst) = classes.iter().map(|(_, severity)| *severity).max() else {
        endpoint.told_all("ciphers")?;
        return Ok(Verdict::pass("no cipher that it accepts is broken"));
    };
    let words: Vec<&str> = classes.iter().map(|(class, _)| class.as_str()).collect();
    let message = format!("the server accepts ciphers with {}: {}", words.join(", "), brief(&names));
    Ok(Problem::new(message).severity(worst).into())
}

//! A client that offers ciphers that are broken.

use crate::python::Client;
use crate::wire::{Cipher, Weakness};
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Gap, Judged, Persona, Problem, Reason, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-weak-ciphers-not-offered",
        title: "Python's client offers no broken cipher",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[327],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_weak_ciphers_not_offered.md"),
    },
    judge: Judge::Client(judge),
};

/// What no client should offer. CBC and RSA key exchange are weak against servers that handle them badly; every default of
/// OpenSSL offers them, and the minimum version is the lever there.
fn is_broken(weakness: Weakness) -> bool {
    !matches!(weakness, Weakness::Cbc | Weakness::NoForwardSecrecy)
}

fn judge(client: &Client, _cx: &Cx<'_>) -> Judged {
    let name = &client.name;
    let Some(offered) = &client.ciphers else {
        let open = || Gap::new(Reason::Unresolved, format!("which ciphers {name} offers"), "probe it");
        return Err(client.gap("all").unwrap_or_else(open));
    };
    let broken: Vec<&str> = offered
        .iter()
        .filter(|cipher| {
            Cipher::named(cipher).is_some_and(|cipher| cipher.weaknesses().into_iter().any(is_broken))
        })
        .map(String::as_str)
        .collect();
    match broken.as_slice() {
        [] => {
            Ok(Verdict::pass(format!("none of the {} ciphers that {name} offers is broken", offered.len())))
        }
        [one] => Ok(Problem::new(format!("{name} offers {one}")).into()),
        [first, rest @ ..] => {
            let plural = if rest.len() == 1 { "" } else { "s" };
            let message = format!("{name} offers {first} and {} more broken cipher{plural}", rest.len());
            Ok(Problem::new(message).into())
        }
    }
}

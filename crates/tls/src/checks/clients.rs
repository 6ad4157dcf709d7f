//! What the checks of clients share, whether a client has its defaults or is configured by a project's code.

use crate::Cx;
use crate::python::{Client, Configured, VERSIONS};
use crate::wire::{Cipher, Weakness};
use tieout_model::{Gap, Judged, Problem, Reason, Severity, Verdict};

/// Judges a client as the code configures it: what the interpreter does not take makes no connection, and what is in a test
/// is told without weight. The places are those of the client and of its settings.
pub(super) fn configured(row: &Configured, cx: &Cx<'_>, judge: fn(&Client, &Cx<'_>) -> Judged) -> Judged {
    if let Some(error) = &row.refused {
        let why = format!("the interpreter does not take the configuration: {error}");
        return Ok(Verdict::not_applicable(why));
    }
    Ok(match judge(&row.seen, cx)? {
        Verdict::Fail(mut problem) => {
            problem.message = format!("{} ({})", problem.message, row.settings.join("; "));
            let mut problem = row.places.iter().fold(problem, |problem, place| problem.at(place));
            if row.test {
                problem = problem.severity(Severity::Low);
            }
            problem.into()
        }
        other => other,
    })
}

/// Fails where a client goes through a handshake below the minimum.
pub(super) fn below(client: &Client, cx: &Cx<'_>) -> Judged {
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

/// Fails where a client takes a server whose certificate says nothing of who the server is.
pub(super) fn verifies(client: &Client, _cx: &Cx<'_>) -> Judged {
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

fn unprobed(name: &str, what: &str) -> Gap {
    Gap::new(Reason::Unresolved, format!("whether {name} looks at a certificate's {what}"), "probe it")
}

/// What no client should offer. CBC and RSA key exchange are weak against servers that handle them badly; every default of
/// OpenSSL offers them, and the minimum version is the lever there.
fn is_broken(weakness: Weakness) -> bool {
    !matches!(weakness, Weakness::Cbc | Weakness::NoForwardSecrecy)
}

/// Fails where a client offers ciphers that are broken.
pub(super) fn offers_none_broken(client: &Client, _cx: &Cx<'_>) -> Judged {
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

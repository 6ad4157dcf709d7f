//! From what the servers saw and the clients said to the rows of the report. An outcome that has another cause than the version
//! or the certificate is no refusal: it is a gap.

use super::authority::Flaw;
use super::interpreter::{Answers, Ended};
use super::report::{Client, Unknown, VERSIONS, Verifies};
use super::server::{Manner, Outcome, Seen, Speaks, is_old_enough};
use crate::wire::{Alert, ClientHello, Group, Version, extension};
use std::collections::BTreeMap;
use std::time::Duration;

/// What is tried with each client, by name.
pub(super) const TRIALS: [(&str, Manner); 9] = [
    ("0 SSLv3", only(Version::Ssl3)),
    ("1 TLSv1", only(Version::Tls10)),
    ("2 TLSv1.1", only(Version::Tls11)),
    ("3 TLSv1.2", only(Version::Tls12)),
    ("4 TLSv1.3", only(Version::Tls13)),
    ("5 all", all(Flaw::None)),
    ("6 self-signed", all(Flaw::SelfSigned)),
    ("7 wrong name", all(Flaw::WrongName)),
    ("8 expired", all(Flaw::Expired)),
];

const fn only(version: Version) -> Manner {
    Manner { speaks: Speaks::Only(version), flaw: Flaw::None }
}

const fn all(flaw: Flaw) -> Manner {
    Manner { speaks: Speaks::All, flaw }
}

/// What a client did in one trial: what the server saw, and what the client said of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Trial {
    pub(super) seen: Vec<Seen>,
    /// `None` where it said nothing; `Some(None)` where it was content.
    pub(super) said: Option<Option<String>>,
}

impl Trial {
    fn was_content(&self) -> bool {
        self.said == Some(None)
    }

    /// What the client complains of, shortened.
    fn complaint(&self) -> String {
        match &self.said {
            Some(Some(error)) => format!("it says `{}`", shortened(error)),
            Some(None) => "it says nothing of it".to_owned(),
            None => "it was stopped before it said anything".to_owned(),
        }
    }
}

/// The start of a message, on one line.
fn shortened(message: &str) -> String {
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(160).collect()
}

/// The row of a client.
pub(super) fn row(name: &str, limit: Duration, answers: &Answers, trials: &BTreeMap<&str, Trial>) -> Client {
    let first = |key: &str| answers.lines.iter().find_map(|line| line.get(key)?.as_str().map(str::to_owned));
    let mut client = Client {
        name: name.to_owned(),
        version: first("version"),
        accepts: None,
        unknown: Vec::new(),
        refuses_signature_only: Vec::new(),
        minimum: None,
        prefers: None,
        fallback: None,
        verifies: Verifies::default(),
        ciphers: None,
        groups: None,
    };
    if let Some(error) = first("broken") {
        let why = format!("it cannot be imported: `{}`", shortened(&error));
        client.unknown.push(Unknown { what: "all".to_owned(), why });
        return client;
    }
    let stopped = match &answers.ended {
        Ended::Well => None,
        Ended::Badly(how) => Some(format!("it ended the interpreter in the middle of the probe ({how})")),
        Ended::TimedOut => {
            Some(format!("it did not come to an end within {} seconds and was stopped", limit.as_secs()))
        }
    };
    let empty = Trial::default();
    let trial = |name: &str| trials.get(name).unwrap_or(&empty);
    let mut unknown = |what: &str, why: String| {
        let why = stopped.clone().unwrap_or(why);
        client.unknown.push(Unknown { what: what.to_owned(), why });
    };
    let mut accepts = Vec::new();
    let mut told = 0;
    for (version, (key, _)) in VERSIONS.into_iter().zip(TRIALS) {
        match accepted(version, trial(key)) {
            Ok(does) => {
                told += 1;
                if does {
                    accepts.push(version);
                } else if refused_for_signature(version, trial(key)) {
                    client.refuses_signature_only.push(version);
                }
            }
            Err(why) => unknown(version.as_str(), why),
        }
    }
    let good = trial("5 all");
    client.prefers = good.seen.iter().find_map(established);
    client.fallback = fallback(trials);
    for (key, what, place) in [
        ("6 self-signed", "chain", &mut client.verifies.chain),
        ("7 wrong name", "name", &mut client.verifies.name),
        ("8 expired", "expiry", &mut client.verifies.expiry),
    ] {
        match refuses(trial(key), client.prefers.is_some()) {
            Ok(known) => *place = Some(known),
            Err(why) => unknown(what, why),
        }
    }
    let least = accepts.first().copied();
    let is_told = |version: &Version| !client.unknown.iter().any(|unknown| unknown.what == version.as_str());
    client.minimum = least.filter(|least| VERSIONS.iter().filter(|version| *version < least).all(is_told));
    client.accepts = (told > 0).then_some(accepts);
    let hellos = std::iter::once(good).chain(trials.values()).flat_map(|trial| &trial.seen);
    let hello = hellos.filter_map(|seen| seen.hello.as_ref()).next();
    client.ciphers =
        hello.map(|hello| hello.real_ciphers().into_iter().map(|cipher| cipher.name()).collect());
    client.groups = hello.map(|hello| hello.groups().into_iter().map(Group::name).collect());
    client
}

/// What the interpreter says of a configuration that it does not take: the same to every server, before any connection.
pub(super) fn not_taken(trials: &BTreeMap<&str, Trial>) -> Option<String> {
    let mut all = trials.values();
    let first = all.next()?;
    let Some(Some(error)) = &first.said else { return None };
    let same = trials.values().all(|trial| trial.seen.is_empty() && trial.said == first.said);
    same.then(|| shortened(error))
}

fn established(seen: &Seen) -> Option<Version> {
    match seen.outcome {
        Outcome::Established { version, .. } => Some(version),
        _ => None,
    }
}

/// Alerts that speak of the certificate: the version and the cipher were taken by then.
const OF_THE_CERTIFICATE: [u8; 6] = [42, 43, 44, 45, 46, 48];

/// Whether a client accepts a version.
fn accepted(version: Version, trial: &Trial) -> Result<bool, String> {
    let has = |seen: &Seen| matches!(seen.outcome, Outcome::Established { .. } | Outcome::WouldGoOn);
    if trial.seen.iter().any(has) {
        return Ok(true);
    }
    if trial.seen.is_empty() {
        return Err(format!("it did not connect: {}", trial.complaint()));
    }
    trial.seen.iter().try_for_each(|seen| refused(version, seen, trial)).map(|()| false)
}

/// That a connection was refused for its version; else what was in the way.
fn refused(version: Version, seen: &Seen, trial: &Trial) -> Result<(), String> {
    let hello = seen.hello.as_ref();
    match &seen.outcome {
        Outcome::NotOffered | Outcome::Alerted(Alert::PROTOCOL_VERSION) => Ok(()),
        Outcome::Alerted(alert) if OF_THE_CERTIFICATE.contains(alert) => {
            Err(format!("it refuses the probe's own authority (alert {alert}): {}", trial.complaint()))
        }
        Outcome::Alerted(_) => Ok(()),
        Outcome::NoCommon(what) => match hello {
            Some(hello) if !offers(hello, version) || !has_cipher_of(hello, version) => Ok(()),
            _ => Err(format!("it offers no {what} that the probe's server has")),
        },
        Outcome::Closed
            if matches!(trial.said, Some(Some(_))) && !trial.complaint().contains("timed out") =>
        {
            Ok(())
        }
        Outcome::Closed => Err(format!("it closed the connection; {}", trial.complaint())),
        Outcome::Stalled => Err("it said nothing for 8 seconds".to_owned()),
        Outcome::Broken(why) => Err(format!("it broke the protocol: {why}")),
        Outcome::Established { .. } | Outcome::WouldGoOn => Ok(()),
    }
}

/// Whether a client that offers the version refused the server for its signature alone, which TLS 1.0 and 1.1 make over SHA-1:
/// it also offers ciphers that need no signature (RSA key exchange), and a server with those may be taken.
fn refused_for_signature(version: Version, trial: &Trial) -> bool {
    version <= Version::Tls11
        && trial.seen.iter().any(|seen| match (&seen.outcome, &seen.hello) {
            (Outcome::Alerted(alert), Some(hello)) => {
                *alert != Alert::PROTOCOL_VERSION && offers(hello, version) && has_static_rsa(hello)
            }
            _ => false,
        })
}

/// Whether a hello's list of versions has the version; a hello without a list offers all up to its highest.
fn offers(hello: &ClientHello, version: Version) -> bool {
    match hello.extension(extension::SUPPORTED_VERSIONS) {
        Some(_) => hello.versions().contains(&version),
        None => hello.version >= version.code(),
    }
}

/// Whether a hello has a cipher that the version has.
fn has_cipher_of(hello: &ClientHello, version: Version) -> bool {
    hello.real_ciphers().iter().any(|cipher| match version {
        Version::Tls13 => cipher.is_tls13(),
        Version::Tls12 => !cipher.is_tls13(),
        _ => is_old_enough(*cipher),
    })
}

fn has_static_rsa(hello: &ClientHello) -> bool {
    hello
        .real_ciphers()
        .iter()
        .any(|cipher| cipher.name().starts_with("TLS_RSA_WITH_") && is_old_enough(*cipher))
}

/// Whether a client refuses a flawed certificate.
fn refuses(trial: &Trial, takes_the_good: bool) -> Result<bool, String> {
    let data = |seen: &Seen| matches!(seen.outcome, Outcome::Established { data: true, .. });
    if trial.seen.iter().any(data) {
        return Ok(false);
    }
    if trial.seen.is_empty() {
        return Err(format!("it did not connect: {}", trial.complaint()));
    }
    if trial.seen.iter().any(|seen| established(seen).is_some()) {
        // Some clients look at the name after the handshake.
        return match trial.said {
            Some(Some(_)) => Ok(true),
            Some(None) => Ok(false),
            None => Err(trial.complaint()),
        };
    }
    if !takes_the_good {
        return Err("it refuses the good certificate too".to_owned());
    }
    let is_refusal = |seen: &Seen| matches!(seen.outcome, Outcome::Alerted(_) | Outcome::Closed);
    if trial.seen.iter().all(is_refusal) && !trial.was_content() && trial.said.is_some() {
        return Ok(true);
    }
    Err(format!("the handshake failed in another way; {}", trial.complaint()))
}

/// Whether a client comes back with a lower version after a refusal; `None` where it was never refused.
fn fallback(trials: &BTreeMap<&str, Trial>) -> Option<bool> {
    let best = |seen: &Seen| Some(seen.hello.as_ref()?.versions().first().copied().unwrap_or(Version::Ssl2));
    let mut was_refused = false;
    for trial in trials.values() {
        let highest: Vec<Version> = trial.seen.iter().filter_map(best).collect();
        was_refused |= trial.seen.iter().any(|seen| established(seen).is_none());
        if highest.first().is_some_and(|first| highest.iter().any(|later| later < first)) {
            return Some(true);
        }
    }
    was_refused.then_some(false)
}

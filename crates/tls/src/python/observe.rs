//! From what the servers saw and the clients said to the rows of the report. An outcome that has another cause than the version
//! or the certificate is no refusal: it is a gap.

use super::authority::{Authority, Flaw, HOST};
use super::interpreter::{Answers, Ended, Found, Session, configured};
use super::openssl_conf::{Read, settings};
use super::report::{Client, PythonReport, Unknown, Verifies};
use super::server::{Farm, Manner, Outcome, Seen, Speaks, is_old_enough};
use super::{PythonError, enforce};
use crate::wire::{Alert, ClientHello, Group, Version, extension};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tieout_model::{Gap, Reason};

/// How long the interpreter may take to say what it is.
const FACTS: Duration = Duration::from_secs(20);
/// How long a client may take for all trials.
const CLIENT: Duration = Duration::from_secs(30);
/// How long a client may take for one, in seconds.
const TRIAL: f64 = 4.0;
/// How many clients run at once.
const AT_ONCE: usize = 3;

/// The versions that there is a server for, the oldest first.
const VERSIONS: [Version; 5] =
    [Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13];

/// What is tried with each client, by name.
const TRIALS: [(&str, Manner); 9] = [
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
struct Trial {
    seen: Vec<Seen>,
    /// `None` where it said nothing; `Some(None)` where it was content.
    said: Option<Option<String>>,
}

impl Trial {
    fn was_content(&self) -> bool {
        self.said == Some(None)
    }

    /// What the client complains of, shortened.
    fn complaint(&self) -> String {
        match &self.said {
            Some(Some(error)) => format!("it says `{}`", error.chars().take(160).collect::<String>()),
            Some(None) => "it says nothing of it".to_owned(),
            None => "it was stopped before it said anything".to_owned(),
        }
    }
}

/// What the report is, and what could not be told.
pub struct Probed {
    /// The report, judged.
    pub report: PythonReport,
    /// What is missing in it.
    pub gaps: Vec<Gap>,
}

/// Probes an interpreter.
///
/// # Errors
/// Where it does not run, or where no server can be started.
pub fn probe(found: &Found, minimum: Version) -> Result<Probed, PythonError> {
    let authority = Arc::new(Authority::new()?);
    let session = Session::new(found, &authority.pem)?;
    let facts = facts(&session)?;
    let names: Vec<String> = facts
        .get("clients")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let mut gaps = Vec::new();
    let clients = clients(&session, &authority, &names, &mut gaps)?;
    let text = |key: &str| facts.get(key).and_then(Value::as_str).map(str::to_owned);
    if let Some(error) = text("error") {
        gaps.push(Gap::new(
            Reason::Unsupported,
            format!("the interpreter has no TLS: `import ssl` says `{error}`"),
            "build it with OpenSSL's headers, then run this again",
        ));
    }
    let conf = configured().or_else(|| Some(Path::new(&text("cafile")?).parent()?.join("openssl.cnf")));
    let read = conf.as_deref().map(settings);
    if let (Some(Read::Unreadable(why)), Some(conf)) = (&read, &conf) {
        let what = format!("{} cannot be read: {why}", conf.display());
        gaps.push(Gap::new(Reason::Unreadable, what, "let the file be read"));
    }
    let mut report = PythonReport {
        interpreter: session.path().to_string_lossy().into_owned(),
        python: text("python"),
        python_end_of_life: None,
        openssl: text("openssl"),
        openssl_end_of_life: None,
        openssl_library: text("libssl"),
        enforce: enforce::texts(minimum, conf.as_deref()),
        openssl_conf: conf.map(|path| path.to_string_lossy().into_owned()),
        openssl_settings: read.and_then(Read::settings),
        minimum,
        verdict: None,
        clients,
    };
    report.judge();
    Ok(Probed { report, gaps })
}

/// What the interpreter says of itself.
fn facts(session: &Session) -> Result<Value, PythonError> {
    let answers = session.ask("facts", json!({"client": null, "trials": {}}), FACTS)?;
    let facts = answers.lines.into_iter().find(|line| line.get("python").is_some());
    facts.ok_or_else(|| match answers.ended {
        Ended::TimedOut => session.mute("it did not answer within 20 seconds"),
        Ended::Badly(how) => session.mute(&format!("it ran no script of ours and ended with {how}")),
        Ended::Well => session.mute("it ran no script of ours; is it a Python interpreter?"),
    })
}

/// Runs every client, a few at a time.
fn clients(
    session: &Session,
    authority: &Arc<Authority>,
    names: &[String],
    gaps: &mut Vec<Gap>,
) -> Result<Vec<Client>, PythonError> {
    type Row = Result<(Client, Vec<Gap>), PythonError>;
    let next = AtomicUsize::new(0);
    let rows: Mutex<BTreeMap<usize, Row>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(names.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(name) = names.get(index) else { break };
                    let row = client(session, authority, name);
                    rows.lock().unwrap_or_else(|broken| broken.into_inner()).insert(index, row);
                }
            });
        }
    });
    let mut clients = Vec::new();
    for row in rows.into_inner().unwrap_or_else(|broken| broken.into_inner()).into_values() {
        let (client, own) = row?;
        clients.push(client);
        gaps.extend(own);
    }
    Ok(clients)
}

/// Runs one client against servers of its own.
fn client(
    session: &Session,
    authority: &Arc<Authority>,
    name: &str,
) -> Result<(Client, Vec<Gap>), PythonError> {
    let farm = Farm::start(Arc::clone(authority), &TRIALS.map(|(_, manner)| manner))?;
    let ports: serde_json::Map<String, Value> = TRIALS
        .iter()
        .zip(&farm.plots)
        .map(|((trial, _), plot)| ((*trial).to_owned(), plot.port.into()))
        .collect();
    let job = json!({"client": name, "host": HOST, "timeout": TRIAL, "trials": ports});
    let answers = session.ask(name, job, CLIENT);
    let seen = farm.finish();
    let answers = answers?;
    let mut trials = BTreeMap::new();
    for ((trial, _), seen) in TRIALS.iter().zip(seen) {
        trials.insert(*trial, Trial { seen, said: said(&answers, trial) });
    }
    Ok(row(name, &answers, &trials))
}

fn said(answers: &Answers, trial: &str) -> Option<Option<String>> {
    let line = answers.lines.iter().find(|line| line.get("trial").and_then(Value::as_str) == Some(trial))?;
    Some(line.get("error").and_then(Value::as_str).map(str::to_owned))
}

/// The row of a client.
fn row(name: &str, answers: &Answers, trials: &BTreeMap<&str, Trial>) -> (Client, Vec<Gap>) {
    let first = |key: &str| answers.lines.iter().find_map(|line| line.get(key)?.as_str().map(str::to_owned));
    let mut gaps = Vec::new();
    let mut gap = |what: String, resolve: &str| gaps.push(Gap::new(Reason::Unresolved, what, resolve.to_owned()));
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
        gap(format!("{name} cannot be imported: `{error}`"), "mend the installation, or take the library out");
        return (client, gaps);
    }
    match &answers.ended {
        Ended::Well => {}
        Ended::Badly(how) => {
            gap(format!("{name} ended the interpreter in the middle of the probe: {how}"), "run it by itself to see why");
        }
        Ended::TimedOut => {
            let limit = CLIENT.as_secs();
            gap(format!("{name} did not come to an end within {limit} seconds and was stopped"), "run it by itself to see why");
        }
    }
    let empty = Trial::default();
    let trial = |name: &str| trials.get(name).unwrap_or(&empty);
    let mut accepts = Vec::new();
    for (version, (key, _)) in VERSIONS.into_iter().zip(TRIALS) {
        match accepted(version, trial(key)) {
            Ok(true) => accepts.push(version),
            Ok(false) if refused_for_signature(version, trial(key)) => {
                client.refuses_signature_only.push(version);
            }
            Ok(false) => {}
            Err(why) => client.unknown.push(Unknown { version, why }),
        }
    }
    for unknown in &client.unknown {
        let what = format!("whether {name} accepts {}: {}", unknown.version, unknown.why);
        gap(what, "see what stands in the way, and run this again");
    }
    let least = accepts.first().copied();
    client.minimum = least.filter(|least| client.unknown.iter().all(|unknown| unknown.version > *least));
    if client.unknown.len() < VERSIONS.len() {
        client.accepts = Some(accepts);
    }
    let good = trial("5 all");
    client.prefers = good.seen.iter().find_map(established);
    client.fallback = fallback(trials);
    for (key, kind, place) in [
        ("6 self-signed", "a self-signed certificate", &mut client.verifies.chain),
        ("7 wrong name", "a certificate of another name", &mut client.verifies.name),
        ("8 expired", "an expired certificate", &mut client.verifies.expiry),
    ] {
        match refuses(trial(key), client.prefers.is_some()) {
            Ok(known) => *place = Some(known),
            Err(why) => gap(
                format!("whether {name} refuses {kind}: {why}"),
                "see what stands in the way, and run this again",
            ),
        }
    }
    let hello = std::iter::once(good).chain(trials.values()).flat_map(|trial| &trial.seen).find_map(|seen| seen.hello.as_ref());
    client.ciphers = hello.map(|hello| hello.real_ciphers().into_iter().map(|cipher| cipher.name()).collect());
    client.groups = hello.map(|hello| hello.groups().into_iter().map(Group::name).collect());
    (client, gaps)
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
        Outcome::Closed if matches!(trial.said, Some(Some(_))) && !trial.complaint().contains("timed out") => Ok(()),
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
    hello.real_ciphers().iter().any(|cipher| cipher.name().starts_with("TLS_RSA_WITH_") && is_old_enough(*cipher))
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

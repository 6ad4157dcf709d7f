//! Running the probe: the interpreter is asked what it is, then each of its clients by itself, a few at a time, so that one
//! that hangs or breaks ends no other.

use super::authority::{Authority, HOST};
use super::configured;
use super::image::inside;
use super::interpreter::{Answers, Ended, Found, Session, openssl_conf};
use super::observe::{TRIALS, Trial, not_taken, row};
use super::openssl_conf::{Read, settings};
use super::project::Code;
use super::project::vocabulary::Configuration;
use super::report::{Client, PythonReport, openssl_branch, python_branch};
use super::server::Farm;
use super::{PythonError, enforce};
use crate::wire::Version;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tieout_lifecycle::{Product, Table};
use tieout_model::{Gap, Reason};

/// How long a client may take for one, in seconds.
const TRIAL: f64 = 4.0;
/// How many clients run at once.
const AT_ONCE: usize = 3;

/// What the report is, and what could not be told.
pub struct Probed {
    /// The report, judged.
    pub report: PythonReport,
    /// What is missing in it.
    pub gaps: Vec<Gap>,
}

/// Probes an interpreter: its clients with their defaults and as a project's code configures them; `limit` is what it may take
/// to say what it is, and what each client may take for all its trials.
///
/// # Errors
/// Where it does not run, or where no server can be started.
pub fn probe(found: &Found, code: &Code, minimum: Version, limit: Duration) -> Result<Probed, PythonError> {
    let authority = Arc::new(Authority::new()?);
    let mut session = Session::new(found, &authority.pem, limit)?;
    let facts = facts(&session)?;
    let names: Vec<String> = facts
        .get("clients")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let plan = configured::plan(code, &names);
    let mut gaps = plan.gaps.clone();
    let text = |key: &str| facts.get(key).and_then(Value::as_str).map(str::to_owned);
    let built_in = text("cafile").and_then(|file| Some(Path::new(&file).parent()?.join("openssl.cnf")));
    if let Some(image) = &found.image {
        session.conf = built_in.as_deref().and_then(|conf| inside(&image.root, conf));
    }
    let conf = match &found.image {
        Some(_) => session.conf.clone(),
        None => openssl_conf().or(built_in),
    };
    let tasks: Vec<Task<'_>> = names
        .iter()
        .map(|name| Task { name, configuration: None })
        .chain(plan.configurations.iter().map(|one| Task { name: one.client, configuration: Some(one) }))
        .collect();
    let mut clients = clients(&session, &authority, &tasks)?;
    let configured = plan.rows(&clients.split_off(names.len().min(clients.len())));
    let clients = clients.into_iter().map(|(client, _)| client).collect();
    if let Some(error) = text("error") {
        gaps.push(Gap::new(
            Reason::Unsupported,
            format!("the interpreter has no TLS: `import ssl` says `{error}`"),
            "build it with OpenSSL's headers, then run this again",
        ));
    }
    let read = conf.as_deref().map(|conf| settings(conf, root_of(found)));
    if let (Some(Read::Unreadable(why)), Some(conf)) = (&read, &conf) {
        let what = format!("{} cannot be read: {why}", conf.display());
        gaps.push(Gap::new(Reason::Unreadable, what, "let the file be read"));
    }
    let mut report = PythonReport {
        interpreter: session.path().to_string_lossy().into_owned(),
        python: text("python"),
        python_end_of_life: end(Product::Python, text("python").as_deref().and_then(python_branch)),
        openssl: text("openssl"),
        openssl_end_of_life: end(Product::OpenSsl, text("openssl").as_deref().and_then(openssl_branch)),
        openssl_system: text("libssl").as_deref().and_then(|library| system_of(library, found)),
        openssl_library: text("libssl"),
        enforce: enforce::texts(minimum, conf.as_deref()),
        openssl_conf: conf.map(|path| path.to_string_lossy().into_owned()),
        openssl_settings: read.and_then(Read::settings),
        minimum,
        verdict: None,
        clients,
        configured,
        code_is_open: plan.open,
    };
    report.judge();
    gaps.extend(report.clients.iter().flat_map(Client::gaps));
    gaps.extend(report.configured.iter().filter(|row| row.refused.is_none()).flat_map(|row| row.gaps()));
    Ok(Probed { report, gaps })
}

/// The day from which a release gets no security patch.
fn end(product: Product, release: Option<String>) -> Option<String> {
    Some(Table::in_force().release(product, &release?)?.end_of_life?.to_string())
}

/// Where the interpreter's absolute paths begin.
fn root_of(found: &Found) -> &Path {
    found.image.as_ref().map_or(Path::new("/"), |image| &image.root)
}

/// The release of the system that a library is part of: one that lies where systems put theirs.
fn system_of(library: &str, found: &Found) -> Option<String> {
    let root = root_of(found);
    let library = Path::new("/").join(Path::new(library).strip_prefix(root).ok()?);
    let of_system = ["/usr/lib/", "/usr/lib64/", "/lib/", "/lib64/"];
    if !of_system.iter().any(|folder| library.starts_with(folder)) {
        return None;
    }
    let text = std::fs::read_to_string(inside(root, Path::new("etc/os-release"))?).ok()?;
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim_matches('"').to_owned())
    };
    Some(format!("{} {}", value("ID")?, value("VERSION_ID")?))
}

/// What the interpreter says of itself.
fn facts(session: &Session) -> Result<Value, PythonError> {
    let answers = session.ask("facts", json!({"client": null, "trials": {}}))?;
    let facts = answers.lines.into_iter().find(|line| line.get("python").is_some());
    facts.ok_or_else(|| match answers.ended {
        Ended::TimedOut => session.mute("it did not answer in time and was stopped"),
        Ended::Badly(how) => session.mute(&format!("it ran no script of ours and ended with {how}")),
        Ended::Well => session.mute("it ran no script of ours; is it a Python interpreter?"),
    })
}

/// A client to probe, with its defaults or as it is configured.
struct Task<'t> {
    name: &'t str,
    configuration: Option<&'t Configuration>,
}

/// A client's row, and what the interpreter says where it does not take the configuration.
type Row = (Client, Option<String>);

/// Runs every client, a few at a time.
fn clients(
    session: &Session,
    authority: &Arc<Authority>,
    tasks: &[Task<'_>],
) -> Result<Vec<Row>, PythonError> {
    let next = AtomicUsize::new(0);
    let rows: Mutex<BTreeMap<usize, Result<Row, PythonError>>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(tasks.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(index) else { break };
                    let row = client(session, authority, index, task);
                    rows.lock().unwrap_or_else(|broken| broken.into_inner()).insert(index, row);
                }
            });
        }
    });
    rows.into_inner().unwrap_or_else(|broken| broken.into_inner()).into_values().collect()
}

/// Runs one client against servers of its own.
fn client(
    session: &Session,
    authority: &Arc<Authority>,
    index: usize,
    task: &Task<'_>,
) -> Result<Row, PythonError> {
    let farm = Farm::start(Arc::clone(authority), &TRIALS.map(|(_, manner)| manner))?;
    let ports: serde_json::Map<String, Value> = TRIALS
        .iter()
        .zip(&farm.plots)
        .map(|((trial, _), plot)| ((*trial).to_owned(), plot.port.into()))
        .collect();
    let mut job = json!({"client": task.name, "host": HOST, "timeout": TRIAL, "trials": ports});
    if let (Some(configuration), Some(job)) = (task.configuration, job.as_object_mut()) {
        job.insert("configuration".to_owned(), json!(configuration));
    }
    let answers = session.ask(&format!("{index} {}", task.name), job);
    let seen = farm.finish();
    let answers = answers?;
    let mut trials = BTreeMap::new();
    for ((trial, _), seen) in TRIALS.iter().zip(seen) {
        trials.insert(*trial, Trial { seen, said: said(&answers, trial) });
    }
    let refused = task.configuration.and_then(|_| not_taken(&trials));
    Ok((row(task.name, session.limit(), &answers, &trials), refused))
}

fn said(answers: &Answers, trial: &str) -> Option<Option<String>> {
    let line = answers.lines.iter().find(|line| line.get("trial").and_then(Value::as_str) == Some(trial))?;
    Some(line.get("error").and_then(Value::as_str).map(str::to_owned))
}

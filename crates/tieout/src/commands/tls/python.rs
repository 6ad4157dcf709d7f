//! `tieout tls python`: which TLS an interpreter's own clients accept, prefer, offer and verify, with their defaults and as a
//! project's code configures them.

use super::assessment;
use crate::cli::{Cli, PythonArgs};
use crate::exit::{Exit, Failed};
use crate::output::{self, Own};
use crate::plan::{choose, configuration};
use crate::progress::Progress;
use crate::verdict::Rules;
use crate::{scrub, suppress};
use anyhow::Result;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use tieout_aws_state::State;
use tieout_model::{Assessment, FindingStatus};
use tieout_source::redact::escape_terminal as clean;
use tieout_tls::python::project::{self, Code};
use tieout_tls::python::{
    Client, Configured, Found, PythonError, PythonReport, Verdict, find, find_in_image, probe,
};
use tieout_tls::wire::Version;
use tieout_tls::{Cx, Judge};
use time::OffsetDateTime;

/// Probes the interpreter, judges it, and writes the reports.
pub fn run(cli: &Cli, args: &PythonArgs) -> Result<Exit> {
    output::validate(&args.output)?;
    let configured = configuration(&args.config, Path::new("."))?;
    let rules = Rules::new(&args.verdict, &args.output, &configured)?;
    let as_of = rules.as_of.unwrap_or_else(|| OffsetDateTime::now_utc().date());
    let mut checks = choose(&args.choice, &configured)?.tls;
    checks.retain(|check| !matches!(check.judge, Judge::Endpoint(_)));
    let found = match &args.image_root {
        Some(root) => find_in_image(root),
        None => find(args.path.as_deref()),
    };
    let found = found.map_err(failed)?;
    tell(cli, &found);
    let progress = Progress::new(cli.quiet);
    let code = if found.of_project {
        progress.say("reading the project's code");
        project::read(&found.folder)
    } else {
        Code::default()
    };
    progress.say("probing the interpreter's clients");
    let probed = probe(&found, &code, args.min.into(), Duration::from_secs(args.timeout));
    progress.done();
    let probed = probed.map_err(failed)?;
    let mut report = probed.report;
    let interpreters = std::slice::from_ref(&report);
    let cx = Cx { endpoints: &[], interpreters, minimum: args.min.into(), as_of };
    let mut ledger = tieout_tls::run(&cx, &checks);
    probed.gaps.into_iter().for_each(|gap| ledger.gap(gap));
    let mut assessment = assessment(ledger, &checks, Vec::new(), as_of);
    assessment.scope.roots = vec![report.interpreter.clone()];
    let root = if found.of_project { found.folder.as_path() } else { Path::new(".") };
    if found.of_project {
        assessment.scope.roots.push(found.folder.display().to_string());
        let mut files: Vec<&str> = report.configured.iter().map(|row| row.path.as_str()).collect();
        files.dedup();
        let no_resources = State::build(Vec::new(), Vec::new(), as_of);
        suppress::apply(&mut assessment, &no_resources, root, &[], &files);
    }
    rules.apply(&mut assessment, as_of);
    waive(&mut report, &assessment);
    scrub::assessment(&mut assessment);
    let own = Own { json: Some(json_of(&report, &assessment)?), page: page(&report) };
    output::write_with(cli, &args.output, rules.persona, &assessment, root, &own)?;
    Ok(match report.verdict {
        Some(Verdict::Pass) => Exit::Clean,
        Some(Verdict::Fail) => Exit::Findings,
        None => Exit::Incomplete,
    })
}

/// What the code configures and someone has taken responsibility for (a mark, an exception, the baseline) does not fail the run.
fn waive(report: &mut PythonReport, assessment: &Assessment) {
    for row in &mut report.configured {
        let subject = row.subject();
        let mut findings = assessment
            .findings
            .iter()
            .filter(|finding| finding.subject.id == subject.id && finding.subject.line == subject.line)
            .peekable();
        row.waived =
            findings.peek().is_some() && findings.all(|finding| finding.status != FindingStatus::Open);
    }
    report.judge();
}

/// Says what will run, before it runs.
fn tell(cli: &Cli, found: &Found) {
    if !cli.quiet {
        eprintln!(
            "runs {} ({}) with tieout's own probe against servers on the loopback; nothing of a project is run or imported",
            clean(&found.path.display().to_string()),
            clean(&found.why)
        );
    }
}

/// The exit code of what stands in the way: 3 where there is no interpreter.
fn failed(error: PythonError) -> anyhow::Error {
    match error {
        PythonError::NotInPath
        | PythonError::Mute { .. }
        | PythonError::NoneInImage(_)
        | PythonError::Foreign { .. } => Failed(Exit::Nothing, error.to_string()).into(),
        other => other.into(),
    }
}

/// The object that the output contract describes.
fn json_of(report: &PythonReport, assessment: &Assessment) -> Result<String> {
    let mut object = serde_json::to_value(report)?;
    if let Some(map) = object.as_object_mut() {
        map.insert("findings".to_owned(), json!(assessment.findings));
        map.insert("gaps".to_owned(), json!(assessment.gaps));
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&scrub::json("", object))?))
}

/// What the terminal shows before the findings.
fn page(report: &PythonReport) -> String {
    let mut out = String::new();
    let word = |word: &Option<String>| clean(word.as_deref().unwrap_or("unknown")).to_string();
    let _ = writeln!(
        out,
        "{}: Python {}, {}",
        clean(&report.interpreter),
        word(&report.python),
        word(&report.openssl)
    );
    let conf = report.openssl_settings.as_ref().map_or_else(
        || "there is none".to_owned(),
        |set| {
            let least = set.min_protocol.as_deref().unwrap_or("not set");
            let level = set.security_level.map_or_else(|| "not set".to_owned(), |level| level.to_string());
            format!("MinProtocol {least}, security level {level}")
        },
    );
    let _ = writeln!(out, "{}: {}\n", word(&report.openssl_conf), clean(&conf));
    for client in &report.clients {
        let _ = writeln!(
            out,
            "  {:<28} {}",
            format!("{} {}", clean(&client.name), word(&client.version)),
            row(client)
        );
    }
    if !report.configured.is_empty() {
        let _ = writeln!(out, "\nas the project's code configures them:\n");
    }
    for row in &report.configured {
        configured(&mut out, row);
    }
    let verdict = match report.verdict {
        Some(Verdict::Pass) => "pass",
        Some(Verdict::Fail) => "fail",
        None => "open: not everything could be told",
    };
    let _ = writeln!(out, "\nagainst {}: {verdict}", report.minimum);
    if report.verdict == Some(Verdict::Fail) {
        let _ = writeln!(out, "\nTo enforce it (the other clients' ways: -f json, `enforce`):\n");
        for line in report.enforce.get("ssl.SSLContext.minimum_version").map_or("", String::as_str).lines() {
            let _ = writeln!(out, "  {}", clean(line));
        }
    }
    out.push('\n');
    out
}

/// A configured client: where, how, and what it does.
fn configured(out: &mut String, client: &Configured) {
    let mut how = client.settings.join("; ");
    if !client.not_rebuilt.is_empty() {
        let _ = write!(how, " (the probe's own in place of {})", client.not_rebuilt.join(", "));
    }
    let test = if client.test { ", in a test" } else { "" };
    let place = format!("{}:{}", client.path, client.line);
    let _ = writeln!(out, "  {} {}{test}: {}", clean(&place), clean(&client.client), clean(&how));
    let did = match &client.refused {
        Some(error) => format!("the interpreter does not take it: {error}"),
        None => row(&client.seen),
    };
    let _ = writeln!(out, "      {}", clean(&did));
}

/// A client's line: versions, what it prefers, and what it verifies.
fn row(client: &Client) -> String {
    let list = |versions: &[Version]| versions.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
    let Some(accepts) = &client.accepts else { return "not assessed".to_owned() };
    let mut out =
        format!("accepts {}", if accepts.is_empty() { "nothing".to_owned() } else { list(accepts) });
    if !client.refuses_signature_only.is_empty() {
        let _ = write!(out, " (offers {} too)", list(&client.refuses_signature_only));
    }
    if let Some(prefers) = client.prefers {
        let _ = write!(out, "; prefers {prefers}");
    }
    let looks = [
        ("chain", client.verifies.chain),
        ("name", client.verifies.name),
        ("expiry", client.verifies.expiry),
    ];
    let with = |wanted: Option<bool>| {
        looks
            .iter()
            .filter(|(_, looks)| *looks == wanted)
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (wanted, words) in
        [(Some(true), "verifies"), (Some(false), "DOES NOT verify"), (None, "not assessed:")]
    {
        let names = with(wanted);
        if !names.is_empty() {
            let _ = write!(out, "; {words} {names}");
        }
    }
    if client.fallback == Some(true) {
        out.push_str("; falls back after a refusal");
    }
    out
}

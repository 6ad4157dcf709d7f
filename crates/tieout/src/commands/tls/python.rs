//! `tieout tls python`: which TLS an interpreter's own clients accept, prefer, offer and verify.

use super::assessment;
use crate::cli::{Cli, PythonArgs};
use crate::exit::{Exit, Failed};
use crate::output::{self, Own};
use crate::plan::{choose, configuration};
use crate::progress::Progress;
use crate::scrub;
use crate::verdict::Rules;
use anyhow::Result;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use tieout_model::Assessment;
use tieout_source::redact::escape_terminal as clean;
use tieout_tls::python::{Client, Found, PythonError, PythonReport, Verdict, find, find_in_image, probe};
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
    checks.retain(|check| matches!(check.judge, Judge::Client(_) | Judge::Interpreter(_)));
    let found = match &args.image_root {
        Some(root) => find_in_image(root),
        None => find(args.path.as_deref()),
    };
    let found = found.map_err(failed)?;
    tell(cli, &found);
    let progress = Progress::new(cli.quiet);
    progress.say("probing the interpreter's clients");
    let probed = probe(&found, args.min.into(), Duration::from_secs(args.timeout));
    progress.done();
    let probed = probed.map_err(failed)?;
    let report = probed.report;
    let interpreters = std::slice::from_ref(&report);
    let cx = Cx { endpoints: &[], interpreters, minimum: args.min.into(), as_of };
    let mut ledger = tieout_tls::run(&cx, &checks);
    probed.gaps.into_iter().for_each(|gap| ledger.gap(gap));
    let mut assessment = assessment(ledger, &checks, Vec::new(), as_of);
    assessment.scope.roots = vec![report.interpreter.clone()];
    rules.apply(&mut assessment, as_of);
    scrub::assessment(&mut assessment);
    let own = Own { json: Some(json_of(&report, &assessment)?), page: page(&report) };
    output::write_with(cli, &args.output, rules.persona, &assessment, Path::new("."), &own)?;
    Ok(match report.verdict {
        Some(Verdict::Pass) => Exit::Clean,
        Some(Verdict::Fail) => Exit::Findings,
        None => Exit::Incomplete,
    })
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

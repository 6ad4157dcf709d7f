//! `cargo xtask bench iac`: templates, against Checkov.

use super::agreement::{self, Ours, PeerFails};
use super::corpus::{self, Corpus};
use super::measure::{Measured, Took, machine, median, table};
use crate::python::{Venv, root, today};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Ours is short, so it is run often and the median counts; the peer is run once.
const OUR_RUNS: usize = 5;

/// Checkov's report, one an entry of the list or the only one.
#[derive(Debug, Deserialize)]
struct Report {
    results: Results,
    summary: Summary,
}

#[derive(Debug, Deserialize)]
struct Results {
    failed_checks: Vec<Failed>,
}

#[derive(Debug, Deserialize)]
struct Failed {
    check_id: String,
    file_path: String,
    resource: String,
}

#[derive(Debug, Deserialize, Default)]
struct Summary {
    passed: usize,
    failed: usize,
    parsing_errors: usize,
    resource_count: usize,
    checkov_version: String,
}

/// Measures both and writes the results down.
pub fn run() -> Result<()> {
    let binary = super::release_binary()?;
    let venv = Venv::ensure("bench-venv", &root().join("bench").join("requirements.txt"))?;
    let corpus = corpus::lay_out(&venv)?;
    let work = super::fresh_folder("iac")?;
    println!("{} templates; tieout …", corpus.templates);
    let ours = (0..OUR_RUNS).map(|_| tieout(&venv, &binary, &corpus, &work)).collect::<Result<Vec<_>>>()?;
    println!("Checkov …");
    let theirs = checkov(&venv, &corpus, &work)?;
    let text = results(&venv, &binary, &corpus, &work, &median(ours)?, &theirs)?;
    let file = root().join("bench").join("RESULTS-iac.md");
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{text}\nwritten to {}", file.display());
    Ok(())
}

fn tieout(venv: &Venv, binary: &Path, corpus: &Corpus, work: &Path) -> Result<Took> {
    Measured::new(venv, "tieout", binary, work)?
        .args(["audit", ".", "--only", "iac", "--no-config", "-f", "json", "-o"])
        .args([work.join("tieout.json")])
        .with(|command| {
            command.current_dir(&corpus.folder);
        })
        .run(&[0, 1])
}

fn checkov(venv: &Venv, corpus: &Corpus, work: &Path) -> Result<Took> {
    Measured::new(venv, "checkov", &venv.program("checkov"), work)?
        .args(["--directory", ".", "--framework", "cloudformation", "--compact", "--quiet"])
        .args(["--skip-download", "--output", "json"])
        .with(|command| {
            command.current_dir(&corpus.folder);
        })
        .run(&[0, 1])
}

fn results(
    venv: &Venv,
    binary: &Path,
    corpus: &Corpus,
    work: &Path,
    ours: &Took,
    theirs: &Took,
) -> Result<String> {
    let assessment = Ours::read(&work.join("tieout.json"))?;
    let reports = read_reports(&fs::read_to_string(work.join("checkov.out"))?)?;
    let summary = total(&reports);
    let list = Command::new(binary).args(["checks", "-f", "json"]).output().context("tieout checks")?;
    let rows =
        agreement::compare("checkov", &String::from_utf8_lossy(&list.stdout), &assessment, &fails(&reports))?;
    let sources = corpus.packages.iter().cloned().collect::<Vec<_>>().join(", ");
    let peer = format!("Checkov {}", summary.checkov_version);
    Ok(format!(
        "# Templates: tieout and {peer}\n\n\
         Made by `cargo xtask bench iac` on {date}; {machine}.\n\
         {count} CloudFormation and SAM templates from the source distributions of {sources} on PyPI\n\
         (which folders: `bench/sources.txt`). Both tools in one run, JSON output; tieout's numbers are the median of\n\
         {OUR_RUNS} runs, {peer}'s of one. Checkov asks more questions than tieout so far, so the ratios\n\
         compare what people wait for, not work of the same size; the verdicts below say how much each did.\n\n\
         {table}\n\
         | | tieout | {peer} |\n|---|---:|---:|\n\
         | subjects | {subjects} | {resources} |\n\
         | verdicts | {verdicts} | {their_verdicts} |\n\
         | fails | {findings} | {failed} |\n\
         | templates that could not be read | see its gaps | {parsing_errors} |\n\n\
         ## Agreement\n\n\
         Resources that fail, by the questions that both ask (tieout's aliases).\n\n{agreement}",
        date = today(venv)?,
        machine = machine(),
        count = corpus.templates,
        table = table(&peer, ours, theirs),
        subjects = assessment.subjects(),
        resources = summary.resource_count,
        verdicts = assessment.verdicts(),
        their_verdicts = summary.passed + summary.failed,
        findings = assessment.findings(),
        failed = summary.failed,
        parsing_errors = summary.parsing_errors,
        agreement = agreement::markdown("checkov", &rows),
    ))
}

/// Checkov prints one report, or a list of them.
fn read_reports(text: &str) -> Result<Vec<Report>> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMore {
        One(Box<Report>),
        More(Vec<Report>),
    }
    let read: OneOrMore = serde_json::from_str(text).context("Checkov printed no report")?;
    Ok(match read {
        OneOrMore::One(report) => vec![*report],
        OneOrMore::More(reports) => reports,
    })
}

fn total(reports: &[Report]) -> Summary {
    reports.iter().fold(Summary::default(), |sum, report| Summary {
        passed: sum.passed + report.summary.passed,
        failed: sum.failed + report.summary.failed,
        parsing_errors: sum.parsing_errors + report.summary.parsing_errors,
        resource_count: sum.resource_count + report.summary.resource_count,
        checkov_version: report.summary.checkov_version.clone(),
    })
}

fn fails(reports: &[Report]) -> PeerFails {
    let mut fails = PeerFails::new();
    let mut seen = BTreeSet::new();
    for failed in reports.iter().flat_map(|report| &report.results.failed_checks) {
        // `AWS::S3::Bucket.Logs` in `/folder/file.yaml`.
        let id = failed.resource.rsplit('.').next().unwrap_or(&failed.resource);
        let key = format!("{} {id}", failed.file_path.trim_start_matches('/'));
        if seen.insert((failed.check_id.clone(), key.clone())) {
            fails.entry(failed.check_id.clone()).or_default().push(BTreeSet::from([key]));
        }
    }
    fails
}

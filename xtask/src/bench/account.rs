//! `cargo xtask bench account`: a generated account on a moto server, against Prowler.

use super::agreement::{self, Ours, PeerFails};
use super::measure::{Measured, Took, machine, median, table};
use crate::python::{Moto, Venv, root, succeed, today, towards};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Ours is short, so it is run more often and the median counts; the peer is run once.
const OUR_RUNS: usize = 3;
const REGIONS: [&str; 2] = ["eu-central-1", "us-east-1"];
const SERVICES: [&str; 5] = ["iam", "ec2", "s3", "awslambda", "cloudtrail"];

/// A verdict of Prowler in its OCSF output.
#[derive(Debug, Deserialize)]
struct Verdict {
    metadata: Metadata,
    status_code: String,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    event_code: String,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(default)]
    uid: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    region: String,
}

/// Measures both and writes the results down.
pub fn run() -> Result<()> {
    let binary = super::release_binary()?;
    let tests = Venv::ensure("venv", &root().join("tests").join("requirements.txt"))?;
    let peer = Venv::ensure("bench-account-venv", &root().join("bench").join("requirements-account.txt"))?;
    let work = super::fresh_folder("account")?;
    let moto = Moto::start(&tests)?;
    println!("filling the account …");
    let mut seed = tests.command("python");
    seed.arg(root().join("bench").join("seed_account.py")).args(["--endpoint-url", &moto.endpoint()]);
    succeed(towards(&mut seed, &moto)).context("the seed could not fill the account")?;
    println!("tieout …");
    let ours = (0..OUR_RUNS).map(|_| tieout(&tests, &binary, &moto, &work)).collect::<Result<Vec<_>>>()?;
    println!("Prowler (minutes) …");
    let theirs = prowler(&peer, &moto, &work)?;
    let text = results(&tests, &binary, &work, &median(ours)?, &theirs)?;
    let file = root().join("bench").join("RESULTS-account.md");
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{text}\nwritten to {}", file.display());
    Ok(())
}

fn tieout(venv: &Venv, binary: &Path, moto: &Moto, work: &Path) -> Result<Took> {
    Measured::new(venv, "tieout", binary, work)?
        .args(["audit", "--aws", "--only", "aws", "--no-config", "--endpoint-url", &moto.endpoint()])
        .args(["--regions", &REGIONS.join(","), "-f", "json", "-o"])
        .args([work.join("tieout.json")])
        .with(|command| {
            towards(command, moto);
        })
        .run(&[0, 1])
}

fn prowler(venv: &Venv, moto: &Moto, work: &Path) -> Result<Took> {
    Measured::new(venv, "prowler", &venv.program("prowler"), work)?
        .args(["aws", "--no-banner", "--ignore-exit-code-3", "--scan-unused-services"])
        .args(["--output-formats", "json-ocsf", "--output-filename", "prowler", "--output-directory"])
        .args([work])
        .arg_list("--service", &SERVICES)
        .arg_list("--region", &REGIONS)
        .with(|command| {
            towards(command, moto);
        })
        .run(&[0])
}

impl Measured {
    fn arg_list(self, flag: &str, values: &[&str]) -> Measured {
        self.args([flag]).args(values)
    }
}

fn results(venv: &Venv, binary: &Path, work: &Path, ours: &Took, theirs: &Took) -> Result<String> {
    let assessment = Ours::read(&work.join("tieout.json"))?;
    let verdicts: Vec<Verdict> = serde_json::from_str(&fs::read_to_string(work.join("prowler.ocsf.json"))?)
        .context("Prowler wrote no OCSF output")?;
    let list = Command::new(binary).args(["checks", "-f", "json"]).output().context("tieout checks")?;
    let rows = agreement::compare(
        "prowler",
        &String::from_utf8_lossy(&list.stdout),
        &assessment,
        &fails(&verdicts),
    )?;
    let pinned = fs::read_to_string(root().join("bench").join("requirements-account.txt"))?;
    let version = pinned.lines().find_map(|line| line.strip_prefix("prowler==")).unwrap_or("?");
    let peer = format!("Prowler {version}");
    Ok(format!(
        "# An account: tieout and {peer}\n\n\
         Made by `cargo xtask bench account` on {date}; {machine}.\n\
         One moto server with the account of `bench/seed_account.py`, {regions}. Both tools in one run, JSON\n\
         output; tieout's numbers are the median of {OUR_RUNS} runs, {peer}'s of one, restricted to the same\n\
         services ({services}) and with unused resources included. Most of the wall time of both is moto's own;\n\
         the CPU time is the tool's. Prowler asks more questions of these services than tieout so far.\n\n\
         {table}\n\
         | | tieout | {peer} |\n|---|---:|---:|\n\
         | verdicts | {ours} | {theirs} |\n\
         | fails | {findings} | {failed} |\n\n\
         ## Agreement\n\n\
         Resources that fail, by the questions that both ask (tieout's aliases).\n\n{agreement}",
        date = today(venv)?,
        machine = machine(),
        regions = REGIONS.join(" and "),
        services = SERVICES.join(", "),
        table = table(&peer, ours, theirs),
        ours = assessment.verdicts(),
        theirs = verdicts.len(),
        findings = assessment.findings(),
        failed = verdicts.iter().filter(|verdict| verdict.status_code == "FAIL").count(),
        agreement = agreement::markdown("prowler", &rows),
    ))
}

fn fails(verdicts: &[Verdict]) -> PeerFails {
    let mut fails = PeerFails::new();
    for verdict in verdicts.iter().filter(|verdict| verdict.status_code == "FAIL") {
        let resources = fails.entry(verdict.metadata.event_code.clone()).or_default();
        resources.extend(verdict.resources.iter().map(names));
    }
    fails
}

/// Every name that a resource goes by.
fn names(resource: &Resource) -> BTreeSet<String> {
    let last = resource.uid.rsplit(['/', ':']).next().unwrap_or_default();
    [resource.uid.clone(), resource.name.clone(), last.to_owned(), format!("region {}", resource.region)]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect()
}

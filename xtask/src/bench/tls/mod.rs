//! `cargo xtask bench tls`: servers on loopback, against sslyze and openssl: the time for each endpoint, and whether all find
//! the same versions, ciphers and faults of certificates.

mod agreement;
mod certificates;
mod servers;

use super::measure::{Measured, Took, machine};
use crate::python::{Venv, root, today};
use agreement::Ours;
use anyhow::{Context, Result, bail};
use servers::{SERVERS, Server};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Each tool is run so often on each server.
const RUNS: usize = 3;

/// What a run of one server may take at most, in seconds, before it is given up.
const MOST: &str = "180";

/// Measures and compares, and writes the results down. The binary is built for release, or given.
pub fn run(args: &[String]) -> Result<()> {
    let started = Instant::now();
    let binary = match args {
        [] => super::release_binary()?,
        [flag, path] if flag == "--tieout" => {
            PathBuf::from(path).canonicalize().with_context(|| format!("no binary at {path}"))?
        }
        _ => bail!("cargo xtask bench tls [--tieout PATH]"),
    };
    let venv = Venv::ensure("bench-tls-venv", &root().join("bench").join("requirements-tls.txt"))?;
    let work = super::fresh_folder("tls")?;
    servers::certificates(&work)?;
    let mut rows = Vec::new();
    for (number, (name, flags)) in SERVERS.iter().enumerate() {
        println!("{}/{} {name} …", number + 1, SERVERS.len());
        let row = one(&venv, &binary, &work, name, flags)?;
        println!("  {}", row.line());
        rows.push(row);
    }
    println!("certificates …");
    let faults = certificates::compare(&venv, &binary, &work)?;
    println!("{faults}");
    let text = results(&venv, &binary, &rows, &faults)?;
    let file = root().join("bench").join("RESULTS-tls.md");
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{text}\nwritten to {} after {:.0} s", file.display(), started.elapsed().as_secs_f64());
    Ok(())
}

/// What was measured of one server.
struct Row {
    name: &'static str,
    ours: Vec<Took>,
    theirs: Vec<Took>,
    sslyze: String,
    s_client: String,
}

impl Row {
    /// The ratio of the medians, and the least that any two runs would give.
    fn ratios(&self) -> (f64, f64) {
        let (ours, theirs) = (walls(&self.ours), walls(&self.theirs));
        let ratio = |theirs: Option<f64>, ours: Option<f64>| match (theirs, ours) {
            (Some(theirs), Some(ours)) if ours > 0.0 => theirs / ours,
            _ => 0.0,
        };
        (ratio(middle(&theirs), middle(&ours)), ratio(theirs.first().copied(), ours.last().copied()))
    }

    fn line(&self) -> String {
        let (ours, theirs) = (walls(&self.ours), walls(&self.theirs));
        let (median, least) = self.ratios();
        format!(
            "| {} | {:.2} | {:.2} | {median:.1} × | {least:.1} × | {} | {} |",
            self.name,
            middle(&ours).unwrap_or_default(),
            middle(&theirs).unwrap_or_default(),
            self.sslyze,
            self.s_client
        )
    }
}

/// Wall times, the shortest first.
fn walls(runs: &[Took]) -> Vec<f64> {
    let mut walls: Vec<f64> = runs.iter().map(|took| took.wall_seconds).collect();
    walls.sort_by(f64::total_cmp);
    walls
}

/// The one in the middle of a sorted list.
fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}

fn one(venv: &Venv, binary: &Path, work: &Path, name: &'static str, flags: &[&str]) -> Result<Row> {
    let server = Server::start(venv, work, flags)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // In turns, so that what else the machine does falls on both.
    for _ in 0..RUNS {
        ours.push(tieout(venv, binary, work, server.port)?);
        theirs.push(sslyze(venv, work, server.port)?);
    }
    std::thread::sleep(REST);
    let found = Ours::read(&work.join("tieout.json"))?;
    let sslyze = agreement::with_sslyze(&found, &work.join("sslyze.json"))?.words();
    let s_client = agreement::with_s_client(&found, server.port)?.words();
    Ok(Row { name, ours, theirs, sslyze, s_client })
}

/// `openssl s_server -www` sleeps for a second after a renegotiation; neither tool shall wait for the other's.
const REST: Duration = Duration::from_millis(1500);

fn tieout(venv: &Venv, binary: &Path, work: &Path, port: u16) -> Result<Took> {
    std::thread::sleep(REST);
    Measured::new(venv, "tieout", Path::new("timeout"), work)?
        .args([MOST, &binary.to_string_lossy(), "tls", "endpoint", &format!("localhost:{port}")])
        .args(["--no-config", "-f", "json", "-o", "tieout.json"])
        .run(&[0, 1])
}

/// The same questions: every version with its ciphers, curves, certificate, compression, renegotiation, fallback, headers.
fn sslyze(venv: &Venv, work: &Path, port: u16) -> Result<Took> {
    std::thread::sleep(REST);
    Measured::new(venv, "sslyze", Path::new("timeout"), work)?
        .args([MOST, &venv.program("sslyze").to_string_lossy()])
        .args(["--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--elliptic_curves"])
        .args(["--certinfo", "--compression", "--reneg", "--fallback", "--http_headers"])
        .args(["--json_out=sslyze.json", &format!("localhost:{port}")])
        .run(&[0, 1])
}

fn results(venv: &Venv, binary: &Path, rows: &[Row], faults: &str) -> Result<String> {
    let pinned = fs::read_to_string(root().join("bench").join("requirements-tls.txt"))?;
    let version = pinned.lines().find_map(|line| line.strip_prefix("sslyze==")).unwrap_or("?");
    let peer = format!("sslyze {version}");
    let words = |program: &Path, flag: &str| -> Result<String> {
        let output = Command::new(program).arg(flag).output().context("its version")?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
    };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let (mut medians, mut leasts): (Vec<f64>, Vec<f64>) = rows.iter().map(Row::ratios).unzip();
    medians.sort_by(f64::total_cmp);
    leasts.sort_by(f64::total_cmp);
    let mut table = String::new();
    for row in rows {
        let _ = writeln!(table, "{}", row.line());
    }
    Ok(format!(
        "# Endpoints: tieout, {peer} and openssl\n\n\
         Made by `cargo xtask bench tls` on {date}; {machine}; load average at the end {load}.\n\
         {tieout} against {peer}, servers on loopback ({openssl}), one endpoint a run, {RUNS} runs of each tool in turns, with the\n\
         same questions and JSON output: ciphers of every version, curves, certificate, compression, renegotiation, fallback,\n\
         headers. Seconds are the median in wall time. The ratio is that of the medians; the least is the shortest run of the peer\n\
         over the longest of tieout. Agreement counts the pairs of version and cipher that both can speak: with {peer}, and with\n\
         `openssl s_client`, started once for each pair.\n\n\
         | server | tieout, s | {peer}, s | ratio | least | agreement with {peer} | with s_client |\n|---|---:|---:|---:|---:|---|---|\n{table}\n\
         Ratio per endpoint: median {median:.1} ×, smallest {smallest:.1} ×; the least of any two runs {least:.1} ×.\n\n{faults}",
        date = today(venv)?,
        machine = machine(),
        load = load.split_whitespace().next().unwrap_or("unknown"),
        tieout = words(binary, "--version")?,
        openssl = words(Path::new("openssl"), "version")?,
        median = middle(&medians).unwrap_or_default(),
        smallest = medians.first().copied().unwrap_or_default(),
        least = leasts.first().copied().unwrap_or_default(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_the_medians_and_of_the_shortest_over_the_longest() {
        let took = |wall| Took { code: 0, wall_seconds: wall, cpu_seconds: 0.0, peak_mib: 0.0 };
        let row = Row {
            name: "one",
            ours: vec![took(0.5), took(0.25), took(0.2)],
            theirs: vec![took(4.0), took(2.0), took(3.0)],
            sslyze: String::new(),
            s_client: String::new(),
        };
        assert_eq!(row.ratios(), (12.0, 4.0));
    }
}

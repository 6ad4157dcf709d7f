//! `cargo xtask bench iam`: policies, against cloudsplaining and parliament: AWS's managed policies as moto ships
//! them, and generated ones whose fault is known.

mod agreement;
mod cases;
mod faults;
mod questions;

use super::measure::{Measured, Took, machine, median};
use crate::python::{Venv, root, succeed, today};
use agreement::Found;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Ours is short, so it is run often and the median counts; the peers are run once.
const OUR_RUNS: usize = 5;

/// Our microseconds a policy, from `crates/iam/examples/measure.rs`.
#[derive(Debug, Deserialize)]
struct Times {
    facts: String,
    policies: usize,
    bytes: usize,
    tables: f64,
    parse: f64,
    audit: f64,
    lint: f64,
    median: f64,
    p99: f64,
    most: f64,
}

/// Our microseconds a case.
#[derive(Debug, Deserialize)]
struct Decisions {
    cases: usize,
    whole: f64,
    decide: f64,
}

/// What a peer took and found.
struct Peer {
    name: String,
    took: Took,
    /// Microseconds a policy, sorted.
    micros: Vec<f64>,
    managed: Found,
    faulty: Found,
}

struct Bench {
    /// Of the last minute, before the run: other work on the machine makes every time longer.
    load: String,
    venv: Venv,
    measure: PathBuf,
    work: PathBuf,
    managed: PathBuf,
    faulty: PathBuf,
}

/// Measures the three and writes the results down.
pub fn run() -> Result<()> {
    let venv = Venv::ensure("bench-iam-venv", &root().join("bench").join("requirements-iam.txt"))?;
    let release = super::release(&["--package", "tieout-iam", "--example", "measure"])?;
    let work = super::fresh_folder("iam")?;
    let (managed, faulty) = (work.join("managed"), work.join("faulty"));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned();
    let bench =
        Bench { load, measure: release.join("examples").join("measure"), venv, work, managed, faulty };
    let made = bench.lay_out()?;
    println!("tieout …");
    let ours = (0..OUR_RUNS).map(|_| bench.tieout()).collect::<Result<Vec<_>>>()?;
    let times: Times = serde_json::from_str(&bench.measure("times", &bench.managed)?)?;
    let decisions: Decisions =
        serde_json::from_str(&bench.measure("decisions", &bench.work.join("cases.jsonl"))?)?;
    let own = agreement::read_ours(&bench.measure("answers", &bench.managed)?)?;
    let own_faulty = agreement::read_ours(&bench.measure("answers", &bench.faulty)?)?;
    let parliament = bench.peer("parliament")?;
    let cloudsplaining = bench.peer("cloudsplaining")?;
    let tables = Tables {
        times: numbers(&median(ours)?, &times, &parliament, &cloudsplaining),
        faults: agreement::faults(&made, &own_faulty, &parliament.faulty, &cloudsplaining.faulty),
        questions: agreement::questions(&own, &parliament.managed, &cloudsplaining.managed),
    };
    let text = results(&bench, &times, &decisions, &tables, [&parliament.name, &cloudsplaining.name])?;
    let file = root().join("bench").join("RESULTS-iam.md");
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{text}\nwritten to {}", file.display());
    Ok(())
}

impl Bench {
    /// Writes the policies and the decisions; returns the generated policies.
    fn lay_out(&self) -> Result<Vec<faults::Made>> {
        fs::create_dir_all(&self.faulty)?;
        succeed(&mut self.script("managed", &self.managed, Path::new("-")))?;
        let made = faults::make();
        for policy in &made {
            fs::write(self.faulty.join(&policy.file), &policy.text)?;
        }
        fs::write(self.work.join("cases.jsonl"), cases::jsonl())?;
        Ok(made)
    }

    fn script(&self, what: &str, folder: &Path, out: &Path) -> Command {
        let mut command = self.venv.command("python");
        command.arg(root().join("bench").join("iam_peers.py")).arg(what).arg(folder).arg(out);
        command
    }

    /// All lints and answers on every managed policy, in one process.
    fn tieout(&self) -> Result<Took> {
        Measured::new(&self.venv, "tieout", &self.measure, &self.work)?
            .args(["answers"])
            .args([&self.managed])
            .run(&[0])
    }

    fn measure(&self, what: &str, path: &Path) -> Result<String> {
        let output =
            Command::new(&self.measure).arg(what).arg(path).output().context("the measuring example")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    fn peer(&self, name: &str) -> Result<Peer> {
        println!("{name} …");
        let (of_managed, of_faulty) =
            (self.work.join(format!("{name}.managed.jsonl")), self.work.join(format!("{name}.faulty.jsonl")));
        let took = Measured::new(&self.venv, name, &self.venv.program("python"), &self.work)?
            .args([root().join("bench").join("iam_peers.py")])
            .args([name])
            .args([&self.managed, &of_managed])
            .run(&[0])?;
        succeed(&mut self.script(name, &self.faulty, &of_faulty))?;
        let (managed, mut micros) = agreement::read_peer(&of_managed)?;
        micros.sort_by(f64::total_cmp);
        let (faulty, _) = agreement::read_peer(&of_faulty)?;
        let pinned = fs::read_to_string(root().join("bench").join("requirements-iam.txt"))?;
        let version =
            pinned.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("==")).unwrap_or("?");
        Ok(Peer { name: format!("{name} {version}"), took, micros, managed, faulty })
    }
}

/// The table of times: a policy and the whole process.
fn numbers(process: &Took, ours: &Times, parliament: &Peer, cloudsplaining: &Peer) -> String {
    let mean = |peer: &Peer| peer.micros.iter().sum::<f64>() / peer.micros.len().max(1) as f64;
    let at = |peer: &Peer, part: f64| {
        let place = (part * peer.micros.len().saturating_sub(1) as f64) as usize;
        peer.micros.get(place).copied().unwrap_or_default()
    };
    let whole = ours.parse + ours.audit + ours.lint;
    let rows = [
        ("a policy, mean, µs", whole, mean(parliament), mean(cloudsplaining), 1),
        ("a policy, median, µs", ours.median, at(parliament, 0.5), at(cloudsplaining, 0.5), 1),
        ("a policy, 99th percentile, µs", ours.p99, at(parliament, 0.99), at(cloudsplaining, 0.99), 0),
        ("the dearest policy, µs", ours.most, at(parliament, 1.0), at(cloudsplaining, 1.0), 0),
        (
            "process, wall, s",
            process.wall_seconds,
            parliament.took.wall_seconds,
            cloudsplaining.took.wall_seconds,
            3,
        ),
        (
            "process, CPU, s",
            process.cpu_seconds,
            parliament.took.cpu_seconds,
            cloudsplaining.took.cpu_seconds,
            3,
        ),
        (
            "process, peak memory, MiB",
            process.peak_mib,
            parliament.took.peak_mib,
            cloudsplaining.took.peak_mib,
            0,
        ),
    ];
    let mut out = format!(
        "| | tieout | {} | ratio | {} | ratio |\n|---|---:|---:|---:|---:|---:|\n",
        parliament.name, cloudsplaining.name
    );
    for (name, own, one, other, digits) in rows {
        let ratio =
            |theirs: f64| if own > 0.0 { format!("{:.0} ×", theirs / own) } else { "–".to_owned() };
        out += &format!(
            "| {name} | {own:.digits$} | {one:.digits$} | {} | {other:.digits$} | {} |\n",
            ratio(one),
            ratio(other)
        );
    }
    out
}

struct Tables {
    times: String,
    faults: String,
    questions: String,
}

fn results(
    bench: &Bench,
    times: &Times,
    decisions: &Decisions,
    tables: &Tables,
    [parliament, cloudsplaining]: [&str; 2],
) -> Result<String> {
    Ok(format!(
        "# Policies: tieout, {parliament} and {cloudsplaining}\n\n\
         Made by `cargo xtask bench iam` on {date}; {machine}; load average before the run {load}.\n\
         tieout's facts: {facts}.\n\
         {policies} managed policies of AWS as moto 5.2.5 ships them ({kib} KiB), the three tools in one run, each in one\n\
         process. A peer's time for a policy is taken inside its process and leaves its import out; its first\n\
         policies fill its caches. tieout's is that of reading, auditing and linting, the middle of 15 rounds, from\n\
         `crates/iam/examples/measure.rs`; its process is that example as it lints, audits and prints all of them, the\n\
         median of {OUR_RUNS} runs.\n\
         parliament lints, cloudsplaining audits, and tieout is counted with both.\n\n\
         {table}\n\
         tieout's mean by part, µs a policy: reading {parse:.1}, audit (administrator, wildcards, powers, audience)\n\
         {audit:.1}, lint {lint:.1}. Reading the tables of actions, once a process: {tables:.1} ms.\n\n\
         {cases} decisions (`tieout iam simulate --jsonl`): {decide:.1} µs each for `evaluate`, {case:.1} µs each with reading\n\
         the case and writing the answer, {seconds:.3} s for the file.\n\n\
         ## Known faults\n\n\
         20 generated policies of each class, of which the fault is known from how they are made: how many of them a\n\
         tool says to have it. – where a tool does not ask. `xtask/src/bench/iam/faults.rs` makes them and says which\n\
         words of a tool count.\n\n\
         {faults}\n{known}\n\
         ## Agreement on AWS's managed policies\n\n\
         Policies in which a tool finds something, by the questions that both ask; behind the colon our rules and\n\
         answers. These policies are AWS's own, so that a find is seldom a fault.\n\n{questions}",
        date = today(&bench.venv)?,
        machine = machine(),
        load = bench.load,
        facts = times.facts,
        policies = times.policies,
        kib = times.bytes / 1024,
        table = tables.times,
        parse = times.parse,
        audit = times.audit,
        lint = times.lint,
        tables = times.tables / 1000.0,
        cases = decisions.cases,
        decide = decisions.decide,
        case = decisions.whole,
        seconds = decisions.whole * decisions.cases as f64 / 1e6,
        faults = tables.faults,
        known = questions::KNOWN_FAULTS,
        questions = tables.questions,
    ))
}

//! `cargo xtask bench secrets`: a clean tree of well-known packages, planted secrets among decoys and a git history, against
//! ripgrep with as many keywords (the floor of what a prefilter costs), kingfisher, gitleaks and detect-secrets.

use super::measure::{Measured, Took, machine, median};
use crate::python::{Venv, root, succeed, today};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Ours and the floor are short, so the median counts; the peers are run once.
const RUNS: usize = 3;
/// Starting is shorter still.
const STARTS: usize = 9;
/// Which planted trees and which history: another seed has other values, names and files.
const SEEDS: [&str; 3] = ["11", "12", "13"];
/// gitleaks would take many minutes for the whole tree and detect-secrets more than an hour; they are given these folders.
const PART: [&str; 5] = ["flask-", "werkzeug-", "requests-", "urllib3-", "celery-"];

struct Bench {
    venv: Venv,
    binary: PathBuf,
    work: PathBuf,
    clean: PathBuf,
}

/// A tool: its name in the table, and its name in `bench/secrets_score.py`.
struct Tool {
    title: &'static str,
    name: &'static str,
}

const TOOLS: [Tool; 4] = [
    Tool { title: "tieout", name: "tieout" },
    Tool { title: "kingfisher", name: "kingfisher" },
    Tool { title: "gitleaks", name: "gitleaks" },
    Tool { title: "detect-secrets", name: "detect-secrets" },
];

/// Files and bytes below a folder.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    files: u64,
    bytes: u64,
}

/// What a run on a tree took, how large the tree is, how many it found.
struct Speed {
    title: String,
    took: Took,
    size: Size,
    found: Option<usize>,
}

/// Measures all of them and writes the results down.
pub fn run() -> Result<()> {
    let venv = Venv::ensure("bench-secrets-venv", &root().join("bench").join("requirements-secrets.txt"))?;
    let binary = super::release_binary()?;
    let work = super::fresh_folder("secrets")?;
    let clean = clean_tree(&venv)?;
    let bench = Bench { venv, binary, work, clean };
    let speeds = bench.speeds()?;
    let starts = bench.starts()?;
    let answers = bench.answers()?;
    let history = bench.history()?;
    let text = bench.results(&speeds, &starts, &answers, &history)?;
    let file = root().join("bench").join("RESULTS-secrets.md");
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{text}\nwritten to {}", file.display());
    Ok(())
}

/// The tree of unpacked wheels, kept from one run to the next until its list changes.
fn clean_tree(venv: &Venv) -> Result<PathBuf> {
    let folder = root().join("target").join("bench").join("secrets-clean");
    let (tree, wheels) = (folder.join("tree"), folder.join("wheels"));
    let wanted = fs::read_to_string(root().join("bench").join("secrets").join("clean.txt"))?;
    let stamp = folder.join("made-of.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(tree);
    }
    println!("making {} …", tree.display());
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    let script = root().join("bench").join("secrets").join("clean.py");
    succeed(venv.command("python").arg(script).args([&wheels, &tree]))?;
    fs::write(&stamp, wanted)?;
    Ok(tree)
}

impl Bench {
    fn speeds(&self) -> Result<Vec<Speed>> {
        let whole = size(&self.clean)?;
        let part = self.part()?;
        let small = size(&part)?;
        let mut speeds = Vec::new();
        println!("tieout …");
        let took = median((0..RUNS).map(|_| self.tool("tieout", &self.clean)).collect::<Result<_>>()?)?;
        let found = Some(count("tieout", &self.result("tieout"))?);
        speeds.push(Speed { title: "tieout".into(), took, size: whole, found });
        for (title, case) in [("rg, case as written", &[][..]), ("rg, any case", &["-i"][..])] {
            println!("{title} …");
            let took = median((0..RUNS).map(|_| self.floor(case)).collect::<Result<_>>()?)?;
            speeds.push(Speed { title: format!("{title}, 244 keywords"), took, size: whole, found: None });
        }
        println!("kingfisher …");
        let took = self.tool("kingfisher", &self.clean)?;
        let found = Some(count("kingfisher", &self.result("kingfisher"))?);
        speeds.push(Speed { title: "kingfisher".into(), took, size: whole, found });
        for name in ["gitleaks", "detect-secrets"] {
            println!("{name} …");
            let took = self.tool(name, &part)?;
            let found = Some(count(name, &self.result(name))?);
            speeds.push(Speed { title: format!("{name}, on a part"), took, size: small, found });
        }
        Ok(speeds)
    }

    /// Some of the packages, copied.
    fn part(&self) -> Result<PathBuf> {
        let folder = self.work.join("part");
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&self.clean)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if PART.iter().any(|start| name.starts_with(start)) {
                succeed(Command::new("cp").arg("-r").arg(self.clean.join(&name)).arg(&folder))?;
            }
        }
        Ok(folder)
    }

    fn result(&self, name: &str) -> PathBuf {
        self.work.join(format!("{name}.json"))
    }

    /// One of the scanners on a tree; its findings in `result`.
    fn tool(&self, name: &str, tree: &Path) -> Result<Took> {
        let result = self.result(name);
        let measured = |program: &Path| Measured::new(&self.venv, name, program, &self.work);
        match name {
            "tieout" => measured(&self.binary)?
                .args(["secrets".as_ref(), tree.as_os_str(), "-f".as_ref(), "json".as_ref(), "-o".as_ref()])
                .args([&result])
                .run(&[0, 1, 4]),
            "kingfisher" => measured(&self.venv.program("kingfisher"))?
                .args(["scan", "--no-validate", "--no-update-check", "--confidence", "low"])
                .args(["--git-history", "none", "--no-ignore", "-f", "json", "-o"])
                .args([result.as_os_str(), tree.as_os_str()])
                .run(&[0, 200, 205]),
            "gitleaks" => measured(&self.venv.program("gitleaks"))?
                .args(["dir", "--no-banner", "--log-level", "error", "-f", "json", "-r"])
                .args([result.as_os_str(), tree.as_os_str()])
                .run(&[0, 1]),
            "detect-secrets" => {
                let took = measured(&self.venv.program("detect-secrets"))?
                    .args([
                        "-C".as_ref(),
                        tree.as_os_str(),
                        "scan".as_ref(),
                        "--all-files".as_ref(),
                        "-n".as_ref(),
                        ".".as_ref(),
                    ])
                    .run(&[0])?;
                fs::copy(self.work.join("detect-secrets.out"), &result)?;
                Ok(took)
            }
            other => bail!("{other} is not run here"),
        }
    }

    /// What it costs to look for so many words at all.
    fn floor(&self, case: &[&str]) -> Result<Took> {
        let words = root().join("bench").join("secrets").join("keywords.txt");
        Measured::new(&self.venv, "rg", &self.venv.program("rg"), &self.work)?
            .args(["--no-config", "--no-ignore", "--hidden", "--count", "--fixed-strings", "--file"])
            .args([words.as_os_str()])
            .args(case)
            .args([&self.clean])
            .run(&[0])
    }

    /// The wall time of each on an empty folder.
    fn starts(&self) -> Result<Vec<(&'static str, Took)>> {
        let empty = self.work.join("empty");
        fs::create_dir_all(&empty)?;
        fs::write(empty.join("a.py"), "x = 1\n")?;
        TOOLS
            .iter()
            .map(|tool| {
                let runs = (0..STARTS).map(|_| self.tool(tool.name, &empty)).collect::<Result<_>>()?;
                Ok((tool.title, median(runs)?))
            })
            .collect()
    }

    /// Each tool's score on each planted tree.
    fn answers(&self) -> Result<Vec<(&'static str, Vec<Value>)>> {
        let planted = self.work.join("planted");
        fs::create_dir_all(&planted)?;
        let mut answers: Vec<(&'static str, Vec<Value>)> =
            TOOLS.iter().map(|tool| (tool.title, Vec::new())).collect();
        for seed in SEEDS {
            let tree = planted.join(seed);
            self.script("secrets_planted.py", |command| command.arg(seed).arg(&tree))?;
            for (tool, (_, scores)) in TOOLS.iter().zip(&mut answers) {
                self.tool(tool.name, &tree)?;
                let truth = planted.join(format!("{seed}.truth.json"));
                let said = self.script("secrets_score.py", |command| {
                    command
                        .arg(truth)
                        .arg(self.result(tool.name))
                        .args(["--tool", tool.name, "--json", "--root"])
                        .arg(&tree)
                })?;
                scores.push(serde_json::from_str(&said).context("bench/secrets_score.py printed no score")?);
            }
        }
        Ok(answers)
    }

    /// What of a git history is found, in the words of `secrets_history.py`.
    fn history(&self) -> Result<String> {
        let tree = self.work.join("history");
        let seed = SEEDS[0];
        self.script("secrets_history.py", |command| command.arg(seed).arg(&tree))?;
        let result = self.result("history");
        let status = Command::new(&self.binary)
            .arg("secrets")
            .arg(&tree)
            .args(["--history", "-f", "json", "-o"])
            .arg(&result)
            .stderr(Stdio::null())
            .status()
            .context("cannot start tieout")?;
        if !matches!(status.code(), Some(0 | 1 | 4)) {
            bail!("tieout secrets --history ended with {status}");
        }
        self.script("secrets_history.py", |command| command.arg(seed).arg(&tree).arg("--score").arg(&result))
    }

    fn script(&self, name: &str, args: impl FnOnce(&mut Command) -> &mut Command) -> Result<String> {
        let mut command = self.venv.command("python");
        command.arg(root().join("bench").join(name));
        let output = args(&mut command).stderr(Stdio::inherit()).output().context("cannot start Python")?;
        if !output.status.success() {
            bail!("{command:?} ended with {}", output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn results(
        &self,
        speeds: &[Speed],
        starts: &[(&'static str, Took)],
        answers: &[(&'static str, Vec<Value>)],
        history: &str,
    ) -> Result<String> {
        let whole = speeds.first().map(|speed| speed.size).unwrap_or_default();
        let pinned = fs::read_to_string(root().join("bench").join("requirements-secrets.txt"))?;
        let versions: Vec<String> = pinned
            .lines()
            .filter(|line| !line.starts_with(['#', 'c']))
            .map(|line| line.replace("==", " "))
            .collect();
        let mut out = format!(
            "# Secrets: tieout, kingfisher, gitleaks, detect-secrets, and ripgrep as the floor\n\n\
             Made by `cargo xtask bench secrets` on {}; {}; {}.\n\n\
             ## Speed\n\n\
             The clean tree: the wheels of `bench/secrets/clean.txt`, unpacked: {} files, {:.0} MB. tieout's and rg's rows are the\n\
             median of {RUNS} runs by CPU time. gitleaks would take many minutes for it and detect-secrets more than an hour: they were\n\
             given a part. gitleaks starts by its wheel's few lines of Python.\n\n\
             | | MB | CPU, s | MB per CPU-second | wall, s | peak, MiB | findings |\n|---|---:|---:|---:|---:|---:|---:|\n",
            today(&self.venv)?,
            machine(),
            versions.join(", "),
            whole.files,
            megabytes(whole),
        );
        for speed in speeds {
            let cpu = speed.took.cpu_seconds;
            writeln!(
                out,
                "| {} | {:.1} | {cpu:.2} | {:.1} | {:.2} | {:.0} | {} |",
                speed.title,
                megabytes(speed.size),
                megabytes(speed.size) / cpu.max(0.001),
                speed.took.wall_seconds,
                speed.took.peak_mib,
                speed.found.map_or_else(|| "–".to_owned(), |found| found.to_string()),
            )?;
        }
        out += "\nStart-up, on a folder with one file of one line (median by CPU time): ";
        let told: Vec<String> = starts
            .iter()
            .map(|(title, took)| {
                format!("{title} {:.0} ms, {:.0} MiB", took.wall_seconds * 1000.0, took.peak_mib)
            })
            .collect();
        writeln!(out, "{}.\n\n## Planted secrets among decoys\n", told.join("; "))?;
        writeln!(
            out,
            "`bench/secrets_planted.py` with the seeds {}. A secret is found when a finding stands on one of its lines; any other\n\
             finding is wrong; a second one on a secret is a duplicate. Sentry DSNs are left out.\n\n\
             | | seed | planted | recall | precision | wrong | duplicates | kinds under 0.9 | accounts decoded |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|",
            SEEDS.join(", ")
        )?;
        for (title, scores) in answers {
            for (seed, score) in SEEDS.iter().zip(scores) {
                writeln!(out, "{}", answer_row(title, seed, score))?;
            }
        }
        let (said, details) = history.split_once('\n').unwrap_or((history, ""));
        writeln!(out, "\n## History\n\n`bench/secrets_history.py` with seed {}, tieout: {said}.", SEEDS[0])?;
        if !details.trim().is_empty() {
            writeln!(out, "\n```text\n{}\n```", details.trim_end())?;
        }
        Ok(out)
    }
}

fn megabytes(size: Size) -> f64 {
    // Precise enough for megabytes of any tree that fits a disk.
    #[allow(clippy::cast_precision_loss)]
    let bytes = size.bytes as f64;
    bytes / 1e6
}

fn answer_row(title: &str, seed: &str, score: &Value) -> String {
    let number = |name: &str| score.get(name).and_then(Value::as_u64).unwrap_or_default();
    let ratio = |name: &str| score.get(name).and_then(Value::as_f64).unwrap_or_default();
    let weak = score.get("kinds").and_then(Value::as_object).map_or(0, |kinds| {
        let of = |kind: &Value, name: &str| kind.get(name).and_then(Value::as_u64).unwrap_or_default();
        kinds.values().filter(|kind| of(kind, "found") * 10 < of(kind, "planted") * 9).count()
    });
    format!(
        "| {title} | {seed} | {} | {:.4} | {:.4} | {} | {} | {weak} | {}/{} |",
        number("planted"),
        ratio("recall"),
        ratio("precision"),
        number("wrong"),
        number("duplicates"),
        number("pairs_decoded"),
        number("pairs"),
    )
}

/// How many findings a result has.
fn count(tool: &str, result: &Path) -> Result<usize> {
    let text = fs::read_to_string(result).with_context(|| format!("{tool} wrote no {}", result.display()))?;
    // kingfisher prints a summary after its findings: the first document counts.
    let first: Value = serde_json::Deserializer::from_str(&text)
        .into_iter()
        .next()
        .context("an empty result")?
        .with_context(|| format!("{tool} wrote no JSON"))?;
    Ok(match tool {
        "detect-secrets" => first
            .get("results")
            .and_then(Value::as_object)
            .map_or(0, |files| files.values().filter_map(Value::as_array).map(Vec::len).sum()),
        "gitleaks" => first.as_array().map_or(0, Vec::len),
        _ => first.get("findings").and_then(Value::as_array).map_or(0, Vec::len),
    })
}

fn size(folder: &Path) -> Result<Size> {
    let mut total = Size::default();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let below = size(&entry.path())?;
            total.files += below.files;
            total.bytes += below.bytes;
        } else if kind.is_file() {
            total.files += 1;
            total.bytes += entry.metadata()?.len();
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_kind_is_weak_when_less_than_nine_in_ten_are_found() {
        let score = json!({"planted": 20, "recall": 0.95, "precision": 1.0, "wrong": 0, "duplicates": 0, "pairs": 2,
            "pairs_decoded": 1, "kinds": {"a": {"found": 9, "planted": 10}, "b": {"found": 8, "planted": 10}}});
        assert_eq!(answer_row("tool", "1", &score), "| tool | 1 | 20 | 0.9500 | 1.0000 | 0 | 0 | 1 | 1/2 |");
    }
}

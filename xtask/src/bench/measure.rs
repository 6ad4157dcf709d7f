//! What a command took, as `bench/measure.py` reads it from the operating system, and the table of two tools.

use crate::python::{Venv, root};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What one run took.
#[derive(Debug, Clone, Deserialize)]
pub struct Took {
    /// Exit code.
    pub code: i32,
    /// From start to end, in seconds.
    pub wall_seconds: f64,
    /// User and system time of the command and all that it waited for, in seconds.
    pub cpu_seconds: f64,
    /// Resident memory of its largest process at the highest, in MiB.
    pub peak_mib: f64,
}

/// A command whose cost is measured.
pub struct Measured {
    command: Command,
    report: PathBuf,
}

impl Measured {
    /// `program` in `folder`, its output in `folder/NAME.out` and `folder/NAME.err`.
    pub fn new(venv: &Venv, name: &str, program: &Path, folder: &Path) -> Result<Measured> {
        let report = folder.join(format!("{name}.took.json"));
        let mut command = venv.command("python");
        command
            .arg(root().join("bench").join("measure.py"))
            .arg(&report)
            .arg(program)
            .current_dir(folder)
            .stdout(File::create(folder.join(format!("{name}.out")))?)
            .stderr(File::create(folder.join(format!("{name}.err")))?);
        Ok(Measured { command, report })
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Measured {
        self.command.args(args);
        self
    }

    /// Changes the command itself: its environment, its folder.
    pub fn with(mut self, change: impl FnOnce(&mut Command)) -> Measured {
        change(&mut self.command);
        self
    }

    /// Runs it; an exit code that is not one of `good` is an error.
    pub fn run(mut self, good: &[i32]) -> Result<Took> {
        let status = self.command.status().with_context(|| format!("cannot start {:?}", self.command))?;
        if !status.success() {
            bail!("{:?} ended with {status}", self.command);
        }
        let text = fs::read_to_string(&self.report)?;
        let took: Took = serde_json::from_str(&text).context("bench/measure.py wrote no measurement")?;
        if !good.contains(&took.code) {
            bail!(
                "{:?} ended with {}; see the .err file beside {}",
                self.command,
                took.code,
                self.report.display()
            );
        }
        Ok(took)
    }
}

/// The run in the middle by CPU time.
pub fn median(mut runs: Vec<Took>) -> Result<Took> {
    runs.sort_by(|a, b| a.cpu_seconds.total_cmp(&b.cpu_seconds));
    let middle = runs.len() / 2;
    runs.into_iter().nth(middle).context("no run to take the median of")
}

/// A Markdown table of both, with the ratios.
pub fn table(peer: &str, ours: &Took, theirs: &Took) -> String {
    let rows = [
        ("wall time, s", ours.wall_seconds, theirs.wall_seconds, 2),
        ("CPU time, s", ours.cpu_seconds, theirs.cpu_seconds, 2),
        ("peak memory, MiB", ours.peak_mib, theirs.peak_mib, 0),
    ];
    let mut out = format!("| | tieout | {peer} | ratio |\n|---|---:|---:|---:|\n");
    for (name, ours, theirs, digits) in rows {
        let ratio = if ours > 0.0 { format!("{:.1} ×", theirs / ours) } else { "–".to_owned() };
        out += &format!("| {name} | {ours:.digits$} | {theirs:.digits$} | {ratio} |\n");
    }
    out
}

/// The machine in a line: processor, cores, memory, system.
pub fn machine() -> String {
    let processor = line_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor unknown".to_owned());
    let memory = line_of("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok())
        .map_or_else(|| "memory unknown".to_owned(), |kib| format!("{:.0} GiB", kib / 1024.0 / 1024.0));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{processor}, {cores} cores, {memory}, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}

fn line_of(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(wall: f64, cpu: f64, peak: f64) -> Took {
        Took { code: 0, wall_seconds: wall, cpu_seconds: cpu, peak_mib: peak }
    }

    #[test]
    fn the_median_is_the_run_in_the_middle_by_cpu_time() {
        let runs = vec![took(9.0, 3.0, 1.0), took(1.0, 1.0, 1.0), took(5.0, 2.0, 1.0)];
        assert_eq!(median(runs).unwrap().wall_seconds, 5.0);
        assert!(median(Vec::new()).is_err());
    }

    #[test]
    fn the_table_says_how_many_times_more_the_peer_took() {
        let text = table("Peer", &took(0.5, 0.25, 50.0), &took(10.0, 10.0, 400.0));
        assert!(text.contains("| wall time, s | 0.50 | 10.00 | 20.0 × |"), "{text}");
        assert!(text.contains("| CPU time, s | 0.25 | 10.00 | 40.0 × |"), "{text}");
        assert!(text.contains("| peak memory, MiB | 50 | 400 | 8.0 × |"), "{text}");
    }
}

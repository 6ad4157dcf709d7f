//! `cargo xtask bench deps`: sixteen mixed projects, against pip-audit and uv audit, which ask a local server of the same
//! OSV records.

use super::measure::{Measured, Took, machine, median};
use crate::python::{Venv, root, today};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Ours is short, so it is run often and the median counts; the peers are run once.
const OUR_RUNS: usize = 5;
/// Which sixteen projects: another seed takes other packages and versions.
const SEED: &str = "1";

/// Each requirements file; without resolving, because the index is not asked.
const PIP_AUDIT: &str = r#"
cd "$PROJECTS"
find . -name 'requirements*.txt' -not -path '*/site-packages/*' | sort | while read -r file; do
  project=$(echo "$file" | cut -d/ -f2); mkdir -p "$OUT/$project"
  "$TOOL" -r "$file" --no-deps --disable-pip -s osv --osv-url "$OSV/v1/query" -f json --progress-spinner off \
    -o "$OUT/$project/$(echo "${file#./}" | tr / _).json" || true
done
find . -name 'pylock*.toml' | sort | xargs -n1 dirname | sort -u | while read -r folder; do
  mkdir -p "$OUT/$folder"
  "$TOOL" --locked "$folder" -s osv --osv-url "$OSV/v1/query" -f json --progress-spinner off \
    -o "$OUT/$folder/pylock.json" || true
done
find . -name site-packages | sort | while read -r folder; do
  project=$(echo "$folder" | cut -d/ -f2); mkdir -p "$OUT/$project"
  "$TOOL" --path "$folder" -s osv --osv-url "$OSV/v1/query" -f json --progress-spinner off \
    -o "$OUT/$project/installed.json" || true
done
"#;

/// Each uv.lock.
const UV: &str = r#"
cd "$PROJECTS"
find . -name uv.lock | sort | while read -r file; do
  project=$(echo "$file" | cut -d/ -f2); mkdir -p "$OUT/$project"
  "$TOOL" audit --frozen --no-python-downloads --service-url "$OSV/" --output-format json \
    --project "$(dirname "$file")" > "$OUT/$project/$(echo "${file#./}" | tr / _).json" || true
done
"#;

/// One process for each project, as people run it.
const TIEOUT: &str = r#"
cd "$PROJECTS"
for project in [0-9]*; do
  mkdir -p "$OUT/$project"
  (cd "$project" && "$TOOL" deps . --advisories "$ZIP" --no-config -f json -o "$OUT/$project/tieout.json") || true
done
"#;

/// Projects of which a tool names every flaw, and no other.
#[derive(Debug, Deserialize)]
struct Answers {
    tieout: usize,
    #[serde(rename = "pip-audit")]
    pip_audit: usize,
    uv: usize,
}

struct Bench {
    venv: Venv,
    binary: PathBuf,
    zip: PathBuf,
    work: PathBuf,
    projects: PathBuf,
    cache: PathBuf,
}

/// Measures the three and writes the results down.
pub fn run() -> Result<()> {
    let zip = zip()?;
    let venv = Venv::ensure("bench-deps-venv", &root().join("bench").join("requirements-deps.txt"))?;
    let binary = super::release_binary()?;
    let work = super::fresh_folder("deps")?;
    let (projects, cache) = (work.join("projects"), work.join("cache"));
    let bench = Bench { venv, binary, zip, work, projects, cache };
    bench.script(&[])?;
    println!("tieout …");
    let from_zip = median((0..OUR_RUNS).map(|_| bench.all_at_once(true)).collect::<Result<_>>()?)?;
    let from_index = median((0..OUR_RUNS).map(|_| bench.all_at_once(false)).collect::<Result<_>>()?)?;
    let each = median((0..OUR_RUNS).map(|_| bench.each("tieout", TIEOUT, "")).collect::<Result<_>>()?)?;
    let server = Server::start(&bench)?;
    println!("pip-audit …");
    let pip_audit = bench.each("pip-audit", PIP_AUDIT, &server.url)?;
    println!("uv audit …");
    let uv = bench.each("uv", UV, &server.url)?;
    let answers = bench.work.join("answers");
    let said = bench.script(&["--answers".as_ref(), answers.as_os_str()])?;
    let line = said.lines().last().context("bench/deps_projects.py said nothing")?;
    let answers: Answers = serde_json::from_str(line).context("bench/deps_projects.py counted nothing")?;
    let whole = bench.script(&["--check".as_ref(), bench.binary.as_os_str()])?;
    let rows = [&from_zip, &from_index, &each, &pip_audit, &uv];
    let text = bench.results(rows, &answers, &whole)?;
    let file = root().join("bench").join("RESULTS-deps.md");
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{text}\nwritten to {}", file.display());
    Ok(())
}

/// The OSV records, which are not part of the repository.
fn zip() -> Result<PathBuf> {
    let shared =
        std::env::var_os("TIEOUT_SHARED").map_or_else(|| root().join("..").join("shared"), PathBuf::from);
    let zip = shared.join("advisories").join("pypi-osv.zip");
    zip.canonicalize().with_context(|| {
        format!(
            "{}: there are no OSV records; set TIEOUT_SHARED to the folder that holds advisories/pypi-osv.zip",
            zip.display()
        )
    })
}

impl Bench {
    /// Runs `deps_projects.py`; that it finds differences is an answer too.
    fn script(&self, args: &[&std::ffi::OsStr]) -> Result<String> {
        let script = root().join("bench").join("deps_projects.py");
        let mut command = self.venv.command("python");
        command.arg(script).arg(&self.projects).arg(&self.zip).args(["--seed", SEED]).args(args);
        let output = command.stderr(Stdio::inherit()).output().context("cannot start Python")?;
        if !matches!(output.status.code(), Some(0 | 1)) {
            bail!("{command:?} ended with {}", output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// All sixteen by one process: out of the archive, or out of the index that an earlier run left in the cache.
    fn all_at_once(&self, anew: bool) -> Result<Took> {
        if anew && self.cache.exists() {
            fs::remove_dir_all(&self.cache)?;
        }
        Measured::new(&self.venv, "all", &self.binary, &self.work)?
            .args(["deps", ".", "--no-config", "-f", "json", "--advisories"])
            .args([self.zip.as_os_str(), "-o".as_ref(), self.work.join("all.json").as_os_str()])
            .with(|command| {
                command.current_dir(&self.projects).envs(self.ours());
            })
            .run(&[0, 1, 4])
    }

    fn ours(&self) -> [(&'static str, std::ffi::OsString); 2] {
        [("TIEOUT_CACHE_DIR", self.cache.clone().into()), ("TIEOUT_OFFLINE", "true".into())]
    }

    /// A tool on one file or project after another.
    fn each(&self, tool: &str, script: &str, osv: &str) -> Result<Took> {
        let out = self.work.join("answers").join(tool);
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        fs::create_dir_all(&out)?;
        let program = if tool == "tieout" { self.binary.clone() } else { self.venv.program(tool) };
        Measured::new(&self.venv, tool, Path::new("sh"), &self.work)?
            .args(["-c", script])
            .with(|command| {
                command.env("PROJECTS", &self.projects).env("OUT", &out).env("TOOL", program);
                command.env("ZIP", &self.zip).env("OSV", osv).envs(self.ours());
            })
            .run(&[0])
    }

    fn results(&self, rows: [&Took; 5], answers: &Answers, whole: &str) -> Result<String> {
        let [from_zip, from_index, each, pip_audit, uv] = rows;
        let row = |name: &str, took: &Took, ours: &Took| {
            format!(
                "| {name} | {:.3} | {:.3} | {:.1} | {:.1} × |\n",
                took.cpu_seconds,
                took.wall_seconds,
                took.peak_mib,
                took.cpu_seconds / ours.cpu_seconds.max(0.001)
            )
        };
        let times = [
            row("tieout, all sixteen in one process, out of the archive", from_zip, from_zip),
            row("tieout, the same, out of the prebuilt index", from_index, from_zip),
            row("tieout, sixteen processes, out of the prebuilt index", each, from_zip),
            row("pip-audit, each requirements file, pylock and site-packages", pip_audit, from_zip),
            row("uv audit, each uv.lock", uv, from_zip),
        ];
        let (head, differences) = whole.split_once('\n').unwrap_or((whole, ""));
        let last = differences.lines().last().unwrap_or_default();
        let told: Vec<&str> = differences.lines().filter(|line| line.starts_with("  ")).collect();
        let told = if told.is_empty() {
            "none".to_owned()
        } else {
            format!("\n\n```text\n{}\n```", told.join("\n"))
        };
        Ok(format!(
            "# Dependencies: tieout, pip-audit and uv audit\n\n\
             Made by `cargo xtask bench deps` on {date}; {machine}; {versions}.\n\
             Sixteen mixed projects made by `bench/deps_projects.py` with seed {SEED} ({head}) out of the OSV records of\n\
             `advisories/pypi-osv.zip`. tieout reads that archive (its numbers are the median of {OUR_RUNS} runs); pip-audit and\n\
             uv ask `bench/osv_server.py` on the loopback, which answers out of the same archive (one run; the server's own\n\
             time is not counted). pip-audit is run with `-s osv --osv-url URL --no-deps --disable-pip` on requirements files,\n\
             because resolving would ask the package index, with `--locked` on pylock.toml and with `--path` on installed\n\
             packages; uv with `audit --frozen --service-url URL`. Neither reads the other formats, so the times\n\
             compare what people wait for, not work of the same size.\n\n\
             | | CPU, s | wall, s | peak, MiB | CPU, times tieout's first row |\n|---|---:|---:|---:|---:|\n{times}\n\
             | of sixteen projects | tieout | pip-audit | uv audit |\n|---|---:|---:|---:|\n\
             | every flaw of every component, none extra | {ours} | {theirs} | {uvs} |\n\n\
             A component whose environment marker never holds on Linux counts as extra; a project with several kinds of files\n\
             is answered by who reads all of them.\n\n\
             tieout with unaudited entries and runtimes counted too: {last}. Differences: {told}\n",
            date = today(&self.venv)?,
            machine = machine(),
            versions = self.versions()?,
            times = times.concat(),
            ours = answers.tieout,
            theirs = answers.pip_audit,
            uvs = answers.uv,
        ))
    }

    /// The peers' versions, as the file of requirements pins them.
    fn versions(&self) -> Result<String> {
        let pinned = fs::read_to_string(root().join("bench").join("requirements-deps.txt"))?;
        let peers = pinned.lines().filter(|line| !line.starts_with("packaging"));
        Ok(peers.map(|line| line.replace("==", " ")).collect::<Vec<_>>().join(", "))
    }
}

/// OSV's API on a free loopback port; dropped, it is ended.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(bench: &Bench) -> Result<Server> {
        let mut command: Command = bench.venv.command("python");
        command
            .arg(root().join("bench").join("osv_server.py"))
            .arg(&bench.zip)
            .arg("0")
            .stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start bench/osv_server.py")?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let mut server = Server { child, url: url.clone().unwrap_or_default() };
        if url.is_none() {
            let ended = server.child.try_wait()?;
            bail!("bench/osv_server.py does not listen ({ended:?})");
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // By its own id; nothing else on the machine is touched.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! `cargo xtask bench tls`: servers on loopback, against sslyze: the time for each endpoint, and whether both find the same
//! versions, ciphers and curves.

use super::measure::{Measured, Took, machine, median, table};
use crate::python::{Venv, root, succeed, today};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ours is short, so it is run more often and the median counts; the peer is run once.
const OUR_RUNS: usize = 3;

/// The servers: a name, and how `openssl s_server` is started; `python MINIMUM` is Python's own.
const SERVERS: &[(&str, &[&str])] = &[
    ("OpenSSL as it comes", &["-cert", "rsa.pem", "-key", "rsa.key"]),
    (
        "every cipher and version",
        &["-cert", "rsa.pem", "-key", "rsa.key", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
    ),
    (
        "two certificates, its own order",
        &[
            "-cert",
            "rsa.pem",
            "-key",
            "rsa.key",
            "-dcert",
            "ec.pem",
            "-dkey",
            "ec.key",
            "-serverpref",
            "-cipher",
            "DEFAULT:@SECLEVEL=0",
        ],
    ),
    ("TLS 1.0 alone", &["-cert", "rsa.pem", "-key", "rsa.key", "-tls1", "-cipher", "ALL:@SECLEVEL=0"]),
    ("TLS 1.3 alone, P-256", &["-cert", "ec.pem", "-key", "ec.key", "-tls1_3"]),
    ("Python's ssl from TLS 1.2", &["python", "TLSv1_2"]),
];

/// The versions, in sslyze's words and in ours.
const VERSIONS: [(&str, &str); 6] = [
    ("ssl_2_0", "SSLv2"),
    ("ssl_3_0", "SSLv3"),
    ("tls_1_0", "TLSv1"),
    ("tls_1_1", "TLSv1.1"),
    ("tls_1_2", "TLSv1.2"),
    ("tls_1_3", "TLSv1.3"),
];

/// Measures both and writes the results down.
pub fn run() -> Result<()> {
    let binary = super::release_binary()?;
    let venv = Venv::ensure("bench-tls-venv", &root().join("bench").join("requirements-tls.txt"))?;
    let work = super::fresh_folder("tls")?;
    certificates(&work)?;
    let mut rows = String::new();
    let (mut all_ours, mut all_theirs) = (Vec::new(), Vec::new());
    for (name, flags) in SERVERS {
        println!("{name} …");
        let server = Server::start(&venv, &work, flags)?;
        let ours =
            (0..OUR_RUNS).map(|_| tieout(&venv, &binary, &work, server.port)).collect::<Result<Vec<_>>>()?;
        let ours = median(ours)?;
        let theirs = sslyze(&venv, &work, server.port)?;
        let agreement = agreement(&work)?;
        let ratio = theirs.wall_seconds / ours.wall_seconds;
        let _ = writeln!(
            rows,
            "| {name} | {:.2} | {:.2} | {ratio:.0} × | {agreement} |",
            ours.wall_seconds, theirs.wall_seconds
        );
        all_ours.push(ours);
        all_theirs.push(theirs);
    }
    let text = results(&venv, &rows, &sum(&all_ours), &sum(&all_theirs))?;
    let file = root().join("bench").join("RESULTS-tls.md");
    fs::write(&file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{text}\nwritten to {}", file.display());
    Ok(())
}

fn certificates(work: &Path) -> Result<()> {
    let kinds: [(&str, &[&str]); 2] =
        [("rsa", &["rsa:2048"]), ("ec", &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])];
    for (name, key) in kinds {
        succeed(
            Command::new("openssl")
                .args(["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=localhost"])
                .args(["-addext", "subjectAltName=DNS:localhost", "-newkey"])
                .args(key)
                .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")])
                .current_dir(work)
                .stderr(Stdio::null()),
        )
        .context("openssl could not make a certificate")?;
    }
    Ok(())
}

/// A server, ended with the value.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(venv: &Venv, work: &Path, flags: &[&str]) -> Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = match flags {
            ["python", minimum] => {
                let mut command = venv.command("python");
                command.arg(root().join("bench").join("tls_server.py"));
                command.args(["rsa.pem", "rsa.key", &port.to_string(), minimum]);
                command
            }
            flags => {
                let mut command = Command::new("openssl");
                command.args(["s_server", "-www", "-accept", &port.to_string()]).args(flags);
                command
            }
        };
        command.current_dir(work).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().context("the server does not start")?;
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until && child.try_wait()?.is_none() {
            if TcpStream::connect(("localhost", port)).is_ok() {
                return Ok(Server { child, port });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        bail!("the server does not start: {flags:?}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `openssl s_server -www` sleeps for a second after a renegotiation; neither tool shall wait for the other's.
const REST: Duration = Duration::from_millis(1500);

fn tieout(venv: &Venv, binary: &Path, work: &Path, port: u16) -> Result<Took> {
    std::thread::sleep(REST);
    Measured::new(venv, "tieout", binary, work)?
        .args([
            "tls",
            "endpoint",
            &format!("localhost:{port}"),
            "--no-config",
            "-f",
            "json",
            "-o",
            "tieout.json",
        ])
        .run(&[0, 1])
}

/// The same questions: every version with its ciphers, curves, certificate, compression, renegotiation, fallback, headers.
fn sslyze(venv: &Venv, work: &Path, port: u16) -> Result<Took> {
    std::thread::sleep(REST);
    Measured::new(venv, "sslyze", &venv.program("sslyze"), work)?
        .args(["--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--elliptic_curves"])
        .args(["--certinfo", "--compression", "--reneg", "--fallback", "--http_headers"])
        .args(["--json_out=sslyze.json", &format!("localhost:{port}")])
        .run(&[0, 1])
}

/// What differs, in a few words.
fn agreement(work: &Path) -> Result<String> {
    let read =
        |name: &str| -> Result<Value> { Ok(serde_json::from_str(&fs::read_to_string(work.join(name))?)?) };
    let (ours, theirs) = (read("tieout.json")?, read("sslyze.json")?);
    let ours = ours.pointer("/0/versions").context("tieout found no versions")?;
    let theirs = theirs.pointer("/server_scan_results/0/scan_result").context("sslyze found nothing")?;
    let mut same = 0;
    let mut differs = BTreeMap::new();
    for (word, version) in VERSIONS {
        let result = theirs.pointer(&format!("/{word}_cipher_suites/result")).cloned().unwrap_or_default();
        let list = |name: &str| -> BTreeSet<String> {
            let list = result.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(|one| Some(one.pointer("/cipher_suite/name")?.as_str()?.to_owned())).collect()
        };
        let (accepted, rejected) = (list("accepted_cipher_suites"), list("rejected_cipher_suites"));
        let found = ours.get(version).and_then(|offer| offer.get("ciphers")).and_then(Value::as_array);
        let found: BTreeSet<String> =
            found.into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect();
        let missing: Vec<String> = accepted.difference(&found).cloned().collect();
        let more: Vec<String> = found.intersection(&rejected).cloned().collect();
        same += accepted.intersection(&found).count();
        if !missing.is_empty() || !more.is_empty() {
            differs.insert(version, format!("{version}: tieout lacks {missing:?}, has besides {more:?}"));
        }
    }
    Ok(match differs.is_empty() {
        true => format!("{same} of {same}"),
        false => differs.into_values().collect::<Vec<_>>().join("; "),
    })
}

fn sum(all: &[Took]) -> Took {
    Took {
        code: 0,
        wall_seconds: all.iter().map(|took| took.wall_seconds).sum(),
        cpu_seconds: all.iter().map(|took| took.cpu_seconds).sum(),
        peak_mib: all.iter().map(|took| took.peak_mib).fold(0.0, f64::max),
    }
}

fn results(venv: &Venv, rows: &str, ours: &Took, theirs: &Took) -> Result<String> {
    let pinned = fs::read_to_string(root().join("bench").join("requirements-tls.txt"))?;
    let version = pinned.lines().find_map(|line| line.strip_prefix("sslyze==")).unwrap_or("?");
    let peer = format!("sslyze {version}");
    let openssl = Command::new("openssl").arg("version").output().context("openssl version")?;
    Ok(format!(
        "# Endpoints: tieout and {peer}\n\n\
         Made by `cargo xtask bench tls` on {date}; {machine}.\n\
         Servers on loopback ({openssl}), one endpoint a run, both tools in the same run and with JSON output;\n\
         tieout's numbers are the median of {OUR_RUNS} runs, {peer}'s of one, with the same questions: ciphers of\n\
         every version, curves, certificate, compression, renegotiation, fallback, headers. Agreement counts the\n\
         pairs of version and cipher that both can speak.\n\n\
         | server | tieout, s | {peer}, s | ratio | agreement |\n|---|---:|---:|---:|---|\n{rows}\n\
         All servers together:\n\n{table}",
        date = today(venv)?,
        machine = machine(),
        openssl = String::from_utf8_lossy(&openssl.stdout).trim(),
        table = table(&peer, ours, theirs),
    ))
}

//! `cargo xtask record-example`: the recorded account beside `examples/orders`, made by tieout's own
//! `--record` from a moto server that the committed `seed.py` fills.

use crate::bench::release_binary;
use crate::python::{Moto, Venv, root, succeed, today, towards};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The regions that the example's account uses, and one it leaves empty.
const REGIONS: &str = "eu-central-1,us-east-1,eu-west-1";

/// Makes `examples/orders/account/record.jsonl` anew.
pub fn run(args: &[String]) -> Result<()> {
    if !args.is_empty() {
        bail!("cargo xtask record-example takes no arguments");
    }
    let account = root().join("examples/orders/account");
    let record = account.join("record.jsonl");
    let venv = Venv::ensure("venv", &root().join("tests").join("requirements.txt"))?;
    let binary = release_binary()?;
    let moto = Moto::start(&venv)?;
    succeed(towards(
        venv.command("python").arg(account.join("seed.py")).args(["--endpoint-url", &moto.endpoint()]),
        &moto,
    ))
    .context("the seed could not fill the account")?;
    audit(&binary, &moto, &record)?;
    let day = today(&venv)?;
    set_day(&root().join("examples/orders/tieout.toml"), &day)?;
    println!("wrote {}; tieout.toml judges it as of {day}", record.display());
    Ok(())
}

/// Sets `as-of` of the example's settings: ages are judged on the day of the record, so that the example's
/// findings stay the same for ever.
fn set_day(settings: &Path, day: &str) -> Result<()> {
    let text = fs::read_to_string(settings)?;
    let lines: Vec<String> = text
        .lines()
        .map(|line| if line.starts_with("as-of = ") { format!("as-of = \"{day}\"") } else { line.to_owned() })
        .collect();
    fs::write(settings, lines.join("\n") + "\n")
        .with_context(|| format!("cannot write {}", settings.display()))
}

fn audit(binary: &Path, moto: &Moto, record: &Path) -> Result<()> {
    // An empty folder: only the account is to be seen, without the example's own settings.
    let empty = tempfile::tempdir()?;
    let mut command = Command::new(binary);
    command
        .current_dir(empty.path())
        .args(["audit", "--aws", "--only", "aws", "--endpoint-url", &moto.endpoint()])
        .args(["--regions", REGIONS, "-f", "json", "-o"])
        .arg(empty.path().join("assessment.json"))
        .arg("--record")
        .arg(record);
    let status = towards(&mut command, moto).status().context("cannot start tieout")?;
    // 1 says that there are findings, as there should be.
    match status.code() {
        Some(0 | 1) => Ok(()),
        _ => bail!("tieout could not record the account: {status}"),
    }
}

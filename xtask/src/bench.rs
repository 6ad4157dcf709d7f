//! `cargo xtask bench`: tieout against the tools that people use today, on the same input in the same run,
//! with the ratios and the differences of their answers written down.

mod account;
mod agreement;
mod corpus;
mod deps;
mod iac;
mod iam;
mod measure;
mod secrets;
mod tls;

use crate::python::{root, succeed};
use anyhow::{Result, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const HELP: &str = "\
cargo xtask bench iac       templates, against Checkov; writes bench/RESULTS-iac.md
cargo xtask bench account   an account on a moto server, against Prowler; writes bench/RESULTS-account.md
cargo xtask bench deps      mixed projects, against pip-audit and uv audit; writes bench/RESULTS-deps.md
cargo xtask bench secrets   a clean tree, planted secrets, a history, against rg, kingfisher and detect-secrets; writes bench/RESULTS-secrets.md
cargo xtask bench iam       policies, against cloudsplaining and parliament; writes bench/RESULTS-iam.md
cargo xtask bench tls       servers on loopback, against sslyze and openssl; writes bench/RESULTS-tls.md
                            (--tieout PATH takes that binary in place of building one)
";

/// Runs one of them.
pub fn run(args: &[String]) -> Result<()> {
    match args {
        [what] if what == "iac" => iac::run(),
        [what] if what == "account" => account::run(),
        [what] if what == "iam" => iam::run(),
        [what] if what == "deps" => deps::run(),
        [what, rest @ ..] if what == "tls" => tls::run(rest),
        [what] if what == "secrets" => secrets::run(),
        [what] if what == "--help" || what == "-h" => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!("which of them?\n\n{HELP}"),
    }
}

/// Builds the release binary and tells where it is.
pub fn release_binary() -> Result<PathBuf> {
    Ok(release(&["--package", "tieout"])?.join("tieout"))
}

/// Builds something for release; returns the folder of the release, whatever target folder cargo uses.
fn release(what: &[&str]) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    succeed(Command::new(cargo).current_dir(root()).args(["build", "--release"]).args(what))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release"))
}

/// An empty folder of this name below `target/bench`.
fn fresh_folder(name: &str) -> Result<PathBuf> {
    let folder = root().join("target").join("bench").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

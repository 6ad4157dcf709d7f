//! Every example of every guide, each one test named after its check, section, language and number:
//! `secrets-tokens-absent::fails::python::1`. The secrets in them are made anew (see `rules/made.rs`).

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "rules/made.rs"]
mod made;

use libtest_mimic::Failed;
use made::{Random, expand};
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;
use tieout_check::Example;
use tieout_check::harness::{self, Said};
use tieout_secrets::reading::{Options, read};
use tieout_secrets::{Rules, SecretsCheck, checks};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

fn main() -> ExitCode {
    let checks = checks::CHECKS.iter().map(|check| (check.about.id, check.about.guide, *check));
    harness::main(checks, run)
}

/// The name of the file that a fence of a language stands for.
fn file_of(language: &str) -> Option<&'static str> {
    Some(match language {
        "python" => "app.py",
        "env" => ".env",
        "ini" => "credentials",
        "yaml" => "config.yaml",
        "pem" => "server.key",
        _ => return None,
    })
}

fn run(check: &'static SecretsCheck, example: &Example, name: &str) -> Result<Said, Failed> {
    let file = file_of(&example.language)
        .ok_or_else(|| format!("examples in `{}` are not run", example.language))?;
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join(file), expand(&example.text, &mut Random::new(name))?)?;
    let roots = [(PathBuf::from(folder.path()), String::new())];
    let reading = read(&RULES, &roots, &Options::default()).map_err(|error| error.to_string())?;
    let (results, findings, _) = tieout_secrets::run(&RULES, &reading, &[check]).finish();
    Ok((results, findings))
}

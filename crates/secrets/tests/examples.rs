//! Every example of every guide, each one test named after its check, section, language and number:
//! `secrets-tokens-absent::fails::python::1`. The secrets in them are made anew (see `rules/made.rs`).

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "rules/made.rs"]
mod made;

use libtest_mimic::{Arguments, Failed, Trial};
use made::{Random, expand};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use tieout_check::{Example, holds, is_complete, parse_guide};
use tieout_secrets::reading::{Options, read};
use tieout_secrets::{Rules, SecretsCheck, checks};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

fn main() {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> = checks::CHECKS.iter().flat_map(|check| trials_of(check)).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials_of(check: &'static SecretsCheck) -> Vec<Trial> {
    let id = check.about.id;
    let guide = parse_guide(check.about.guide);
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for example in guide.examples.clone() {
        let group = format!("{id}::{}::{}", example.expect.as_str(), example.language);
        let number = numbers.entry(group.clone()).or_default();
        *number += 1;
        let name = format!("{group}::{number}");
        trials.push(Trial::test(name.clone(), move || run(check, &example, &name)));
    }
    trials.push(Trial::test(format!("{id}::guide"), move || Ok(is_complete(&guide)?)));
    trials
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

fn run(check: &'static SecretsCheck, example: &Example, name: &str) -> Result<(), Failed> {
    let file = file_of(&example.language)
        .ok_or_else(|| format!("examples in `{}` are not run", example.language))?;
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join(file), expand(&example.text, &mut Random::new(name))?)?;
    let roots = [(PathBuf::from(folder.path()), String::new())];
    let reading = read(&RULES, &roots, &Options::default()).map_err(|error| error.to_string())?;
    let (results, findings, _) = tieout_secrets::run(&RULES, &reading, &[check]).finish();
    Ok(holds(example, &results, &findings)?)
}

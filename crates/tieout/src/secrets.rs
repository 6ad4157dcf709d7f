//! The secrets part of a run: rules, reading, judging, and what of it the Assessment keeps.

use crate::cli::SecretReadingArgs;
use crate::progress::Progress;
use anyhow::{Context, Result};
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use tieout_check::Ledger;
use tieout_secrets::reading::{Options, Reading, read};
use tieout_secrets::{Rules, SecretsCheck, rule};
use tieout_source::{Exclude, redact};

/// What the Assessment keeps.
pub struct Judged {
    /// Every verdict.
    pub ledger: Ledger,
    /// What was left out, in sentences.
    pub notices: Vec<String>,
    /// How many files were read.
    pub files: usize,
    /// Those of them that hold a finding, where marks of suppression are looked for.
    pub told: Vec<String>,
}

/// The built-in rules and the user's own.
pub fn rules(args: &SecretReadingArgs) -> Result<Rules> {
    let mut own = Vec::new();
    for file in &args.secret_rules {
        let shown = file.display();
        let text = tieout_source::read_text(file).with_context(|| format!("--secret-rules {shown}"))?;
        own.extend(rule::parse(&text).with_context(|| format!("--secret-rules {shown}"))?);
    }
    Ok(if own.is_empty() { Rules::built_in()? } else { Rules::with(own)? })
}

/// Looks through folders and files; paths are relative to the one folder, or to the current one.
pub fn judge(
    paths: &[PathBuf],
    args: &SecretReadingArgs,
    exclude: &Exclude,
    checks: &[&'static SecretsCheck],
    progress: &Progress,
) -> Result<Judged> {
    if let Some(key) = &args.fingerprint_key {
        redact::set_key(key);
    }
    // Never freed: the run ends soon after, and taking them apart takes longer than many a folder.
    let rules = ManuallyDrop::new(rules(args)?);
    progress.say(if args.history {
        "looking for secrets in files and history"
    } else {
        "looking for secrets"
    });
    let options = Options { archives: !args.no_archives, history: args.history, exclude: exclude.clone() };
    let reading = read(&rules, &roots(paths), &options)?;
    let mut told: Vec<String> = reading.sightings.iter().map(|sighting| sighting.path.to_string()).collect();
    told.sort_unstable();
    told.dedup();
    Ok(Judged {
        ledger: tieout_secrets::run(&rules, &reading, checks),
        files: reading.files,
        notices: notices(&reading),
        told,
    })
}

fn notices(reading: &Reading) -> Vec<String> {
    let mut notices = reading.notices.clone();
    notices.sort();
    notices.dedup();
    notices
}

/// Each path with what stands before the paths below it.
fn roots(paths: &[PathBuf]) -> Vec<(PathBuf, String)> {
    match paths {
        [one] => vec![(one.clone(), String::new())],
        several => several.iter().map(|path| (path.clone(), crate::deps::shown(path))).collect(),
    }
}

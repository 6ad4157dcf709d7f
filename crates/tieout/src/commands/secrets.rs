//! `tieout secrets`: secrets by themselves.

use crate::cli::{Cli, SecretsArgs};
use crate::exit::{Exit, Failed};
use crate::plan::{choose, configuration_for, exclude, left_out};
use crate::progress::Progress;
use crate::verdict::Rules;
use crate::{assess, output, scrub, secrets, suppress};
use anyhow::{Result, bail};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tieout_aws_state::State;
use tieout_model::Scope;
use time::OffsetDateTime;

/// Looks for secrets and writes the reports.
pub fn run(cli: &Cli, args: &SecretsArgs) -> Result<Exit> {
    if args.list_rules {
        return list(args);
    }
    output::validate(&args.output)?;
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { here.as_slice() } else { args.paths.as_slice() };
    let found = configuration_for(&args.config, paths)?;
    let exclude = exclude(&args.exclude, &found)?;
    let checks = choose(&args.choice, &found)?.secrets;
    if checks.is_empty() {
        bail!("no check of secrets is left: --select and --ignore (or the configuration) leave none");
    }
    let rules = Rules::new(&args.verdict, &args.output, &found)?;
    let as_of = rules.as_of.unwrap_or_else(|| OffsetDateTime::now_utc().date());
    let progress = Progress::new(cli.quiet);
    let judged = secrets::judge(paths, &args.reading, &exclude, &checks, &progress)?;
    if judged.files == 0 {
        progress.done();
        let shown: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let message = format!("nothing to audit: no file to read in {}", shown.join(", "));
        return Err(Failed(Exit::Nothing, message).into());
    }
    let roots = paths.iter().map(|path| path.display().to_string()).collect();
    let infos = checks.iter().map(|check| tieout_secrets::info(check)).collect();
    let mut assessment = assess::of(judged.ledger, Scope { roots, ..Scope::default() }, infos, as_of);
    assessment.notices = judged.notices;
    assessment.notices.extend(left_out(&args.exclude, &found));
    let root = match paths {
        [one] if one.is_dir() => one.clone(),
        [one] => {
            one.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
        }
        _ => PathBuf::from("."),
    };
    let files: Vec<&str> = judged.told.iter().map(String::as_str).collect();
    suppress::apply(&mut assessment, &State::build(Vec::new(), Vec::new(), as_of), &root, &[], &files);
    rules.apply(&mut assessment, as_of);
    scrub::assessment(&mut assessment);
    progress.done();
    output::write(cli, &args.output, rules.persona, &assessment, &root)?;
    if rules.has_open(&assessment) {
        return Ok(Exit::Findings);
    }
    Ok(if args.require_coverage && !assessment.complete { Exit::Incomplete } else { Exit::Clean })
}

fn list(args: &SecretsArgs) -> Result<Exit> {
    let rules = secrets::rules(&args.reading)?;
    let all = rules.all();
    let width = all.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in &all {
        let _ = writeln!(out, "{:width$}  {:8}  {}", rule.id, rule.severity, rule.kind);
    }
    let _ = writeln!(out, "{} rules", all.len());
    output::print(out.as_bytes())?;
    Ok(Exit::Clean)
}

//! `tieout secrets`: secrets by themselves.

use crate::cli::{Cli, SecretsArgs};
use crate::exit::{Exit, Failed};
use crate::plan::{choose, configuration};
use crate::progress::Progress;
use crate::verdict::Rules;
use crate::{assess, output, scrub, secrets, suppress};
use anyhow::{Result, bail};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tieout_aws_state::State;
use tieout_model::{Assessment, Reason, SCHEMA, Scope};
use time::OffsetDateTime;

/// Looks for secrets and writes the reports.
pub fn run(cli: &Cli, args: &SecretsArgs) -> Result<Exit> {
    if args.list_rules {
        return list(args);
    }
    output::validate(&args.output)?;
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { here.as_slice() } else { args.paths.as_slice() };
    for path in paths {
        if !path.exists() {
            bail!("{}: there is no such file or folder", path.display());
        }
    }
    let start = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let folder = if start.is_file() { start.parent().unwrap_or(start) } else { start };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let found = configuration(&args.config, folder)?;
    let checks = choose(&args.choice, &found)?.secrets;
    if checks.is_empty() {
        bail!("no check of secrets is left: --select and --ignore (or the configuration) leave none");
    }
    let rules = Rules::new(&args.verdict, &args.output, &found)?;
    let as_of = rules.as_of.unwrap_or_else(|| OffsetDateTime::now_utc().date());
    let progress = Progress::new(cli.quiet);
    let judged = secrets::judge(paths, &args.reading, &checks, &progress)?;
    if judged.files == 0 {
        progress.done();
        let shown: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let message = format!("nothing to audit: no file to read in {}", shown.join(", "));
        return Err(Failed(Exit::Nothing, message).into());
    }
    let (results, findings, gaps) = judged.ledger.finish();
    let mut assessment = Assessment {
        schema: SCHEMA.to_owned(),
        tool: assess::tool(),
        as_of: as_of.to_string(),
        scope: Scope {
            roots: paths.iter().map(|path| path.display().to_string()).collect(),
            ..Scope::default()
        },
        complete: gaps.iter().all(|gap| matches!(gap.reason, Reason::Unresolved | Reason::Unsupported)),
        checks: checks.iter().map(|check| tieout_secrets::info(check)).collect(),
        results,
        findings,
        gaps,
        tables: Vec::new(),
        components: Vec::new(),
        evidence: Vec::new(),
        notices: judged.notices,
    };
    let root = match paths {
        [one] if one.is_dir() => one.clone(),
        [_] => folder.to_owned(),
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

//! What a run is to do: flags over configuration over defaults.

use crate::cli::{AccountArgs, AuditArgs, ChoiceArgs, ConfigArgs, ExcludeArgs, Part, SourceArgs};
use crate::verdict::Rules;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use tieout_aws_checks::AwsCheck;
use tieout_deps::DepsCheck;
use tieout_model::CheckInfo;
use tieout_secrets::SecretsCheck;
use tieout_settings::{Found, Selection};
use tieout_source::{Exclude, WalkOptions};
use tieout_tls::TlsCheck;
use time::Date;
use time::macros::format_description;

/// The account part of a run.
#[derive(Debug, Clone)]
pub enum Account {
    /// None.
    No,
    /// The live account.
    Live,
    /// A recorded one.
    Replay(PathBuf),
}

/// What a run of `audit` is to do.
pub struct Plan {
    /// Folders and files to read; none where only the account is asked for.
    pub paths: Vec<PathBuf>,
    /// Folders and files to read for dependencies and runtimes; none where they are left out.
    pub dependencies: Vec<PathBuf>,
    /// Folders and files in which secrets are looked for; none where they are left out.
    pub secrets: Vec<PathBuf>,
    /// The account part.
    pub account: Account,
    /// The configuration that was found.
    pub found: Found,
    /// What of the paths is not read.
    pub exclude: Exclude,
    /// What makes a finding count.
    pub rules: Rules,
    /// The chosen checks.
    pub checks: Checks,
}

/// The configuration for a folder, or none.
pub fn configuration(args: &ConfigArgs, start: &Path) -> Result<Found> {
    if args.no_config {
        return Ok(Found::default());
    }
    match &args.config {
        Some(file) => Ok(tieout_settings::load(file)?),
        None => Ok(tieout_settings::discover(start)?),
    }
}

/// The configuration for what is to be read: of the folder of the first path.
///
/// # Errors
/// Where a path is not there, or the configuration is wrong.
pub fn configuration_for(args: &ConfigArgs, paths: &[PathBuf]) -> Result<Found> {
    for path in paths {
        if !path.exists() {
            bail!("{}: there is no such file or folder", path.display());
        }
    }
    let start = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let folder = if start.is_file() { start.parent().unwrap_or(start) } else { start };
    configuration(args, if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

/// What the user leaves unread: by the configuration relative to its folder, by flags relative to what is read.
///
/// # Errors
/// Where a pattern is none.
pub fn exclude(args: &ExcludeArgs, found: &Found) -> Result<Exclude> {
    let mut exclude = Exclude::default();
    exclude.add(found.file.as_deref().and_then(Path::parent), &found.config.exclude)?;
    exclude.add(None, &args.exclude)?;
    Ok(exclude)
}

/// What a report says of it.
pub fn left_out(args: &ExcludeArgs, found: &Found) -> Option<String> {
    let patterns: Vec<String> =
        found.config.exclude.iter().chain(&args.exclude).map(|pattern| format!("`{pattern}`")).collect();
    (!patterns.is_empty()).then(|| format!("not read, as the user excludes it: {}", patterns.join(", ")))
}

/// Checks of every engine, each sorted by id.
#[derive(Clone)]
pub struct Checks {
    /// Of AWS resources.
    pub aws: Vec<&'static dyn AwsCheck>,
    /// Of dependencies and runtimes.
    pub deps: Vec<&'static DepsCheck>,
    /// Of secrets.
    pub secrets: Vec<&'static SecretsCheck>,
    /// Of what speaks TLS.
    pub tls: Vec<&'static TlsCheck>,
}

impl Checks {
    /// Every check there is.
    pub fn all() -> Checks {
        Checks {
            aws: tieout_aws_checks::checks(),
            deps: tieout_deps::checks::CHECKS.to_vec(),
            secrets: tieout_secrets::checks::CHECKS.to_vec(),
            tls: tieout_tls::checks::CHECKS.to_vec(),
        }
    }

    /// The checks as reports show them, sorted by id.
    pub fn infos(&self) -> Vec<CheckInfo> {
        let mut infos: Vec<CheckInfo> =
            self.aws.iter().map(|check| tieout_aws_checks::info(*check)).collect();
        infos.extend(self.deps.iter().map(|check| tieout_deps::info(check)));
        infos.extend(self.secrets.iter().map(|check| tieout_secrets::info(check)));
        infos.extend(self.tls.iter().map(|check| tieout_tls::info(check)));
        infos.sort_by(|a, b| a.id.cmp(&b.id));
        infos
    }
}

/// The checks that flags and configuration choose.
pub fn choose(choice: &ChoiceArgs, found: &Found) -> Result<Checks> {
    let mut all = Checks::all();
    let or =
        |flags: &[String], file: &[String]| if flags.is_empty() { file.to_vec() } else { flags.to_vec() };
    let mut ignore = found.config.ignore.clone();
    ignore.extend(choice.ignore.iter().cloned());
    let selection = Selection { select: or(&choice.select, &found.config.select), ignore };
    if selection == Selection::default() {
        return Ok(all);
    }
    // Parses every guide: what a run with all checks need not wait for.
    let catalogue = all.infos();
    let chosen = selection.choose(&catalogue)?;
    if chosen.is_empty() {
        bail!(
            "no check is left: --select and --ignore (or the configuration) leave none out of {}",
            catalogue.len()
        );
    }
    all.aws.retain(|check| chosen.iter().any(|id| id == check.about().id));
    all.deps.retain(|check| chosen.iter().any(|id| id == check.about.id));
    all.secrets.retain(|check| chosen.iter().any(|id| id == check.about.id));
    all.tls.retain(|check| chosen.iter().any(|id| id == check.about.id));
    Ok(all)
}

/// A day as the user writes it.
pub fn day(text: &str) -> Result<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .with_context(|| format!("`{text}` is no day; write YYYY-MM-DD"))
}

impl Plan {
    /// Puts flags over configuration over defaults.
    pub fn new(args: &AuditArgs) -> Result<Plan> {
        let found = configuration_for(&args.config, &args.paths)?;
        let wants = |part| args.only.is_empty() || args.only.contains(&part);
        let account = account(&args.account, &found, &args.only);
        let account_only = args.paths.is_empty() && (args.account.aws || args.account.replay.is_some());
        let paths = |part| match (wants(part) && !account_only, args.paths.as_slice()) {
            (false, _) => Vec::new(),
            (true, []) => vec![PathBuf::from(".")],
            (true, paths) => paths.to_vec(),
        };
        if !wants(Part::Aws) && (args.account.aws || args.account.replay.is_some()) {
            bail!("--only leaves the account out, and --aws or --replay ask for it");
        }
        Ok(Plan {
            paths: paths(Part::Iac),
            dependencies: paths(Part::Deps),
            secrets: paths(Part::Secrets),
            account,
            rules: Rules::new(&args.verdict, &args.output, &found)?,
            checks: choose(&args.choice, &found)?,
            exclude: exclude(&args.exclude, &found)?,
            found,
        })
    }
}

fn account(args: &AccountArgs, found: &Found, only: &[Part]) -> Account {
    if let Some(file) = &args.replay {
        return Account::Replay(file.clone());
    }
    if args.aws || args.record.is_some() {
        return Account::Live;
    }
    if !only.is_empty() && !only.contains(&Part::Aws) {
        return Account::No;
    }
    match &found.config.account.replay {
        Some(file) => Account::Replay(found.resolve(file)),
        None if only.contains(&Part::Aws) => Account::Live,
        None => Account::No,
    }
}

/// What the user knows that the source does not say.
///
/// # Errors
/// Where a variable file cannot be read: without it the values would be others than the user means.
pub fn source_options(args: &SourceArgs, found: &Found, exclude: &Exclude) -> Result<tieout_iac::Options> {
    let config = &found.config.iac;
    let mut parameters = config.parameters.clone();
    parameters.extend(args.parameters.iter().cloned());
    let of_config = config.var_files.iter().map(|path| found.resolve(path));
    let variable_files = of_config.chain(args.var_files.iter().cloned()).map(|path| variable_file(&path));
    Ok(tieout_iac::Options {
        parameters,
        variable_files: variable_files.collect::<Result<_>>()?,
        region: config.region.as_deref().map(Into::into),
        account: config.account.as_deref().map(Into::into),
        walk: WalkOptions { exclude: exclude.clone(), ..WalkOptions::default() },
    })
}

fn variable_file(path: &Path) -> Result<tieout_iac::SourceFile> {
    let shown = path.to_string_lossy().replace('\\', "/");
    let text = tieout_source::read_text(path).with_context(|| format!("variable file {shown}"))?;
    Ok(tieout_iac::SourceFile { path: shown.into(), text: text.into() })
}

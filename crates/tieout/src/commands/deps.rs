//! `tieout deps`: dependencies and runtimes by themselves.

use crate::cli::{Cli, DepsArgs};
use crate::exit::{Exit, Failed};
use crate::plan::{self, Checks, choose, configuration_for, source_options};
use crate::progress::Progress;
use crate::verdict::Rules;
use crate::{assess, deps, output, scrub, source, suppress};
use anyhow::Result;
use std::fmt::Write as _;
use std::path::PathBuf;
use tieout_deps::fix::{self, Plan, Wanted, apply, diff};
use tieout_model::{Assessment, Detail, Finding, Gap, PackageDetail, Reason, Status};
use tieout_source::redact::escape_terminal as clean;
use time::OffsetDateTime;

/// The checks whose open results make a strict run fail: what is shipped must be known. Which patch release a tag comes
/// down to, or where a scan runs that no file tells of, is said and not demanded.
const STRICT: [&str; 3] = ["deps-package-no-known-vulnerabilities", "deps-runtime-supported", RUNTIME_CHECK];
/// The one check of AWS resources that is about runtimes.
const RUNTIME_CHECK: &str = "lambda-function-runtime-supported";

/// Audits the dependencies and runtimes of a project and writes the reports.
pub fn run(cli: &Cli, args: &DepsArgs) -> Result<Exit> {
    output::validate(&args.output)?;
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { here.as_slice() } else { args.paths.as_slice() };
    let found = configuration_for(&args.config, paths)?;
    let exclude = plan::exclude(&args.exclude, &found)?;
    let mut checks = choose(&args.choice, &found)?;
    checks.aws.retain(|check| check.about().id == RUNTIME_CHECK);
    checks.tls.clear();
    let rules = Rules::new(&args.verdict, &args.output, &found)?;
    let as_of = rules.as_of.unwrap_or_else(|| OffsetDateTime::now_utc().date());
    deps::use_runtimes(&args.data)?;

    let progress = Progress::new(cli.quiet);
    progress.say("reading manifests");
    let mut read = deps::read(paths, &exclude)?;
    let mut iac = source::read(paths, &source_options(&args.source, &found, &exclude)?)?;
    iac.reading.resources.retain(|resource| &*resource.type_name == deps::FUNCTION);
    // Functions may hide behind what could not be followed (a module from a registry); broken files are an audit's matter.
    let hides = |gap: &Gap| matches!(gap.reason, Reason::Unsupported | Reason::Unresolved);
    iac.reading.gaps.retain(|(gap, _)| hides(gap));
    if read.reading.is_empty() && iac.reading.resources.is_empty() {
        progress.done();
        let shown: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let message = format!(
            "nothing to audit: no manifest, lock file, installed package or runtime in {}; name the folder that has some",
            shown.join(", ")
        );
        return Err(Failed(Exit::Nothing, message).into());
    }
    progress.say("reading advisories");
    let (advisories, notices) = deps::advisories(&args.data, &read.reading, as_of, &progress);
    progress.say("judging");
    if args.fix {
        let judged = deps::judge(
            &read,
            advisories.as_ref().map_err(Clone::clone),
            &checks.deps,
            &iac.reading.resources,
            as_of,
        );
        let (_, findings, _) = judged.ledger.finish();
        let plan = plan_of(&read, &findings);
        progress.done();
        if args.diff {
            output::print(told(&plan, true).as_bytes())?;
            return Ok(if plan.is_empty() { Exit::Clean } else { Exit::Findings });
        }
        apply(&plan, &read.root)?;
        eprint!("{}", told(&plan, false));
        read = deps::read(paths, &exclude)?;
    }
    let mut judged = deps::judge(
        &read,
        advisories.as_ref().map_err(Clone::clone),
        &checks.deps,
        &iac.reading.resources,
        as_of,
    );
    judged.notices.extend(notices);
    let has_advisories = judged.has_advisories;
    let (mut assessment, state) = assess::assess(&mut iac, None, Some(judged), None, None, &checks, as_of);
    assessment.scope.roots = paths.iter().map(|path| path.display().to_string()).collect();
    assessment.notices.extend(plan::left_out(&args.exclude, &found));
    let files: Vec<&str> = read.reading.manifests.iter().map(|file| &*file.path).collect();
    suppress::apply(&mut assessment, &state, &read.root, &iac.reading.suppressions, &files);
    rules.apply(&mut assessment, as_of);
    scrub::assessment(&mut assessment);
    progress.done();
    output::write(cli, &args.output, rules.persona, &assessment, &read.root)?;
    if rules.has_open(&assessment) {
        return Ok(Exit::Findings);
    }
    let asks_for_all = !has_advisories && has_check(&checks);
    if asks_for_all || (is_strict(args) && has_unaudited(&assessment)) {
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Clean)
}

/// True where a package, an entry or a runtime could not be audited.
fn has_unaudited(assessment: &Assessment) -> bool {
    let audits = |check: &str| STRICT.contains(&check);
    assessment.results.iter().any(|result| result.status == Status::NotAssessed && audits(&result.check))
}

/// True where a chosen check needs advisories.
fn has_check(checks: &Checks) -> bool {
    checks.deps.iter().any(|check| check.answers_for_unaudited)
}

/// In CI what was not audited must not pass unseen.
fn is_strict(args: &DepsArgs) -> bool {
    let in_ci =
        || std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false" && value != "0");
    args.strict || (!args.no_strict && in_ci())
}

/// What would mend the findings.
fn plan_of(read: &deps::Read, findings: &[Finding]) -> Plan {
    let wanted: Vec<Wanted> = findings
        .iter()
        .filter_map(|finding| match finding.detail.as_deref()? {
            // What is malicious is taken out, not raised.
            Detail::Package(package) if !is_malicious(package) => Some(Wanted {
                name: package.name.clone(),
                from_version: package.version.clone(),
                to_version: package.fix.clone()?,
            }),
            _ => None,
        })
        .collect();
    fix::plan(&read.reading, &wanted, &read.tree)
}

fn is_malicious(package: &PackageDetail) -> bool {
    package.advisories.iter().flat_map(|hit| &hit.ids).any(|id| id.starts_with("MAL-"))
}

/// What was done or would be, what is to be done by hand, and what stays.
fn told(plan: &Plan, as_diff: bool) -> String {
    let mut out = String::new();
    if as_diff {
        // Line by line: the marks for control characters must not take the line ends.
        for line in diff(plan).lines() {
            let _ = writeln!(out, "{}", clean(line));
        }
    } else {
        for edit in &plan.edits {
            for change in &edit.changes {
                let (path, name) = (clean(&edit.path), clean(&change.name));
                let _ = writeln!(
                    out,
                    "{path}:{}: {name} {} becomes {}",
                    change.line,
                    clean(&change.from),
                    clean(&change.to)
                );
            }
        }
    }
    // In a diff these are lines of comment, which `patch` passes over.
    let lead = if as_diff { "# " } else { "" };
    for command in &plan.commands {
        let place = if command.directory == "." {
            String::new()
        } else {
            format!("in {}: ", clean(&command.directory))
        };
        let _ = writeln!(out, "{lead}run {place}{} ({})", clean(&command.command), clean(&command.why));
    }
    for left in &plan.left {
        let _ = writeln!(out, "{lead}left: {}: {}", clean(&left.name), clean(&left.why));
    }
    out
}

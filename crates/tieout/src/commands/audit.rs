//! `tieout audit`: the main job.

use crate::account::{self, AccountReading};
use crate::assess::assess;
use crate::cli::{AuditArgs, Cli};
use crate::deps::use_runtimes;
use crate::exit::{Exit, Failed};
use crate::plan::{self, Account, Plan, day, source_options};
use crate::progress::Progress;
use crate::{deps, endpoints, function_code, output, scrub, secrets, source, suppress};
use anyhow::{Result, bail};
use tieout_aws_state::hosts::StatedHost;
use tieout_deps::Reading;
use tieout_model::{Assessment, Status};
use tieout_tls::endpoint::Starttls;
use tieout_tls::wire::Version;
use time::{Date, OffsetDateTime};

/// Audits what the plan names and writes the reports.
pub fn run(cli: &Cli, args: &AuditArgs) -> Result<Exit> {
    output::validate(&args.output)?;
    if let Some(key) = &args.secrets.fingerprint_key {
        tieout_source::redact::set_key(key);
    }
    let mut plan = Plan::new(args)?;
    let named = endpoints::named(&args.endpoint, Starttls::Auto)?;
    let wants_stated = args.stated_endpoints || args.function_urls;
    plan.checks.tls = match named.is_empty() && !wants_stated {
        true => Vec::new(),
        false => endpoints::of_endpoints(&plan.checks.tls),
    };
    if plan.checks.tls.is_empty() && (wants_stated || !named.is_empty()) {
        bail!(
            "--endpoint, --stated-endpoints and --function-urls ask for probes, and --select or --ignore leave no check of endpoints"
        );
    }
    let probing = endpoints::options(&args.endpoint_ca, plan.rules.as_of)?;
    use_runtimes(&args.advisories)?;
    let progress = Progress::new(cli.quiet);
    progress.say("reading the source");
    let mut read = source::read(&plan.paths, &source_options(&args.source, &plan.found, &plan.exclude)?)?;
    let dependencies = match plan.dependencies.is_empty() {
        true => None,
        false => Some(deps::read(&plan.dependencies, &plan.exclude)?),
    };
    let found = match plan.secrets.is_empty() || plan.checks.secrets.is_empty() {
        true => None,
        false => Some(secrets::judge(
            &plan.secrets,
            &args.secrets,
            &plan.exclude,
            &plan.checks.secrets,
            &progress,
        )?),
    };
    let told = found.as_ref().map(|found| found.told.clone()).unwrap_or_default();
    let (account, code) = read_account(args, &plan, &progress)?.unzip();
    let dependencies = deps::Read::absorb(dependencies, code.unwrap_or_default());
    let has_dependencies = dependencies.as_ref().is_some_and(|read| !read.reading.is_empty());
    if read.reading.resources.is_empty()
        && read.reading.files.is_empty()
        && account.is_none()
        && !has_dependencies
        && found.as_ref().is_none_or(|found| found.files == 0)
        && named.is_empty()
    {
        progress.done();
        let shown: Vec<_> = plan.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failed(
            Exit::Nothing,
            format!(
                "nothing to audit: no CloudFormation, SAM, CDK, Terraform, manifest or lock file in {}; name a folder that has some, or audit an account with --aws",
                if shown.is_empty() { "the paths given".to_owned() } else { shown.join(", ") }
            ),
        )
        .into());
    }
    let as_of = as_of(&plan, account.as_ref());
    let declared = &read.reading.resources;
    let dependencies = dependencies.filter(|_| has_dependencies).map(|read| {
        progress.say("reading advisories");
        let (advisories, notices) = deps::advisories(&args.advisories, &read.reading, as_of, &progress);
        let mut judged =
            deps::judge(&read, advisories.as_ref().map_err(Clone::clone), &plan.checks.deps, declared, as_of);
        judged.notices.extend(notices);
        (judged, read)
    });
    let (judged, manifests) = dependencies.unzip();
    let probed = match plan.checks.tls.is_empty() {
        true => None,
        false => {
            let mut hosts = std::mem::take(&mut read.reading.hosts);
            let mut unlisted = Vec::new();
            if let Some(account) = account.as_ref().filter(|_| wants_stated) {
                let (of_account, gaps) = endpoints::of_account(&account.collected);
                hosts.extend(of_account);
                unlisted = gaps;
            }
            let is_asked = |host: &StatedHost| {
                args.stated_endpoints || endpoints::FUNCTION_URLS.contains(&host.type_name)
            };
            hosts.retain(|host| wants_stated && is_asked(host));
            let mut stated = endpoints::stated(&hosts);
            let gaps = std::mem::take(&mut stated.gaps);
            let seen = endpoints::probe(&named, stated, &probing, &progress, cli.quiet);
            let mut judged = endpoints::judge(seen, Version::Tls12, &plan.checks.tls, as_of);
            gaps.into_iter().chain(unlisted).for_each(|gap| judged.ledger.gap(gap));
            Some(judged)
        }
    };
    progress.say("judging");
    let (mut assessment, state) = assess(&mut read, account, judged, found, probed, &plan.checks, as_of);
    assessment.notices.extend(plan::left_out(&args.exclude, &plan.found));
    tieout_correlate::keys(&mut assessment, &state);
    assessment.scope.roots = plan.paths.iter().map(|path| path.display().to_string()).collect();
    let manifests = manifests.iter().flat_map(|read| &read.reading.manifests).map(|file| &*file.path);
    let mut files: Vec<&str> = read.reading.files.iter().map(|file| &*file.path).chain(manifests).collect();
    files.extend(told.iter().map(String::as_str));
    files.sort_unstable();
    files.dedup();
    suppress::apply(&mut assessment, &state, &read.root, &read.reading.suppressions, &files);
    plan.rules.apply(&mut assessment, as_of);
    tieout_correlate::places(&mut assessment);
    scrub::assessment(&mut assessment);
    progress.done();
    output::write(cli, &args.output, plan.rules.persona, &assessment, &read.root)?;
    Ok(exit(&assessment, &plan, args.require_coverage))
}

/// What the account told, and what the code of its functions holds where that was asked for.
fn read_account(
    args: &AuditArgs,
    plan: &Plan,
    progress: &Progress,
) -> Result<Option<(AccountReading, Reading)>> {
    if args.function_code && matches!(plan.account, Account::No) {
        bail!("--function-code reads the functions of a live account: add --aws");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let Some(session) = account::connect(&plan.account, &args.account, &plan.found, progress).await?
        else {
            return Ok(None);
        };
        let mut actions = account::actions(&plan.checks.aws);
        if !plan.secrets.is_empty() && !plan.checks.secrets.is_empty() {
            actions.extend(tieout_correlate::READS);
        }
        if args.stated_endpoints || args.function_urls {
            actions.extend(endpoints::READS);
        }
        let mut reading = account::read_by(&session, &args.account, &plan.found, actions).await;
        let mut code = Reading::default();
        if args.function_code {
            let tell = |arn: &str| progress.say(format!("reading the code of {arn}"));
            code = function_code::read(&session, &reading.scope.regions, tell).await;
            reading.evidence = session.evidence();
        }
        if let Some(file) = &args.account.record {
            session.write_record(file)?;
        }
        Ok(Some((reading, code)))
    })
}

/// The day on which ages are judged: the user's word, the day of a record, or today.
fn as_of(plan: &Plan, account: Option<&AccountReading>) -> Date {
    plan.rules
        .as_of
        .or_else(|| account.and_then(|account| day(&account.day).ok()))
        .unwrap_or_else(|| OffsetDateTime::now_utc().date())
}

fn exit(assessment: &Assessment, plan: &Plan, require_coverage: bool) -> Exit {
    if plan.rules.has_open(assessment) {
        return Exit::Findings;
    }
    if require_coverage && (!assessment.complete || assessment.count(Status::NotAssessed) > 0) {
        return Exit::Incomplete;
    }
    Exit::Clean
}

//! `tieout doctor`: who am I, which regions, which calls are denied, and what will not be assessed therefore.

use crate::account;
use crate::cli::{Cli, DoctorArgs};
use crate::exit::{Exit, Failed};
use crate::output::print;
use crate::plan::{Account, choose, configuration};
use crate::progress::Progress;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use tieout_aws_state::State;
use tieout_model::Status;
use tieout_source::redact::escape_terminal as clean;
use time::OffsetDateTime;

/// Asks the account everything that the chosen checks need, in one region unless told otherwise, and tells
/// what it refused.
pub fn run(cli: &Cli, args: &DoctorArgs) -> Result<Exit> {
    let found = configuration(&args.config, Path::new("."))?;
    let checks = choose(&args.choice, &found)?.aws;
    let what = match &args.account.replay {
        Some(file) => Account::Replay(file.clone()),
        None => Account::Live,
    };
    let progress = Progress::new(cli.quiet);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let reading = runtime.block_on(async {
        let session = account::connect(&what, &args.account, &found, &progress).await?;
        let Some(session) = session else {
            return Err(Failed(Exit::Nothing, "no account".to_owned()).into());
        };
        let enabled = session.regions(None).await;
        let mut where_to = args.account.clone();
        if where_to.regions.is_empty()
            && found.config.account.regions.is_empty()
            && matches!(what, Account::Live)
        {
            // IAM is global: what one region refuses, the others refuse as well, but for an SCP.
            where_to.regions = vec![session.home_region()];
        }
        Ok::<_, anyhow::Error>((account::read(&session, &where_to, &found, &checks).await, enabled))
    });
    progress.done();
    let (reading, enabled) = reading?;
    let mut text = String::new();
    let _ = writeln!(text, "account  {}", reading.scope.id);
    let _ = writeln!(text, "you are  {}", reading.actor);
    let _ = match enabled {
        Ok(regions) => writeln!(text, "enabled  {}", regions.join(", ")),
        Err(gap) => writeln!(text, "enabled  not known: {}", clean(&gap.to_string())),
    };
    let _ = writeln!(text, "asked    {}", reading.scope.regions.join(", "));
    let _ = writeln!(text, "calls    {}", reading.evidence.len());
    let collected = reading.collected;
    let state =
        State::build(collected.resources, collected.population_gaps, OffsetDateTime::now_utc().date());
    let ledger = tieout_aws_checks::run(&state, &checks);
    let (results, _, gaps) = ledger.finish();
    let denied: Vec<_> = gaps.iter().filter(|gap| gap.results > 0).collect();
    if denied.is_empty() {
        text.push_str("\neverything that the checks need can be read\n");
        print(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    text.push_str("\nwhat could not be read:\n");
    for gap in &denied {
        let _ = writeln!(
            text,
            "  {} ({}; {} results): {}",
            clean(&gap.what),
            gap.reason.as_str(),
            gap.results,
            clean(&gap.resolve_with)
        );
    }
    let mut open: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for result in results.iter().filter(|result| result.status == Status::NotAssessed) {
        open.entry(&result.check).or_default().insert(&result.subject.id);
    }
    text.push_str("\ntherefore not assessed:\n");
    for (check, subjects) in &open {
        let _ = writeln!(text, "  {check} ({} subjects)", subjects.len());
    }
    print(text.as_bytes())?;
    Ok(Exit::Incomplete)
}

//! `tieout advisories`: fetching them, and telling how old they are.

use crate::cli::{AdvisoriesCommand, AdvisoryArgs, Cli};
use crate::deps;
use crate::exit::Exit;
use crate::output::print;
use crate::progress::Progress;
use anyhow::{Context, Result, anyhow};
use std::fmt::Write as _;
use tieout_advisories::{ARCHIVE_URL, Updated, cache_dir, cached, update};
use tieout_deps::Reading;
use tieout_source::redact::escape_terminal as clean;
use time::OffsetDateTime;

/// Runs the subcommand.
pub fn run(cli: &Cli, command: &AdvisoriesCommand) -> Result<Exit> {
    match command {
        AdvisoriesCommand::Update { url } => fetch(cli, url.as_deref().unwrap_or(ARCHIVE_URL)),
        AdvisoriesCommand::Status(args) => status(cli, args),
    }
}

fn fetch(cli: &Cli, url: &str) -> Result<Exit> {
    let cache = cache_dir().context("there is no folder for a cache: set TIEOUT_CACHE_DIR")?;
    let progress = Progress::new(cli.quiet);
    progress.say("asking for newer advisories");
    let updated = update(&cache, url, &mut |got, of| {
        let of = of.map(|of| format!(" of {}", megabytes(of))).unwrap_or_default();
        progress.say(format!("fetching advisories: {}{of}", megabytes(got)));
    })?;
    progress.say("making the index");
    let all = cached(&cache).context("the archive is not where it was put")??;
    progress.done();
    let source = all.source();
    let done = match updated {
        Updated::Replaced { bytes } => format!("fetched {}", megabytes(bytes)),
        Updated::Unchanged => "unchanged".to_owned(),
    };
    let date = source.date.as_deref().unwrap_or("an unknown day");
    let mut text =
        format!("{done}: {} advisories of {} packages, as of {date}\n", source.records, source.packages);
    for skipped in &source.skipped {
        let _ = writeln!(text, "not read: {}: {}", clean(&skipped.record), clean(&skipped.why));
    }
    print(text.as_bytes())?;
    Ok(Exit::Clean)
}

#[expect(clippy::cast_precision_loss, reason = "for a reader's eye")]
fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Tells what would be used; nothing is fetched for it.
fn status(cli: &Cli, args: &AdvisoryArgs) -> Result<Exit> {
    let args = AdvisoryArgs { offline: true, ..args.clone() };
    let today = OffsetDateTime::now_utc().date();
    let (found, notices) = deps::advisories(&args, &Reading::default(), today, &Progress::new(cli.quiet));
    let all = found.map_err(|gap| anyhow!("{}; {}", gap.what, gap.resolve_with))?;
    let source = all.source();
    let mut text = String::new();
    let _ = writeln!(text, "from      {}", clean(&source.label));
    let _ = writeln!(text, "as of     {}", source.date.as_deref().unwrap_or("an unknown day"));
    let _ = writeln!(
        text,
        "records   {} ({} withdrawn, {} not read)",
        source.records,
        source.withdrawn,
        source.skipped.len()
    );
    let _ = writeln!(text, "packages  {}", source.packages);
    for notice in notices {
        let _ = writeln!(text, "\n{}", clean(&notice));
    }
    print(text.as_bytes())?;
    Ok(Exit::Clean)
}

//! The endpoints that infrastructure as code and an account name, read for `tieout tls endpoint --from`.

use crate::account;
use crate::assess::file_evidence;
use crate::cli::EndpointArgs;
use crate::endpoints::{self, READS, Stated};
use crate::exit::{Exit, Failed};
use crate::plan::{self, Account, source_options};
use crate::progress::Progress;
use crate::source;
use anyhow::Result;
use std::path::PathBuf;
use tieout_model::{AccountScope, Evidence, Gap};
use tieout_settings::Found;
use tieout_source::redact::escape_terminal as clean;

/// What was read.
#[derive(Default)]
pub struct Origin {
    /// The endpoints.
    pub stated: Stated,
    /// The folders and files.
    pub roots: Vec<String>,
    /// The account.
    pub accounts: Vec<AccountScope>,
    /// The files and the calls.
    pub evidence: Vec<Evidence>,
}

/// The folders and files that the flags name.
pub fn paths(args: &EndpointArgs) -> Vec<PathBuf> {
    let named: Vec<PathBuf> = args.from.iter().filter(|path| !path.as_os_str().is_empty()).cloned().collect();
    match (named.is_empty(), account::of_flags(&args.account)) {
        (true, Account::No) => vec![PathBuf::from(".")],
        _ => named,
    }
}

/// Reads source and account.
pub fn read(args: &EndpointArgs, paths: &[PathBuf], found: &Found, progress: &Progress) -> Result<Origin> {
    progress.say("reading the source");
    let read =
        source::read(paths, &source_options(&args.source, found, &plan::exclude(&args.exclude, found)?)?)?;
    let mut from = Origin {
        roots: paths.iter().map(|path| path.display().to_string()).collect(),
        evidence: read.reading.files.iter().map(|file| file_evidence(&file.path, &file.sha256)).collect(),
        ..Origin::default()
    };
    let mut hosts = read.reading.hosts;
    let mut gaps: Vec<Gap> = Vec::new();
    let kind = account::of_flags(&args.account);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let account = runtime.block_on(async {
        let Some(session) = account::connect(&kind, &args.account, found, progress).await? else {
            return Ok::<_, anyhow::Error>(None);
        };
        let calls = READS.into_iter().chain(account::BASE_ACTIONS).collect();
        let reading = account::read_by(&session, &args.account, found, calls).await;
        if let Some(file) = &args.account.record {
            session.write_record(file)?;
        }
        Ok(Some(reading))
    })?;
    let is_source_empty = read.reading.files.is_empty();
    match account {
        Some(account) => {
            let (of_account, unlisted) = endpoints::of_account(&account.collected);
            hosts.extend(of_account);
            gaps.extend(unlisted.into_iter().chain(account.collected.gaps));
            from.accounts.push(account.scope);
            from.evidence.extend(account.evidence);
        }
        None if is_source_empty => {
            let message = "no CloudFormation, SAM, CDK or Terraform here".to_owned();
            return Err(Failed(Exit::Nothing, message).into());
        }
        None => {}
    }
    // What is unread may state endpoints: types that have no check are none of it.
    let unread = read.reading.gaps.into_iter().filter(|(_, place)| place.file_line().is_some());
    gaps.extend(unread.map(|(gap, place)| match place.file_line() {
        Some((file, line)) => Gap { what: format!("{file}:{line}: {}", gap.what).into(), ..gap },
        None => gap,
    }));
    from.stated = endpoints::stated(&hosts);
    from.stated.gaps.extend(gaps);
    from.stated.gaps.sort();
    from.stated.gaps.dedup();
    Ok(from)
}

/// Says on stderr what may be missing among the endpoints.
pub fn tell(gaps: &[Gap], progress: &Progress) {
    for gap in gaps {
        progress.print(&format!("tieout: {} ({})\n", clean(&gap.what), clean(&gap.resolve_with)));
    }
}

//! Endpoints as a part of a run: whom to probe, the probes with their progress, and the verdicts on what was seen.

mod stated;

pub use stated::{FUNCTION_URLS, Stated, sources, stated};

use crate::progress::Progress;
use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tieout_aws_live::Collected;
use tieout_aws_state::hosts::{StatedHost, of_declared};
use tieout_check::Ledger;
use tieout_model::{Finding, Gap, Location};
use tieout_tls::endpoint::{
    Address, Asked, Endpoint, Options, Starttls, StatedBy, certificates_of_pem, probe_all,
};
use tieout_tls::wire::Version;
use tieout_tls::{Cx, Judge, TlsCheck};
use time::{Date, OffsetDateTime};

/// The seconds that each endpoint has where nobody says otherwise.
const SECONDS: u64 = 10;

/// The verdicts on endpoints.
pub struct Judged {
    /// The verdicts.
    pub ledger: Ledger,
    /// The endpoints, sorted, each once.
    pub names: Vec<String>,
    /// What states them.
    stated_by: HashMap<String, Vec<StatedBy>>,
}

impl Judged {
    /// The ledger takes every place in an account for one of its subject; those of endpoints are of what states them.
    pub fn name_places(&self, findings: &mut [Finding]) {
        for finding in findings {
            let Some(by) = self.stated_by.get(&finding.subject.id) else { continue };
            for location in &mut finding.locations {
                let Location::Cloud { arn, pointer: own } = location else { continue };
                let same = |one: &&StatedBy| matches!(&one.location, Some(Location::Cloud { pointer, .. }) if pointer == own);
                if let Some(one) = by.iter().find(same) {
                    arn.clone_from(&one.resource);
                }
            }
        }
    }
}

/// The calls that tell the addresses of an account's functions.
pub const READS: [&str; 2] = ["lambda:ListFunctions", "lambda:ListFunctionUrlConfigs"];

/// The hosts that an account states, and why there may be more.
pub fn of_account(collected: &Collected) -> (Vec<StatedHost>, Vec<Gap>) {
    let of_urls = collected.population_gaps.iter().filter(|one| FUNCTION_URLS.contains(&&*one.type_name));
    (of_declared(&collected.resources), of_urls.map(|one| one.gap.clone()).collect())
}

/// How endpoints are probed in an audit, at a day.
pub fn options(authorities: &[PathBuf], as_of: Option<Date>) -> Result<Options> {
    Ok(Options {
        timeout: Duration::from_secs(SECONDS),
        now: as_of.map_or_else(OffsetDateTime::now_utc, |day| day.midnight().assume_utc()),
        authorities: certificates(authorities)?,
        http_port: None,
    })
}

/// The endpoints that a person named, and what to say before their TLS.
pub fn named(words: &[String], starttls: Starttls) -> Result<Vec<Asked>> {
    let asked =
        |word: &String| Address::parse(word).map(|address| Asked { address, starttls, is_stated: false });
    Ok(words.iter().map(asked).collect::<Result<_, _>>()?)
}

/// Probes all, telling of it: those that were named in their order, then those that are stated. One that is both is
/// probed once, as the person named it. Whoever runs it sees before where the word of files and accounts leads.
pub fn probe(
    named: &[Asked],
    stated: Stated,
    options: &Options,
    progress: &Progress,
    quiet: bool,
) -> Vec<Endpoint> {
    let Stated { asked, refused, gaps } = stated;
    let (both, others): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|(one, _)| named.iter().any(|other| other.address == one.address));
    let stated = Stated { asked: others, refused, gaps };
    if !quiet && !stated.asked.is_empty() {
        let count = stated.asked.len();
        let plural = if count == 1 { "" } else { "s" };
        let list = stated.list();
        progress
            .print(&format!("tieout: probing {count} endpoint{plural} that source or account name:\n{list}"));
    }
    let mut all = named.to_vec();
    all.extend(stated.asked.iter().map(|(asked, _)| asked.clone()));
    let mut seen = probe_many(&all, options, progress);
    let sources: HashMap<String, &Vec<StatedBy>> =
        both.iter().chain(&stated.asked).map(|(asked, by)| (asked.address.to_string(), by)).collect();
    for endpoint in &mut seen {
        if let Some(by) = sources.get(&endpoint.endpoint) {
            endpoint.stated_by.clone_from(by);
        }
    }
    seen.extend(stated.refused);
    seen
}

fn probe_many(asked: &[Asked], options: &Options, progress: &Progress) -> Vec<Endpoint> {
    let all = asked.len();
    progress.say(format!("probing {all} endpoint{}", if all == 1 { "" } else { "s" }));
    let done = AtomicUsize::new(0);
    probe_all(asked, options, &|address| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress.say(format!("probed {done} of {all} endpoints, {address} the last"));
    })
}

/// Judges what was seen.
pub fn judge(mut seen: Vec<Endpoint>, minimum: Version, checks: &[&'static TlsCheck], as_of: Date) -> Judged {
    seen.sort_by(|a, b| a.endpoint.cmp(&b.endpoint));
    seen.dedup_by(|a, b| a.endpoint == b.endpoint);
    let checks: Vec<_> = of_endpoints(checks);
    let cx = Cx { endpoints: &seen, interpreters: &[], minimum, as_of };
    let ledger = tieout_tls::run(&cx, &checks);
    let names = seen.iter().map(|endpoint| endpoint.endpoint.clone()).collect();
    let stated_by = seen.into_iter().map(|endpoint| (endpoint.endpoint, endpoint.stated_by)).collect();
    Judged { ledger, names, stated_by }
}

/// The checks that judge endpoints.
pub fn of_endpoints(checks: &[&'static TlsCheck]) -> Vec<&'static TlsCheck> {
    checks.iter().copied().filter(|check| matches!(check.judge, Judge::Endpoint(_))).collect()
}

/// The certificates of files that the user named.
pub fn certificates(files: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for file in files {
        let shown = file.display();
        let pem = std::fs::read(file).with_context(|| format!("certificates of {shown}"))?;
        let certificates = certificates_of_pem(&pem);
        if certificates.is_empty() {
            bail!("{shown} holds no certificate (PEM)");
        }
        all.extend(certificates);
    }
    Ok(all)
}

//! Endpoints as a part of a run: whom to probe, the probes with their progress, and the verdicts on what was seen.

use crate::progress::Progress;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tieout_aws_state::Declared;
use tieout_check::Ledger;
use tieout_model::{Gap, Reason};
use tieout_tls::endpoint::{Address, Endpoint, Options, Starttls, certificates_of_pem, probe_all};
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
}

/// How endpoints are probed in an audit, at a day.
pub fn options(authorities: &[PathBuf], as_of: Option<Date>) -> Result<Options> {
    Ok(Options {
        timeout: Duration::from_secs(SECONDS),
        now: as_of.map_or_else(OffsetDateTime::now_utc, |day| day.midnight().assume_utc()),
        authorities: certificates(authorities)?,
        starttls: Starttls::Auto,
        http_port: None,
    })
}

/// The endpoints that a person named.
pub fn addresses(words: &[String]) -> Result<Vec<Address>> {
    Ok(words.iter().map(|word| Address::parse(word)).collect::<Result<_, _>>()?)
}

/// Probes all, telling of it.
pub fn probe(addresses: &[Address], options: &Options, progress: &Progress) -> Vec<Endpoint> {
    let all = addresses.len();
    progress.say(format!("probing {all} endpoint{}", if all == 1 { "" } else { "s" }));
    let done = AtomicUsize::new(0);
    probe_all(addresses, options, &|address| {
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
    Judged { ledger, names: seen.into_iter().map(|endpoint| endpoint.endpoint).collect() }
}

/// The checks that judge endpoints.
pub fn of_endpoints(checks: &[&'static TlsCheck]) -> Vec<&'static TlsCheck> {
    checks.iter().copied().filter(|check| matches!(check.judge, Judge::Endpoint(_))).collect()
}

/// The addresses that the functions of an account are called at. Source knows none of them: AWS chooses them at deployment.
pub fn function_urls<'a>(resources: impl Iterator<Item = &'a Declared>) -> (Vec<Address>, Vec<Gap>) {
    let mut addresses = Vec::new();
    let mut gaps = Vec::new();
    for url in resources.filter(|resource| &*resource.type_name == "AWS::Lambda::Url") {
        let values = url.values("FunctionUrl");
        let known = values.iter().find_map(|node| node.as_text());
        match known.and_then(|text| Address::parse(text).ok()) {
            Some(address) => addresses.push(address),
            None => gaps.push(Gap::new(
                Reason::Unresolved,
                format!("the address of {}", url.local),
                "audit the deployed account: AWS chooses a function's address at deployment",
            )),
        }
    }
    addresses.sort();
    addresses.dedup();
    (addresses, gaps)
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

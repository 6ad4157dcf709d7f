//! `tieout tls endpoint`: probes servers and judges what they accept.

use super::assessment;
use crate::cli::{Cli, EndpointArgs, Starttls};
use crate::exit::Exit;
use crate::output::{self, Own};
use crate::plan::{choose, configuration};
use crate::progress::Progress;
use crate::scrub;
use crate::verdict::Rules;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tieout_model::{Assessment, GapCount, Status};
use tieout_tls::endpoint::{Address, Endpoint, Options, probe_all};
use tieout_tls::{Cx, Judge};
use time::OffsetDateTime;

/// Probes the endpoints, judges them, and writes the reports.
pub fn run(cli: &Cli, args: &EndpointArgs) -> Result<Exit> {
    output::validate(&args.output)?;
    let found = configuration(&args.config, Path::new("."))?;
    let rules = Rules::new(&args.verdict, &args.output, &found)?;
    let mut checks = choose(&args.choice, &found)?.tls;
    checks.retain(|check| matches!(check.judge, Judge::Endpoint(_)));
    let addresses: Vec<Address> =
        args.endpoints.iter().map(|word| Address::parse(word)).collect::<Result<_, _>>()?;
    let now = rules.as_of.map_or_else(OffsetDateTime::now_utc, |day| day.midnight().assume_utc());
    let options = Options {
        timeout: Duration::from_secs(args.timeout),
        now,
        authorities: authorities(&args.ca)?,
        starttls: args.starttls.into(),
        http_port: args.http_port,
    };
    let endpoints = probe(cli, &addresses, &options);

    let mut judged: Vec<Endpoint> = endpoints.clone();
    judged.sort_by(|a, b| a.endpoint.cmp(&b.endpoint));
    judged.dedup_by(|a, b| a.endpoint == b.endpoint);
    let cx = Cx { endpoints: &judged, interpreters: &[], minimum: args.min.into(), as_of: now.date() };
    let names = judged.iter().map(|endpoint| endpoint.endpoint.clone()).collect();
    let mut assessment = assessment(tieout_tls::run(&cx, &checks), &checks, names, now.date());
    rules.apply(&mut assessment, now.date());
    scrub::assessment(&mut assessment);
    let own = Own { json: Some(json_of(&endpoints, &assessment)?), page: String::new() };
    output::write_with(cli, &args.output, rules.persona, &assessment, Path::new("."), &own)?;
    if rules.has_open(&assessment) {
        return Ok(Exit::Findings);
    }
    let is_open = !assessment.complete || assessment.count(Status::NotAssessed) > 0;
    Ok(if args.require_coverage && is_open { Exit::Incomplete } else { Exit::Clean })
}

fn probe(cli: &Cli, addresses: &[Address], options: &Options) -> Vec<Endpoint> {
    let progress = Progress::new(cli.quiet);
    let all = addresses.len();
    progress.say(format!("probing {all} endpoint{}", if all == 1 { "" } else { "s" }));
    let done = AtomicUsize::new(0);
    let endpoints = probe_all(addresses, options, &|address| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress.say(format!("probed {done} of {all} endpoints, {address} the last"));
    });
    progress.done();
    endpoints
}

/// The certificates of the files.
fn authorities(files: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for file in files {
        let shown = file.display();
        let pem = std::fs::read(file).with_context(|| format!("--ca {shown}"))?;
        let certificates = tieout_tls::endpoint::certificates_of_pem(&pem);
        if certificates.is_empty() {
            bail!("--ca {shown}: it holds no certificate (PEM)");
        }
        all.extend(certificates);
    }
    Ok(all)
}

/// The list that the output contract describes: one object an endpoint, in the order given.
fn json_of(endpoints: &[Endpoint], assessment: &Assessment) -> Result<String> {
    let objects: Vec<Value> =
        endpoints.iter().map(|endpoint| object(endpoint, assessment)).collect::<Result<_>>()?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&objects)?))
}

fn object(endpoint: &Endpoint, assessment: &Assessment) -> Result<Value> {
    let mut object = serde_json::to_value(endpoint)?;
    let findings: Vec<_> =
        assessment.findings.iter().filter(|finding| finding.subject.id == endpoint.endpoint).collect();
    let mut gaps: Vec<GapCount> = endpoint
        .open
        .values()
        .map(|gap| {
            let open = |result: &&tieout_model::Outcome| {
                result.subject.id == endpoint.endpoint && result.gap.as_ref() == Some(gap)
            };
            GapCount {
                reason: gap.reason,
                what: gap.what.to_string(),
                resolve_with: gap.resolve_with.to_string(),
                results: assessment.results.iter().filter(open).count(),
            }
        })
        .collect();
    gaps.sort();
    gaps.dedup();
    if let Some(map) = object.as_object_mut() {
        map.remove("open");
        map.insert("findings".to_owned(), json!(findings));
        map.insert("gaps".to_owned(), json!(gaps));
    }
    Ok(scrub::json("", object))
}

impl From<Starttls> for tieout_tls::endpoint::Starttls {
    fn from(choice: Starttls) -> Self {
        match choice {
            Starttls::Auto => Self::Auto,
            Starttls::Smtp => Self::Smtp,
            Starttls::Postgres => Self::Postgres,
            Starttls::Mysql => Self::Mysql,
            Starttls::Ldap => Self::Ldap,
            Starttls::None => Self::None,
        }
    }
}

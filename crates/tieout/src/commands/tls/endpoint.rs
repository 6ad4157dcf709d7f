//! `tieout tls endpoint`: probes servers and judges what they accept.

use super::assessment;
use super::from::{self, Origin};
use crate::cli::{Cli, EndpointArgs, Starttls};
use crate::endpoints;
use crate::exit::{Exit, Failed};
use crate::output::{self, Own};
use crate::plan::{choose, configuration_for};
use crate::progress::Progress;
use crate::scrub;
use crate::verdict::Rules;
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tieout_model::{Assessment, GapCount, Status};
use tieout_source::redact::escape_terminal as clean;
use tieout_tls::endpoint::{Asked, Endpoint, Options, Preference, REACH};

/// Probes the endpoints, judges them, and writes the reports.
pub fn run(cli: &Cli, args: &EndpointArgs) -> Result<Exit> {
    output::validate(&args.output)?;
    let paths = if args.from.is_empty() { Vec::new() } else { from::paths(args) };
    let found = configuration_for(&args.config, &paths)?;
    let rules = Rules::new(&args.verdict, &args.output, &found)?;
    let checks = endpoints::of_endpoints(&choose(&args.choice, &found)?.tls);
    let named = endpoints::named(&args.endpoints, args.starttls.into())?;
    let options = Options {
        timeout: Duration::from_secs(args.timeout),
        http_port: args.http_port,
        ..endpoints::options(&args.ca, rules.as_of)?
    };
    let progress = Progress::new(cli.quiet);
    let mut from = Origin::default();
    if !args.from.is_empty() {
        from = from::read(args, &paths, &found, &progress)?;
    } else if !cli.quiet && (args.account.aws || args.account.replay.is_some()) {
        progress.print("tieout: the account is not asked for endpoints without --from\n");
    }
    let gaps = std::mem::take(&mut from.stated.gaps);
    if !cli.quiet {
        from::tell(&gaps, &progress);
    }
    if args.list {
        progress.done();
        output::print(list(&named, &from).as_bytes())?;
        return Ok(Exit::Clean);
    }
    if named.is_empty() && from.stated.asked.is_empty() && from.stated.refused.is_empty() {
        progress.done();
        let message = "no endpoint to probe: none is named, and neither source nor account states one";
        return Err(Failed(Exit::Nothing, message.to_owned()).into());
    }
    let root = source_root(&paths);
    let seen = endpoints::probe(&named, from.stated, &options, &progress, cli.quiet);
    progress.done();
    let today = options.now.date();
    let mut judged = endpoints::judge(seen.clone(), args.min.into(), &checks, today);
    let is_cut = !gaps.is_empty();
    gaps.into_iter().for_each(|gap| judged.ledger.gap(gap));
    let ledger = std::mem::take(&mut judged.ledger);
    let mut assessment = assessment(ledger, &checks, judged.names.clone(), today);
    judged.name_places(&mut assessment.findings);
    assessment.scope.roots = from.roots;
    assessment.scope.accounts = from.accounts;
    assessment.evidence = from.evidence;
    rules.apply(&mut assessment, today);
    scrub::assessment(&mut assessment);
    let own = Own { json: Some(json_of(&seen, &assessment)?), page: page(&seen) };
    output::write_with(cli, &args.output, rules.persona, &assessment, &root, &own)?;
    if rules.has_open(&assessment) {
        return Ok(Exit::Findings);
    }
    let is_open = is_cut || !assessment.complete || assessment.count(Status::NotAssessed) > 0;
    Ok(if args.require_coverage && is_open { Exit::Incomplete } else { Exit::Clean })
}

/// The folder that the paths of places are relative to.
fn source_root(paths: &[PathBuf]) -> PathBuf {
    match paths {
        [one] if one.is_dir() => one.clone(),
        [one] => one.parent().map(Path::to_path_buf).unwrap_or_default(),
        _ => PathBuf::from("."),
    }
}

/// The endpoints, those that would be probed and those that would not, and what names each.
fn list(named: &[Asked], from: &Origin) -> String {
    let mut out = String::new();
    for asked in named {
        let _ = writeln!(out, "  {}  named", asked.address);
    }
    out.push_str(&from.stated.list());
    for endpoint in &from.stated.refused {
        let why = endpoint.open.get(REACH).map(|gap| clean(&gap.what).into_owned()).unwrap_or_default();
        let _ = writeln!(out, "  not asked: {why}  {}", endpoints::sources(&endpoint.stated_by));
    }
    out
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

/// What each endpoint speaks, briefly, before the findings.
fn page(endpoints: &[Endpoint]) -> String {
    let mut out = String::new();
    for endpoint in endpoints {
        let _ = writeln!(out, "{}", clean(&endpoint.endpoint));
        if !endpoint.stated_by.is_empty() {
            let _ = writeln!(out, "  named by      {}", endpoints::sources(&endpoint.stated_by));
        }
        if let Some(gap) = endpoint.open.get(REACH) {
            let _ = writeln!(out, "  not reached   {}", clean(&gap.what));
        }
        for (version, offer) in &endpoint.versions {
            let ciphers = offer.ciphers.len();
            let plural = if ciphers == 1 { "" } else { "s" };
            let best = offer.ciphers.first().map(String::as_str).unwrap_or_default();
            let more = if ciphers > 1 { ", …" } else { "" };
            let mut groups = offer.groups.join(", ");
            if !groups.is_empty() {
                groups = format!("; {groups}");
            }
            let line = format!("{ciphers} cipher{plural}: {best}{more}{groups}");
            let _ = writeln!(out, "  {:12}  {}", version.as_str(), clean(&line));
        }
        if let Some(preference) = endpoint.preference {
            let whose = match preference {
                Preference::Server => "the server's",
                Preference::Client => "the client's",
            };
            let _ = writeln!(out, "  order         {whose}");
        }
        for certificate in endpoint.certificate.iter().chain(&endpoint.other_certificates) {
            let key = &certificate.key;
            let line = format!(
                "{}, {} {}, {}, until {}, issued by {}",
                certificate.subject,
                key.kind,
                key.bits,
                certificate.signature,
                certificate.not_after,
                certificate.issuer
            );
            let _ = writeln!(out, "  certificate   {}", clean(&line));
        }
        let _ = writeln!(out);
    }
    out
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

//! From what was read to the Assessment: state, checks, ledger, exceptions, suppressions, baseline.

use crate::account::AccountReading;
use crate::plan::Checks;
use crate::source::Source;
use crate::{deps, endpoints, secrets};
use std::collections::BTreeMap;
use tieout_aws_state::State;
use tieout_check::Ledger;
use tieout_model::{Assessment, CheckInfo, Evidence, Reason, SCHEMA, Scope, Tool};
use time::Date;

/// Judges everything that was read.
pub fn assess(
    source: &mut Source,
    account: Option<AccountReading>,
    deps: Option<deps::Judged>,
    secrets: Option<secrets::Judged>,
    endpoints: Option<endpoints::Judged>,
    checks: &Checks,
    as_of: Date,
) -> (Assessment, State) {
    let mut declared = std::mem::take(&mut source.reading.resources);
    let mut evidence: Vec<Evidence> =
        source.reading.files.iter().map(|file| file_evidence(&file.path, &file.sha256)).collect();
    let mut scope = Scope::default();
    let mut population_gaps = Vec::new();
    let mut account_gaps = Vec::new();
    if let Some(account) = account {
        declared.extend(account.collected.resources);
        population_gaps = account.collected.population_gaps;
        account_gaps = account.collected.gaps;
        evidence.extend(account.evidence);
        scope.accounts.push(account.scope);
    }
    let state = State::build(declared, population_gaps, as_of);
    let mut ledger = tieout_aws_checks::run(&state, &checks.aws);
    let mut components = Vec::new();
    let mut notices = Vec::new();
    let mut tool = tool();
    if let Some(deps) = deps {
        ledger.absorb(deps.ledger);
        components = deps.components;
        notices = deps.notices;
        evidence.extend(deps.evidence);
        tool.data.extend(deps.date.map(|date| ("advisories".to_owned(), date)));
    }
    if let Some(secrets) = secrets {
        ledger.absorb(secrets.ledger);
        notices.extend(secrets.notices);
    }
    let mut endpoints = endpoints;
    if let Some(endpoints) = &mut endpoints {
        ledger.absorb(std::mem::take(&mut endpoints.ledger));
        scope.endpoints.clone_from(&endpoints.names);
    }
    for (gap, place) in &source.reading.gaps {
        let mut gap = gap.clone();
        if let Some((file, line)) = place.file_line()
            && !gap.what.starts_with(file)
        {
            gap.what = format!("{file}:{line}: {}", gap.what).into();
        }
        ledger.gap(gap);
    }
    account_gaps.into_iter().for_each(|gap| ledger.gap(gap));
    evidence.sort_by(|a, b| {
        (&a.sha256, &a.source, a.request.get("region").map(ToString::to_string)).cmp(&(
            &b.sha256,
            &b.source,
            b.request.get("region").map(ToString::to_string),
        ))
    });
    evidence.dedup();
    let tables = tieout_aws_checks::tables::all(&state);
    let mut judged = of(ledger, scope, checks.infos(), as_of);
    if let Some(endpoints) = &endpoints {
        endpoints.name_places(&mut judged.findings);
    }
    (Assessment { tool, tables, components, evidence, notices, ..judged }, state)
}

/// The Assessment of what one ledger holds.
pub fn of(ledger: Ledger, scope: Scope, checks: Vec<CheckInfo>, as_of: Date) -> Assessment {
    let (results, findings, gaps) = ledger.finish();
    let complete = gaps.iter().all(|gap| {
        matches!(gap.reason, Reason::Unresolved | Reason::Unsupported)
            || (gap.reason == Reason::NotCollected && gap.results == 0)
    });
    Assessment {
        schema: SCHEMA.to_owned(),
        tool: tool(),
        as_of: as_of.to_string(),
        scope,
        complete,
        checks,
        results,
        findings,
        gaps,
        tables: Vec::new(),
        components: Vec::new(),
        evidence: Vec::new(),
        notices: Vec::new(),
    }
}

/// The program, and the dates of its facts.
pub fn tool() -> Tool {
    let mut data = BTreeMap::new();
    data.insert("iam".to_owned(), tieout_iam::facts::tables_source().0.to_owned());
    data.insert("botocore".to_owned(), tieout_aws_live::botocore_version().to_owned());
    Tool { name: "tieout".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), data }
}

/// A file that was read.
pub fn file_evidence(path: &str, sha256: &str) -> Evidence {
    Evidence {
        sha256: sha256.to_owned(),
        source: format!("file:{path}"),
        actor: String::new(),
        at: String::new(),
        request: serde_json::Map::new(),
        redacted: false,
    }
}

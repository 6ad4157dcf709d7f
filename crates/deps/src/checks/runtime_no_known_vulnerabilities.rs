//! A Python interpreter in a version that an advisory of CPython is about.

use crate::{Cx, DepsCheck, Judge, Product, RuntimeDeclaration};
use tieout_lifecycle::{RuntimeState, Table, cpython, judge as stands};
use tieout_model::{
    About, AdvisoryHit, Confidence, Detail, Gap, Judged, Persona, Problem, Reason, Severity, Verdict,
};

/// How many advisories a message names.
const NAMED: usize = 4;

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-runtime-no-known-vulnerabilities",
        title: "Python interpreter has no known vulnerabilities",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Engineer,
        cwe: &[1395],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("runtime_no_known_vulnerabilities.md"),
    },
    judge: Judge::Runtime(judge),
    answers_for_unaudited: false,
};

fn judge(runtime: &RuntimeDeclaration, cx: &Cx<'_>) -> Judged {
    if runtime.product != Product::Python {
        return Ok(Verdict::not_applicable("there are advisories of CPython here, and of nothing else"));
    }
    if runtime.at_least {
        return Ok(Verdict::not_applicable("a lower bound names no interpreter"));
    }
    let Some(exact) = &runtime.exact else {
        let what = format!("`{}` does not say which patch release runs", runtime.written);
        return Err(Gap::new(
            Reason::Unresolved,
            what,
            "name the version in full (3.12.8), or audit the image",
        ));
    };
    let Some(hits) = cpython::affecting(exact) else {
        let what = format!("{exact} is no release of CPython that can be compared");
        return Err(Gap::new(Reason::Unsupported, what, "name the version as CPython does (3.12.8)"));
    };
    if hits.is_empty() {
        return Ok(Verdict::pass(format!(
            "no known advisory of CPython is about {exact} (as of {})",
            cpython::AS_OF
        )));
    }
    let mut worst: Vec<&AdvisoryHit> = hits.iter().collect();
    worst.sort_by_key(|hit| (std::cmp::Reverse(rating(hit)), id(hit)));
    let named: Vec<&str> = worst.iter().take(NAMED).map(|hit| id(hit)).collect();
    let more = hits.len().saturating_sub(NAMED);
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message =
        format!("Python {exact} has {} known vulnerabilities: {}{and_more}", hits.len(), named.join(", "));
    // Unrated ones count as medium: they are not known to be harmless.
    let severity = hits.iter().map(rating).max().unwrap_or(Severity::Medium);
    let key = worst.iter().map(|hit| id(hit)).collect::<Vec<_>>().join(" ");
    let problem = Problem { key, ..Problem::new(message) }.at(&runtime.at).severity(severity);
    let verdict = stands(runtime, Table::in_force(), cx.as_of);
    // One finding of a declaration says all of its runtime: that of `runtime_supported`, where that fails.
    if matches!(verdict.state, RuntimeState::Ended { .. } | RuntimeState::EndsSoon { .. }) {
        return Ok(problem.into());
    }
    Ok(problem.detail(Detail::Runtime(verdict.detail(runtime, hits))).into())
}

fn id(hit: &AdvisoryHit) -> &str {
    let cve = hit.ids.iter().find(|id| id.starts_with("CVE-"));
    cve.or(hit.ids.first()).map_or("an advisory without id", String::as_str)
}

fn rating(hit: &AdvisoryHit) -> Severity {
    hit.severity.parse().unwrap_or(Severity::Medium)
}

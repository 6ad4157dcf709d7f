//! A package in a version that an advisory is about.

use crate::{Component, Cx, DepsCheck, FileKind, Judge, MarkerVerdict, Origin, Package, Pin};
use pep440_rs::Version;
use tieout_advisories::{Advisories, Advisory, Rating, smallest_fix};
use tieout_model::{
    About, AdvisoryHit, Confidence, Detail, Gap, Judged, PackageDetail, Persona, Problem, Reason, Severity,
    Verdict,
};

/// How many advisories a message names.
const NAMED: usize = 4;

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-package-no-known-vulnerabilities",
        title: "Package has no known vulnerabilities",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[1395],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("package_no_known_vulnerabilities.md"),
    },
    judge: Judge::Package(judge),
    answers_for_unaudited: true,
};

fn judge(package: &Package<'_>, cx: &Cx<'_>) -> Judged {
    let component = package.component;
    if component.kind == FileKind::Constraints {
        return Ok(Verdict::not_applicable("a constraint installs nothing by itself"));
    }
    if matches!(component.origin, Origin::Path(_)) {
        return Ok(Verdict::not_applicable("it is part of the project"));
    }
    let is_never = |entry: &&Component| {
        entry.marker.as_ref().is_some_and(|marker| marker.verdict == MarkerVerdict::Never)
    };
    if package.entries.iter().all(is_never) {
        let marker = component.marker.as_ref().map(|marker| marker.text.as_str()).unwrap_or_default();
        return Ok(Verdict::not_applicable(format!("it is not installed where the project runs: {marker}")));
    }
    let Some(version) = version(component, cx)? else {
        let settled = cx.locks.settling(component).map(|lock| lock.file_line());
        let (file, line) = settled.unwrap_or_default();
        return Ok(Verdict::not_applicable(format!("{file}:{line} says which version, and is judged")));
    };
    let advisories = cx.advisories.as_ref().map_err(Clone::clone)?;
    if matches!(component.origin, Origin::Conda(_)) && !advisories.knows(component.name.as_str()) {
        let what = format!(
            "{}: there are no advisories for conda packages, and none of PyPI is about this name",
            component.name
        );
        return Err(Gap::new(
            Reason::Unsupported,
            what,
            "look it up with its vendor, or install it from PyPI",
        ));
    }
    let about = advisories.about(component.name.as_str());
    let hits: Vec<&Advisory> = about.iter().filter(|advisory| advisory.affects(version)).collect();
    if hits.is_empty() {
        return Ok(Verdict::pass(none_of(advisories, about.len())));
    }
    Ok(fail(package, version, &about, &hits).into())
}

/// The version to judge; `None` where another file settles it.
fn version<'a>(component: &'a Component, cx: &Cx<'_>) -> Result<Option<&'a Version>, Gap> {
    let name = &component.name;
    if let Pin::Exact(version) = &component.pin {
        return Ok(Some(version));
    }
    if !component.kind.is_lock() && cx.locks.settling(component).is_some() {
        return Ok(None);
    }
    let what = match (&component.pin, &component.origin) {
        (Pin::Unreadable(text), _) => format!("{name} {text}: this is no version as PEP 440 knows them"),
        (_, Origin::Vcs { url, .. } | Origin::Url(url)) => {
            format!("{name}: {url} does not say which version it is")
        }
        (_, _) if component.written.is_empty() => format!("{name}: any version may be installed"),
        _ => format!("{name} {}: the version is chosen on the day of installation", component.written),
    };
    Err(Gap::new(
        Reason::Unresolved,
        what,
        "pin it, commit a lock file, or audit what is installed (`tieout deps .venv`)",
    ))
}

fn none_of(advisories: &Advisories, about: usize) -> String {
    let date = advisories.source().date.as_deref().unwrap_or("an unknown day");
    match about {
        0 => format!("no advisory is about this package (as of {date})"),
        1 => format!("the one advisory about this package is about other versions (as of {date})"),
        more => format!("the {more} advisories about this package are about other versions (as of {date})"),
    }
}

fn fail(package: &Package<'_>, version: &Version, about: &[Advisory], hits: &[&Advisory]) -> Problem {
    let component = package.component;
    let fix = smallest_fix(version, about);
    let mut worst: Vec<&&Advisory> = hits.iter().collect();
    worst.sort_by_key(|advisory| (std::cmp::Reverse(advisory.rating), short_id(advisory)));
    let named: Vec<String> = worst.iter().take(NAMED).map(|advisory| named(advisory)).collect();
    let more = hits.len().saturating_sub(NAMED);
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let vulnerabilities = if hits.len() == 1 { "vulnerability" } else { "vulnerabilities" };
    let malicious = hits.iter().any(|advisory| advisory.is_malicious());
    let mended = match (&fix.any, malicious) {
        (_, true) => "it is malicious: take it out, and change what it could read".to_owned(),
        (Some(fix), _) => format!("{fix} mends {}", if hits.len() == 1 { "it" } else { "them all" }),
        (None, _) => "no release mends everything".to_owned(),
    };
    let message = format!(
        "{} {version} has {} known {vulnerabilities}: {}{and_more}; {mended}",
        component.name,
        hits.len(),
        named.join(", ")
    );
    let ids: Vec<&str> = hits.iter().map(|advisory| short_id(advisory)).collect();
    let detail = PackageDetail {
        name: component.name.to_string(),
        version: version.to_string(),
        purl: component.purl(),
        group: component.group.label(),
        rank: None,
        advisories: hits.iter().map(|advisory| hit(advisory, version)).collect(),
        fix: fix.any.as_ref().map(ToString::to_string),
        fix_same_major: fix.same_major.as_ref().map(ToString::to_string),
        chain: component.chain.iter().map(ToString::to_string).collect(),
    };
    let problem = Problem { key: ids.join(" "), ..Problem::new(message) };
    package
        .entries
        .iter()
        .fold(problem, |problem, entry| problem.at(&entry.at))
        .severity(severity(hits))
        .detail(Detail::Package(detail))
}

fn hit(advisory: &Advisory, version: &Version) -> AdvisoryHit {
    AdvisoryHit {
        ids: advisory.ids.clone(),
        severity: advisory.rating.as_str().to_owned(),
        cvss: advisory.cvss.clone(),
        fixed: advisory.fixes().into_iter().filter(|fix| fix > version).map(|fix| fix.to_string()).collect(),
        summary: advisory.summary.clone(),
        rank: None,
    }
}

/// The id that people know: the CVE's, else GHSA's, else the first.
fn short_id(advisory: &Advisory) -> &str {
    let starting = |prefix| advisory.ids.iter().find(|id| id.starts_with(prefix));
    let id = starting("CVE-").or_else(|| starting("GHSA-")).or(advisory.ids.first());
    id.map_or("an advisory without id", String::as_str)
}

fn named(advisory: &Advisory) -> String {
    match advisory.rating {
        Rating::Unknown => short_id(advisory).to_owned(),
        rating => format!("{} ({})", short_id(advisory), rating.as_str()),
    }
}

/// The worst of them. One that nobody rated counts as medium: it is not known to be harmless.
fn severity(hits: &[&Advisory]) -> Severity {
    let of = |advisory: &&Advisory| match advisory.rating {
        Rating::Critical => Severity::Critical,
        Rating::High => Severity::High,
        Rating::Medium | Rating::Unknown => Severity::Medium,
        Rating::Low => Severity::Low,
        Rating::None => Severity::Info,
    };
    hits.iter().map(of).max().unwrap_or(Severity::Medium)
}

//! A package in a version that an advisory is about.

use crate::inputs::is_archive;
use crate::reach::Ranked;
use crate::{Component, Cx, DepsCheck, FileKind, Judge, MarkerVerdict, Origin, Package, Pin, Population};
use pep440_rs::Version;
use tieout_advisories::{Advisories, Advisory, Rating, smallest_fix};
use tieout_model::{
    About, AdvisoryHit, Confidence, Detail, Gap, Judged, PackageDetail, Persona, Place, Problem, Rank,
    Reason, Severity, TraceStep, Verdict,
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
    judge: Judge::Package(Population::All, judge),
    answers_for_unaudited: true,
};

fn judge(package: &Package<'_>, cx: &Cx<'_>) -> Judged {
    let component = package.component;
    if component.kind == FileKind::Constraints {
        return Ok(Verdict::not_applicable("a constraint installs nothing by itself"));
    }
    // An archive beside the code is somebody's release as much as one on an index.
    if matches!(&component.origin, Origin::Path(path) if !is_archive(path)) {
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
    let about = advisories.about(component.name.as_str())?;
    let hits: Vec<&Advisory> = about.iter().filter(|advisory| advisory.affects(version)).collect();
    if hits.is_empty() {
        return Ok(Verdict::pass(none_of(advisories, about.len())));
    }
    Ok(fail(package, version, &about, &hits, cx).into())
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

fn fail(
    package: &Package<'_>,
    version: &Version,
    about: &[Advisory],
    hits: &[&Advisory],
    cx: &Cx<'_>,
) -> Problem {
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
    let reached: Vec<Option<Reached>> =
        hits.iter().map(|advisory| reached(component, advisory, cx)).collect();
    let closest = reached.iter().flatten().min_by_key(|reached| reached.ranked.rank);
    let message = format!(
        "{} {version} has {} known {vulnerabilities}: {}{and_more}; {mended}{}",
        component.name,
        hits.len(),
        named.join(", "),
        closest.map(Reached::words).unwrap_or_default()
    );
    let ids: Vec<&str> = hits.iter().map(|advisory| short_id(advisory)).collect();
    let detail = PackageDetail {
        name: component.name.to_string(),
        version: version.to_string(),
        purl: component.purl(),
        group: component.group.label(),
        rank: closest.map(|reached| reached.ranked.rank),
        advisories: hits
            .iter()
            .zip(&reached)
            .map(|(advisory, reached)| hit(advisory, version, reached.as_ref()))
            .collect(),
        fix: fix.any.as_ref().map(ToString::to_string),
        fix_same_major: fix.same_major.as_ref().map(ToString::to_string),
        chain: component.chain.iter().map(ToString::to_string).collect(),
    };
    let trace = closest.map(Reached::trace).unwrap_or_default();
    let problem = Problem { key: ids.join(" "), trace, ..Problem::new(message) };
    package
        .entries
        .iter()
        .fold(problem, |problem, entry| problem.at(&entry.at))
        .severity(severity(hits))
        .detail(Detail::Package(detail))
}

/// How closely the code touches a flaw, and from which handler.
struct Reached {
    ranked: Ranked,
    handler: Option<String>,
}

/// The closest rank of any handler; of the project as a whole where no handler is known or none reaches it.
fn reached(component: &Component, advisory: &Advisory, cx: &Cx<'_>) -> Option<Reached> {
    let code = cx.code?;
    let whole = code.rank(component, &advisory.ids, cx.reading);
    let by_handler = cx
        .handlers
        .iter()
        .map(|(name, handler)| (name, code.rank_in(handler, component, &advisory.ids, cx.reading)))
        .min_by_key(|(_, ranked)| ranked.rank)
        .filter(|(_, ranked)| ranked.rank <= whole.rank);
    Some(match by_handler {
        Some((name, ranked)) if ranked.evidence.is_some() => Reached { ranked, handler: Some(name.clone()) },
        _ => Reached { ranked: whole, handler: None },
    })
}

impl Reached {
    /// The rank, unless it may be too low: a reader could take *imported* for *not affected*.
    fn sure_rank(&self) -> Option<Rank> {
        let doubtful = self.ranked.uncertain.is_some() && self.ranked.rank == Rank::Imported;
        (!doubtful).then_some(self.ranked.rank)
    }

    /// `; yaml.load is called at app.py:12, from the handler Intake`.
    fn words(&self) -> String {
        let Some(evidence) = &self.ranked.evidence else {
            return match &self.ranked.uncertain {
                Some(why) => format!("; no code of the project imports it, as far as can be told ({why})"),
                None => "; no code of the project imports it".to_owned(),
            };
        };
        let place =
            evidence.at.file_line().map(|(file, line)| format!(" at {file}:{line}")).unwrap_or_default();
        let handler =
            self.handler.as_ref().map(|name| format!(", from the handler {name}")).unwrap_or_default();
        format!("; {}{place}{handler}", evidence.what)
    }

    fn trace(&self) -> Vec<TraceStep> {
        let Some(evidence) = &self.ranked.evidence else { return Vec::new() };
        let steps = evidence.trail.iter().map(|step| (format!("imports {}", step.name), &step.at));
        steps
            .chain([(evidence.what.clone(), &evidence.at)])
            .filter_map(|(message, at)| step(message, at))
            .collect()
    }
}

fn step(message: String, at: &Place) -> Option<TraceStep> {
    let Place::Text(text) = at else { return None };
    Some(TraceStep { message, file: text.file.to_string(), line: text.start.line, column: text.start.column })
}

fn hit(advisory: &Advisory, version: &Version, reached: Option<&Reached>) -> AdvisoryHit {
    AdvisoryHit {
        ids: advisory.ids.clone(),
        severity: advisory.rating.as_str().to_owned(),
        cvss: advisory.cvss.clone(),
        fixed: advisory.fixes().into_iter().filter(|fix| fix > version).map(|fix| fix.to_string()).collect(),
        summary: advisory.summary.clone(),
        rank: reached.and_then(Reached::sure_rank),
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

//! A production dependency whose version is chosen on the day of installation.

use crate::{Cx, DepsCheck, Group, Judge, Origin, Package, Pin, Population};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-package-pinned",
        title: "Production dependency is pinned to one version, by itself or by a lock file",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[1357],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("package_pinned.md"),
    },
    judge: Judge::Package(Population::Manifests, judge),
    answers_for_unaudited: false,
};

fn judge(package: &Package<'_>, cx: &Cx<'_>) -> Judged {
    let Some(open) = package.entries.iter().find(|entry| entry.group == Group::Prod) else {
        return Ok(Verdict::not_applicable("it is not for production"));
    };
    match (&open.origin, &open.pin) {
        (Origin::Vcs { .. }, _) => {
            return Ok(Verdict::not_applicable("a repository is judged by deps-package-commit-pinned"));
        }
        (Origin::Path(_), _) => return Ok(Verdict::not_applicable("it is part of the project")),
        (Origin::Url(_), _) => return Ok(Verdict::pass("the URL names one archive")),
        (_, Pin::Exact(version)) => return Ok(Verdict::pass(format!("it is pinned to {version}"))),
        _ => {}
    }
    if let Some(lock) = cx.locks.settling(open) {
        let (file, line) = lock.file_line();
        let version = lock.version().map_or_else(|| lock.written.clone(), ToString::to_string);
        return Ok(Verdict::pass(format!("{file}:{line} locks it to {version}")));
    }
    let bound = if open.written.is_empty() { "any version" } else { open.written.as_str() };
    let message = format!("{} may be {bound}: the version is chosen on the day of installation", open.name);
    Ok(package.entries.iter().fold(Problem::new(message), |problem, entry| problem.at(&entry.at)).into())
}

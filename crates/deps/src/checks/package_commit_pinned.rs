//! A dependency from a repository whose branch or tag may move.

use crate::{Cx, DepsCheck, Judge, Origin, Package, Population};
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-package-commit-pinned",
        title: "Dependency from a repository is pinned to a commit",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[494, 1357],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("package_commit_pinned.md"),
    },
    judge: Judge::Package(Population::Repositories, judge),
    answers_for_unaudited: false,
};

fn judge(package: &Package<'_>, cx: &Cx<'_>) -> Judged {
    let of_repository = package.entries.iter().find_map(|entry| match &entry.origin {
        Origin::Vcs { kind, url, revision } => Some((entry, kind, url, revision.as_deref())),
        _ => None,
    });
    let Some((entry, kind, url, revision)) = of_repository else {
        return Ok(Verdict::not_applicable("it does not come from a repository"));
    };
    if let Some(commit) = revision.filter(|revision| is_commit(revision)) {
        return Ok(Verdict::pass(format!("{url} at commit {commit}")));
    }
    if let Some(lock) = cx.locks.settling(entry)
        && let Origin::Vcs { revision: Some(commit), .. } = &lock.origin
        && is_commit(commit)
    {
        let (file, line) = lock.file_line();
        return Ok(Verdict::pass(format!("{file}:{line} locks it to commit {commit}")));
    }
    let what = match revision {
        Some(revision) => format!("{revision}, which may be moved to another commit"),
        None => "its default branch, whatever stands there".to_owned(),
    };
    Ok(Verdict::fail(format!("{} is installed from {kind} {url} at {what}", entry.name), &entry.at))
}

/// True for a full commit id: SHA-1 or SHA-256 in hex. A shortened one can be made to mean another commit.
fn is_commit(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

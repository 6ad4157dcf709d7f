//! A file from which packages are installed without comparing their hashes.

use crate::{Cx, DepsCheck, FileKind, Judge, Manifest};
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-manifest-hashed",
        title: "File from which packages are installed gives their hashes",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[494, 353],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("manifest_hashed.md"),
    },
    judge: Judge::Manifest(judge),
    answers_for_unaudited: false,
};

fn judge(manifest: &Manifest, cx: &Cx<'_>) -> Judged {
    let installs = manifest.kind == FileKind::Requirements
        || (manifest.kind.is_lock() && !matches!(manifest.kind, FileKind::Installed | FileKind::Archive));
    if !installs {
        return Ok(Verdict::not_applicable(
            "nothing is installed from this file as it stands, or it has no place for hashes",
        ));
    }
    let entries: Vec<_> =
        cx.reading.components.iter().filter(|component| component.file_line().0 == &*manifest.path).collect();
    let of_index = entries
        .iter()
        .filter(|entry| matches!(entry.origin, crate::Origin::Index(_) | crate::Origin::Url(_)));
    let (with, without): (Vec<&&crate::Component>, Vec<&&crate::Component>) =
        of_index.partition(|entry| !entry.hashes.is_empty());
    if with.is_empty() && without.is_empty() {
        return Ok(Verdict::not_applicable("it names no package of an index"));
    }
    if without.is_empty() {
        return Ok(Verdict::pass(format!("each of {} packages has its hashes", with.len())));
    }
    if manifest.kind == FileKind::Requirements
        && without.iter().all(|entry| cx.locks.settling(entry).is_some())
    {
        return Ok(Verdict::not_applicable("a lock file settles all of its packages"));
    }
    let total = with.len() + without.len();
    let place = without.first().map(|entry| entry.at.clone()).unwrap_or_default();
    Ok(Verdict::fail(format!("{} of {total} packages are installed without a hash", without.len()), &place))
}

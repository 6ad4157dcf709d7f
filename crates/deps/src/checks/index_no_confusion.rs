//! A second index that is asked beside the first.

use crate::{Cx, DepsCheck, IndexKind, IndexUse, Judge};
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-index-no-confusion",
        title: "No second package index is asked beside the first",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Engineer,
        cwe: &[427, 1357],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("index_no_confusion.md"),
    },
    judge: Judge::Index(judge),
    answers_for_unaudited: false,
};

fn judge(index: &IndexUse, _cx: &Cx<'_>) -> Judged {
    Ok(match index.kind {
        IndexKind::Extra => Verdict::fail(
            format!(
                "{} is asked beside the first index: a package of your own can be taken from whichever of the two has the higher version",
                index.url
            ),
            &index.at,
        ),
        IndexKind::Only => Verdict::pass(format!("{} stands in place of PyPI", index.url)),
        IndexKind::Explicit => Verdict::pass(format!("{} is for named packages only", index.url)),
        IndexKind::Links => Verdict::not_applicable("a list of links is no index"),
        IndexKind::Trusted => Verdict::not_applicable("a host is no index"),
        IndexKind::Direct => Verdict::not_applicable("the address of one package is no index"),
    })
}

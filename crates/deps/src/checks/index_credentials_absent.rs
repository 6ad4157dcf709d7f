//! Credentials in the address of a package index.

use crate::{Cx, DepsCheck, IndexUse, Judge};
use tieout_model::{About, Confidence, Detail, Judged, Persona, Problem, SecretDetail, Severity, Verdict};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-index-credentials-absent",
        title: "No credentials stand in the address of a package index",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[798],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &[],
        aliases: &[],
        guide: include_str!("index_credentials_absent.md"),
    },
    judge: Judge::Index(judge),
    answers_for_unaudited: false,
};

fn judge(index: &IndexUse, _cx: &Cx<'_>) -> Judged {
    let Some(credentials) = &index.credentials else {
        return Ok(Verdict::pass("the address has no credentials, or takes them from the environment"));
    };
    let message = format!("the address of {} has a password ({})", index.url, credentials.redacted);
    let detail = SecretDetail {
        kind: "password in a URL".to_owned(),
        redacted: credentials.redacted.clone(),
        fingerprint: credentials.fingerprint.clone(),
        ..SecretDetail::default()
    };
    Ok(Problem::new(message).at(&index.at).detail(Detail::Secret(detail)).into())
}

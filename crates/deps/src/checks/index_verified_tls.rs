//! An index that is asked without TLS, or without looking at its certificate.

use crate::{Cx, DepsCheck, IndexKind, IndexUse, Judge};
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-index-verified-tls",
        title: "Package index is asked over TLS with its certificate checked",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[295, 319, 494],
        controls: &[],
        objectives: &["vulnerable-dependencies", "tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("index_verified_tls.md"),
    },
    judge: Judge::Index(judge),
    answers_for_unaudited: false,
};

fn judge(index: &IndexUse, _cx: &Cx<'_>) -> Judged {
    if index.kind == IndexKind::Trusted {
        let message = format!("the certificate of {} is not checked", index.url);
        return Ok(Verdict::fail(message, &index.at));
    }
    let url = index.url.to_ascii_lowercase();
    let plain = url.strip_prefix("http://").map(|rest| rest.split(['/', ':']).next().unwrap_or_default());
    Ok(match plain {
        Some(host) if is_loopback(host) => Verdict::pass("the index is on this machine"),
        Some(_) => Verdict::fail(format!("{} is asked over plain HTTP", index.url), &index.at),
        None => Verdict::pass(format!("{} is asked over TLS, or is a folder", index.url)),
    })
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.starts_with("127.") || host == "[::1]"
}

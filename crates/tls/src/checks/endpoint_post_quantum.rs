//! A server without a post-quantum group.

use crate::endpoint::Endpoint;
use crate::wire::Group;
use crate::{Cx, Judge, TlsCheck};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-endpoint-post-quantum",
        title: "Server agrees on keys that a quantum computer does not break",
        severity: Severity::Info,
        confidence: Confidence::High,
        persona: Persona::Pedantic,
        cwe: &[326],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("endpoint_post_quantum.md"),
    },
    judge: Judge::Endpoint(judge),
};

fn judge(endpoint: &Endpoint, _cx: &Cx<'_>) -> Judged {
    let groups =
        endpoint.versions.values().flat_map(|offer| &offer.groups).filter_map(|name| Group::named(name));
    let hybrid = groups.into_iter().find(|group| group.is_post_quantum());
    if let Some(group) = hybrid {
        return Ok(Verdict::pass(format!("{group} is accepted")));
    }
    endpoint.told_all("groups")?;
    Ok(Problem::new(
        "the server speaks no post-quantum group, so that what is recorded today may be read one day",
    )
    .into())
}

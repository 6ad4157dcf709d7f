//! The confused deputy in a resource's policies: a service that may come on behalf of any account. Which resource it is
//! about is each check's own.

use crate::s3::access::{actions_of, place_of};
use tieout_iam::{Audience, Policy};
use tieout_model::{Judged, Verdict};

/// Whether each service that the policies name is held to a source, but for those that come for themselves (`exempt`).
pub(crate) fn judge<'p>(policies: impl IntoIterator<Item = &'p Policy>, exempt: &[&str]) -> Judged {
    let mut services = 0;
    let mut gap = None;
    for policy in policies {
        let exposure = policy.exposure();
        for grant in &exposure.grants {
            let Audience::Service(service) = &grant.audience else { continue };
            services += 1;
            if exempt.contains(&service.as_str()) {
                continue;
            }
            match grant.confused_deputy() {
                Ok(true) => {
                    let message = format!(
                        "{} lets {service} use {} on behalf of any account: there is no aws:SourceArn or aws:SourceAccount",
                        grant.statement.label(),
                        actions_of(grant),
                    );
                    return Ok(Verdict::fail(message, place_of(grant)));
                }
                Ok(false) => {}
                Err(open) => gap = gap.or(Some(open)),
            }
        }
        gap = gap.or(exposure.gaps.into_iter().next());
    }
    match gap {
        Some(gap) => Err(gap),
        None if services == 0 => Ok(Verdict::not_applicable("no service is named in the policy")),
        None => Ok(Verdict::pass("each service is held to a source")),
    }
}

//! A trail that is switched off records nothing.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Trail;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Trail> = Each {
    about: About {
        id: "cloudtrail-trail-is-logging",
        title: "Trail is logging",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[778],
        controls: &["CIS-AWS-3.0:3.1", "AWS-FSBP:CloudTrail.1"],
        objectives: &["cloudtrail", "logging-and-monitoring"],
        reads: &["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"],
        aliases: &[("prowler", "cloudtrail_multi_region_enabled"), ("checkov", "CKV_AWS_251")],
        guide: include_str!("trail_is_logging.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(trail: &Trail, _cx: &Cx<'_>) -> Judged {
    let logging = &trail.is_logging;
    Ok(match logging.known()? {
        Some(true) => Verdict::pass("the trail is logging"),
        Some(false) => Verdict::fail("the trail is switched off", logging.place()),
        None => return Err(Gap::unsupported("a trail that does not say whether it logs")),
    })
}

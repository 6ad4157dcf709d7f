//! A trail covers regions that nobody thinks of.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Trail;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Trail> = Each {
    about: About {
        id: "cloudtrail-trail-multi-region",
        title: "Trail covers every region",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[778],
        controls: &["CIS-AWS-3.0:3.1", "AWS-FSBP:CloudTrail.1"],
        objectives: &["cloudtrail", "logging-and-monitoring"],
        reads: &["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"],
        aliases: &[("prowler", "cloudtrail_multi_region_enabled"), ("checkov", "CKV_AWS_67")],
        guide: include_str!("trail_multi_region.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(trail: &Trail, cx: &Cx<'_>) -> Judged {
    let multi = &trail.is_multi_region_trail;
    if multi.is_true()? {
        return Ok(Verdict::pass("the trail covers every region"));
    }
    let mut unknown = None;
    for (other, it) in cx.beside::<Trail>()? {
        if it.is_multi_region_trail.is_true() != Ok(true) {
            continue;
        }
        match it.is_logging.is_true() {
            Ok(true) => {
                let name = other.subject.name.as_deref().unwrap_or(&other.subject.id);
                return Ok(Verdict::pass(format!("another trail, {name}, covers every region")));
            }
            Ok(false) => {}
            Err(gap) => unknown = Some(gap),
        }
    }
    if let Some(gap) = unknown {
        return Err(gap);
    }
    Ok(Verdict::fail("the trail covers its own region only, and no other covers the rest", multi.place()))
}

//! What happens in a region is on record.

use super::coverage;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Region;
use tieout_model::{About, Confidence, Judged, Persona, Place, Severity, Verdict};

/// The check.
pub static CHECK: Each<Region> = Each {
    about: About {
        id: "cloudtrail-region-has-trail",
        title: "Each region is covered by a trail",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[778],
        controls: &["CIS-AWS-3.0:3.1", "AWS-FSBP:CloudTrail.1"],
        objectives: &["cloudtrail", "logging-and-monitoring"],
        reads: &[
            "ec2:DescribeRegions",
            "cloudtrail:DescribeTrails",
            "cloudtrail:GetTrailStatus",
            "cloudtrail:GetEventSelectors",
        ],
        aliases: &[
            ("prowler", "cloudtrail_multi_region_enabled"),
            ("prowler", "cloudtrail_multi_region_enabled_logging_management_events"),
        ],
        guide: include_str!("region_has_trail.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(region: &Region, cx: &Cx<'_>) -> Judged {
    let name = region.region_name.text()?;
    if region.live.opt_in_status.text()? == "not-opted-in" {
        return Ok(Verdict::not_applicable("the region is not enabled for the account"));
    }
    let (covering, silent) = coverage::of_region(cx.state, cx.resource, name)?;
    if let Some(trail) = covering {
        return Ok(Verdict::pass(format!("covered by {trail}")));
    }
    Ok(Verdict::fail(
        match silent {
            Some(trail) => format!("no trail covers {name}: {trail} is there, and does not log"),
            None => format!("no trail covers {name}"),
        },
        &Place::None,
    ))
}

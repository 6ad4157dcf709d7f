//! An alarm can be raised by what the trail records.

use crate::iam::age::days;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Trail;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Trail> = Each {
    about: About {
        id: "cloudtrail-trail-cloudwatch-logs",
        title: "Trail delivers to CloudWatch Logs",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[778],
        controls: &["AWS-FSBP:CloudTrail.5"],
        objectives: &["cloudtrail", "logging-and-monitoring"],
        reads: &["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"],
        aliases: &[("prowler", "cloudtrail_cloudwatch_logging_enabled"), ("checkov", "CKV2_AWS_10")],
        guide: include_str!("trail_cloudwatch_logs.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(trail: &Trail, cx: &Cx<'_>) -> Judged {
    let group = &trail.cloud_watch_logs_log_group_arn;
    let Some(name) = cx.named(group, "CloudWatchLogsLogGroupArn")? else {
        return Ok(Verdict::fail(
            "the trail delivers to no log group, so that no alarm can watch it",
            group.place(),
        ));
    };
    if cx.resource.is_live() {
        match days(&trail.live.latest_cloud_watch_logs_delivery_time, cx.state.as_of())? {
            Some(days) if days > 1 => {
                return Ok(Verdict::fail(
                    format!("the last delivery to {name} was {days} days ago"),
                    trail.live.latest_cloud_watch_logs_delivery_time.place(),
                ));
            }
            _ => {}
        }
    }
    Ok(Verdict::pass(format!("delivers to {name}")))
}

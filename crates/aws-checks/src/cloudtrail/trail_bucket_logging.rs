//! Who read the trail is on record, too.

use super::bucket::on_bucket;
use crate::s3::bucket_logging_enabled;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Trail;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Trail> = Each {
    about: About {
        id: "cloudtrail-trail-bucket-logging",
        title: "The bucket of a trail keeps access logs",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[778],
        controls: &["CIS-AWS-3.0:3.4", "AWS-FSBP:CloudTrail.7"],
        objectives: &["cloudtrail", "logging-and-monitoring"],
        reads: &[
            "cloudtrail:DescribeTrails",
            "s3:ListAllMyBuckets",
            "s3:GetBucketLocation",
            "s3:GetBucketLogging",
        ],
        aliases: &[("prowler", "cloudtrail_logs_s3_bucket_access_logging_enabled")],
        guide: include_str!("trail_bucket_logging.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(trail: &Trail, cx: &Cx<'_>) -> Judged {
    let place = trail.s3_bucket_name.place();
    on_bucket(cx, |bucket, of_bucket| match bucket_logging_enabled::judge(bucket, of_bucket)? {
        // That it holds the logs of others does not put its own readers on record.
        Verdict::Fail(_) | Verdict::NotApplicable(_) => {
            Ok(Verdict::fail("the trail's bucket keeps no server access logs", place))
        }
        other => Ok(other),
    })
}

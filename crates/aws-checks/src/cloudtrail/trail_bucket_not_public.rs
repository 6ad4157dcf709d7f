//! Nobody outside reads what the trail recorded.

use super::bucket::on_bucket;
use crate::s3::bucket_not_public;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Trail;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<Trail> = Each {
    about: About {
        id: "cloudtrail-trail-bucket-not-public",
        title: "The bucket of a trail is not open to the public",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &["AWS-FSBP:CloudTrail.6"],
        objectives: &["cloudtrail", "network-exposure"],
        reads: &[
            "cloudtrail:DescribeTrails",
            "s3:ListAllMyBuckets",
            "s3:GetBucketLocation",
            "s3:GetBucketAcl",
            "s3:GetBucketPolicy",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetAccountPublicAccessBlock",
        ],
        aliases: &[("prowler", "cloudtrail_logs_s3_bucket_is_not_publicly_accessible")],
        guide: include_str!("trail_bucket_not_public.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(trail: &Trail, cx: &Cx<'_>) -> Judged {
    let place = trail.s3_bucket_name.place();
    on_bucket(cx, |bucket, of_bucket| match bucket_not_public::judge(bucket, of_bucket)? {
        Verdict::Fail(problem) => Ok(Problem {
            message: format!("the trail's bucket is public: {}", problem.message),
            ..problem.at(place)
        }
        .into()),
        other => Ok(other),
    })
}

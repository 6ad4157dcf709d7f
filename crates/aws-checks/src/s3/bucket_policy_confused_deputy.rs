//! A service uses the bucket for its own account only.

use super::access;
use crate::{Cx, Each, Judge, deputy};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-policy-confused-deputy",
        title: "S3 bucket policy says on whose behalf a service comes",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[441],
        controls: &[],
        objectives: &["least-privilege"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketPolicy"],
        aliases: &[],
        guide: include_str!("bucket_policy_confused_deputy.md"),
    },
    judge: Judge::Configuration(judge),
};

/// Services that deliver only what the account itself has set up, and send no source.
/// Source: Elastic Load Balancing User Guide, "Enable access logs": its bucket policy has no condition.
const FOR_THEMSELVES: [&str; 1] = ["logdelivery.elasticloadbalancing.amazonaws.com"];

fn judge(_bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    // A fail that stands before a policy that is not known is a fail all the same.
    let mut known = Vec::new();
    for policy in access::policies(cx)? {
        match policy.known() {
            Ok(policy) => known.extend(policy),
            Err(gap) => {
                return match deputy::judge(known, &FOR_THEMSELVES) {
                    Ok(Verdict::Fail(problem)) => Ok(problem.into()),
                    _ => Err(gap),
                };
            }
        }
    }
    deputy::judge(known, &FOR_THEMSELVES)
}

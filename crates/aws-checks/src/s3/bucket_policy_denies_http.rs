//! Plain HTTP to the bucket is refused, for everyone, on the bucket and on its objects.

use super::access;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_iam::Answer;
use tieout_model::{About, Confidence, Judged, Persona, Place, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-policy-denies-http",
        title: "S3 bucket refuses plain HTTP",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[319],
        controls: &["CIS-AWS-3.0:2.1.1", "AWS-FSBP:S3.5"],
        objectives: &["encryption-in-transit"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketPolicy"],
        aliases: &[("prowler", "s3_bucket_secure_transport_policy"), ("checkov", "CKV_AWS_379")],
        guide: include_str!("bucket_policy_denies_http.md"),
    },
    judge: Judge::Configuration(judge),
};

pub(crate) fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let owner = access::owner(bucket, cx);
    for setting in access::policies(cx)? {
        let Some(policy) = setting.known()? else { continue };
        return match policy.denies_plain_http(owner) {
            Answer::Yes(transport) => Ok(Verdict::pass(match transport.minimum {
                Some(version) => format!("the policy refuses plain HTTP and TLS below {version}"),
                None => "the policy refuses plain HTTP".to_owned(),
            })),
            Answer::No => Ok(Verdict::fail(
                "the policy has no statement that denies everyone every S3 action over plain HTTP, on the bucket and its objects",
                setting.place(),
            )),
            Answer::Unknown(gap) => Err(gap),
        };
    }
    Ok(Verdict::fail("the bucket has no policy, so that plain HTTP is accepted", &Place::None))
}

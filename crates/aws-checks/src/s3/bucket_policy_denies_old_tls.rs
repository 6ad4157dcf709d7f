//! TLS below 1.2 to the bucket is refused by its policy, for everyone, on the bucket and on its objects.

use super::access;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_iam::Answer;
use tieout_model::{About, Confidence, Judged, Persona, Place, Severity, Verdict};

/// The check. S3 itself refuses TLS below 1.2 at its public endpoints since 2024, so that the policy is a second bolt.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-policy-denies-old-tls",
        title: "S3 bucket's policy refuses TLS below 1.2",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Pedantic,
        cwe: &[326],
        controls: &[],
        objectives: &["encryption-in-transit", "tls"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketPolicy"],
        aliases: &[],
        guide: include_str!("bucket_policy_denies_old_tls.md"),
    },
    judge: Judge::Configuration(judge),
};

/// The least version that is let in.
const LEAST: &str = "1.2";

fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let owner = access::owner(bucket, cx);
    for setting in access::policies(cx)? {
        let Some(policy) = setting.known()? else { continue };
        return match policy.denies_tls_below(LEAST, owner) {
            Answer::Yes(transport) => Ok(Verdict::pass(format!(
                "the policy refuses TLS below {}",
                transport.minimum.as_deref().unwrap_or(LEAST)
            ))),
            Answer::No => Ok(Verdict::fail(
                "the policy has no statement that denies everyone every S3 action where s3:TlsVersion is below 1.2, on the bucket and its objects",
                setting.place(),
            )),
            Answer::Unknown(gap) => Err(gap),
        };
    }
    Ok(Verdict::fail("the bucket has no policy, so that no TLS version is refused by it", &Place::None))
}

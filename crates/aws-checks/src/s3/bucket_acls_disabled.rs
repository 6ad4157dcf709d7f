//! Access is granted by policies alone: ACLs have no effect.

use super::access;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Setting, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-acls-disabled",
        title: "S3 bucket's ACLs are turned off",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[284],
        controls: &["AWS-FSBP:S3.12"],
        objectives: &["least-privilege"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketOwnershipControls"],
        aliases: &[("prowler", "s3_bucket_acl_prohibited"), ("checkov", "CKV2_AWS_65")],
        guide: include_str!("bucket_acls_disabled.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(bucket: &Bucket, _cx: &Cx<'_>) -> Judged {
    let off = access::acls_off(bucket);
    Ok(match (off.is_true()?, matches!(off, Setting::Default(..))) {
        (true, false) => Verdict::pass("ObjectOwnership is BucketOwnerEnforced"),
        (true, true) => Verdict::pass("not written; new buckets are BucketOwnerEnforced (since 2023-04)"),
        (false, false) => Verdict::fail(
            "ObjectOwnership lets ACLs grant access: it is not BucketOwnerEnforced",
            off.place(),
        ),
        (false, true) => Verdict::fail("no ownership controls: the bucket honours its ACLs", off.place()),
    })
}

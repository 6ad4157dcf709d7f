//! Versioning keeps what an overwrite or a deletion would destroy.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-versioning-enabled",
        title: "S3 bucket keeps versions of its objects",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[],
        controls: &["AWS-FSBP:S3.14"],
        objectives: &["backups-and-resilience"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
        aliases: &[("prowler", "s3_bucket_object_versioning"), ("checkov", "CKV_AWS_21")],
        guide: include_str!("bucket_versioning_enabled.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(bucket: &Bucket, _cx: &Cx<'_>) -> Judged {
    let status = &bucket.versioning_configuration.status;
    Ok(match status.text()? {
        "Enabled" => Verdict::pass("versioning is on"),
        "Suspended" if status.is_written() => Verdict::fail("versioning is suspended", status.place()),
        _ => Verdict::fail("versioning is not configured", status.place()),
    })
}

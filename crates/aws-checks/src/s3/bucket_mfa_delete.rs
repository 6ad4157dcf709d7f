//! A version cannot be deleted for good without a second factor.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-mfa-delete",
        title: "S3 bucket asks for MFA before a version is deleted",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        persona: Persona::Pedantic,
        cwe: &[308],
        controls: &["CIS-AWS-3.0:2.1.2", "AWS-FSBP:S3.20"],
        objectives: &["backups-and-resilience", "mfa-and-key-rotation"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
        aliases: &[("prowler", "s3_bucket_no_mfa_delete")],
        guide: include_str!("bucket_mfa_delete.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(bucket: &Bucket, _cx: &Cx<'_>) -> Judged {
    let mfa = &bucket.live.mfa_delete;
    Ok(match (mfa.text()?, bucket.versioning_configuration.status.text()?) {
        ("Enabled", _) => Verdict::pass("MFA delete is on"),
        (_, "Enabled") => Verdict::fail("versioning is on, MFA delete is not", mfa.place()),
        _ => Verdict::fail("neither versioning nor MFA delete is on", mfa.place()),
    })
}

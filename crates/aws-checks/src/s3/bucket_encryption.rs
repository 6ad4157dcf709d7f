//! Objects are encrypted at rest: by a setting, or by S3's default since 2023.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Setting, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-encryption",
        title: "S3 bucket encrypts its objects",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[311],
        controls: &["AWS-FSBP:S3.4"],
        objectives: &["encryption-at-rest"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetEncryptionConfiguration"],
        aliases: &[("prowler", "s3_bucket_default_encryption"), ("checkov", "CKV_AWS_19")],
        guide: include_str!("bucket_encryption.md"),
    },
    judge: Judge::Configuration(judge),
};

pub(crate) fn judge(bucket: &Bucket, _cx: &Cx<'_>) -> Judged {
    let rules = &bucket.bucket_encryption.server_side_encryption_configuration;
    if matches!(rules, Setting::Default(..)) {
        return Ok(Verdict::pass("not written; S3 encrypts new objects with AES256 (since 2023-01-05)"));
    }
    if rules.known()?.is_none() {
        return Ok(Verdict::fail("the account reports no encryption for the bucket", rules.place()));
    }
    for rule in rules.items()? {
        let algorithm = &rule.server_side_encryption_by_default.sse_algorithm;
        match algorithm.text()? {
            "" => {}
            known @ ("AES256" | "aws:kms" | "aws:kms:dsse") => {
                return Ok(Verdict::pass(format!("encrypted with {known}")));
            }
            other => {
                return Ok(Verdict::fail(
                    format!("`{other}` is no algorithm of S3's: use AES256, aws:kms or aws:kms:dsse"),
                    algorithm.place(),
                ));
            }
        }
    }
    Ok(Verdict::fail("the encryption configuration names no algorithm", rules.place()))
}

//! Objects are encrypted with a KMS key, so that reading them needs a second grant and leaves a trace.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Setting, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-kms-encryption",
        title: "S3 bucket encrypts its objects with a KMS key",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        persona: Persona::Pedantic,
        cwe: &[311],
        controls: &["AWS-FSBP:S3.17"],
        objectives: &["encryption-at-rest"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetEncryptionConfiguration"],
        aliases: &[("prowler", "s3_bucket_kms_encryption"), ("checkov", "CKV_AWS_145")],
        guide: include_str!("bucket_kms_encryption.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let rules = &bucket.bucket_encryption.server_side_encryption_configuration;
    if matches!(rules, Setting::Default(..)) {
        return Ok(Verdict::fail("not written; S3's default is AES256 with a key of its own", rules.place()));
    }
    let Some(rule) = rules.items()?.first() else {
        return Ok(Verdict::fail("the encryption configuration has no rule", rules.place()));
    };
    let default = &rule.server_side_encryption_by_default;
    let algorithm = default.sse_algorithm.text()?;
    if !algorithm.starts_with("aws:kms") {
        return Ok(Verdict::fail(
            format!("encrypted with {algorithm}, without a KMS key"),
            default.sse_algorithm.place(),
        ));
    }
    let key = match cx.named(&default.kms_master_key_id, KEY) {
        Ok(Some(key)) => format!("the key {key}"),
        Ok(None) => "the AWS managed key aws/s3".to_owned(),
        Err(_) => "a key that is named at deployment".to_owned(),
    };
    Ok(Verdict::pass(format!("encrypted with {algorithm} and {key}")))
}

const KEY: &str =
    "BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.KMSMasterKeyID";

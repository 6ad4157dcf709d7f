//! All four public access blocks hold for the bucket, by its own setting or the account's.

use super::access;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Problem, Setting, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-public-access-block",
        title: "S3 bucket blocks public access, whatever its ACL and policy say",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &["CIS-AWS-3.0:2.1.4", "AWS-FSBP:S3.8"],
        objectives: &["network-exposure"],
        reads: &[
            "s3:ListAllMyBuckets",
            "s3:GetBucketLocation",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetAccountPublicAccessBlock",
        ],
        aliases: &[
            ("prowler", "s3_bucket_level_public_access_block"),
            ("checkov", "CKV_AWS_53"),
            ("checkov", "CKV_AWS_54"),
            ("checkov", "CKV_AWS_55"),
            ("checkov", "CKV_AWS_56"),
            ("checkov", "CKV2_AWS_6"),
        ],
        guide: include_str!("bucket_public_access_block.md"),
    },
    judge: Judge::Configuration(judge),
};

pub(crate) fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let block = &bucket.public_access_block_configuration;
    let flags = [
        ("BlockPublicAcls", &block.block_public_acls),
        ("BlockPublicPolicy", &block.block_public_policy),
        ("IgnorePublicAcls", &block.ignore_public_acls),
        ("RestrictPublicBuckets", &block.restrict_public_buckets),
    ];
    if flags.iter().all(|(_, flag)| matches!(flag, Setting::Default(true, _))) {
        return Ok(Verdict::pass("not written; S3 turns all four on for new buckets (since 2023-04)"));
    }
    if flags.iter().all(|(_, flag)| flag.is_true() == Ok(true)) {
        return Ok(Verdict::pass("the bucket's own settings are all on"));
    }
    let account = account(cx)?;
    let mut off = Vec::new();
    for ((name, flag), account) in flags.into_iter().zip(account) {
        if !account && !flag.is_true()? {
            off.push((name, flag));
        }
    }
    if off.is_empty() {
        return Ok(Verdict::pass("the account's settings are on where the bucket's are not"));
    }
    let names: Vec<&str> = off.iter().map(|(name, _)| *name).collect();
    let problem =
        Problem::new(format!("{} not on, neither for the bucket nor the account", names.join(", ")));
    Ok(off.iter().fold(problem, |problem, (_, flag)| problem.at(flag.place())).into())
}

/// The account's settings, in the order of the bucket's.
fn account(cx: &Cx<'_>) -> Result<[bool; 4], Gap> {
    let Some(block) = access::account_block(cx)? else { return Ok([false; 4]) };
    Ok([
        block.block_public_acls.is_true()?,
        block.block_public_policy.is_true()?,
        block.ignore_public_acls.is_true()?,
        block.restrict_public_buckets.is_true()?,
    ])
}

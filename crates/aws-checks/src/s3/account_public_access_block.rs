//! The account blocks public access to all of its buckets.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::S3PublicAccessBlock;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<S3PublicAccessBlock> = Each {
    about: About {
        id: "s3-account-public-access-block",
        title: "The account blocks public access to every S3 bucket",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &["CIS-AWS-3.0:2.1.4", "AWS-FSBP:S3.1"],
        objectives: &["network-exposure"],
        reads: &["s3:GetAccountPublicAccessBlock"],
        aliases: &[("prowler", "s3_account_level_public_access_blocks")],
        guide: include_str!("account_public_access_block.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(block: &S3PublicAccessBlock, _cx: &Cx<'_>) -> Judged {
    let flags = [
        ("BlockPublicAcls", &block.block_public_acls),
        ("BlockPublicPolicy", &block.block_public_policy),
        ("IgnorePublicAcls", &block.ignore_public_acls),
        ("RestrictPublicBuckets", &block.restrict_public_buckets),
    ];
    let mut off = Vec::new();
    for (name, flag) in flags {
        if !flag.is_true()? {
            off.push((name, flag));
        }
    }
    if off.is_empty() {
        return Ok(Verdict::pass("all four settings are on"));
    }
    let names: Vec<&str> = off.iter().map(|(name, _)| *name).collect();
    let problem = Problem::new(format!("{} not on for the account", names.join(", ")));
    Ok(off.iter().fold(problem, |problem, (_, flag)| problem.at(flag.place())).into())
}

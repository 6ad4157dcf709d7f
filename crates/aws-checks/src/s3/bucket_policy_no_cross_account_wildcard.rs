//! Another account may use the bucket for what it needs, never with every action.

use super::access;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_iam::{Audience, Grant, Policy, WildcardKind};
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-policy-no-cross-account-wildcard",
        title: "S3 bucket policy gives no other account every action",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[732],
        controls: &["AWS-FSBP:S3.6"],
        objectives: &["least-privilege"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketPolicy"],
        aliases: &[],
        guide: include_str!("bucket_policy_no_cross_account_wildcard.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    for policy in access::policies(cx)? {
        let Some(policy) = policy.known()? else { continue };
        let wide = wide_statements(policy)?;
        let is_wide = |grant: &Grant<'_>| wide.iter().any(|at| std::ptr::eq(*at, grant.statement));
        for grant in policy.exposure().select(is_wide)? {
            let Some(account) = other_account(grant, bucket, cx)? else { continue };
            let (label, what) = (grant.statement.label(), access::actions_of(grant));
            return Ok(Verdict::fail(
                format!(
                    "{label} of the policy gives account {account} {what}: it may change policy and ACL, too"
                ),
                access::place_of(grant),
            ));
        }
    }
    Ok(Verdict::pass("no statement of a policy gives another account every action"))
}

/// The statements that allow `*`, `s3:*` or all but a list.
fn wide_statements(policy: &Policy) -> Result<Vec<&tieout_iam::Statement>, Gap> {
    let found = policy.wildcard_grants().known()?;
    Ok(found
        .into_iter()
        .filter(|grant| grant.kind != WildcardKind::EveryResource)
        .map(|grant| grant.statement)
        .collect())
}

/// The account of a grant, where it is not the bucket's own.
fn other_account(grant: &Grant<'_>, bucket: &Bucket, cx: &Cx<'_>) -> Result<Option<String>, Gap> {
    let named = match &grant.audience {
        Audience::Account(account) | Audience::Principal { account: Some(account), .. } => account,
        // A principal of the same deployment, or one whose account is known at deployment only.
        _ => return Ok(None),
    };
    match access::owner(bucket, cx).account {
        Some(own) => Ok((own != named).then(|| named.clone())),
        None => Err(Gap::unresolved(format_args!("whether {named} is the account of the deployment"))),
    }
}

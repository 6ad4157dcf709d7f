//! Another account may use the bucket for what it needs, never with every action.

use super::access;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_iam::facts::account_label;
use tieout_iam::{Audience, Grant, WildcardGrant, WildcardKind};
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
    let mut gap = None;
    for policy in access::policies(cx)? {
        let Some(policy) = policy.known()? else { continue };
        let exposure = policy.exposure();
        let found = policy.wildcard_grants();
        let mut others = 0;
        for grant in &exposure.grants {
            let Some(account) = other_account(grant, bucket, cx).transpose() else { continue };
            others += 1;
            if !is_wide(&found.items, grant) {
                continue;
            }
            let (account, label, what) = (account?, grant.statement.label(), access::actions_of(grant));
            return Ok(Verdict::fail(
                format!(
                    "{label} of the policy gives {} {what}: it may change policy and ACL, too",
                    account_label(&account)
                ),
                access::place_of(grant),
            ));
        }
        gap = gap.or(exposure.gaps.into_iter().next());
        // An action that is not known matters only where another account is given it.
        gap = gap.or(found.gaps.into_iter().next().filter(|_| others > 0));
    }
    gap.map_or_else(|| Ok(Verdict::pass("no statement of a policy gives another account every action")), Err)
}

/// Whether a grant is for `*`, `s3:*` or all but a list.
fn is_wide(wildcards: &[WildcardGrant<'_>], grant: &Grant<'_>) -> bool {
    wildcards
        .iter()
        .any(|wide| wide.kind != WildcardKind::EveryResource && std::ptr::eq(wide.statement, grant.statement))
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

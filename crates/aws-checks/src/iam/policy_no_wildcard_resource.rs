//! What changes something names what it may change.

use super::documents::{Attachment, EachPolicy};
use tieout_iam::{Condition, Policy, WildcardGrant};
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: EachPolicy = EachPolicy {
    about: About {
        id: "iam-policy-no-wildcard-resource",
        title: "IAM policy limits changes to the resources that need them",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[250],
        controls: &[],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[
            ("prowler", "iam_no_custom_policy_permissive_role_assumption"),
            ("checkov", "CKV_AWS_111"),
            ("checkov", "CKV_AWS_290"),
            ("checkov", "CKV_AWS_355"),
        ],
        guide: include_str!("policy_no_wildcard_resource.md"),
    },
    judge,
};

fn judge(policy: &Policy, attachment: Attachment) -> Judged {
    if attachment == Attachment::Boundary {
        return Ok(Verdict::not_applicable("a permissions boundary grants nothing"));
    }
    let found = policy.wildcard_grants();
    let is_wide = |grant: &&WildcardGrant<'_>| {
        grant.every_resource
            && !grant.action.text().eq_ignore_ascii_case(PUT_METRICS)
            && !grant.statement.conditions.iter().any(limits_resources)
    };
    let wide: Vec<_> = found.items.iter().filter(is_wide).collect();
    let Some(first) = wide.first() else {
        let pass = "no action that changes something is allowed on every resource";
        return found.gaps.into_iter().next().map_or_else(|| Ok(Verdict::pass(pass)), Err);
    };
    let actions: Vec<&str> = wide.iter().take(5).map(|grant| grant.action.text()).collect();
    let more = if wide.len() > 5 { format!(" and {} more", wide.len() - 5) } else { String::new() };
    let label = first.statement.label();
    let problem = Problem::new(format!("{label} allows {}{more} on every resource", actions.join(", ")));
    Ok(wide.iter().fold(problem, |problem, grant| problem.at(grant.at)).into())
}

/// Metrics are no resources: only a data set, which few have, can be named.
/// Source: Service Authorization Reference, Amazon CloudWatch.
const PUT_METRICS: &str = "cloudwatch:PutMetricData";

/// Whether a condition names the resources, or what the action may do with them.
fn limits_resources(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    LIMITS.iter().any(|limit| key.contains(limit))
}

/// Parts of condition keys that speak of the resource and not of the caller.
/// Source: Service Authorization Reference.
const LIMITS: [&str; 9] = [
    ":resourcetag/",
    "ec2:vpc",
    "ec2:subnet",
    "ecs:cluster",
    "kms:viaservice",
    "kms:grantisforawsresource",
    "iam:passedtoservice",
    "dynamodb:leadingkeys",
    "cloudwatch:namespace",
];

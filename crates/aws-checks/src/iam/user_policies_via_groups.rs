//! What a user may do comes from its groups.

use super::holder::Holder;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<User> = Each {
    about: About {
        id: "iam-user-policies-via-groups",
        title: "IAM user has its permissions from groups",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Pedantic,
        cwe: &[250],
        controls: &["CIS-AWS-3.0:1.15", "AWS-FSBP:IAM.2"],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[("prowler", "iam_policy_attached_only_to_group_or_roles"), ("checkov", "CKV_AWS_40")],
        guide: include_str!("user_policies_via_groups.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(user: &User, cx: &Cx<'_>) -> Judged {
    let attached = user.managed_policy_arns.items()?;
    let inline = user.inline()?;
    let elsewhere = User::elsewhere(cx)?;
    let mut problem = Problem::default();
    let mut names: Vec<String> = Vec::new();
    for arn in attached {
        names.push(arn.known().ok().flatten().map_or("a managed policy".to_owned(), Clone::clone));
        problem = problem.at(arn.place());
    }
    for (name, policy) in inline {
        names.push(format!("inline policy `{}`", name.known().ok().flatten().map_or("?", String::as_str)));
        problem = problem.at(policy.place());
    }
    for named in elsewhere {
        names.push(named.label);
        problem = problem.at(named.place);
    }
    if names.is_empty() {
        return Ok(Verdict::pass("no policy of its own"));
    }
    problem.message = format!("policies of the user's own: {}", names.join(", "));
    Ok(problem.into())
}

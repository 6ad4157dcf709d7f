//! No user is an administrator by a policy of its own.

use super::holder::administrator;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<User> = Each {
    about: About {
        id: "iam-user-no-administrator-access",
        title: "IAM user is no administrator of its own",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[250],
        controls: &["CIS-AWS-3.0:1.16", "AWS-FSBP:IAM.1"],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[
            ("prowler", "iam_user_administrator_access_policy"),
            ("prowler", "iam_aws_attached_policy_no_administrative_privileges"),
            ("checkov", "CKV_AWS_274"),
        ],
        guide: include_str!("user_no_administrator_access.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(user: &User, cx: &Cx<'_>) -> Judged {
    Ok(match administrator(user, cx)? {
        Some(found) => Verdict::fail(format!("the user is an administrator by {}", found.by), found.place),
        None => Verdict::pass("no policy of its own makes the user an administrator"),
    })
}

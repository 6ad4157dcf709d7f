//! Administration is given to a role that is assumed for it, not to a group.

use super::holder::administrator;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Group;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Group> = Each {
    about: About {
        id: "iam-group-no-administrator-access",
        title: "IAM group does not make its members administrators",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[250],
        controls: &["CIS-AWS-3.0:1.16", "AWS-FSBP:IAM.1"],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[
            ("prowler", "iam_group_administrator_access_policy"),
            ("prowler", "iam_aws_attached_policy_no_administrative_privileges"),
            ("checkov", "CKV_AWS_274"),
        ],
        guide: include_str!("group_no_administrator_access.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &Group, cx: &Cx<'_>) -> Judged {
    Ok(match administrator(group, cx)? {
        Some(found) => {
            Verdict::fail(format!("every member is an administrator by {}", found.by), found.place)
        }
        None => Verdict::pass("no policy of the group makes its members administrators"),
    })
}

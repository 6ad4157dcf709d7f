//! No policy of the customer makes whoever has it an administrator.

use super::documents::{Attachment, EachPolicy};
use tieout_iam::Policy;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: EachPolicy = EachPolicy {
    about: About {
        id: "iam-policy-no-administrator",
        title: "IAM policy does not grant everything",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[250, 732],
        controls: &["CIS-AWS-3.0:1.16", "AWS-FSBP:IAM.1"],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[
            ("prowler", "iam_customer_attached_policy_no_administrative_privileges"),
            ("prowler", "iam_customer_unattached_policy_no_administrative_privileges"),
            ("prowler", "iam_inline_policy_no_administrative_privileges"),
            ("checkov", "CKV_AWS_62"),
            ("checkov", "CKV_AWS_63"),
        ],
        guide: include_str!("policy_no_administrator.md"),
    },
    judge,
};

fn judge(policy: &Policy, attachment: Attachment) -> Judged {
    let Some(found) = policy.full_administrator().known()? else {
        return Ok(Verdict::pass("no statement allows everything on everything"));
    };
    let what = format!("{} allows every action on every resource", found.statement.label());
    let problem = Problem::new(what.clone()).at(&found.statement.at);
    Ok(match attachment {
        Attachment::Attached => problem.into(),
        Attachment::Detached => {
            Problem { message: format!("{what}; it is attached to nobody yet"), ..problem }
                .severity(Severity::Medium)
                .into()
        }
        Attachment::Boundary => {
            Verdict::pass(format!("{what}, but it is a permissions boundary, which grants nothing"))
        }
    })
}

//! A user has one active key; a second is for the hours of a rotation.

use super::keys;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<User> = Each {
    about: About {
        id: "iam-user-single-active-key",
        title: "IAM user has one active access key at most",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[324],
        controls: &["CIS-AWS-3.0:1.13"],
        objectives: &["mfa-and-key-rotation"],
        reads: &["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
        aliases: &[("prowler", "iam_user_two_active_access_key")],
        guide: include_str!("user_single_active_key.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(user: &User, cx: &Cx<'_>) -> Judged {
    let keys = keys::of(user, cx.state.as_of())?;
    let active: Vec<_> = keys.iter().filter(|key| key.active).collect();
    if active.len() < 2 {
        return Ok(Verdict::pass(if active.is_empty() { "no active key" } else { "one active key" }));
    }
    let labels: Vec<String> = active.iter().map(|key| key.label()).collect();
    let problem = Problem::new(format!("{} active keys: {}", active.len(), labels.join(", ")));
    Ok(active.iter().fold(problem, |problem, key| problem.at(key.place)).into())
}

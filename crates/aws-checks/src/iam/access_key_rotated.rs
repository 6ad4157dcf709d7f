//! No active access key is older than 90 days.

use super::keys::{self, Key};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<User> = Each {
    about: About {
        id: "iam-access-key-rotated",
        title: "Access keys are younger than 90 days",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[324],
        controls: &["CIS-AWS-3.0:1.14", "AWS-FSBP:IAM.3"],
        objectives: &["mfa-and-key-rotation", "secrets-management"],
        reads: &["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
        aliases: &[("prowler", "iam_rotate_access_key_90_days")],
        guide: include_str!("access_key_rotated.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(user: &User, cx: &Cx<'_>) -> Judged {
    let keys = keys::of(user, cx.state.as_of())?;
    if keys.is_empty() {
        return Ok(Verdict::not_applicable("no access keys"));
    }
    let all: Vec<String> = keys.iter().map(Key::label).collect();
    let mut old = Vec::new();
    for key in keys.iter().filter(|key| key.active) {
        let Some(age) = key.age else {
            return Err(Gap::unsupported(format_args!("the age of key {}", key.id)));
        };
        if age > LIMIT {
            old.push(key);
        }
    }
    if old.is_empty() {
        return Ok(Verdict::pass(format!("no active key is older than {LIMIT} days: {}", all.join(", "))));
    }
    let problem = Problem::new(format!(
        "{} of {} keys active and older than {LIMIT} days: {}",
        old.len(),
        keys.len(),
        all.join(", ")
    ));
    Ok(old.iter().fold(problem, |problem, key| problem.at(key.place)).into())
}

/// Days.
const LIMIT: i64 = 90;

//! Keys that nobody uses are taken back.

use super::keys;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<User> = Each {
    about: About {
        id: "iam-access-key-unused",
        title: "Active access keys are in use",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[1052],
        controls: &["CIS-AWS-3.0:1.12", "AWS-FSBP:IAM.8", "AWS-FSBP:IAM.22"],
        objectives: &["mfa-and-key-rotation", "least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
        aliases: &[("prowler", "iam_user_accesskey_unused")],
        guide: include_str!("access_key_unused.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(user: &User, cx: &Cx<'_>) -> Judged {
    let keys = keys::of(user, cx.state.as_of())?;
    let mut unused = Vec::new();
    let mut active = 0;
    for key in keys.iter().filter(|key| key.active) {
        active += 1;
        // A key that was never used counts from the day it was made.
        let idle = key.unused_for.clone()?.or(key.age);
        if idle.is_some_and(|days| days > LIMIT) {
            unused.push(key);
        }
    }
    if active == 0 {
        return Ok(Verdict::not_applicable("no active access keys"));
    }
    if unused.is_empty() {
        return Ok(Verdict::pass(format!("every active key was used within {LIMIT} days, or is new")));
    }
    let labels: Vec<String> = unused.iter().map(|key| key.label()).collect();
    let problem = Problem::new(format!("not used for more than {LIMIT} days: {}", labels.join(", ")));
    Ok(unused.iter().fold(problem, |problem, key| problem.at(key.place)).into())
}

/// Days.
const LIMIT: i64 = 45;

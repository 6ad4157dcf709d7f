//! Passwords have 14 characters at least.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::PasswordPolicy;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<PasswordPolicy> = Each {
    about: About {
        id: "iam-password-policy-length",
        title: "Password policy asks for 14 characters",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[521],
        controls: &["CIS-AWS-3.0:1.8", "AWS-FSBP:IAM.7"],
        objectives: &["mfa-and-key-rotation"],
        reads: &["iam:GetAccountPasswordPolicy"],
        aliases: &[("prowler", "iam_password_policy_minimum_length_14"), ("checkov", "CKV_AWS_10")],
        guide: include_str!("password_policy_length.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(policy: &PasswordPolicy, _cx: &Cx<'_>) -> Judged {
    let length = &policy.minimum_password_length;
    Ok(match length.known()? {
        Some(characters) if *characters >= LEAST => {
            Verdict::pass(format!("{characters} characters at least"))
        }
        Some(characters) => Verdict::fail(
            format!("{characters} characters are enough for a password, {LEAST} should be the least"),
            length.place(),
        ),
        None => Verdict::fail("no length is asked for", length.place()),
    })
}

/// Characters.
const LEAST: i64 = 14;

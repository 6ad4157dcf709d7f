//! The last 24 passwords do not come back.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::PasswordPolicy;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<PasswordPolicy> = Each {
    about: About {
        id: "iam-password-policy-reuse",
        title: "Password policy remembers 24 passwords",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[521],
        controls: &["CIS-AWS-3.0:1.9", "AWS-FSBP:IAM.7"],
        objectives: &["mfa-and-key-rotation"],
        reads: &["iam:GetAccountPasswordPolicy"],
        aliases: &[("prowler", "iam_password_policy_reuse_24"), ("checkov", "CKV_AWS_13")],
        guide: include_str!("password_policy_reuse.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(policy: &PasswordPolicy, _cx: &Cx<'_>) -> Judged {
    let remembered = &policy.password_reuse_prevention;
    Ok(match remembered.known()?.copied().unwrap_or(0) {
        number if number >= LEAST => Verdict::pass(format!("the last {number} passwords are refused")),
        0 => Verdict::fail("an old password may be used again at once", remembered.place()),
        number => Verdict::fail(
            format!("only the last {number} passwords are refused, {LEAST} should be"),
            remembered.place(),
        ),
    })
}

/// Passwords.
const LEAST: i64 = 24;

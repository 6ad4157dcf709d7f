//! Passwords end after 90 days, where a framework asks for it.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::PasswordPolicy;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<PasswordPolicy> = Each {
    about: About {
        id: "iam-password-policy-expiry",
        title: "Password policy ends passwords after 90 days",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        persona: Persona::Pedantic,
        cwe: &[521],
        controls: &["AWS-FSBP:IAM.7"],
        objectives: &["mfa-and-key-rotation"],
        reads: &["iam:GetAccountPasswordPolicy"],
        aliases: &[
            ("prowler", "iam_password_policy_expires_passwords_within_90_days_or_less"),
            ("checkov", "CKV_AWS_9"),
        ],
        guide: include_str!("password_policy_expiry.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(policy: &PasswordPolicy, _cx: &Cx<'_>) -> Judged {
    let age = &policy.max_password_age;
    Ok(match age.known()?.copied().unwrap_or(0) {
        0 => Verdict::fail("passwords never expire", age.place()),
        days if days <= MOST => Verdict::pass(format!("passwords expire after {days} days")),
        days => Verdict::fail(
            format!("passwords expire after {days} days, {MOST} should be the most"),
            age.place(),
        ),
    })
}

/// Days.
const MOST: i64 = 90;

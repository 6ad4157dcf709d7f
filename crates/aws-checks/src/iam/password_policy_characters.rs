//! Passwords mix four kinds of characters.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::PasswordPolicy;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<PasswordPolicy> = Each {
    about: About {
        id: "iam-password-policy-characters",
        title: "Password policy asks for four kinds of characters",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[521],
        controls: &["AWS-FSBP:IAM.7"],
        objectives: &["mfa-and-key-rotation"],
        reads: &["iam:GetAccountPasswordPolicy"],
        aliases: &[
            ("prowler", "iam_password_policy_uppercase"),
            ("prowler", "iam_password_policy_lowercase"),
            ("prowler", "iam_password_policy_number"),
            ("prowler", "iam_password_policy_symbol"),
            ("checkov", "CKV_AWS_11"),
            ("checkov", "CKV_AWS_12"),
            ("checkov", "CKV_AWS_14"),
            ("checkov", "CKV_AWS_15"),
        ],
        guide: include_str!("password_policy_characters.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(policy: &PasswordPolicy, _cx: &Cx<'_>) -> Judged {
    let kinds = [
        ("capital letters", &policy.require_uppercase_characters),
        ("small letters", &policy.require_lowercase_characters),
        ("digits", &policy.require_numbers),
        ("symbols", &policy.require_symbols),
    ];
    let mut missing = Vec::new();
    for (kind, flag) in kinds {
        if !flag.is_true()? {
            missing.push((kind, flag));
        }
    }
    if missing.is_empty() {
        return Ok(Verdict::pass("capital and small letters, digits and symbols are asked for"));
    }
    let names: Vec<&str> = missing.iter().map(|(kind, _)| *kind).collect();
    let problem = Problem::new(format!("not asked for: {}", names.join(", ")));
    Ok(missing.iter().fold(problem, |problem, (_, flag)| problem.at(flag.place())).into())
}

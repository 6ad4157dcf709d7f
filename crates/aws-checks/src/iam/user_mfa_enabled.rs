//! A password alone does not open the console.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<User> = Each {
    about: About {
        id: "iam-user-mfa-enabled",
        title: "IAM user with a password has MFA",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[308],
        controls: &["CIS-AWS-3.0:1.10", "AWS-FSBP:IAM.5", "AWS-FSBP:IAM.19"],
        objectives: &["mfa-and-key-rotation"],
        reads: &[
            "iam:GetAccountAuthorizationDetails",
            "iam:GenerateCredentialReport",
            "iam:GetCredentialReport",
            "iam:ListMFADevices",
        ],
        aliases: &[("prowler", "iam_user_mfa_enabled_console_access")],
        guide: include_str!("user_mfa_enabled.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(user: &User, _cx: &Cx<'_>) -> Judged {
    if !user.live.password_enabled.is_true()? {
        return Ok(Verdict::not_applicable("no password, so that the console is closed to the user"));
    }
    let devices = user.live.mfa_devices.items();
    let count = devices.as_ref().map_or(0, |devices| devices.len());
    if count > 0 || user.live.mfa_active.is_true() == Ok(true) {
        return Ok(Verdict::pass(format!("MFA is active ({} devices)", count.max(1))));
    }
    // Either source may say so; both must be silent for a no.
    user.live.mfa_active.is_true()?;
    devices?;
    Ok(Verdict::fail("the user has a password and no MFA device", user.live.mfa_active.place()))
}

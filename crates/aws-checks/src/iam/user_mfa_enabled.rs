//! A password alone does not open the console.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

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
    let Some(password) = user.live.password_enabled.known()? else {
        return Err(Gap::unsupported("a credential report that does not tell of the user yet"));
    };
    if !password {
        return Ok(Verdict::not_applicable("no password, so that the console is closed to the user"));
    }
    // The list of devices is fresh; the report, up to four hours old, is asked where there is no list.
    let active = match (user.live.mfa_devices.known(), user.live.mfa_active.known()) {
        (Ok(Some(devices)), _) => !devices.is_empty(),
        (_, Ok(Some(active))) => *active,
        (Err(gap), _) | (_, Err(gap)) => return Err(gap),
        (Ok(None), Ok(None)) => return Err(Gap::unsupported("an account that does not tell of MFA")),
    };
    Ok(match active {
        true => Verdict::pass("MFA is active"),
        false => Verdict::fail("the user has a password and no MFA device", user.live.mfa_active.place()),
    })
}

//! Passwords that nobody uses are taken back.

use super::age::days;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::User;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<User> = Each {
    about: About {
        id: "iam-user-console-unused",
        title: "Console passwords are in use",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[1052],
        controls: &["CIS-AWS-3.0:1.12", "AWS-FSBP:IAM.8", "AWS-FSBP:IAM.22"],
        objectives: &["mfa-and-key-rotation", "least-privilege"],
        reads: &[
            "iam:GetAccountAuthorizationDetails",
            "iam:GenerateCredentialReport",
            "iam:GetCredentialReport",
        ],
        aliases: &[("prowler", "iam_user_console_access_unused")],
        guide: include_str!("user_console_unused.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(user: &User, cx: &Cx<'_>) -> Judged {
    let live = &user.live;
    let Some(password) = live.password_enabled.known()? else {
        return Err(Gap::unsupported("a credential report that does not tell of the user yet"));
    };
    if !password {
        return Ok(Verdict::not_applicable("no password"));
    }
    let as_of = cx.state.as_of();
    if let Some(idle) = days(&live.password_last_used, as_of)? {
        return Ok(match idle > LIMIT {
            true => Verdict::fail(
                format!("the password was last used {idle} days ago"),
                live.password_last_used.place(),
            ),
            false => Verdict::pass(format!("the password was used {idle} days ago")),
        });
    }
    let since = match days(&live.password_last_changed, as_of)? {
        Some(days) => Some(days),
        None => days(&live.create_date, as_of)?,
    };
    Ok(match since {
        Some(days) if days > LIMIT => Verdict::fail(
            format!("the password was never used, and is {days} days old"),
            live.password_enabled.place(),
        ),
        Some(days) => Verdict::pass(format!("the password is {days} days old and not used yet")),
        None => return Err(Gap::unsupported("the age of a password that was never used")),
    })
}

/// Days.
const LIMIT: i64 = 45;

//! The root user has a second factor.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::RootUser;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<RootUser> = Each {
    about: About {
        id: "iam-root-mfa-enabled",
        title: "The root user has MFA",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[308],
        controls: &["CIS-AWS-3.0:1.5", "AWS-FSBP:IAM.9"],
        objectives: &["mfa-and-key-rotation"],
        reads: &["iam:GetAccountSummary"],
        aliases: &[("prowler", "iam_root_mfa_enabled")],
        guide: include_str!("root_mfa_enabled.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(root: &RootUser, _cx: &Cx<'_>) -> Judged {
    let mfa = &root.live.mfa_active;
    let Some(active) = mfa.known()? else {
        return Err(Gap::unsupported("an account summary without AccountMFAEnabled"));
    };
    Ok(match active {
        true => Verdict::pass("MFA is active for root"),
        false => Verdict::fail("root has no MFA: its password alone controls the account", mfa.place()),
    })
}

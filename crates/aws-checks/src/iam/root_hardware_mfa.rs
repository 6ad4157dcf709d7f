//! The second factor of root cannot be copied.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::RootUser;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<RootUser> = Each {
    about: About {
        id: "iam-root-hardware-mfa",
        title: "The root user has a hardware MFA device",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Pedantic,
        cwe: &[308],
        controls: &["CIS-AWS-3.0:1.6", "AWS-FSBP:IAM.6"],
        objectives: &["mfa-and-key-rotation"],
        reads: &["iam:GetAccountSummary", "iam:ListVirtualMFADevices"],
        aliases: &[("prowler", "iam_root_hardware_mfa_enabled")],
        guide: include_str!("root_hardware_mfa.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(root: &RootUser, _cx: &Cx<'_>) -> Judged {
    if !root.live.mfa_active.is_true()? {
        return Ok(Verdict::fail("root has no MFA at all", root.live.mfa_active.place()));
    }
    for device in root.live.virtual_mfa_devices.items()? {
        // A virtual device of root has this name, whatever the account.
        if device.serial_number.text()?.ends_with(":mfa/root-account-mfa-device") {
            return Ok(Verdict::fail(
                "root's MFA is an app, whose seed can be copied",
                device.serial_number.place(),
            ));
        }
    }
    Ok(Verdict::pass("root has MFA, and it is no virtual device"))
}

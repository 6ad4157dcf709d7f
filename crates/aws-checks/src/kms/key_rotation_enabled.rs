//! Key material that is never replaced protects everything since the key was made.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Key;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Key> = Each {
    about: About {
        id: "kms-key-rotation-enabled",
        title: "KMS key rotates its key material",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[324],
        controls: &["CIS-AWS-3.0:3.6", "AWS-FSBP:KMS.4"],
        objectives: &["mfa-and-key-rotation", "encryption-at-rest"],
        reads: &["kms:ListKeys", "kms:DescribeKey", "kms:GetKeyRotationStatus"],
        aliases: &[("prowler", "kms_cmk_rotation_enabled"), ("checkov", "CKV_AWS_7")],
        guide: include_str!("key_rotation_enabled.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(key: &Key, _cx: &Cx<'_>) -> Judged {
    // A key of AWS answers here too, and may refuse the question about its rotation.
    if key.live.key_manager.text()? == "AWS" {
        return Ok(Verdict::not_applicable("AWS manages the key and rotates it"));
    }
    let rotation = &key.enable_key_rotation;
    if rotation.is_true() == Ok(true) {
        return Ok(match key.rotation_period_in_days.known() {
            Ok(Some(days)) => Verdict::pass(format!("the key material is replaced every {days} days")),
            _ => Verdict::pass("rotation is on"),
        });
    }
    if let Some(why) = cannot_rotate(key)? {
        return Ok(Verdict::not_applicable(why));
    }
    rotation.is_true()?;
    Ok(Verdict::fail("rotation is off: the key material is never replaced", rotation.place()))
}

/// Why KMS does not rotate a key, whatever is set.
fn cannot_rotate(key: &Key) -> Result<Option<String>, Gap> {
    let spec = key.key_spec.text()?;
    if spec != "SYMMETRIC_DEFAULT" {
        return Ok(Some(format!("KMS does not rotate keys of the kind {spec} by itself")));
    }
    let origin = key.origin.text()?;
    if origin != "AWS_KMS" {
        return Ok(Some(format!("KMS does not rotate key material of the origin {origin} by itself")));
    }
    let state = key.live.key_state.text()?;
    if ["PendingDeletion", "PendingReplicaDeletion"].contains(&state) {
        return Ok(Some("the key is about to be deleted".to_owned()));
    }
    Ok((!key.enabled.is_true()?).then(|| "the key is disabled and protects nothing new".to_owned()))
}

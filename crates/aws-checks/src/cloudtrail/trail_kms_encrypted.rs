//! Reading the trail takes a grant on a key of its own.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Trail;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Trail> = Each {
    about: About {
        id: "cloudtrail-trail-kms-encrypted",
        title: "Trail is encrypted with a KMS key",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[311],
        controls: &["CIS-AWS-3.0:3.5", "AWS-FSBP:CloudTrail.2"],
        objectives: &["cloudtrail", "encryption-at-rest"],
        reads: &["cloudtrail:DescribeTrails"],
        aliases: &[("prowler", "cloudtrail_kms_encryption_enabled"), ("checkov", "CKV_AWS_35")],
        guide: include_str!("trail_kms_encrypted.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(trail: &Trail, cx: &Cx<'_>) -> Judged {
    Ok(match cx.named(&trail.kms_key_id, "KMSKeyId")? {
        Some(key) => Verdict::pass(format!("encrypted with {key}")),
        None => Verdict::fail(
            "the trail has no KMS key: S3's own encryption is all there is",
            trail.kms_key_id.place(),
        ),
    })
}

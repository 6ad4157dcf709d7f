//! Without the default, encryption is what someone has to remember each time.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::EbsEncryption;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<EbsEncryption> = Each {
    about: About {
        id: "ec2-ebs-default-encryption",
        title: "Region encrypts new EBS volumes by default",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[311],
        controls: &["CIS-AWS-3.0:2.2.1", "AWS-FSBP:EC2.7"],
        objectives: &["encryption-at-rest"],
        reads: &["ec2:GetEbsEncryptionByDefault"],
        aliases: &[("prowler", "ec2_ebs_default_encryption"), ("checkov", "CKV_AWS_106")],
        guide: include_str!("ebs_default_encryption.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(default: &EbsEncryption, _cx: &Cx<'_>) -> Judged {
    let flag = &default.ebs_encryption_by_default;
    Ok(if flag.is_true()? {
        Verdict::pass("new volumes are encrypted by default")
    } else {
        Verdict::fail("new volumes are not encrypted by default in this region", flag.place())
    })
}

//! A volume, and every snapshot of it, that can be read by whoever gets hold of it.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::EbsEncryption;
use tieout_aws_state::types::Volume;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Volume> = Each {
    about: About {
        id: "ec2-volume-encrypted",
        title: "EBS volume is encrypted",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[311],
        controls: &["AWS-FSBP:EC2.3"],
        objectives: &["encryption-at-rest"],
        reads: &["ec2:DescribeVolumes"],
        aliases: &[("prowler", "ec2_ebs_volume_encryption"), ("checkov", "CKV_AWS_3")],
        guide: include_str!("volume_encrypted.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(volume: &Volume, cx: &Cx<'_>) -> Judged {
    let flag = &volume.encrypted;
    if flag.is_true()? {
        return Ok(Verdict::pass("it is encrypted"));
    }
    // What is not written follows the account's default, where that is known.
    let by_default = cx.beside::<EbsEncryption>()?.iter().any(|(resource, default)| {
        resource.declared.region == cx.resource.declared.region
            && default.ebs_encryption_by_default.is_true() == Ok(true)
    });
    Ok(if !flag.is_written() && by_default {
        Verdict::pass("encryption is on by the account's default")
    } else {
        Verdict::fail("the volume is not encrypted", flag.place())
    })
}

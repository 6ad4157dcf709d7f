//! A public address is one security group rule away from the internet.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Instance;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Instance> = Each {
    about: About {
        id: "ec2-instance-no-public-ip",
        title: "EC2 instance has no public address",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[284],
        controls: &["AWS-FSBP:EC2.9"],
        objectives: &["network-exposure"],
        reads: &["ec2:DescribeInstances"],
        aliases: &[("prowler", "ec2_instance_public_ip"), ("checkov", "CKV_AWS_88")],
        guide: include_str!("instance_no_public_ip.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(instance: &Instance, _cx: &Cx<'_>) -> Judged {
    let address = &instance.live.public_ip_address;
    if let Some(ip) = address.known()? {
        return Ok(Verdict::fail(format!("the instance has the public address {ip}"), address.place()));
    }
    for interface in instance.network_interfaces.items()? {
        let associate = &interface.associate_public_ip_address;
        if associate.is_true()? {
            return Ok(Verdict::fail("the instance asks for a public address", associate.place()));
        }
    }
    Ok(Verdict::pass("it has no public address of its own"))
}

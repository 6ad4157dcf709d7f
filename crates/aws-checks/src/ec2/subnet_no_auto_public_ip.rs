//! Everything started in such a subnet stands on the internet without anyone's having decided so.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Subnet;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Subnet> = Each {
    about: About {
        id: "ec2-subnet-no-auto-public-ip",
        title: "Subnet gives no public addresses by itself",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[284],
        controls: &["AWS-FSBP:EC2.15"],
        objectives: &["network-exposure"],
        reads: &["ec2:DescribeSubnets"],
        aliases: &[("prowler", "vpc_subnet_no_public_ip_by_default"), ("checkov", "CKV_AWS_130")],
        guide: include_str!("subnet_no_auto_public_ip.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(subnet: &Subnet, _cx: &Cx<'_>) -> Judged {
    let flag = &subnet.map_public_ip_on_launch;
    Ok(if flag.is_true()? {
        Verdict::fail("what is started here gets a public address by itself", flag.place())
    } else {
        Verdict::pass("public addresses are given only where they are asked for")
    })
}

//! SSH, RDP and other doors for administrators stand open to everyone.

use super::world::judge_ports;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::SecurityGroup;
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// SSH, Telnet, MS-RPC, SMB, RDP, VNC, WinRM.
const ADMIN: [u16; 9] = [22, 23, 135, 445, 3389, 5900, 5901, 5985, 5986];

/// The check.
pub static CHECK: Each<SecurityGroup> = Each {
    about: About {
        id: "ec2-security-group-admin-ports-closed",
        title: "Security group keeps administration ports from the internet",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &[
            "CIS-AWS-3.0:5.2",
            "CIS-AWS-3.0:5.3",
            "AWS-FSBP:EC2.13",
            "AWS-FSBP:EC2.14",
            "AWS-FSBP:EC2.19",
        ],
        objectives: &["network-exposure"],
        reads: &[
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeManagedPrefixLists",
            "ec2:GetManagedPrefixListEntries",
        ],
        aliases: &[
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23"),
            ("checkov", "CKV_AWS_24"),
            ("checkov", "CKV_AWS_25"),
        ],
        guide: include_str!("security_group_admin_ports_closed.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &SecurityGroup, cx: &Cx<'_>) -> Judged {
    judge_ports(group, cx, "an administration port", |ports| ADMIN.iter().any(|port| ports.include(*port)))
}

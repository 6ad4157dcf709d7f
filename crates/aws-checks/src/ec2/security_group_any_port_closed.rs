//! Every port that is open to the internet should be known to be.

use super::world::{Ports, judge_ports};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::SecurityGroup;
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// HTTP and HTTPS.
const WEB: [u16; 2] = [80, 443];

/// The check.
pub static CHECK: Each<SecurityGroup> = Each {
    about: About {
        id: "ec2-security-group-any-port-closed",
        title: "Security group opens no port to the internet but the web's",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[284],
        controls: &["AWS-FSBP:EC2.18"],
        objectives: &["network-exposure"],
        reads: &[
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeManagedPrefixLists",
            "ec2:GetManagedPrefixListEntries",
        ],
        aliases: &[
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_any_port"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports"),
        ],
        guide: include_str!("security_group_any_port_closed.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &SecurityGroup, cx: &Cx<'_>) -> Judged {
    judge_ports(group, cx, "a port other than 80 and 443", |ports| match ports {
        Ports::Range(from, to) => from != to || !WEB.contains(&from),
        Ports::All | Ports::None => true,
    })
}

//! A rule that opens everything to everyone makes the group no group.

use super::world::{Ports, judge_ports};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::SecurityGroup;
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// The check.
pub static CHECK: Each<SecurityGroup> = Each {
    about: About {
        id: "ec2-security-group-all-ports-closed",
        title: "Security group does not open every port to the internet",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &["CIS-AWS-3.0:5.2", "AWS-FSBP:EC2.18"],
        objectives: &["network-exposure"],
        reads: &[
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeManagedPrefixLists",
            "ec2:GetManagedPrefixListEntries",
        ],
        aliases: &[
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_all_ports"),
            ("checkov", "CKV_AWS_277"),
        ],
        guide: include_str!("security_group_all_ports_closed.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &SecurityGroup, cx: &Cx<'_>) -> Judged {
    judge_ports(group, cx, "every port", |ports| ports == Ports::All)
}

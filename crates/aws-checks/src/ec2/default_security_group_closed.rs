//! What is put into a VPC without a group of its own gets the default one.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::SecurityGroup;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<SecurityGroup> = Each {
    about: About {
        id: "ec2-default-security-group-closed",
        title: "Default security group lets nothing through",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[284],
        controls: &["CIS-AWS-3.0:5.4", "AWS-FSBP:EC2.2"],
        objectives: &["network-exposure"],
        reads: &["ec2:DescribeSecurityGroups"],
        aliases: &[("prowler", "ec2_securitygroup_default_restrict_traffic"), ("checkov", "CKV2_AWS_12")],
        guide: include_str!("default_security_group_closed.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &SecurityGroup, _cx: &Cx<'_>) -> Judged {
    if group.group_name.text()? != "default" {
        return Ok(Verdict::not_applicable("not a default security group"));
    }
    let (ingress, egress) = (&group.security_group_ingress, &group.security_group_egress);
    let (coming, going) = (ingress.items()?.len(), egress.items()?.len());
    if coming + going == 0 {
        return Ok(Verdict::pass("it has no rules"));
    }
    let place = if coming > 0 { ingress.place() } else { egress.place() };
    Ok(Verdict::fail(format!("the default group has {coming} rules in and {going} rules out"), place))
}

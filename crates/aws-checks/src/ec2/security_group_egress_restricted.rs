//! A way out to everywhere is the way out for stolen data.

use super::world::is_world;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::SecurityGroup;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<SecurityGroup> = Each {
    about: About {
        id: "ec2-security-group-egress-restricted",
        title: "Security group restricts what goes out",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[284],
        controls: &["AWS-FSBP:EC2.18"],
        objectives: &["network-exposure"],
        reads: &["ec2:DescribeSecurityGroups"],
        aliases: &[("checkov", "CKV_AWS_382"), ("trivy", "AVD-AWS-0104"), ("cfn_nag", "F1000")],
        guide: include_str!("security_group_egress_restricted.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &SecurityGroup, _cx: &Cx<'_>) -> Judged {
    let rules = &group.security_group_egress;
    let mut unknown = None;
    let mut problem = Problem::new("the group lets every protocol and port out to the whole internet");
    let mut open = false;
    for rule in rules.items()? {
        let ranges = [&rule.cidr_ip, &rule.cidr_ipv6];
        let world =
            ranges.into_iter().find(|range| matches!(range.known(), Ok(Some(cidr)) if is_world(cidr)));
        match (rule.ip_protocol.text(), world) {
            (Ok("-1" | "all"), Some(range)) => {
                open = true;
                problem = problem.at(range.place());
            }
            (Err(gap), _) => unknown = Some(gap),
            (Ok(_), _) => {
                unknown = unknown.or_else(|| ranges.into_iter().find_map(|range| range.gap().cloned()))
            }
        }
    }
    match unknown {
        _ if open => Ok(problem.into()),
        Some(gap) => Err(gap),
        None => Ok(Verdict::pass("no rule lets everything out")),
    }
}

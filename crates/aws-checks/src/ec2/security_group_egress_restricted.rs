//! A way out to everywhere is the way out for stolen data.

use super::world::{OpenRule, Ports, way_out};
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
        reads: &[
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeManagedPrefixLists",
            "ec2:GetManagedPrefixListEntries",
        ],
        aliases: &[("checkov", "CKV_AWS_382"), ("trivy", "AVD-AWS-0104"), ("cfn_nag", "F1000")],
        guide: include_str!("security_group_egress_restricted.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &SecurityGroup, cx: &Cx<'_>) -> Judged {
    let out = way_out(group, cx)?;
    let open: Vec<&OpenRule> = out.rules.iter().filter(|rule| rule.ports == Ports::All).collect();
    if let Some(first) = open.first() {
        let problem = Problem::new(format!("the group lets everything out to {}", first.peer));
        return Ok(open.iter().fold(problem, |problem, rule| problem.at(&rule.place)).into());
    }
    match out.unknown.into_iter().find(|(ports, _)| *ports == Ports::All) {
        Some((_, gap)) => Err(gap),
        None => Ok(Verdict::pass("no rule lets everything out")),
    }
}

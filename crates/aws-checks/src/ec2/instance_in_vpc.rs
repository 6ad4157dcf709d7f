//! An instance outside a VPC (EC2-Classic) has no network of its own to defend.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Instance;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Instance> = Each {
    about: About {
        id: "ec2-instance-in-vpc",
        title: "EC2 instance runs in a VPC",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &[],
        objectives: &["network-exposure"],
        reads: &["ec2:DescribeInstances"],
        aliases: &[],
        guide: include_str!("instance_in_vpc.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(instance: &Instance, _cx: &Cx<'_>) -> Judged {
    if instance.live.state.text()? == "terminated" {
        return Ok(Verdict::not_applicable("the instance is terminated"));
    }
    let vpc = &instance.live.vpc_id;
    Ok(match vpc.text()? {
        "" => Verdict::fail("the instance is in no VPC: it runs in EC2-Classic", vpc.place()),
        id => Verdict::pass(format!("it is in {id}")),
    })
}

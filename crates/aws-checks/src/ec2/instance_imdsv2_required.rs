//! A request that a server is tricked into making reads the role's credentials from IMDSv1.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Instance;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Instance> = Each {
    about: About {
        id: "ec2-instance-imdsv2-required",
        title: "EC2 instance demands IMDSv2",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[918],
        controls: &["CIS-AWS-3.0:5.6", "AWS-FSBP:EC2.8"],
        objectives: &["network-exposure", "least-privilege"],
        reads: &["ec2:DescribeInstances"],
        aliases: &[
            ("prowler", "ec2_instance_imdsv2_enabled"),
            ("checkov", "CKV_AWS_79"),
            ("trivy", "AVD-AWS-0028"),
        ],
        guide: include_str!("instance_imdsv2_required.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(instance: &Instance, _cx: &Cx<'_>) -> Judged {
    let options = &instance.metadata_options;
    if options.http_endpoint.text()? == "disabled" {
        return Ok(Verdict::pass("the metadata service is off"));
    }
    Ok(match options.http_tokens.text()? {
        "required" => Verdict::pass("a session token is required"),
        _ => Verdict::fail(
            "IMDSv1 answers: HttpTokens is not `required`, so a forged request can read the role's credentials",
            options.http_tokens.place(),
        ),
    })
}

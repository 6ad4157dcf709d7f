//! A change to a delivered log file is noticed.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Trail;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Trail> = Each {
    about: About {
        id: "cloudtrail-trail-log-validation",
        title: "Trail signs its log files",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[354],
        controls: &["CIS-AWS-3.0:3.2", "AWS-FSBP:CloudTrail.4"],
        objectives: &["cloudtrail", "logging-and-monitoring"],
        reads: &["cloudtrail:DescribeTrails"],
        aliases: &[("prowler", "cloudtrail_log_file_validation_enabled"), ("checkov", "CKV_AWS_36")],
        guide: include_str!("trail_log_validation.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(trail: &Trail, _cx: &Cx<'_>) -> Judged {
    let validation = &trail.enable_log_file_validation;
    Ok(match validation.is_true()? {
        true => Verdict::pass("log file validation is on"),
        false => Verdict::fail("log file validation is off", validation.place()),
    })
}

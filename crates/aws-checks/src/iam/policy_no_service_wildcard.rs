//! Policies name the actions that are needed, not all that a service has.

use super::documents::{Attachment, EachPolicy};
use tieout_iam::{Policy, Statement, WildcardKind};
use tieout_model::{About, Confidence, Gap, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: EachPolicy = EachPolicy {
    about: About {
        id: "iam-policy-no-service-wildcard",
        title: "IAM policy does not allow every action of a service",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[250],
        controls: &["AWS-FSBP:IAM.21"],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[
            ("prowler", "iam_policy_no_full_access_to_kms"),
            ("prowler", "iam_policy_no_full_access_to_cloudtrail"),
            ("prowler", "iam_inline_policy_no_full_access_to_kms"),
            ("prowler", "iam_inline_policy_no_full_access_to_cloudtrail"),
            ("checkov", "CKV_AWS_63"),
            ("checkov", "CKV2_AWS_40"),
        ],
        guide: include_str!("policy_no_service_wildcard.md"),
    },
    judge,
};

fn judge(policy: &Policy, attachment: Attachment) -> Judged {
    if attachment == Attachment::Boundary {
        return Ok(Verdict::not_applicable("a permissions boundary grants nothing"));
    }
    let mut problem: Option<Problem> = None;
    for grant in policy.wildcard_grants().items {
        let (what, severity) = match &grant.kind {
            WildcardKind::EveryResource => continue,
            WildcardKind::AllActions => ("every action".to_owned(), Severity::High),
            WildcardKind::AllBut => (format!("every action but {}", grant.action), Severity::High),
            WildcardKind::Service(service) => (format!("every action of {service}"), Severity::Medium),
        };
        let scope = if grant.every_resource { "every resource" } else { "the resources that it names" };
        let severity = if grant.every_resource { severity } else { Severity::Low };
        let message = format!("{} allows {what} on {scope}", grant.statement.label());
        problem = Some(match problem.take() {
            None => Problem::new(message).at(grant.at).severity(severity),
            Some(before) => Problem {
                message: format!("{}; {message}", before.message),
                severity: before.severity.max(Some(severity)),
                ..before.at(grant.at)
            },
        });
    }
    match (problem, unknown_actions(policy)) {
        (Some(problem), _) => Ok(problem.into()),
        (None, Some(gap)) => Err(gap),
        (None, None) => Ok(Verdict::pass("every statement names its actions")),
    }
}

/// Actions that are known at deployment only, behind which a wildcard may be.
fn unknown_actions(policy: &Policy) -> Option<Gap> {
    let of_statement = |statement: &Statement| {
        let of_actions = statement.actions.patterns().iter().find_map(|action| action.gap().cloned());
        statement.gap.clone().or(of_actions)
    };
    policy.gaps.first().cloned().or_else(|| policy.allows().find_map(of_statement))
}

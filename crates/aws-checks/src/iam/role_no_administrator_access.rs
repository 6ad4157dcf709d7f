//! No role is an administrator, least of all one that code runs as.

use super::holder::administrator;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Role;
use tieout_iam::Audience;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<Role> = Each {
    about: About {
        id: "iam-role-no-administrator-access",
        title: "IAM role is no administrator",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[250],
        controls: &["CIS-AWS-3.0:1.16", "AWS-FSBP:IAM.1"],
        objectives: &["least-privilege", "lambda-hardening"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[
            ("prowler", "iam_role_administratoraccess_policy"),
            ("prowler", "iam_aws_attached_policy_no_administrative_privileges"),
            ("checkov", "CKV_AWS_274"),
        ],
        guide: include_str!("role_no_administrator_access.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(role: &Role, cx: &Cx<'_>) -> Judged {
    if role.path.text()?.starts_with("/aws-service-role/") {
        return Ok(Verdict::not_applicable("a service-linked role, which AWS keeps"));
    }
    let Some(found) = administrator(role, cx)? else {
        return Ok(Verdict::pass("no policy makes the role an administrator"));
    };
    let compute = compute_service(role);
    let (who, severity) = match compute {
        Some(service) => (format!("code that runs on {service}"), Severity::Critical),
        None => ("whoever assumes the role".to_owned(), Severity::High),
    };
    Ok(Problem::new(format!("{who} is an administrator by {}", found.by))
        .at(found.place)
        .severity(severity)
        .into())
}

/// The service that runs code as this role, where the trust policy names one.
fn compute_service(role: &Role) -> Option<String> {
    let trust = role.assume_role_policy_document.known().ok()??;
    trust.exposure().grants.iter().find_map(|grant| match &grant.audience {
        Audience::Service(service) if COMPUTE.iter().any(|known| service.starts_with(known)) => {
            Some(service.clone())
        }
        _ => None,
    })
}

/// Services that run a customer's code with the role's credentials.
const COMPUTE: [&str; 9] =
    ["lambda.", "ec2.", "ecs-tasks.", "eks", "pods.eks.", "batch.", "codebuild.", "glue.", "sagemaker."];

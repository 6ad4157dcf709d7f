//! A service uses the role for its own account only.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Role;
use tieout_iam::Audience;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Role> = Each {
    about: About {
        id: "iam-role-trust-confused-deputy",
        title: "IAM role that a service assumes says on whose behalf",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        persona: Persona::Pedantic,
        cwe: &[441],
        controls: &[],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[("prowler", "iam_role_cross_service_confused_deputy_prevention")],
        guide: include_str!("role_trust_confused_deputy.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(role: &Role, _cx: &Cx<'_>) -> Judged {
    let path = role.path.text()?;
    if path.starts_with("/aws-service-role/") {
        return Ok(Verdict::not_applicable("a service-linked role, which AWS keeps"));
    }
    let Some(trust) = role.assume_role_policy_document.known()? else {
        return Err(Gap::unsupported("a role without a trust policy"));
    };
    let exposure = trust.exposure();
    let services = exposure.select(|grant| matches!(grant.audience, Audience::Service(_)))?;
    if services.is_empty() {
        return Ok(Verdict::not_applicable("no service assumes the role"));
    }
    let mut gap = None;
    for grant in services {
        let Audience::Service(service) = &grant.audience else { continue };
        if PASSED.iter().any(|known| service.starts_with(known)) {
            continue;
        }
        match grant.confused_deputy() {
            Ok(true) => {}
            Ok(false) => continue,
            Err(open) => {
                gap = gap.or(Some(open));
                continue;
            }
        }
        let place = grant.principal.map_or(&grant.statement.at, |principal| &principal.value.at);
        let message = format!("{service} assumes the role without aws:SourceAccount or aws:SourceArn");
        return Ok(Verdict::fail(message, place));
    }
    gap.map_or_else(
        || {
            Ok(Verdict::pass(
                "each service is held to an account or a resource, or is given the role by iam:PassRole",
            ))
        },
        Err,
    )
}

/// Services that assume a role only where a caller of the same account has passed it to a function or an
/// instance, and send no source with it.
/// Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
const PASSED: [&str; 3] = ["lambda.", "ec2.", "edgelambda."];

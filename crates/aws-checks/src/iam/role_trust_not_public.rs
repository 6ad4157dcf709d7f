//! Not everyone can assume the role.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Role;
use tieout_iam::GuardKind;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Role> = Each {
    about: About {
        id: "iam-role-trust-not-public",
        title: "IAM role does not trust everyone",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &[],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[("checkov", "CKV_AWS_60")],
        guide: include_str!("role_trust_not_public.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(role: &Role, _cx: &Cx<'_>) -> Judged {
    let Some(trust) = role.assume_role_policy_document.known()? else {
        return Err(Gap::unsupported("a role without a trust policy"));
    };
    let exposure = trust.exposure();
    let public = exposure.public()?;
    let Some(grant) = public.first() else {
        return Ok(Verdict::pass("the trust policy names whom it trusts"));
    };
    let guard = match grant.is_guarded_by(GuardKind::ExternalId) {
        true => ", with nothing but an external id in the way",
        false => "",
    };
    let place = grant.principal.map_or(&grant.statement.at, |principal| &principal.value.at);
    let label = grant.statement.label();
    Ok(Verdict::fail(
        format!("{label} of the trust policy lets any AWS account assume the role{guard}"),
        place,
    ))
}

//! Another account assumes the role on behalf of one customer only.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Role;
use tieout_iam::facts::account_label;
use tieout_iam::{Audience, Grant, GuardKind};
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Role> = Each {
    about: About {
        id: "iam-role-trust-external-id",
        title: "IAM role that another account assumes asks for an external id",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[441],
        controls: &[],
        objectives: &["least-privilege"],
        reads: &["iam:GetAccountAuthorizationDetails"],
        aliases: &[],
        guide: include_str!("role_trust_external_id.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(role: &Role, cx: &Cx<'_>) -> Judged {
    let Some(trust) = role.assume_role_policy_document.known()? else {
        return Err(Gap::unsupported("a role without a trust policy"));
    };
    let exposure = trust.exposure();
    let held = [GuardKind::ExternalId, GuardKind::Organization, GuardKind::Caller, GuardKind::Mfa];
    let others = exposure
        .select(|grant| account_of(grant).is_some() && !held.iter().any(|kind| grant.is_guarded_by(*kind)))?;
    for grant in others {
        let Some(account) = account_of(grant) else { continue };
        match cx.account() {
            Some(own) if **own == *account => {}
            Some(_) => {
                let place = grant.principal.map_or(&grant.statement.at, |principal| &principal.value.at);
                return Ok(Verdict::fail(
                    format!("{} assumes the role without an external id", account_label(account)),
                    place,
                ));
            }
            None => {
                return Err(Gap::unresolved(format_args!(
                    "whether {account} is the account of the deployment"
                )));
            }
        }
    }
    let with_id = exposure.grants.iter().filter(|grant| grant.is_guarded_by(GuardKind::ExternalId));
    let names: Vec<String> = with_id.filter_map(account_of).map(account_label).collect();
    Ok(Verdict::pass(match names.as_slice() {
        [] => "no other account assumes the role without an external id, an organisation or MFA".to_owned(),
        names => format!("{} must give an external id", names.join(", ")),
    }))
}

fn account_of<'g>(grant: &'g Grant<'_>) -> Option<&'g str> {
    match &grant.audience {
        Audience::Account(account) | Audience::Principal { account: Some(account), .. } => Some(account),
        _ => None,
    }
}

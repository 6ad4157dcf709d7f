//! The layers of policies that speak of a request, and what one layer says.

use super::{Request, condition, resource};
use crate::PrincipalClause;
use crate::answer::Tri;
use crate::eval::principal::Closeness;
use crate::eval::resource::Unsettled;
use crate::policy::{Effect, Policy, Statement};
use serde::Serialize;

/// A layer of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Layer {
    /// Policies of the caller: its own, its groups', its role's.
    Identity,
    /// The resource's policy; a role's trust policy.
    Resource,
    /// The caller's permissions boundary.
    Boundary,
    /// The policy that a session was made with.
    Session,
    /// Service control policies of the caller's organisation.
    Scp,
    /// Resource control policies of the owner's organisation.
    Rcp,
    /// The policy of the VPC endpoint on the way.
    Vpce,
    /// S3 block public access.
    S3BlockPublicAccess,
}

impl Layer {
    /// The word in messages.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Identity => "identity policies",
            Layer::Resource => "the resource's policy",
            Layer::Boundary => "the permissions boundary",
            Layer::Session => "the session policy",
            Layer::Scp => "service control policies",
            Layer::Rcp => "resource control policies",
            Layer::Vpce => "the VPC endpoint's policy",
            Layer::S3BlockPublicAccess => "S3 block public access",
        }
    }
}

/// All policies that speak of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layers<'p> {
    /// Policies of the caller.
    pub identity: &'p [Policy],
    /// The resource's policy.
    pub resource: Option<&'p Policy>,
    /// The permissions boundary; none where the list is empty.
    pub boundary: &'p [Policy],
    /// The session policy.
    pub session: Option<&'p Policy>,
    /// Service control policies: one list a level, the organisation's root first.
    pub scp: &'p [Vec<Policy>],
    /// Resource control policies by level; `RCPFullAWSAccess` is taken to be there.
    pub rcp: &'p [Vec<Policy>],
    /// The VPC endpoint's policy; none where the list is empty.
    pub vpce: &'p [Policy],
}

/// Settings beside the policies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// All four settings of S3 block public access are on.
    pub s3_block_public_access: bool,
}

/// What one layer says of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'p> {
    pub(crate) deny: (Tri, Option<&'p Statement>),
    /// By how closely the statement speaks of the caller.
    pub(crate) account: (Tri, Option<&'p Statement>),
    pub(crate) entity: (Tri, Option<&'p Statement>),
    pub(crate) anyone: (Tri, Option<&'p Statement>),
    pub(crate) direct: (Tri, Option<&'p Statement>),
}

impl<'p> Said<'p> {
    const NOTHING: Said<'static> = Said {
        deny: (Tri::No, None),
        account: (Tri::No, None),
        entity: (Tri::No, None),
        anyone: (Tri::No, None),
        direct: (Tri::No, None),
    };

    /// An allow, however closely.
    pub(crate) fn allow(&self) -> (Tri, Option<&'p Statement>) {
        [self.direct, self.anyone, self.entity, self.account].into_iter().fold((Tri::No, None), higher)
    }
}

fn higher<'p>(
    a: (Tri, Option<&'p Statement>),
    b: (Tri, Option<&'p Statement>),
) -> (Tri, Option<&'p Statement>) {
    if b.0 > a.0 { b } else { a }
}

/// How a layer reads statements.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) layer: Layer,
    /// Whether the caller has a boundary: then a deny by `NotPrincipal` always meets it.
    pub(crate) bounded: bool,
    /// How forms of ARNs are read of which AWS's documents say nothing.
    pub(crate) unsettled: Unsettled,
}

impl Reading {
    fn has_principals(self) -> bool {
        matches!(self.layer, Layer::Resource | Layer::Rcp | Layer::Vpce)
    }

    /// AWS completes short ARNs in policies of identities.
    pub(crate) fn completes_arns(self) -> bool {
        matches!(self.layer, Layer::Identity | Layer::Boundary | Layer::Session)
    }
}

/// What policies say together.
pub(crate) fn say<'p>(
    policies: impl IntoIterator<Item = &'p Policy>,
    request: &Request<'_>,
    reading: Reading,
) -> Said<'p> {
    let mut said = Said::NOTHING;
    for policy in policies {
        for statement in &policy.statements {
            let (close, sure) = applies(statement, request, reading);
            if sure == Tri::No {
                continue;
            }
            let certain = if statement.gap.is_some() { Tri::Maybe } else { sure };
            let by = (certain, Some(statement));
            if statement.may(Effect::Deny) {
                said.deny = higher(said.deny, by);
            }
            if statement.may(Effect::Allow) {
                let place = match close {
                    Closeness::Account => &mut said.account,
                    Closeness::Entity => &mut said.entity,
                    Closeness::Anyone => &mut said.anyone,
                    Closeness::Direct => &mut said.direct,
                };
                *place = higher(*place, by);
            }
        }
        if !policy.gaps.is_empty() {
            said.deny = higher(said.deny, (Tri::Maybe, None));
            said.direct = higher(said.direct, (Tri::Maybe, None));
        }
    }
    said
}

/// Whether a statement applies to a request, and how closely it speaks of the caller.
fn applies(statement: &Statement, request: &Request<'_>, reading: Reading) -> (Closeness, Tri) {
    let none = (Closeness::Direct, Tri::No);
    let action = statement.actions.matches(request.action);
    if action == Tri::No {
        return none;
    }
    let resource = resource::covered(&statement.resources, request, reading);
    if resource == Tri::No {
        return none;
    }
    let (close, principal) = by_principal(statement, request, reading);
    if principal == Tri::No {
        return none;
    }
    let when = condition::all_hold(&statement.conditions, request.context);
    (close, action.min(resource).min(principal).min(when))
}

fn by_principal(statement: &Statement, request: &Request<'_>, reading: Reading) -> (Closeness, Tri) {
    let clause = &statement.principal;
    match (reading.layer, clause) {
        (Layer::Resource, PrincipalClause::Absent) => (Closeness::Direct, Tri::No),
        (_, PrincipalClause::NotPrincipal(_))
            if reading.bounded
                && statement.effect == Some(Effect::Deny)
                && request.principal.is_of_account() =>
        {
            (Closeness::Direct, Tri::Yes)
        }
        _ if reading.has_principals() => request.principal.in_clause(clause),
        _ => (Closeness::Direct, Tri::Yes),
    }
}

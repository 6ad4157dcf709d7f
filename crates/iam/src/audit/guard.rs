//! What a condition limits: does it tie a grant to an account, an organisation, a network, or to a shared
//! secret. A condition that an outsider can meet limits nothing.
//!
//! What counts follows AWS's published meaning of "public" for S3 block public access and IAM Access
//! Analyzer: fixed values without wildcards or variables, and no address range wider than /8 or, in IPv6,
//! /32.

use crate::answer::Tri;
use crate::condition::{Base, Condition, SetQualifier};
use crate::pattern::{Part, Pattern};
use crate::principal::is_account_id;
use std::net::IpAddr;

/// What a condition limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardKind {
    /// An organisation or a part of one, of the caller.
    Organization,
    /// The caller's account or ARN.
    Caller,
    /// The resource or account on whose behalf a service calls: `aws:SourceArn` and its like.
    Source,
    /// A network: addresses, VPCs, VPC endpoints.
    Network,
    /// `sts:ExternalId`.
    ExternalId,
    /// A claim of a federated identity: `…:sub`, `…:aud`.
    Claim,
    /// Multi-factor authentication.
    Mfa,
}

/// A condition that limits a grant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guard<'p> {
    /// What it limits.
    pub kind: GuardKind,
    /// The condition.
    pub condition: &'p Condition,
    /// True where it stands in a deny ("unless").
    pub by_deny: bool,
}

impl GuardKind {
    /// True where an outsider cannot meet it at will.
    pub(crate) fn keeps_outsiders_out(self) -> bool {
        matches!(self, GuardKind::Organization | GuardKind::Caller | GuardKind::Source | GuardKind::Network)
    }
}

const KEYS: [(&str, GuardKind); 31] = [
    ("aws:PrincipalOrgID", GuardKind::Organization),
    ("aws:PrincipalOrgPaths", GuardKind::Organization),
    ("aws:PrincipalAccount", GuardKind::Caller),
    ("aws:PrincipalArn", GuardKind::Caller),
    ("aws:PrincipalServiceName", GuardKind::Caller),
    ("aws:PrincipalServiceNamesList", GuardKind::Caller),
    ("aws:userid", GuardKind::Caller),
    ("kms:CallerAccount", GuardKind::Caller),
    ("s3:DataAccessPointAccount", GuardKind::Caller),
    ("s3:DataAccessPointArn", GuardKind::Caller),
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", GuardKind::Caller),
    ("aws:SourceAccount", GuardKind::Source),
    ("aws:SourceArn", GuardKind::Source),
    ("aws:SourceOwner", GuardKind::Source),
    ("aws:SourceOrgID", GuardKind::Source),
    ("aws:SourceOrgPaths", GuardKind::Source),
    ("lambda:EventSourceToken", GuardKind::Source),
    ("kms:EncryptionContext:aws:cloudtrail:arn", GuardKind::Source),
    ("kms:EncryptionContext:aws:logs:arn", GuardKind::Source),
    ("aws:SourceIp", GuardKind::Network),
    ("aws:VpcSourceIp", GuardKind::Network),
    ("aws:SourceVpc", GuardKind::Network),
    ("aws:SourceVpcArn", GuardKind::Network),
    ("aws:SourceVpce", GuardKind::Network),
    ("aws:VpceAccount", GuardKind::Network),
    ("aws:VpceOrgID", GuardKind::Network),
    ("aws:VpceOrgPaths", GuardKind::Network),
    ("elasticfilesystem:AccessedViaMountTarget", GuardKind::Network),
    ("sts:ExternalId", GuardKind::ExternalId),
    ("aws:MultiFactorAuthPresent", GuardKind::Mfa),
    ("aws:MultiFactorAuthAge", GuardKind::Mfa),
];

/// What kind of limit a key can be.
fn kind_of(key: &str) -> Option<GuardKind> {
    let known = KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, kind)| *kind);
    let lower = key.to_ascii_lowercase();
    let claim = [":sub", ":aud", ":amr", ":email", ":hd"].iter().any(|end| lower.ends_with(end));
    known.or_else(|| claim.then_some(GuardKind::Claim))
}

/// What an allowing statement's condition limits, and how surely.
pub(crate) fn of_allow(condition: &Condition) -> Option<(Guard<'_>, Tri)> {
    let kind = kind_of(&condition.key)?;
    let operator = condition.operator?;
    let positive = !operator.base.is_negated() && operator.base != Base::Null;
    if !positive || operator.if_exists || operator.set == Some(SetQualifier::All) {
        return None;
    }
    let sure = values(condition, operator.base, kind, true);
    (sure != Tri::No).then_some((Guard { kind, condition, by_deny: false }, sure))
}

/// Whether a condition makes a statement non-public in the words of S3: fixed values only, with no wildcard
/// but in the name of an access point.
pub(crate) fn is_fixed_to_s3(condition: &Condition) -> Tri {
    let Some((guard, sure)) = of_allow(condition) else {
        return if condition.gap.is_some() { Tri::Maybe } else { Tri::No };
    };
    let wild = condition.operator.is_some_and(|operator| operator.base.is_wild())
        && condition.values.iter().any(Pattern::is_wild);
    let access_point = condition.is_on("s3:DataAccessPointArn");
    if !guard.kind.keeps_outsiders_out() || (wild && !access_point) {
        return Tri::No;
    }
    sure
}

/// What a denying statement's condition limits ("deny unless"), and how surely.
pub(crate) fn of_deny(condition: &Condition) -> Option<(Guard<'_>, Tri)> {
    let kind = kind_of(&condition.key)?;
    let operator = condition.operator?;
    let mfa = kind == GuardKind::Mfa && operator.base == Base::Bool;
    if !(operator.base.is_negated() || mfa) || operator.set == Some(SetQualifier::Any) {
        return None;
    }
    let sure = values(condition, operator.base, kind, false);
    (sure != Tri::No).then_some((Guard { kind, condition, by_deny: true }, sure))
}

fn values(condition: &Condition, base: Base, kind: GuardKind, in_allow: bool) -> Tri {
    if condition.values.is_empty() {
        return Tri::No;
    }
    if kind == GuardKind::Mfa {
        let want = if in_allow { "true" } else { "false" };
        let text = |value: &Pattern| value.literal().is_some_and(|text| text.eq_ignore_ascii_case(want));
        return Tri::of(base != Base::Bool || condition.values.iter().all(text));
    }
    Tri::all(condition.values.iter().map(|value| is_fixed(value, base, kind, &condition.key)))
}

/// Whether a value stands for one account, organisation, resource or network.
fn is_fixed(value: &Pattern, base: Base, kind: GuardKind, key: &str) -> Tri {
    if matches!(base, Base::IpAddress | Base::NotIpAddress) {
        return match (value.literal(), value.gap()) {
            (_, Some(_)) => Tri::Maybe,
            (Some(range), _) => Tri::of(!is_broad(range)),
            (None, None) => Tri::No,
        };
    }
    if !base.is_wild() {
        // `*` is a letter here; only a variable can stand for what the caller chooses.
        return Tri::of(!has_caller_variable(value));
    }
    if has_caller_variable(value) {
        return Tri::No;
    }
    if !value.is_wild() {
        return match value.hole() {
            Some(hole) if hole.reference.is_none() && !names_account(&hole.gap.what) => Tri::Maybe,
            _ => Tri::Yes,
        };
    }
    match kind {
        GuardKind::Claim => Tri::of(!value.is_any()),
        GuardKind::Organization => Tri::of(value.text().starts_with("o-") && value.text().contains('/')),
        GuardKind::Caller if key.eq_ignore_ascii_case("aws:userid") => {
            // `AROAEXAMPLE:*` is one role, whatever the session's name.
            Tri::of(
                value.text().split_once(':').is_some_and(|(id, _)| id.len() > 4 && !id.contains(['*', '?'])),
            )
        }
        _ => account_field(value),
    }
}

/// Whether the account field of an ARN pattern is fixed.
fn account_field(value: &Pattern) -> Tri {
    let Some(account) = value.text().split(':').nth(4).filter(|_| value.text().starts_with("arn:")) else {
        return if value.hole().is_some() { Tri::Maybe } else { Tri::No };
    };
    if is_account_id(account) {
        return Tri::Yes;
    }
    // `${AWS::AccountId}` splits at its own colons; look at the hole itself.
    match value.hole() {
        Some(hole) if names_account(&hole.gap.what) => Tri::Yes,
        Some(_) => Tri::Maybe,
        None => Tri::No,
    }
}

/// True where an expression is an account id by its name.
fn names_account(expression: &str) -> bool {
    let lower = expression.to_ascii_lowercase();
    ["aws::accountid", "account_id", "accountid", "aws_caller_identity"]
        .iter()
        .any(|name| lower.contains(name))
}

/// True where a variable stands for something of the caller's choosing.
fn has_caller_variable(value: &Pattern) -> bool {
    value.parts().unwrap_or_default().iter().any(|part| match part {
        Part::Variable { key, .. } => !key.to_ascii_lowercase().starts_with("aws:resource"),
        _ => false,
    })
}

/// True for a range that takes in much of the internet: wider than /8, in IPv6 wider than /32, private
/// and local ranges excepted.
pub(crate) fn is_broad(range: &str) -> bool {
    let (address, bits) = match range.split_once('/') {
        Some((address, bits)) => (address, bits.parse::<u32>().ok()),
        None => (range, None),
    };
    match (address.parse::<IpAddr>(), bits) {
        (Ok(_), None) => range.contains('/'),
        (Ok(IpAddr::V4(_)), Some(bits)) => bits < 8,
        (Ok(IpAddr::V6(address)), Some(bits)) => {
            let local = (address.segments().first().copied().unwrap_or(0) & 0xfe00) == 0xfc00;
            bits < 32 && !(local && bits >= 7)
        }
        (Err(_), _) => true,
    }
}

//! `Principal` and `NotPrincipal` of resource and trust policies.

use crate::pattern::Pattern;
use tieout_model::Gap;

/// The kind of a principal: the key under which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// `"Principal": "*"`.
    Anyone,
    /// `AWS`: an account, user, role, session or `*`.
    Aws,
    /// `Service`
    Service,
    /// `Federated`: an identity provider.
    Federated,
    /// `CanonicalUser`: an S3 canonical id.
    CanonicalUser,
}

/// A principal.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalPattern {
    /// The key under which it is written.
    pub kind: PrincipalKind,
    /// Its text. No wildcard but `*` alone has a meaning here.
    pub value: Pattern,
}

/// The principals of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum PrincipalClause {
    /// None is written: an identity policy.
    Absent,
    /// `Principal`: any of these.
    Principal(Vec<PrincipalPattern>),
    /// `NotPrincipal`: all but these.
    NotPrincipal(Vec<PrincipalPattern>),
    /// It is written, and not known.
    Unknown(Gap),
}

impl PrincipalPattern {
    /// True for `*` and `{"AWS": "*"}`: anyone, anonymous included.
    pub fn is_anyone(&self) -> bool {
        matches!(self.kind, PrincipalKind::Anyone | PrincipalKind::Aws) && self.value.is_any()
    }

    /// The account of an `AWS` principal: of an id, of `arn:aws:iam::ID:root`, of a user or role.
    pub fn account(&self) -> Option<&str> {
        if self.kind != PrincipalKind::Aws {
            return None;
        }
        let text = self.value.literal()?;
        let account = crate::Arn::parse(text).map_or(text, |arn| arn.account);
        is_account_id(account).then_some(account)
    }
}

impl PrincipalClause {
    /// The principals as written.
    pub fn patterns(&self) -> &[PrincipalPattern] {
        match self {
            PrincipalClause::Principal(patterns) | PrincipalClause::NotPrincipal(patterns) => patterns,
            PrincipalClause::Absent | PrincipalClause::Unknown(_) => &[],
        }
    }

    /// True where it takes in everyone, without exception.
    pub(crate) fn is_everyone(&self) -> bool {
        match self {
            PrincipalClause::Principal(patterns) => patterns.iter().any(PrincipalPattern::is_anyone),
            // An identity policy speaks to whoever it is attached to.
            PrincipalClause::Absent => true,
            PrincipalClause::NotPrincipal(patterns) => patterns.is_empty(),
            PrincipalClause::Unknown(_) => false,
        }
    }

    pub(crate) fn gap(&self) -> Option<&Gap> {
        match self {
            PrincipalClause::Unknown(gap) => Some(gap),
            other => other.patterns().iter().find_map(|pattern| pattern.value.gap()),
        }
    }
}

/// True for twelve digits.
pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

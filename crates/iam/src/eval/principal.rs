//! Who calls, and how a `Principal` element speaks of the caller.

use crate::answer::Tri;
use crate::pattern::Case;
use crate::principal::is_account_id;
use crate::{Arn, PrincipalClause, PrincipalKind, PrincipalPattern};

/// Who makes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// The root user of an account (the account id, the ARN).
    Root(&'a str, &'a str),
    /// An IAM user, by ARN.
    User(&'a str),
    /// A role, by ARN.
    Role(&'a str),
    /// A session of a role: `arn:aws:sts::ID:assumed-role/ROLE/SESSION`.
    Session(&'a str),
    /// A federated user: `arn:aws:sts::ID:federated-user/NAME`.
    FederatedUser(&'a str),
    /// An identity of a provider that is not of AWS yet: the provider's ARN or name.
    Provider(&'a str),
    /// An AWS service: `lambda.amazonaws.com`.
    Service(&'a str),
    /// A caller without credentials.
    Anonymous,
}

/// How a `Principal` element speaks of the caller, from the loosest to the closest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Closeness {
    /// By its account: its identity policies must allow too.
    Account,
    /// By its role, or by the user behind a federated user: boundaries and session policies still limit.
    Entity,
    /// As one of everyone: session policies still limit, as the session is not "specifically" named (AWS STS
    /// API reference, `GetFederationToken`).
    Anyone,
    /// By itself: nothing but a deny limits.
    Direct,
}

impl<'a> Principal<'a> {
    /// Reads a principal: an ARN, an account id, a service's name, or `anonymous`. `None` where it is none
    /// of these.
    pub fn parse(text: &'a str) -> Option<Principal<'a>> {
        if is_account_id(text) {
            return Some(Principal::Root(text, text));
        }
        if text.eq_ignore_ascii_case("anonymous") || text == "*" {
            return Some(Principal::Anonymous);
        }
        let Some(arn) = Arn::parse(text) else {
            let service = text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn");
            let host = text.contains('.') && !text.contains(char::is_whitespace);
            return match (service, host) {
                (true, _) => Some(Principal::Service(text)),
                (false, true) => Some(Principal::Provider(text)),
                _ => None,
            };
        };
        let kind = arn.resource.split_once('/').map_or(arn.resource, |(kind, _)| kind);
        match (arn.service, kind) {
            ("iam", "root") => Some(Principal::Root(arn.account, text)),
            ("iam", "user") => Some(Principal::User(text)),
            ("iam", "role") => Some(Principal::Role(text)),
            ("iam", "saml-provider" | "oidc-provider") => Some(Principal::Provider(text)),
            ("sts", "assumed-role") => Some(Principal::Session(text)),
            ("sts", "federated-user") => Some(Principal::FederatedUser(text)),
            _ => None,
        }
    }

    /// The ARN, where it has one.
    pub fn arn(&self) -> Option<&'a str> {
        match *self {
            Principal::Root(_, arn)
            | Principal::User(arn)
            | Principal::Role(arn)
            | Principal::Session(arn)
            | Principal::FederatedUser(arn) => Some(arn),
            Principal::Provider(_) | Principal::Service(_) | Principal::Anonymous => None,
        }
    }

    /// The account, where it has one.
    pub fn account(&self) -> Option<&'a str> {
        match *self {
            Principal::Root(account, _) => Some(account),
            _ => Arn::parse(self.arn()?).map(|arn| arn.account),
        }
    }

    /// True for the callers that identity policies, boundaries and SCPs speak of.
    pub(crate) fn is_of_account(&self) -> bool {
        self.arn().is_some()
    }

    /// True for a service-linked role or a session of one: neither SCPs nor RCPs limit it.
    pub(crate) fn is_service_linked(&self) -> bool {
        match self {
            Principal::Role(arn) => arn.contains(":role/aws-service-role/"),
            Principal::Session(arn) => arn.contains(":assumed-role/AWSServiceRoleFor"),
            _ => false,
        }
    }

    /// How an element speaks of the caller, and how surely; `None` where it does not.
    pub(crate) fn spoken_of(&self, pattern: &PrincipalPattern) -> Option<(Closeness, Tri)> {
        if pattern.is_anyone() {
            return Some((Closeness::Anyone, Tri::Yes));
        }
        let Some(text) = pattern.value.plain() else {
            return (self.may_be(pattern)).then_some((Closeness::Direct, Tri::Maybe));
        };
        let close = match (pattern.kind, *self) {
            (PrincipalKind::Service, Principal::Service(name)) => {
                (text == name || text == "*").then_some(Closeness::Direct)
            }
            (PrincipalKind::Federated, Principal::Provider(name)) => {
                (text == name || text == "*").then_some(Closeness::Direct)
            }
            (PrincipalKind::Aws, _) => self.spoken_of_as_aws(text),
            _ => None,
        };
        close.map(|close| (close, Tri::Yes))
    }

    fn may_be(&self, pattern: &PrincipalPattern) -> bool {
        let name = match (pattern.kind, *self) {
            (PrincipalKind::Service, Principal::Service(name)) => name,
            (PrincipalKind::Federated, Principal::Provider(name)) => name,
            (PrincipalKind::Aws, _) => match self.arn() {
                Some(arn) => {
                    let whole_account = self.account().is_some_and(|account| {
                        pattern.value.matches(account, Case::Exact) != Tri::No
                            || pattern.value.text().contains(":root")
                    });
                    return whole_account || pattern.value.matches(arn, Case::Exact) != Tri::No;
                }
                None => return false,
            },
            _ => return false,
        };
        pattern.value.matches(name, Case::Exact) != Tri::No
    }

    fn spoken_of_as_aws(&self, text: &str) -> Option<Closeness> {
        let own = self.arn()?;
        let account = self.account()?;
        if text == account || is_root_of(text, account) {
            let is_root = matches!(self, Principal::Root(..));
            return Some(if is_root { Closeness::Direct } else { Closeness::Account });
        }
        if text == own {
            return Some(match self {
                Principal::Role(_) => Closeness::Entity,
                _ => Closeness::Direct,
            });
        }
        let named = Arn::parse(text).filter(|arn| arn.service == "iam" && arn.account == account)?;
        let own = Arn::parse(own)?;
        let entity = match self {
            Principal::Session(_) => {
                let role = own.resource.split('/').nth(1)?;
                named.resource.strip_prefix("role/")?.rsplit('/').next() == Some(role)
            }
            Principal::FederatedUser(_) => {
                let user = own.resource.strip_prefix("federated-user/")?;
                named.resource.strip_prefix("user/")?.rsplit('/').next() == Some(user)
            }
            _ => false,
        };
        entity.then_some(Closeness::Entity)
    }

    /// How a statement's `Principal` or `NotPrincipal` speaks of the caller, and how surely.
    pub(crate) fn in_clause(&self, clause: &PrincipalClause) -> (Closeness, Tri) {
        match clause {
            PrincipalClause::Absent => (Closeness::Direct, Tri::Yes),
            PrincipalClause::Unknown(_) => (Closeness::Direct, Tri::Maybe),
            PrincipalClause::Principal(patterns) => {
                let mut best = (Closeness::Account, Tri::No);
                for found in patterns.iter().filter_map(|pattern| self.spoken_of(pattern)) {
                    if (found.1, found.0) > (best.1, best.0) {
                        best = found;
                    }
                }
                best
            }
            PrincipalClause::NotPrincipal(patterns) => {
                let spoken = patterns.iter().filter_map(|pattern| self.spoken_of(pattern));
                let close = match self {
                    Principal::Role(_) => Closeness::Entity,
                    _ => Closeness::Anyone,
                };
                (close, Tri::any(spoken.map(|(_, sure)| sure)).not())
            }
        }
    }
}

fn is_root_of(text: &str, account: &str) -> bool {
    Arn::parse(text)
        .is_some_and(|arn| arn.service == "iam" && arn.account == account && arn.resource == "root")
}

//! Who may use a resource by its policy, and whom a role trusts: anyone, other accounts, services,
//! identity providers, and which conditions hold outsiders back.

use super::Owner;
use super::guard::{self, Guard, GuardKind};
use crate::answer::Tri;
use crate::policy::{Policy, Statement};
use crate::{ActionClause, Pattern, PrincipalClause, PrincipalKind, PrincipalPattern, ResourceClause};
use std::collections::BTreeSet;
use tieout_model::Gap;

/// Whom a grant is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Anyone; with `anonymous` callers included where the service knows them.
    Anyone,
    /// Whoever meets the guards: written for anyone, but held to an organisation, accounts or a network.
    Guarded,
    /// A whole account (its id).
    Account(String),
    /// A user, role or session (its ARN) and its account, where that is known.
    Principal {
        /// The ARN as written.
        arn: String,
        /// The account id; `None` where it is not known before deployment.
        account: Option<String>,
    },
    /// An AWS service: `sns.amazonaws.com`.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// An S3 canonical user id.
    CanonicalUser(String),
}

/// A grant to one audience.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant<'p> {
    /// The statement.
    pub statement: &'p Statement,
    /// For whom.
    pub audience: Audience,
    /// The principal as written; `None` for `NotPrincipal`.
    pub principal: Option<&'p PrincipalPattern>,
    /// What holds outsiders back, from the statement's own conditions and from denies around it.
    pub guards: Vec<Guard<'p>>,
    /// The value of a guard that is not known: it may hold outsiders back, or not.
    pub open: Option<Gap>,
}

impl<'p> Grant<'p> {
    /// The actions.
    pub fn actions(&self) -> &'p ActionClause {
        &self.statement.actions
    }

    /// True where there is a guard of a kind.
    pub fn is_guarded_by(&self, kind: GuardKind) -> bool {
        self.guards.iter().any(|guard| guard.kind == kind)
    }

    /// True where anyone at all may use it.
    pub fn is_public(&self) -> bool {
        self.audience == Audience::Anyone
    }

    /// Whether a service calls on behalf of others and nothing says on whose: any account's use of the service
    /// reaches the resource (the confused deputy).
    ///
    /// # Errors
    /// The gap, where a condition may say it and its value is not known.
    pub fn confused_deputy(&self) -> Result<bool, Gap> {
        let named = self.guards.iter().any(|guard| {
            matches!(guard.kind, GuardKind::Source | GuardKind::Organization | GuardKind::Caller)
        });
        match (&self.audience, &self.open) {
            (Audience::Service(_), Some(gap)) if !named => Err(gap.clone()),
            (Audience::Service(_), _) => Ok(!named),
            _ => Ok(false),
        }
    }

    /// Accounts other than the owner's that it names, by principal or by guard. `None` where the owner's
    /// account is not known.
    pub fn other_accounts(&self, owner: Owner<'_>) -> Option<BTreeSet<String>> {
        let own = owner.account?;
        let mut accounts = BTreeSet::new();
        match &self.audience {
            Audience::Account(account) | Audience::Principal { account: Some(account), .. } => {
                accounts.insert(account.clone());
            }
            Audience::Guarded => {
                for guard in &self.guards {
                    accounts.extend(guard.condition.values.iter().filter_map(account_of));
                }
            }
            _ => {}
        }
        accounts.retain(|account| account != own);
        Some(accounts)
    }
}

fn account_of(value: &Pattern) -> Option<String> {
    let text = value.plain()?;
    let account = crate::Arn::parse(text).map_or(text, |arn| arn.account);
    crate::principal::is_account_id(account).then(|| account.to_owned())
}

/// All grants of a resource or trust policy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exposure<'p> {
    /// In the order of the document. A grant that a certain deny takes back is not among them.
    pub grants: Vec<Grant<'p>>,
    /// What could not be told: more grants may hide behind each, or a grant may be less than it looks.
    pub gaps: Vec<Gap>,
}

impl<'p> Exposure<'p> {
    /// Grants to anyone.
    ///
    /// # Errors
    /// The gap, where there is none for certain but may be.
    pub fn public(&self) -> Result<Vec<&Grant<'p>>, Gap> {
        self.select(|grant| grant.is_public())
    }

    /// Grants to an audience of choice.
    ///
    /// # Errors
    /// The gap, where there is none for certain but may be.
    pub fn select(&self, wanted: impl Fn(&Grant<'p>) -> bool) -> Result<Vec<&Grant<'p>>, Gap> {
        let found: Vec<&Grant<'p>> = self.grants.iter().filter(|grant| wanted(grant)).collect();
        match self.gaps.first() {
            Some(gap) if found.is_empty() => Err(gap.clone()),
            _ => Ok(found),
        }
    }
}

impl Policy {
    /// Whom this resource or trust policy lets in, and under which guards.
    pub fn exposure(&self) -> Exposure<'_> {
        let mut exposure = Exposure { grants: Vec::new(), gaps: self.gaps.clone() };
        for statement in self.allows() {
            if let Some(gap) = &statement.gap {
                exposure.gaps.push(gap.clone());
                continue;
            }
            match &statement.principal {
                PrincipalClause::Absent => {}
                PrincipalClause::Unknown(gap) => exposure.gaps.push(gap.clone()),
                PrincipalClause::Principal(patterns) => {
                    for principal in patterns {
                        self.grant(statement, Some(principal), &mut exposure);
                    }
                }
                PrincipalClause::NotPrincipal(_) => self.grant(statement, None, &mut exposure),
            }
        }
        exposure
    }

    /// Whether S3 calls the policy public: some statement allows anyone under no condition with fixed values.
    /// S3 looks at the allowing statements only.
    pub(crate) fn is_public_to_s3(&self) -> Tri {
        let open = self.allows().map(|statement| {
            let anyone = match &statement.principal {
                PrincipalClause::Principal(patterns) => {
                    Tri::of(patterns.iter().any(PrincipalPattern::is_anyone))
                }
                PrincipalClause::NotPrincipal(_) => Tri::Yes,
                PrincipalClause::Absent => Tri::No,
                PrincipalClause::Unknown(_) => Tri::Maybe,
            };
            let held = Tri::any(statement.conditions.iter().map(guard::is_fixed_to_s3));
            anyone.min(held.not()).min(if statement.gap.is_some() { Tri::Maybe } else { Tri::Yes })
        });
        Tri::any(open).max(if self.gaps.is_empty() { Tri::No } else { Tri::Maybe })
    }

    fn grant<'p>(
        &'p self,
        statement: &'p Statement,
        principal: Option<&'p PrincipalPattern>,
        exposure: &mut Exposure<'p>,
    ) {
        let audience = match principal.map(audience) {
            None => Audience::Anyone,
            Some(Ok(audience)) => audience,
            Some(Err(gap)) => {
                exposure.gaps.push(gap);
                return;
            }
        };
        let mut guards: Vec<(Guard<'p>, Tri)> =
            statement.conditions.iter().filter_map(guard::of_allow).collect();
        let mut open: Option<Gap> = statement.conditions.iter().find_map(|condition| condition.gap.clone());
        for deny in self.denies() {
            if !deny.principal.is_everyone() {
                continue;
            }
            let reach = Tri::all([covers_actions(deny, statement), covers_resources(deny, statement)]);
            if reach == Tri::No {
                continue;
            }
            let certain = deny.denies() && reach == Tri::Yes;
            if deny.conditions.is_empty() {
                if certain {
                    return;
                }
                open = open.or_else(|| deny_gap(deny));
                continue;
            }
            let held: Vec<Option<(Guard<'p>, Tri)>> = deny.conditions.iter().map(guard::of_deny).collect();
            if held.iter().all(Option::is_some) {
                let sure = if certain { Tri::Yes } else { Tri::Maybe };
                guards.extend(held.into_iter().flatten().map(|(guard, tri)| (guard, tri.min(sure))));
            } else if let Some(gap) = deny.conditions.iter().find_map(|condition| condition.gap.clone()) {
                open = open.or(Some(gap));
            }
        }
        let kept =
            |tri: Tri| guards.iter().any(|(guard, sure)| guard.kind.keeps_outsiders_out() && *sure >= tri);
        let audience = match audience {
            Audience::Anyone if kept(Tri::Yes) => Audience::Guarded,
            Audience::Anyone if kept(Tri::Maybe) || open.is_some() => {
                let from_guard = guards.iter().find(|(_, sure)| *sure == Tri::Maybe);
                let gap = from_guard
                    .and_then(|(guard, _)| {
                        guard.condition.values.iter().find_map(|value| value.gap()).cloned()
                    })
                    .or(open)
                    .unwrap_or_else(|| Gap::unresolved(format!("the conditions of {}", statement.label())));
                exposure.gaps.push(gap);
                return;
            }
            other => other,
        };
        let maybe = guards.iter().find(|(_, sure)| *sure == Tri::Maybe);
        let open = maybe.map(|(guard, _)| {
            let gap = guard.condition.values.iter().find_map(|value| value.gap()).cloned();
            gap.unwrap_or_else(|| Gap::unresolved(format!("the conditions of {}", statement.label())))
        });
        let guards =
            guards.into_iter().filter(|(_, sure)| *sure == Tri::Yes).map(|(guard, _)| guard).collect();
        exposure.grants.push(Grant { statement, audience, principal, guards, open });
    }
}

fn deny_gap(deny: &Statement) -> Option<Gap> {
    deny.gap.clone().or_else(|| deny.actions.gap().cloned()).or_else(|| deny.resources.gap().cloned())
}

/// Whether a deny takes in all actions that a statement allows.
fn covers_actions(deny: &Statement, allow: &Statement) -> Tri {
    match &allow.actions {
        ActionClause::Action(patterns) => {
            Tri::all(patterns.iter().map(|pattern| deny.actions.covers(pattern)))
        }
        _ => deny.actions.covers_all(),
    }
}

fn covers_resources(deny: &Statement, allow: &Statement) -> Tri {
    match &allow.resources {
        ResourceClause::Resource(patterns) => {
            Tri::all(patterns.iter().map(|pattern| deny.resources.covers(pattern)))
        }
        ResourceClause::NotResource(_) => deny.resources.covers_all(),
        ResourceClause::Absent => Tri::Yes,
    }
}

fn audience(principal: &PrincipalPattern) -> Result<Audience, Gap> {
    if principal.is_anyone() {
        return Ok(Audience::Anyone);
    }
    let text = principal.value.text().to_owned();
    match principal.kind {
        PrincipalKind::Anyone => Ok(Audience::Anyone),
        PrincipalKind::Service => Ok(Audience::Service(text)),
        PrincipalKind::Federated => Ok(Audience::Federated(text)),
        PrincipalKind::CanonicalUser => Ok(Audience::CanonicalUser(text)),
        PrincipalKind::Aws => aws_audience(principal, text),
    }
}

fn aws_audience(principal: &PrincipalPattern, text: String) -> Result<Audience, Gap> {
    if let Some(account) = principal.account() {
        let whole = crate::Arn::parse(&text).is_none_or(|arn| arn.resource == "root");
        return Ok(match whole {
            true => Audience::Account(account.to_owned()),
            false => Audience::Principal { account: Some(account.to_owned()), arn: text },
        });
    }
    match principal.value.hole() {
        // A reference to a role or user of the deployment, or an ARN with an open part: some one principal,
        // since `*` counts only where it stands alone.
        Some(hole) if hole.reference.is_some() || text.starts_with("arn:") => {
            Ok(Audience::Principal { arn: text, account: None })
        }
        Some(hole) => Err(hole.gap.clone()),
        None => Ok(Audience::Principal { arn: text, account: None }),
    }
}

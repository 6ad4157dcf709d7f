//! Is this full administrator? A statement that allows everything, or all but a few actions, on everything,
//! and that no certain deny takes back.

use crate::answer::{Answer, Tri};
use crate::policy::{Policy, Statement};
use crate::{ActionClause, Condition};
use tieout_model::Gap;

/// Actions with which a principal can give itself any permission: who keeps one of these on every
/// resource is an administrator, whatever else is excluded.
/// Source: the IAM API reference; each changes what a policy, a role or a key grants.
const SELF_GRANTING: [&str; 11] = [
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:AddUserToGroup",
];

/// A grant of everything.
#[derive(Debug, Clone, PartialEq)]
pub struct Administrator<'p> {
    /// The statement that grants it.
    pub statement: &'p Statement,
    /// Its conditions; none where it holds always.
    pub conditions: &'p [Condition],
    /// Statements that deny a part of it or deny it at times.
    pub narrowed_by: Vec<&'p Statement>,
}

/// Whether a principal with all of these policies together is a full administrator.
pub fn full_administrator<'p>(policies: impl IntoIterator<Item = &'p Policy>) -> Answer<Administrator<'p>> {
    let policies: Vec<&Policy> = policies.into_iter().collect();
    let denies: Vec<&Statement> = policies.iter().flat_map(|policy| policy.denies()).collect();
    let mut gap: Option<Gap> = policies.iter().find_map(|policy| policy.gaps.first().cloned());
    for statement in policies.iter().flat_map(|policy| policy.allows()) {
        let broad = Tri::all([grants_all(&statement.actions), statement.resources.covers_nearly_all()]);
        if broad == Tri::No {
            continue;
        }
        let taken_back = taken_back(statement, &denies);
        if taken_back == Tri::Yes {
            continue;
        }
        let certain = statement.allows() && broad == Tri::Yes && taken_back == Tri::No;
        if certain && !policies.iter().any(|policy| !policy.gaps.is_empty()) {
            return Answer::Yes(Administrator {
                statement,
                conditions: &statement.conditions,
                narrowed_by: denies.iter().copied().filter(|deny| deny.denies()).collect(),
            });
        }
        gap = gap.or_else(|| gap_of(statement)).or_else(|| denies.iter().find_map(|deny| gap_of(deny)));
    }
    gap.map_or(Answer::No, Answer::Unknown)
}

impl Policy {
    /// Whether the policy alone makes its principal a full administrator.
    pub fn full_administrator(&self) -> Answer<Administrator<'_>> {
        full_administrator([self])
    }
}

fn gap_of(statement: &Statement) -> Option<Gap> {
    let parts = || statement.actions.gap().or_else(|| statement.resources.gap());
    let conditions = || {
        statement.conditions.iter().find_map(|condition| {
            condition.gap.as_ref().or_else(|| condition.values.iter().find_map(|v| v.gap()))
        })
    };
    statement.gap.as_ref().or_else(parts).or_else(conditions).cloned()
}

fn grants_all(actions: &ActionClause) -> Tri {
    match actions {
        ActionClause::NotAction(_) => Tri::any(SELF_GRANTING.iter().map(|action| actions.matches(action))),
        _ => actions.covers_all(),
    }
}

/// Whether denies that always hold leave no way to administer.
fn taken_back(allow: &Statement, denies: &[&Statement]) -> Tri {
    let denied = |action: &str| {
        Tri::any(denies.iter().map(|deny| {
            let holds = match (deny.denies(), deny.conditions.is_empty()) {
                (true, true) => Tri::Yes,
                (false, true) => Tri::Maybe,
                // A deny under a condition narrows; it takes back only where the condition always holds.
                (_, false) if deny.conditions.iter().any(|condition| condition.gap.is_some()) => Tri::Maybe,
                (_, false) => Tri::No,
            };
            Tri::all([holds, deny.actions.matches(action), deny.resources.covers_nearly_all()])
        }))
    };
    Tri::all(
        SELF_GRANTING
            .iter()
            .filter(|action| allow.actions.matches(action) != Tri::No)
            .map(|action| denied(action)),
    )
}

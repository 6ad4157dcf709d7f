//! Wildcards in what a policy allows: everything, a whole service, all but a list, and changes on every
//! resource.

use crate::action::{is_all_actions, whole_service};
use crate::answer::{Found, Tri};
use crate::facts::{AccessLevel, facts};
use crate::policy::{Policy, Statement};
use crate::{ActionClause, Pattern, ResourceClause};
use std::sync::OnceLock;
use tieout_model::{Gap, Place, Reason};

/// What is wide in a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WildcardKind {
    /// `Action: *`.
    AllActions,
    /// `Action: s3:*`; the service's prefix.
    Service(String),
    /// `NotAction` with `Allow`: every action but a list, also those that AWS adds tomorrow.
    AllBut,
    /// An action that changes something or grants something, on every resource, though the action can be
    /// limited to some.
    EveryResource,
}

/// A wide grant.
#[derive(Debug, Clone, PartialEq)]
pub struct WildcardGrant<'p> {
    /// What is wide.
    pub kind: WildcardKind,
    /// The statement.
    pub statement: &'p Statement,
    /// The action as written.
    pub action: &'p Pattern,
    /// True where the statement is for every resource (`*`), whatever the kind.
    pub every_resource: bool,
    /// Where the wildcard stands: the action's place.
    pub at: &'p Place,
}

impl WildcardGrant<'_> {
    /// True where it takes in an action, on every resource though it could be limited to some, that changes
    /// who may do what: a bucket's policy, a key's grants, a role's trust.
    pub fn grants_permissions(&self) -> bool {
        let on_known = match &self.statement.actions {
            ActionClause::NotAction(_) => true,
            _ => facts().matching(self.action).among(permissions()).next().is_some(),
        };
        self.every_resource && on_known
    }
}

/// The actions at the level of permissions that can be limited to resources: their positions in the tables.
fn permissions() -> &'static [usize] {
    static INDICES: OnceLock<Vec<usize>> = OnceLock::new();
    INDICES.get_or_init(|| on_resources(|level| level == AccessLevel::Permissions))
}

/// The actions that change something and can be limited to resources.
fn changing() -> &'static [usize] {
    static INDICES: OnceLock<Vec<usize>> = OnceLock::new();
    INDICES.get_or_init(|| on_resources(AccessLevel::changes))
}

fn on_resources(wanted: impl Fn(AccessLevel) -> bool) -> Vec<usize> {
    let actions = facts().services().flat_map(|service| service.actions());
    let chosen = actions.filter(|action| wanted(action.level()) && action.is_on_resources());
    chosen.map(|action| action.index()).collect()
}

impl Policy {
    /// The wide grants, in the order of the document. Grants under conditions are listed too: see
    /// [`Statement::conditions`].
    pub fn wildcard_grants(&self) -> Found<WildcardGrant<'_>> {
        let mut found = Found { items: Vec::new(), gaps: self.gaps.clone() };
        for statement in self.allows() {
            if let Some(gap) = &statement.gap {
                found.gaps.push(gap.clone());
                continue;
            }
            grants_of(statement, &mut found);
        }
        found
    }
}

fn grants_of<'p>(statement: &'p Statement, found: &mut Found<WildcardGrant<'p>>) {
    let every = match &statement.resources {
        ResourceClause::Absent => Tri::No,
        resources => resources.covers_nearly_all(),
    };
    let every_resource = every == Tri::Yes;
    let grant =
        |kind, action: &'p Pattern| WildcardGrant { kind, statement, action, every_resource, at: &action.at };
    match &statement.actions {
        ActionClause::NotAction(patterns) => {
            if let Some(first) = patterns.first() {
                found.items.push(grant(WildcardKind::AllBut, first));
            }
        }
        ActionClause::Action(patterns) => {
            for action in patterns {
                if is_all_actions(action) {
                    found.items.push(grant(WildcardKind::AllActions, action));
                } else if let Some(service) = whole_service(action) {
                    found.items.push(grant(WildcardKind::Service(service.to_ascii_lowercase()), action));
                } else if let Some(gap) = action.gap() {
                    found.gaps.push(gap.clone());
                } else if every == Tri::No {
                    continue;
                } else {
                    match (changes(action), every, statement.resources.gap()) {
                        (Err(gap), ..) => found.gaps.push(gap),
                        (Ok(false), ..) => {}
                        (Ok(true), Tri::Yes, _) => {
                            found.items.push(grant(WildcardKind::EveryResource, action));
                        }
                        (Ok(true), Tri::Maybe, Some(gap)) => found.gaps.push(gap.clone()),
                        _ => {}
                    }
                }
            }
        }
        ActionClause::Absent => {}
    }
}

/// Whether an action, or some action of a wildcard, changes something and could be limited to resources.
fn changes(action: &Pattern) -> Result<bool, Gap> {
    let known = facts().matching(action);
    if known.among(changing()).next().is_some() {
        return Ok(true);
    }
    let is_of_known_service =
        || action.text().split_once(':').is_some_and(|(prefix, _)| facts().service(prefix).is_some());
    if known.is_empty() && !(action.is_wild() && is_of_known_service()) {
        let what = format!("`{action}`, which the table of {} does not know", facts().date());
        return Err(Gap::new(Reason::Unsupported, what, "check the spelling, or update tieout"));
    }
    Ok(false)
}

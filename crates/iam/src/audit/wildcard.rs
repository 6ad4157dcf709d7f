//! Wildcards in what a policy allows: everything, a whole service, all but a list, and changes on every
//! resource.

use crate::action::{is_all_actions, whole_service};
use crate::answer::{Found, Tri};
use crate::policy::{Policy, Statement};
use crate::{ActionClause, Pattern, ResourceClause};
use tieout_model::Place;

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
                } else if changes(action) {
                    match (every, statement.resources.gap()) {
                        (Tri::Yes, _) => found.items.push(grant(WildcardKind::EveryResource, action)),
                        (Tri::Maybe, Some(gap)) => found.gaps.push(gap.clone()),
                        _ => {}
                    }
                }
            }
        }
        ActionClause::Absent => {}
    }
}

/// Whether an action's verb says that it changes something.
fn changes(action: &Pattern) -> bool {
    const READS: [&str; 8] = ["get", "list", "describe", "head", "query", "scan", "search", "batchget"];
    let verb = action.text().split_once(':').map_or("", |(_, name)| name).to_ascii_lowercase();
    !READS.iter().any(|read| verb.starts_with(read))
}

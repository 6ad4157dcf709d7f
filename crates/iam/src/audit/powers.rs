//! What a policy's grants can be used for: ways to more permissions, to credentials and to content. A way is a
//! set of actions (`ways`); a policy has it where all of them are allowed and none is certain to be denied.

use super::ways::{WAYS, Way};
use crate::answer::{Found, Tri};
use crate::facts::{Action, facts};
use crate::lint::works_on;
use crate::policy::{Policy, Statement};
use crate::{ActionClause, ResourceClause};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What a power leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PowerKind {
    /// More permissions than the policy grants.
    Escalation,
    /// Credentials in the answer of a call.
    Credentials,
    /// The content of objects, parameters and secrets.
    Content,
}

impl PowerKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            PowerKind::Escalation => "escalation",
            PowerKind::Credentials => "credentials",
            PowerKind::Content => "content",
        }
    }
}

/// A power that a policy gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Power<'p> {
    /// The way to it.
    pub way: &'static Way,
    /// True where each of its actions is allowed on every resource and under no condition.
    pub unlimited: bool,
    /// The statements that allow its actions, in the order of the document.
    pub statements: Vec<&'p Statement>,
}

/// A set of the actions of [`WAYS`], by their position in [`Watched::actions`].
type Mask = u128;

struct Watched {
    /// Sorted by their position in the tables.
    actions: Vec<Action>,
    indices: Vec<usize>,
    /// The actions of each way.
    ways: Vec<Mask>,
}

fn watched() -> &'static Watched {
    static WATCHED: OnceLock<Watched> = OnceLock::new();
    WATCHED.get_or_init(|| {
        let names = WAYS.iter().flat_map(|way| way.actions);
        let indices: BTreeSet<usize> = names.filter_map(|name| Some(facts().action(name)?.index())).collect();
        let indices: Vec<usize> = indices.into_iter().take(Mask::BITS as usize).collect();
        let position = |name: &&str| indices.binary_search(&facts().action(name)?.index()).ok();
        let ways = WAYS
            .iter()
            .map(|way| {
                let bits: Option<Vec<usize>> = way.actions.iter().map(position).collect();
                // A way whose actions the tables do not know is never found; a test looks for one.
                bits.map_or(Mask::MAX, |bits| bits.iter().fold(0, |mask, bit| mask | 1 << bit))
            })
            .collect();
        let actions = indices.iter().filter_map(|index| facts().action_at(*index)).collect();
        Watched { actions, indices, ways }
    })
}

/// What a statement allows of the watched actions.
struct Granted<'p> {
    statement: &'p Statement,
    everywhere: Mask,
    somewhere: Mask,
}

impl Policy {
    /// The ways to more than it says that the policy gives, in the table's order; those to be had on some
    /// resources or under conditions only are not [`Power::unlimited`].
    pub fn powers(&self) -> Found<Power<'_>> {
        let mut found = Found { items: Vec::new(), gaps: self.gaps.clone() };
        let denied = self.denies().map(denied).fold(0, |all, mask| all | mask);
        let mut granted = Vec::new();
        for statement in self.allows() {
            match statement.gap.as_ref().or_else(|| statement.actions.gap()) {
                Some(gap) => found.gaps.push(gap.clone()),
                None => granted.extend(grant(statement, denied)),
            }
        }
        let everywhere = granted.iter().fold(0, |all, granted| all | granted.everywhere);
        let somewhere = granted.iter().fold(everywhere, |all, granted| all | granted.somewhere);
        for (way, mask) in WAYS.iter().zip(&watched().ways) {
            if mask & somewhere != *mask {
                continue;
            }
            let unlimited = mask & everywhere == *mask;
            let gives = |granted: &&Granted<'_>| match unlimited {
                true => granted.everywhere & mask != 0,
                false => (granted.everywhere | granted.somewhere) & mask != 0,
            };
            let statements = granted.iter().filter(gives).map(|granted| granted.statement).collect();
            found.items.push(Power { way, unlimited, statements });
        }
        found
    }
}

fn mask_of(clause: &ActionClause) -> Mask {
    let matching = |patterns: &[crate::Pattern]| {
        patterns.iter().fold(0, |mask, pattern| {
            facts().matching(pattern).among(&watched().indices).fold(mask, |mask, bit| mask | 1 << bit)
        })
    };
    match clause {
        ActionClause::Action(patterns) => matching(patterns),
        ActionClause::NotAction(patterns) => every() & !matching(patterns),
        ActionClause::Absent => 0,
    }
}

fn every() -> Mask {
    watched().indices.iter().enumerate().fold(0, |mask, (bit, _)| mask | 1 << bit)
}

/// What a statement is certain to deny on every resource.
fn denied(deny: &Statement) -> Mask {
    let certain = deny.denies() && deny.conditions.is_empty() && deny.actions.gap().is_none();
    match certain && deny.resources.covers_nearly_all() == Tri::Yes {
        true => mask_of(&deny.actions),
        false => 0,
    }
}

fn grant(statement: &Statement, denied: Mask) -> Option<Granted<'_>> {
    let mask = mask_of(&statement.actions) & !denied;
    if mask == 0 {
        return None;
    }
    let everywhere = statement.conditions.is_empty() && statement.resources.covers_nearly_all() == Tri::Yes;
    if everywhere {
        return Some(Granted { statement, everywhere: mask, somewhere: 0 });
    }
    let somewhere = match &statement.resources {
        ResourceClause::Resource(resources) if !resources.iter().any(crate::Pattern::is_any) => {
            let fits =
                |bit: usize| watched().actions.get(bit).is_some_and(|action| works_on(*action, resources));
            (0..watched().indices.len())
                .filter(|bit| mask & (1 << bit) != 0 && fits(*bit))
                .fold(0, |mask, bit| mask | 1 << bit)
        }
        ResourceClause::Absent => 0,
        _ => mask,
    };
    (somewhere != 0).then_some(Granted { statement, everywhere: 0, somewhere })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_know_every_action_of_every_way() {
        let names: BTreeSet<&str> = WAYS.iter().flat_map(|way| way.actions).copied().collect();
        for name in &names {
            let known = facts().action(name).map(|action| action.full_name());
            assert_eq!(known.as_deref(), Some(*name));
        }
        assert_eq!(watched().actions.len(), names.len(), "a mask holds {} actions", Mask::BITS);
        let distinct: BTreeSet<&str> = WAYS.iter().map(|way| way.name).collect();
        assert_eq!(distinct.len(), WAYS.len());
    }
}

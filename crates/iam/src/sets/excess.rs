//! What policies grant beyond what is needed.

use super::{covers_action, covers_resource};
use crate::facts::{Action, ActionSet};
use crate::policy::{Policy, Statement};
use crate::{ActionClause, Pattern};
use tieout_model::Gap;

/// A statement that grants more than is needed.
#[derive(Debug, Clone)]
pub struct ExcessGrant<'p> {
    /// The statement.
    pub statement: &'p Statement,
    /// Actions of the tables that nothing needs, by service and name.
    pub actions: ActionSet,
    /// Patterns of the statement of which no action is needed at all.
    pub unneeded: Vec<&'p Pattern>,
    /// Needed actions that it grants on more resources than is needed.
    pub wider: ActionSet,
}

impl ExcessGrant<'_> {
    /// The unneeded actions.
    pub fn actions(&self) -> impl Iterator<Item = Action> + '_ {
        self.actions.iter()
    }
}

/// What is granted beyond what is needed.
#[derive(Debug, Clone, Default)]
pub struct Excess<'p> {
    /// Statement by statement, in the order of the documents.
    pub grants: Vec<ExcessGrant<'p>>,
    /// What could not be compared.
    pub gaps: Vec<Gap>,
}

/// What `granted` allows and `needed` does not ask for. Denies are not taken into account: they only make less
/// of it.
pub fn excess<'p>(granted: &'p [Policy], needed: &[Policy]) -> Excess<'p> {
    let mut out = Excess::default();
    let needs: Vec<&Statement> = needed.iter().flat_map(Policy::allows).collect();
    let wanted = needs.iter().fold(ActionSet::new(), |set, need| set.union(&ActionSet::of(&need.actions)));
    out.gaps.extend(granted.iter().chain(needed).flat_map(|policy| policy.gaps.iter().cloned()));
    for statement in granted.iter().flat_map(Policy::allows) {
        let gap = statement.gap.as_ref().or(statement.actions.gap()).or(statement.resources.gap());
        if let Some(gap) = gap {
            out.gaps.push(gap.clone());
            continue;
        }
        let grant = excess_of(statement, &needs, &wanted);
        if !grant.actions.is_empty() || !grant.unneeded.is_empty() || !grant.wider.is_empty() {
            out.grants.push(grant);
        }
    }
    out
}

fn excess_of<'p>(statement: &'p Statement, needs: &[&Statement], wanted: &ActionSet) -> ExcessGrant<'p> {
    let has = ActionSet::of(&statement.actions);
    let mut wider = ActionSet::new();
    for action in has.intersection(wanted).iter() {
        let name = Pattern::new(&action.full_name(), false, statement.at.clone());
        let asked = |resource: &Pattern| {
            needs
                .iter()
                .any(|need| covers_action(&need.actions, &name) && covers_resource(&need.resources, resource))
        };
        let narrow = action.is_on_resources() && !statement.resources.patterns().iter().all(asked);
        if narrow {
            wider.insert(action);
        }
    }
    let unneeded = match &statement.actions {
        ActionClause::Action(patterns) => patterns
            .iter()
            .filter(|pattern| {
                let set = ActionSet::matching([*pattern]);
                let known = !set.is_empty();
                let asked = needs.iter().any(|need| covers_action(&need.actions, pattern));
                if known { set.intersection(wanted).is_empty() } else { !asked }
            })
            .collect(),
        _ => Vec::new(),
    };
    ExcessGrant { statement, actions: has.minus(wanted), unneeded, wider }
}

//! Policies as sets of requests: is one within another, and what does one grant beyond what is needed.
//!
//! A yes is proved statement by statement (sound containment of actions, resources and conditions); a no comes
//! with a witness, a request that the evaluator allows by the one and not by the other; else the answer is
//! unknown.

mod excess;
mod implies;
mod witness;

pub use excess::{Excess, ExcessGrant, excess};
pub use witness::Witness;

use crate::answer::Tri;
use crate::arn::arn_covers;
use crate::facts::ActionSet;
use crate::pattern::Case;
use crate::policy::{Policy, Statement};
use crate::{ActionClause, Pattern, ResourceClause};
use std::collections::BTreeSet;
use tieout_model::{Gap, Place};

/// Whether all that `inner` allows is allowed by `outer` too. Both are policies of an identity; each list is
/// read together.
#[derive(Debug, Clone)]
pub enum Within {
    /// It is.
    Yes,
    /// It is not: this request is allowed by the one and not by the other.
    No(Box<Witness>),
    /// Neither could be shown.
    Unknown(Gap),
}

/// How many classes of actions and resources are looked at before the answer is unknown.
const MOST_REGIONS: usize = 4096;

/// Whether all that `inner` allows is allowed by `outer` too.
pub fn within(inner: &[Policy], outer: &[Policy]) -> Within {
    if let Some(gap) = inner.iter().chain(outer).find_map(|policy| policy.gaps.first()) {
        return Within::Unknown(gap.clone());
    }
    let question = Question { inner, outer };
    let mut open: Option<Gap> = None;
    let mut regions = 0;
    for statement in inner.iter().flat_map(Policy::allows) {
        let resources = question.resources_of(statement);
        for action in question.actions_of(statement) {
            for resource in &resources {
                regions += 1;
                if regions > MOST_REGIONS {
                    return Within::Unknown(Gap::unsupported(
                        "a comparison of policies with very many parts",
                    ));
                }
                let region = Region { statement, action: &action, resource };
                if question.is_covered(&region) {
                    continue;
                }
                if let Some(witness) = witness::find(&question, &region) {
                    return Within::No(Box::new(witness));
                }
                open = open.or_else(|| Some(region.gap()));
            }
        }
    }
    open.map_or(Within::Yes, Within::Unknown)
}

struct Question<'p> {
    inner: &'p [Policy],
    outer: &'p [Policy],
}

/// A part of what a statement allows: an action of the tables (or a pattern beyond them) on one of its
/// resource patterns.
struct Region<'r> {
    statement: &'r Statement,
    action: &'r Pattern,
    resource: &'r Pattern,
}

impl Region<'_> {
    fn gap(&self) -> Gap {
        let label = self.statement.label();
        Gap::unresolved(format!("whether {} on {} of {label} is within", self.action, self.resource))
    }
}

impl<'p> Question<'p> {
    fn statements(&self) -> impl Iterator<Item = &'p Statement> {
        self.inner.iter().chain(self.outer).flat_map(|policy| &policy.statements)
    }

    /// One action for each class of actions that no pattern of either side tells apart, and the statement's
    /// patterns that match no action of the tables.
    fn actions_of(&self, statement: &Statement) -> Vec<Pattern> {
        let sets: Vec<ActionSet> = self
            .statements()
            .flat_map(|statement| statement.actions.patterns())
            .map(|pattern| ActionSet::matching([pattern]))
            .collect();
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for action in ActionSet::of(&statement.actions).iter() {
            let class: Vec<bool> = sets.iter().map(|set| set.contains(action)).collect();
            if seen.insert(class) {
                out.push(Pattern::new(&action.full_name(), false, Place::None));
            }
        }
        match &statement.actions {
            ActionClause::Action(patterns) => {
                out.extend(
                    patterns.iter().filter(|pattern| ActionSet::matching([*pattern]).is_empty()).cloned(),
                );
            }
            ActionClause::NotAction(_) | ActionClause::Absent => {}
        }
        out.extend(statement.actions.patterns().iter().filter(|pattern| pattern.hole().is_some()).cloned());
        out
    }

    fn resources_of(&self, statement: &Statement) -> Vec<Pattern> {
        match &statement.resources {
            ResourceClause::Resource(patterns) => patterns.clone(),
            ResourceClause::NotResource(_) => vec![Pattern::new("*", false, Place::None)],
            ResourceClause::Absent => Vec::new(),
        }
    }

    /// Whether the region is certain to be allowed by the outer policies, or denied by the inner ones.
    fn is_covered(&self, region: &Region<'_>) -> bool {
        let denied = self.inner.iter().flat_map(Policy::denies).any(|deny| {
            deny.denies()
                && covers_action(&deny.actions, region.action)
                && covers_resource(&deny.resources, region.resource)
                && implies::all(&region.statement.conditions, &deny.conditions)
        });
        if denied {
            return true;
        }
        let allowed = self.outer.iter().flat_map(Policy::allows).any(|allow| {
            allow.allows()
                && covers_action(&allow.actions, region.action)
                && self.covers_region(allow, region)
                && implies::all(&region.statement.conditions, &allow.conditions)
        });
        allowed && self.outer.iter().flat_map(Policy::denies).all(|deny| self.is_harmless(deny, region))
    }

    fn covers_region(&self, allow: &Statement, region: &Region<'_>) -> bool {
        // Two `NotResource`: all but these is within all but those where those are among these.
        if let (ResourceClause::NotResource(inner), ResourceClause::NotResource(outer)) =
            (&region.statement.resources, &allow.resources)
        {
            return settled(outer)
                && outer.iter().all(|out| inner.iter().any(|within| arn_covers(within, out)));
        }
        covers_resource(&allow.resources, region.resource)
    }

    /// Whether a deny of the outer policies takes nothing from the region: it does not meet it, or the inner
    /// policies deny the same.
    fn is_harmless(&self, deny: &Statement, region: &Region<'_>) -> bool {
        if !meets_action(&deny.actions, region.action) || !meets_resource(&deny.resources, region.resource) {
            return true;
        }
        deny.denies()
            && self.inner.iter().flat_map(Policy::denies).any(|own| {
                own.denies() && same_or_wider(own, deny) && implies::all(&deny.conditions, &own.conditions)
            })
    }
}

fn covers_action(clause: &ActionClause, action: &Pattern) -> bool {
    clause.covers(action) == Tri::Yes
}

fn covers_resource(clause: &ResourceClause, resource: &Pattern) -> bool {
    match clause {
        ResourceClause::Resource(patterns) => patterns.iter().any(|pattern| arn_covers(pattern, resource)),
        ResourceClause::NotResource(patterns) => {
            settled(patterns) && patterns.iter().all(|pattern| !may_meet(pattern, resource))
        }
        ResourceClause::Absent => false,
    }
}

/// True where no pattern has a variable: without a value for it, a `NotResource` does not apply at all.
fn settled(patterns: &[Pattern]) -> bool {
    !patterns.iter().any(Pattern::has_variable)
}

fn meets_action(clause: &ActionClause, action: &Pattern) -> bool {
    match clause {
        ActionClause::Action(patterns) => patterns.iter().any(|pattern| pattern.meets(action, Case::Ignore)),
        ActionClause::NotAction(patterns) => {
            !patterns.iter().any(|pattern| pattern.hole().is_none() && pattern.covers(action, Case::Ignore))
        }
        ActionClause::Absent => false,
    }
}

fn meets_resource(clause: &ResourceClause, resource: &Pattern) -> bool {
    match clause {
        ResourceClause::Resource(patterns) => patterns.iter().any(|pattern| may_meet(pattern, resource)),
        ResourceClause::NotResource(patterns) => !patterns.iter().any(|pattern| {
            pattern.hole().is_none() && !pattern.has_variable() && arn_covers(pattern, resource)
        }),
        ResourceClause::Absent => true,
    }
}

/// Whether two resource patterns may share a resource; short ARNs are taken for their widest meaning.
fn may_meet(a: &Pattern, b: &Pattern) -> bool {
    a.meets(b, Case::Exact) || crate::arn::is_short(a) || crate::arn::is_short(b)
}

/// Whether a statement speaks of every request that another one speaks of, principals and effects aside.
pub(crate) fn speaks_of_all(wide: &Statement, narrow: &Statement) -> bool {
    same_or_wider(wide, narrow) && implies::all(&narrow.conditions, &wide.conditions)
}

/// The same, conditions aside.
fn same_or_wider(wide: &Statement, narrow: &Statement) -> bool {
    let actions = match (&wide.actions, &narrow.actions) {
        (ActionClause::NotAction(wide), ActionClause::NotAction(narrow)) => {
            wide.iter().all(|out| narrow.iter().any(|within| within.covers(out, Case::Ignore)))
        }
        (_, ActionClause::Action(patterns)) => {
            patterns.iter().all(|action| covers_action(&wide.actions, action))
        }
        (clause, ActionClause::NotAction(_)) => clause.covers_all() == Tri::Yes,
        (_, ActionClause::Absent) => true,
    };
    let resources = match (&wide.resources, &narrow.resources) {
        (ResourceClause::NotResource(wide), ResourceClause::NotResource(narrow)) => {
            settled(wide) && wide.iter().all(|out| narrow.iter().any(|within| arn_covers(within, out)))
        }
        (_, ResourceClause::Resource(patterns)) => {
            patterns.iter().all(|resource| covers_resource(&wide.resources, resource))
        }
        (clause, ResourceClause::NotResource(_)) => match clause {
            ResourceClause::Resource(patterns) => patterns.iter().any(Pattern::is_any),
            other => other.covers_all() == Tri::Yes,
        },
        (_, ResourceClause::Absent) => true,
    };
    actions && resources
}

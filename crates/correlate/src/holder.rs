//! What the policies of a user allow, boundary included: administrator or not, ways to more, how many actions.

use std::collections::BTreeSet;
use tieout_access::{Catalogue, Held, Named, held};
use tieout_aws_state::Resource;
use tieout_iam::facts::ActionSet;
use tieout_iam::{Answer, Pattern, Policy, ResourceClause, full_administrator};
use tieout_model::{Gap, KeyOpens};

/// Says what the policies of a user allow.
pub(crate) fn allow(catalogue: &Catalogue<'_>, user: &Resource, opens: &mut KeyOpens) {
    let held = held(catalogue, user);
    let mut gaps: BTreeSet<Gap> = BTreeSet::new();
    opens.policies = held.policies.iter().map(|one| one.label.clone()).collect();
    opens.policies.sort();
    opens.policies.dedup();
    opens.boundary = held.boundary.first().map(|one| one.label.clone());
    let own = joined(&held.policies);
    let boundary = (!held.boundary.is_empty()).then(|| joined(&held.boundary));
    opens.administrator = match administrator(&held, &mut gaps) {
        Administers::Yes(by) => {
            opens.allows.push(by);
            Some(true)
        }
        Administers::No => Some(false),
        Administers::Unknown => None,
    };
    if opens.administrator != Some(true) {
        opens.allows = powers(&own, boundary.as_ref(), &mut gaps);
    }
    let mut actions = allowed(&own);
    if let Some(boundary) = &boundary {
        actions = actions.intersection(&allowed(boundary));
    }
    opens.actions = Some(actions.len());
    opens.not_known.extend(gaps.iter().map(Gap::to_string));
}

/// All policies as one.
fn joined(all: &[Named]) -> Policy {
    let mut one = Policy::default();
    for named in all {
        one.statements.extend(named.policy.statements.iter().cloned());
        one.gaps.extend(named.policy.gaps.iter().cloned());
    }
    one
}

enum Administers {
    Yes(String),
    No,
    Unknown,
}

fn administrator(held: &Held, gaps: &mut BTreeSet<Gap>) -> Administers {
    let within = match held.boundary.is_empty() {
        true => Some(true),
        false => match full_administrator(held.boundary.iter().map(|one| &one.policy)) {
            Answer::Yes(_) => Some(true),
            Answer::No => Some(false),
            Answer::Unknown(gap) => {
                gaps.insert(gap);
                None
            }
        },
    };
    match (full_administrator(held.policies.iter().map(|one| &one.policy)), within) {
        (Answer::No, _) | (_, Some(false)) => Administers::No,
        (Answer::Yes(found), Some(true)) => {
            let of =
                |one: &&Named| one.policy.statements.iter().any(|own| std::ptr::eq(own, found.statement));
            let label = held.policies.iter().find(of).map_or("its policies", |one| &one.label);
            let when = if found.conditions.is_empty() { "" } else { ", under conditions" };
            Administers::Yes(format!("everything: {} of {label}{when}", found.statement.label()))
        }
        (Answer::Unknown(gap), _) => {
            gaps.insert(gap);
            Administers::Unknown
        }
        (Answer::Yes(_), None) => Administers::Unknown,
    }
}

/// The ways that the policies open and the boundary leaves open, those on every resource first.
fn powers(own: &Policy, boundary: Option<&Policy>, gaps: &mut BTreeSet<Gap>) -> Vec<String> {
    let found = own.powers();
    gaps.extend(found.gaps);
    let within: Option<BTreeSet<&str>> = boundary.map(|boundary| {
        let found = boundary.powers();
        gaps.extend(found.gaps);
        found.items.iter().map(|power| power.way.name).collect()
    });
    let mut open: Vec<_> = found
        .items
        .iter()
        .filter(|power| within.as_ref().is_none_or(|within| within.contains(power.way.name)))
        .collect();
    open.sort_by_key(|power| (power.way.kind, !power.unlimited, power.way.name));
    open.iter()
        .map(|power| {
            let limited = if power.unlimited { "" } else { " (on some resources or under conditions)" };
            format!("{}: {}{limited}", power.way.kind.as_str(), power.way.actions.join(" + "))
        })
        .collect()
}

/// The actions that a policy allows on some resource, without those that it is certain to deny on all.
fn allowed(policy: &Policy) -> ActionSet {
    let allows = policy
        .allows()
        .map(|statement| ActionSet::of(&statement.actions))
        .fold(ActionSet::new(), |all, set| all.union(&set));
    let everywhere = |resources: &ResourceClause| matches!(resources, ResourceClause::Resource(all) if all.iter().any(Pattern::is_any));
    policy
        .denies()
        .filter(|one| one.denies() && one.conditions.is_empty() && everywhere(&one.resources))
        .map(|statement| ActionSet::of(&statement.actions))
        .fold(allows, |all, set| all.minus(&set))
}

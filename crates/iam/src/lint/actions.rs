//! Lints of `Action` and `NotAction`.

use super::{Linted, nearest};
use crate::action::is_all_actions;
use crate::facts::{Matching, Service, facts};
use crate::pattern::Case;
use crate::policy::Statement;
use crate::{ActionClause, Pattern};
use std::cmp::Ordering;

pub(super) fn check(statement: &Statement, known: &[Matching<'_>], out: &mut Linted) {
    let patterns = statement.actions.patterns();
    if patterns.is_empty() && !matches!(statement.actions, ActionClause::Absent) {
        out.error(
            "empty-list",
            "the list of actions is empty: the statement applies to nothing",
            &statement.at,
        );
    }
    let list = List::of(patterns);
    for (index, (pattern, known)) in patterns.iter().zip(known).enumerate() {
        if let Some(gap) = pattern.gap() {
            out.open(gap, &pattern.at);
            continue;
        }
        one(pattern, known, out);
        if let Some(wider) = list.twin(index).or_else(|| list.wider(pattern)) {
            let message = format!("`{pattern}` is within `{wider}` of the same list; take it out");
            out.suggest("redundant-action", message, &pattern.at);
        }
    }
    if matches!(statement.actions, ActionClause::NotAction(_)) && statement.allows() {
        let message = "Allow with NotAction grants every action but these, also those that AWS adds tomorrow; \
                       name the actions that are needed";
        out.warn("allow-not-action", message, &statement.at);
    }
}

/// The patterns of a list in an order in which those that may be within each other are near: lists of
/// thousands of actions are common.
struct List<'p> {
    /// By text without case, then by position.
    sorted: Vec<(usize, &'p Pattern)>,
    /// For each position, its place in `sorted`.
    places: Vec<usize>,
    /// Wildcards, by service and then by position; those with a wildcard in the service are first.
    wild: Vec<(&'p str, &'p Pattern)>,
}

impl<'p> List<'p> {
    fn of(patterns: &'p [Pattern]) -> List<'p> {
        let mut sorted: Vec<(usize, &Pattern)> = patterns.iter().enumerate().collect();
        sorted.sort_by(|(a, one), (b, other)| by_letters(one.text(), other.text()).then(a.cmp(b)));
        let mut places = vec![0; patterns.len()];
        for (place, (index, _)) in sorted.iter().enumerate() {
            if let Some(slot) = places.get_mut(*index) {
                *slot = place;
            }
        }
        let known = patterns.iter().filter(|pattern| pattern.is_wild() && pattern.hole().is_none());
        let mut wild: Vec<(&str, &Pattern)> = known.map(|pattern| (service_of(pattern), pattern)).collect();
        wild.sort_by(|(one, _), (other, _)| by_letters(one, other));
        List { sorted, places, wild }
    }

    /// The same text earlier in the list.
    fn twin(&self, index: usize) -> Option<&'p Pattern> {
        let place = *self.places.get(index)?;
        let (_, before) = self.sorted.get(place.checked_sub(1)?)?;
        let (_, pattern) = self.sorted.get(place)?;
        equal_texts(before, pattern).then_some(*before)
    }

    /// A wildcard of the list that another pattern is within.
    fn wider(&self, pattern: &Pattern) -> Option<&'p Pattern> {
        let of_service = |service: &str| {
            let from = self.wild.partition_point(|(known, _)| by_letters(known, service).is_lt());
            let rest = self.wild.get(from..).unwrap_or_default();
            let to = rest.partition_point(|(known, _)| by_letters(known, service).is_le());
            rest.get(..to).unwrap_or_default()
        };
        let mut near = of_service("").iter().chain(of_service(service_of(pattern)));
        near.find(|(_, wide)| !equal_texts(wide, pattern) && covers(wide, pattern)).map(|(_, wide)| *wide)
    }
}

/// The service of an action, or nothing where it has a wildcard or there is none.
fn service_of(pattern: &Pattern) -> &str {
    let service = pattern.text().split_once(':').map_or("", |(service, _)| service);
    if service.contains(['*', '?', '$']) { "" } else { service }
}

fn by_letters(one: &str, other: &str) -> Ordering {
    match one.bytes().zip(other.bytes()).find(|(a, b)| !a.eq_ignore_ascii_case(b)) {
        Some((a, b)) => a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()),
        None => one.len().cmp(&other.len()),
    }
}

fn equal_texts(a: &Pattern, b: &Pattern) -> bool {
    a.text().len() == b.text().len() && a.text().eq_ignore_ascii_case(b.text())
}

fn covers(wide: &Pattern, narrow: &Pattern) -> bool {
    is_all_actions(wide) || wide.covers(narrow, Case::Ignore)
}

fn one(pattern: &Pattern, known: &Matching<'_>, out: &mut Linted) {
    if is_all_actions(pattern) {
        return;
    }
    let Some((prefix, name)) = pattern.text().split_once(':') else {
        let message = format!("`{pattern}` is no action; write `service:Action`, such as `s3:GetObject`");
        out.error("action-form", message, &pattern.at);
        return;
    };
    if prefix.contains(['*', '?']) {
        let message =
            format!("`{pattern}` has a wildcard in the service, which AWS refuses; name the service");
        out.error("action-form", message, &pattern.at);
        return;
    }
    let Some(service) = facts().service(prefix) else {
        unknown_service(prefix, pattern, out);
        return;
    };
    if !known.is_empty() {
        return;
    }
    if pattern.is_wild() {
        let message = format!("no action of {} matches `{pattern}`; it has no effect", service.name());
        out.warn("wildcard-matches-nothing", message, &pattern.at);
        return;
    }
    unknown_action(service, name, pattern, out);
}

fn unknown_service(prefix: &str, pattern: &Pattern, out: &mut Linted) {
    match nearest(prefix, facts().services().map(|service| service.prefix())) {
        Some(near) => {
            let message = format!("there is no service `{prefix}`; did you mean `{near}`?");
            out.error("unknown-service", message, &pattern.at);
        }
        None => out.not_assessed(
            format!("`{pattern}`: the table of {} knows no service `{prefix}`", facts().date()),
            &pattern.at,
        ),
    }
}

fn unknown_action(service: Service, name: &str, pattern: &Pattern, out: &mut Linted) {
    match nearest(name, service.actions().map(|action| action.name())) {
        Some(near) => {
            let prefix = service.prefix();
            let message =
                format!("{} has no action `{name}`; did you mean `{prefix}:{near}`?", service.name());
            out.error("unknown-action", message, &pattern.at);
        }
        None => out.not_assessed(
            format!(
                "`{pattern}`: the table of {} knows no such action of {}",
                facts().date(),
                service.name()
            ),
            &pattern.at,
        ),
    }
}

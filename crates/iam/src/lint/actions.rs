//! Lints of `Action` and `NotAction`.

use super::{Linted, nearest};
use crate::action::is_all_actions;
use crate::facts::{Matching, Service, facts};
use crate::pattern::Case;
use crate::policy::Statement;
use crate::{ActionClause, Pattern};

pub(super) fn check(statement: &Statement, known: &[Matching<'_>], out: &mut Linted) {
    let patterns = statement.actions.patterns();
    if patterns.is_empty() && !matches!(statement.actions, ActionClause::Absent) {
        out.error(
            "empty-list",
            "the list of actions is empty: the statement applies to nothing",
            &statement.at,
        );
    }
    let wild: Vec<(usize, &Pattern)> =
        patterns.iter().enumerate().filter(|(_, other)| other.is_wild() && other.hole().is_none()).collect();
    for (index, (pattern, known)) in patterns.iter().zip(known).enumerate() {
        if let Some(gap) = pattern.gap() {
            out.open(gap, &pattern.at);
            continue;
        }
        one(pattern, known, out);
        let twin = patterns.iter().take(index).find(|other| equal_texts(other, pattern));
        let wider = wild.iter().filter(|(at, _)| *at != index).map(|(_, other)| *other);
        let mut wider = wider.filter(|other| !equal_texts(other, pattern) && covers(other, pattern));
        if let Some(wider) = twin.or_else(|| wider.next()) {
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

//! Lints of `Condition`: keys, operators, values, and conditions that cannot hold together.

use super::{Linted, nearest};
use crate::condition::{Base, Condition, Operator, SetQualifier};
use crate::eval::compare::{date, in_range, number};
use crate::facts::{Key, KeyType, facts};
use crate::policy::{Statement, Version};
use crate::{ActionClause, Pattern};

pub(super) fn check(statement: &Statement, version: Version, out: &mut Linted) {
    for condition in &statement.conditions {
        if let Some(gap) = &condition.gap {
            out.open(gap, &condition.at);
            continue;
        }
        let Some(operator) = condition.operator else { continue };
        if condition.values.is_empty() {
            let message = format!("`{}` has no values: the condition never holds", condition.key);
            out.error("empty-list", message, &condition.at);
        }
        if let Some(key) = known_key(condition, statement, out) {
            kind(condition, operator, key, out);
            quantity(condition, operator, key, statement, out);
        }
        values(condition, operator, version, out);
    }
    impossible(&statement.conditions, out);
}

/// The key's entry in the tables, reported where there is none.
fn known_key(condition: &Condition, statement: &Statement, out: &mut Linted) -> Option<Key> {
    let name = &*condition.key;
    let Some((prefix, rest)) = name.split_once(':') else {
        let message = format!("`{name}` is no condition key; write `aws:SourceIp` or `service:Key`");
        out.error("unknown-key", message, &condition.at);
        return None;
    };
    // A claim of an identity provider: `token.actions.githubusercontent.com:sub`, `saml:aud`.
    if prefix.contains('.') || ["saml", "cognito-identity"].contains(&prefix.to_ascii_lowercase().as_str()) {
        return None;
    }
    if let Some(key) = facts().global_key(name) {
        return Some(key);
    }
    if let Some(key) = key_of_actions(name, statement) {
        return Some(key);
    }
    if prefix.eq_ignore_ascii_case("aws") {
        match nearest(name, facts().global_keys().iter().map(|key| key.name)) {
            Some(near) => misspelt(condition, near, out),
            None => out.not_assessed(
                format!("`{name}`: the table of {} knows no such global condition key", facts().date()),
                &condition.at,
            ),
        }
        return None;
    }
    let Some(service) = facts().service(prefix) else {
        match nearest(prefix, facts().services().map(|service| service.prefix())) {
            Some(near) => misspelt(condition, &format!("{near}:{rest}"), out),
            None => out.not_assessed(
                format!("`{name}`: the table of {} knows no service `{prefix}`", facts().date()),
                &condition.at,
            ),
        }
        return None;
    };
    if let Some(key) = service.key(name) {
        not_of_actions(condition, statement, out);
        return Some(key);
    }
    match nearest(name, service.keys().iter().map(|key| key.name)) {
        Some(near) => misspelt(condition, near, out),
        None => out.not_assessed(
            format!("`{name}`: the table of {} knows no such key of {}", facts().date(), service.name()),
            &condition.at,
        ),
    }
    None
}

fn misspelt(condition: &Condition, near: &str, out: &mut Linted) {
    let message = format!("there is no condition key `{}`; did you mean `{near}`?", condition.key);
    out.error("unknown-key", message, &condition.at);
}

/// A key by the services of the statement's actions: some services use keys of others.
fn key_of_actions(name: &str, statement: &Statement) -> Option<Key> {
    statement.actions.patterns().iter().find_map(|pattern| {
        let (prefix, _) = pattern.plain()?.split_once(':')?;
        facts().service(prefix)?.key(name)
    })
}

/// Reports a service's key in a statement in which no action of the service has it.
fn not_of_actions(condition: &Condition, statement: &Statement, out: &mut Linted) {
    let ActionClause::Action(patterns) = &statement.actions else { return };
    if patterns.iter().any(|pattern| pattern.hole().is_some() || crate::action::is_all_actions(pattern)) {
        return;
    }
    if patterns.iter().all(|pattern| facts().matching(pattern).is_empty()) {
        return;
    }
    let message = format!(
        "no action of the statement comes with the key `{}`: the condition {}",
        condition.key,
        match condition.operator {
            Some(operator) if operator.if_exists || operator.base.is_negated() => "always holds",
            _ => "never holds",
        }
    );
    out.warn("key-of-other-action", message, &condition.at);
}

/// Whether the operator fits the type of the key's values.
fn kind(condition: &Condition, operator: Operator, key: Key, out: &mut Linted) {
    let fits = match operator.base {
        Base::Null => true,
        base if is_text(base) => {
            matches!(key.kind, KeyType::String | KeyType::Arn | KeyType::Bool | KeyType::IpAddress)
        }
        base if is_arn(base) => {
            key.kind == KeyType::Arn || key.kind == KeyType::String && key.name.ends_with("Arn")
        }
        base if is_number(base) => key.kind == KeyType::Numeric || key.name == "aws:EpochTime",
        base if is_date(base) => key.kind == KeyType::Date,
        Base::Bool => key.kind == KeyType::Bool,
        Base::IpAddress | Base::NotIpAddress => key.kind == KeyType::IpAddress,
        _ => true,
    };
    if !fits {
        let (have, want) = (operator.base.name(), operators_for(key.kind));
        let message = format!(
            "`{have}` does not fit `{}`, whose values are {}; use {want}",
            condition.key,
            kind_name(key.kind)
        );
        out.error("wrong-operator", message, &condition.at);
        return;
    }
    let odd = match key.kind {
        KeyType::IpAddress if is_text(operator.base) => {
            "an address compared as text matches one spelling only; use IpAddress"
        }
        KeyType::Bool if is_text(operator.base) => "a boolean compared as text has case; use Bool",
        _ => return,
    };
    out.warn("wrong-operator", format!("`{}`: {odd}", condition.key), &condition.at);
}

fn is_text(base: Base) -> bool {
    base.name().starts_with("String")
}

fn is_arn(base: Base) -> bool {
    base.name().starts_with("Arn")
}

fn is_number(base: Base) -> bool {
    base.name().starts_with("Numeric")
}

fn is_date(base: Base) -> bool {
    base.name().starts_with("Date")
}

fn kind_name(kind: KeyType) -> &'static str {
    match kind {
        KeyType::String => "texts",
        KeyType::Arn => "ARNs",
        KeyType::Bool => "true or false",
        KeyType::Numeric => "numbers",
        KeyType::Date => "dates",
        KeyType::IpAddress => "addresses",
    }
}

fn operators_for(kind: KeyType) -> &'static str {
    match kind {
        KeyType::String => "StringEquals or StringLike",
        KeyType::Arn => "ArnLike or ArnEquals",
        KeyType::Bool => "Bool",
        KeyType::Numeric => "a Numeric operator",
        KeyType::Date => "a Date operator",
        KeyType::IpAddress => "IpAddress or NotIpAddress",
    }
}

/// Whether a key with a list of values has a set operator, and one without has none.
fn quantity(condition: &Condition, operator: Operator, key: Key, statement: &Statement, out: &mut Linted) {
    if operator.base == Base::Null {
        return;
    }
    match (key.many, operator.set) {
        (true, None) => {
            let message = format!(
                "`{}` has a list of values: put ForAnyValue or ForAllValues before the operator",
                condition.key
            );
            out.error("missing-set-operator", message, &condition.at);
        }
        (false, Some(SetQualifier::All)) if statement.allows() => {
            let message = format!(
                "ForAllValues holds where `{}` is absent, which lets such requests pass; the key has one value, so leave it out",
                condition.key
            );
            out.warn("set-operator-on-one-value", message, &condition.at);
        }
        (false, Some(_)) => {
            let message = format!("`{}` has one value: leave the set operator out", condition.key);
            out.suggest("set-operator-on-one-value", message, &condition.at);
        }
        (true, Some(SetQualifier::All)) if statement.allows() => {
            let guarded = statement.conditions.iter().any(|other| {
                other.is_on(&condition.key)
                    && other.operator.is_some_and(|operator| operator.base == Base::Null)
            });
            if !guarded {
                let message = format!(
                    "ForAllValues holds where `{}` is absent; add a Null condition that asks for the key",
                    condition.key
                );
                out.warn("for-all-values-absent", message, &condition.at);
            }
        }
        _ => {}
    }
}

/// Whether the values are of the operator's type.
fn values(condition: &Condition, operator: Operator, version: Version, out: &mut Linted) {
    for value in &condition.values {
        if let Some(gap) = value.gap() {
            out.open(gap, &value.at);
            continue;
        }
        let text = value.text();
        if version == Version::V2008 && text.contains("${") {
            let message = "a variable in a document without `\"Version\": \"2012-10-17\"` is plain text; add the version";
            out.error("variable-version", message, &value.at);
            continue;
        }
        let wrong = match operator.base {
            Base::Bool | Base::Null => {
                !["true", "false"].contains(&text.to_ascii_lowercase().as_str()) && !value.has_variable()
            }
            base if is_number(base) => number(text).is_none(),
            base if is_date(base) => date(text).is_none(),
            Base::IpAddress | Base::NotIpAddress => in_range(text, "192.0.2.1").is_none(),
            base if is_arn(base) => {
                !text.starts_with("arn:") && !value.is_any()
                    || crate::arn::is_short(value) && value.plain().is_some()
            }
            _ => false,
        };
        if wrong {
            let message = format!("`{value}` is no value for `{}`: it never matches", operator.base.name());
            out.error("value-type", message, &value.at);
        } else if equals(operator.base) && value.is_wild() {
            let message = format!(
                "`*` and `?` are letters in `{}`; use StringLike where `{value}` is a pattern",
                operator.base.name()
            );
            out.warn("wildcard-in-equals", message, &value.at);
        } else if operator.base == Base::StringLike
            && !value.is_wild()
            && value.plain().is_some()
            && condition.values.len() == 1
        {
            let message = format!("`{value}` has no wildcard; StringEquals says the same");
            out.suggest("like-without-wildcard", message, &value.at);
        }
    }
}

fn equals(base: Base) -> bool {
    matches!(
        base,
        Base::StringEquals
            | Base::StringNotEquals
            | Base::StringEqualsIgnoreCase
            | Base::StringNotEqualsIgnoreCase
    )
}

/// Pairs of conditions that cannot hold at once.
fn impossible(conditions: &[Condition], out: &mut Linted) {
    for (index, one) in conditions.iter().enumerate() {
        for other in conditions.iter().skip(index + 1) {
            if !one.key.eq_ignore_ascii_case(&other.key) || one.gap.is_some() || other.gap.is_some() {
                continue;
            }
            if exclude(one, other) || exclude(other, one) {
                let message =
                    format!("`{one}` and `{other}` never hold at once: the statement has no effect");
                out.error("impossible-condition", message, &other.at);
            }
        }
    }
}

/// Whether conditions are certain never to hold together, whatever the request.
pub(crate) fn never_hold(conditions: &[Condition]) -> bool {
    let pairs = |index: usize, one: &Condition| {
        conditions.iter().skip(index + 1).any(|other| {
            let known = one.gap.is_none() && other.gap.is_none();
            known && one.key.eq_ignore_ascii_case(&other.key) && (exclude(one, other) || exclude(other, one))
        })
    };
    conditions.iter().enumerate().any(|(index, one)| never_holds(one) || pairs(index, one))
}

/// Whether a condition has no value that any request could match.
fn never_holds(condition: &Condition) -> bool {
    let (Some(operator), None) = (condition.operator, &condition.gap) else { return false };
    let holds_without_match =
        operator.if_exists || operator.base.is_negated() || operator.set == Some(SetQualifier::All);
    if holds_without_match {
        return false;
    }
    let hopeless = |value: &Pattern| {
        let Some(text) = value.literal() else { return false };
        match operator.base {
            Base::Bool | Base::Null => {
                !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false")
            }
            base if is_number(base) => number(text).is_none(),
            base if is_date(base) => date(text).is_none(),
            Base::IpAddress => in_range(text, "192.0.2.1").is_none(),
            _ => false,
        }
    };
    condition.values.iter().all(hopeless)
}

fn exclude(one: &Condition, other: &Condition) -> bool {
    let (Some(a), Some(b)) = (one.operator, other.operator) else { return false };
    if a.set.is_some() || b.set.is_some() {
        return false;
    }
    let needs_key = |operator: Operator| {
        !operator.if_exists && !operator.base.is_negated() && operator.base != Base::Null
    };
    let all_plain = |condition: &Condition| condition.values.iter().all(|value| value.literal().is_some());
    if a.base == Base::Null && needs_key(b) {
        return all_plain(one) && one.values.iter().all(|value| value.text().eq_ignore_ascii_case("true"));
    }
    if !needs_key(a) || a.if_exists || b.if_exists || !all_plain(one) {
        return false;
    }
    let every = |wanted: &dyn Fn(&Pattern, &Pattern) -> bool| {
        !one.values.is_empty() && one.values.iter().all(|x| other.values.iter().all(|y| wanted(x, y)))
    };
    match (a.base, b.base) {
        (Base::StringEquals, Base::StringEquals) => all_plain(other) && every(&|x, y| x.text() != y.text()),
        (Base::StringEquals, Base::StringLike) => {
            let plain = other.values.iter().all(|value| value.plain().is_some());
            plain && every(&|x, y| y.matches(x.text(), crate::pattern::Case::Exact) == crate::answer::Tri::No)
        }
        (Base::StringEquals, Base::StringNotEquals) => {
            !one.values.is_empty()
                && one.values.iter().all(|x| other.values.iter().any(|y| y.literal() == Some(x.text())))
        }
        (Base::Bool, Base::Bool) => {
            all_plain(other) && every(&|x, y| !x.text().eq_ignore_ascii_case(y.text()))
        }
        (Base::NumericLessThan, Base::NumericGreaterThan | Base::NumericGreaterThanEquals)
        | (Base::NumericLessThanEquals, Base::NumericGreaterThan) => every(&|x, y| least(x, y, number)),
        (Base::DateLessThan, Base::DateGreaterThan | Base::DateGreaterThanEquals)
        | (Base::DateLessThanEquals, Base::DateGreaterThan) => every(&|x, y| least(x, y, date)),
        _ => false,
    }
}

/// Whether an upper limit is not above a lower one.
fn least(upper: &Pattern, lower: &Pattern, parse: fn(&str) -> Option<f64>) -> bool {
    match (upper.literal().and_then(parse), lower.literal().and_then(parse)) {
        (Some(upper), Some(lower)) => upper <= lower,
        _ => false,
    }
}

//! Lints of `Condition`: keys, operators, values, and conditions that cannot hold together.

pub(crate) use super::impossible::never_hold;

use super::{Linted, impossible, nearest};
use crate::condition::{Base, Condition, Operator, SetQualifier};
use crate::eval::compare::{date, in_range, number};
use crate::facts::{Key, KeyType, Matching, facts};
use crate::policy::{Effect, Statement, Version};
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
    impossible::check(&statement.conditions, out);
    second_factor(statement, out);
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
        if !prefix.eq_ignore_ascii_case("aws") {
            not_of_actions(condition, statement, out);
        }
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

/// Reports a service's key in a statement with actions whose requests do not have it.
fn not_of_actions(condition: &Condition, statement: &Statement, out: &mut Linted) {
    let ActionClause::Action(patterns) = &statement.actions else { return };
    if patterns.iter().any(|pattern| pattern.hole().is_some() || crate::action::is_all_actions(pattern)) {
        return;
    }
    let absent_passes =
        condition.operator.is_some_and(|operator| operator.if_exists || operator.base.is_negated());
    let known: Vec<Matching<'_>> =
        patterns.iter().map(|pattern| facts().matching(pattern)).filter(|known| !known.is_empty()).collect();
    let without: Vec<&Pattern> = known
        .iter()
        .filter(|known| !known.iter().any(|action| action.has_key(&condition.key)))
        .map(Matching::pattern)
        .collect();
    if known.is_empty() || without.is_empty() {
        return;
    }
    if without.len() == known.len() {
        let message = format!(
            "no action of the statement comes with the key `{}`: the condition {} holds",
            condition.key,
            if absent_passes { "always" } else { "never" }
        );
        out.warn("key-of-other-action", message, &condition.at);
    } else if !absent_passes && statement.allows() && condition.operator.is_some_and(impossible::needs_key) {
        let names: Vec<&str> = without.iter().map(|pattern| pattern.text()).collect();
        let message = format!(
            "requests of {} come without the key `{}`, so that the statement never allows them; \
             put them in a statement of their own",
            names.join(", "),
            condition.key
        );
        out.suggest("key-of-other-action", message, &condition.at);
    }
}

/// Whether a condition on the second factor leaves out the requests that have no such key: those signed with a
/// long-term access key.
fn second_factor(statement: &Statement, out: &mut Linted) {
    for condition in
        statement.conditions.iter().filter(|condition| condition.is_on("aws:MultiFactorAuthPresent"))
    {
        let asks = |text: &str| condition.values.iter().any(|value| value.text().eq_ignore_ascii_case(text));
        let Some(operator) = condition.operator.filter(|operator| operator.base == Base::Bool) else {
            continue;
        };
        let message = match (operator.if_exists, statement.effect) {
            (false, Some(Effect::Deny)) if asks("false") => {
                "a request signed with an access key has no such key and is not denied; use BoolIfExists"
            }
            (true, Some(Effect::Allow)) if asks("true") => {
                "a request signed with an access key has no such key and is allowed without a second factor; use Bool"
            }
            (_, Some(Effect::Allow)) if asks("false") && !asks("true") => {
                "this allows requests without a second factor only"
            }
            _ => continue,
        };
        out.warn("second-factor", message, &condition.at);
    }
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

pub(super) fn is_text(base: Base) -> bool {
    base.name().starts_with("String")
}

pub(super) fn is_arn(base: Base) -> bool {
    base.name().starts_with("Arn")
}

pub(super) fn is_number(base: Base) -> bool {
    base.name().starts_with("Numeric")
}

pub(super) fn is_date(base: Base) -> bool {
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

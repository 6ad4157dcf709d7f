//! Whether a condition holds for a request.

use super::compare;
use super::context::ContextValue;
use super::context::{Context, Found};
use crate::Arn;
use crate::answer::Tri;
use crate::condition::{Base, Condition, SetQualifier};
use crate::matcher::{self, Fields, Mode};
use crate::pattern::{Case, Pattern};

/// Whether all conditions hold.
pub(crate) fn all_hold(conditions: &[Condition], context: &Context<'_>) -> Tri {
    Tri::all(conditions.iter().map(|condition| holds(condition, context)))
}

/// Whether a condition holds.
pub(crate) fn holds(condition: &Condition, context: &Context<'_>) -> Tri {
    let (Some(operator), None) = (condition.operator, &condition.gap) else { return Tri::Maybe };
    let found = context.find(&condition.key);
    if operator.base == Base::Null {
        return is_null(condition, &found);
    }
    let value = match found {
        Found::Unknown => return Tri::Maybe,
        Found::Present(value) => value,
        Found::Absent => {
            return Tri::of(match operator.set {
                Some(SetQualifier::All) => true,
                Some(SetQualifier::Any) => false,
                None => operator.if_exists || operator.base.is_negated(),
            });
        }
    };
    let one = |value: &str| holds_for(condition, operator.base, value, context);
    let is_list = matches!(value, ContextValue::Many(_));
    let values = value.values();
    match (operator.set, values) {
        (Some(SetQualifier::All), _) => Tri::all(values.iter().map(|value| one(value))),
        (Some(SetQualifier::Any), _) => Tri::any(values.iter().map(|value| one(value))),
        (None, [one_value]) if has_one_value(&condition.key, is_list) => one(one_value),
        // A key with a list of values needs a set operator.
        (None, _) => Tri::No,
    }
}

/// Global keys whose value is a list in every request ("Value type: Multivalued" in the IAM user guide).
const MULTIVALUED: [&str; 7] = [
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
];

/// Whether an operator without `ForAllValues` or `ForAnyValue` speaks of a key that has one value. Where the key
/// is not known to be one or the other, a list is a list.
fn has_one_value(key: &str, is_list: bool) -> bool {
    let global = key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"));
    match global {
        true => !MULTIVALUED.iter().any(|name| name.eq_ignore_ascii_case(key)),
        false => !is_list,
    }
}

/// Whether an operator holds for one value of the request. What cannot be compared (a word with a number, a
/// variable without value) matches nothing, and its opposite does not hold either.
fn holds_for(condition: &Condition, base: Base, value: &str, context: &Context<'_>) -> Tri {
    let mut matched = Tri::No;
    let mut comparable = true;
    for wanted in &condition.values {
        match matches(base, wanted, value, context) {
            Some(tri) => matched = matched.max(tri),
            None => comparable = false,
        }
        if matched == Tri::Yes {
            break;
        }
    }
    if !base.is_negated() {
        return matched;
    }
    if !comparable {
        return Tri::No;
    }
    let void = |wanted: &Pattern| matcher::may_be_void(wanted, &|key| context.variable(key));
    if condition.values.iter().any(void) { matched.not().min(Tri::Maybe) } else { matched.not() }
}

fn is_null(condition: &Condition, found: &Found<'_, '_>) -> Tri {
    let absent = match found {
        Found::Unknown => return Tri::Maybe,
        Found::Absent => true,
        Found::Present(_) => false,
    };
    Tri::any(condition.values.iter().map(|value| match value.plain() {
        Some(text) if text.eq_ignore_ascii_case("true") => Tri::of(absent),
        Some(text) if text.eq_ignore_ascii_case("false") => Tri::of(!absent),
        None if value.hole().is_some() => Tri::Maybe,
        // `Null` knows no variables.
        _ => Tri::No,
    }))
}

/// Whether one wanted value matches one value of the request, before any negation; `None` where the two
/// cannot be compared.
fn matches(base: Base, wanted: &Pattern, value: &str, context: &Context<'_>) -> Option<Tri> {
    let by_text = |case, wild, fields| {
        matcher::matches(wanted, value, Mode { case, head: case, wild, fields }, &|key| context.variable(key))
    };
    match base {
        Base::StringEquals | Base::StringNotEquals => by_text(Case::Exact, false, Fields::One),
        Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase => {
            by_text(Case::Ignore, false, Fields::One)
        }
        Base::StringLike | Base::StringNotLike => by_text(Case::Exact, true, Fields::One),
        Base::ArnEquals | Base::ArnLike | Base::ArnNotEquals | Base::ArnNotLike => {
            let colons = |text: &str| text.bytes().filter(|byte| *byte == b':').count();
            let no_arn = wanted.plain().is_some_and(|text| colons(text) < 4) || Arn::parse(value).is_none();
            if no_arn { None } else { by_text(Case::Exact, true, Fields::Arn) }
        }
        Base::Bool if wanted.has_variable() => by_text(Case::Ignore, false, Fields::One),
        Base::Bool => parsed(wanted, value, boolean, |have, want| have == want),
        Base::BinaryEquals => parsed(wanted, value, base64_text, |have, want| have == want),
        Base::IpAddress | Base::NotIpAddress => match wanted.hole() {
            Some(_) => Some(Tri::Maybe),
            None => compare::in_range(wanted.text(), value).map(Tri::of),
        },
        Base::NumericEquals | Base::NumericNotEquals => numbers(wanted, value, |have, want| have == want),
        Base::NumericLessThan => numbers(wanted, value, |have, want| have < want),
        Base::NumericLessThanEquals => numbers(wanted, value, |have, want| have <= want),
        Base::NumericGreaterThan => numbers(wanted, value, |have, want| have > want),
        Base::NumericGreaterThanEquals => numbers(wanted, value, |have, want| have >= want),
        Base::DateEquals | Base::DateNotEquals => dates(wanted, value, |have, want| have == want),
        Base::DateLessThan => dates(wanted, value, |have, want| have < want),
        Base::DateLessThanEquals => dates(wanted, value, |have, want| have <= want),
        Base::DateGreaterThan => dates(wanted, value, |have, want| have > want),
        Base::DateGreaterThanEquals => dates(wanted, value, |have, want| have >= want),
        Base::Null => None,
    }
}

/// Compares what both texts stand for; these operators know no variables.
fn parsed<'v, T>(
    wanted: &'v Pattern,
    value: &'v str,
    parse: impl Fn(&'v str) -> Option<T>,
    holds: impl Fn(T, T) -> bool,
) -> Option<Tri> {
    match wanted.hole() {
        Some(_) => Some(Tri::Maybe),
        None => Some(Tri::of(holds(parse(value)?, parse(wanted.text())?))),
    }
}

fn numbers(wanted: &Pattern, value: &str, holds: impl Fn(f64, f64) -> bool) -> Option<Tri> {
    parsed(wanted, value, compare::number, holds)
}

fn dates(wanted: &Pattern, value: &str, holds: impl Fn(f64, f64) -> bool) -> Option<Tri> {
    parsed(wanted, value, compare::date, holds)
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Base64 without its padding, so that equal bytes are equal texts.
fn base64_text(text: &str) -> Option<&str> {
    Some(text.trim_end_matches('='))
}

//! Whether a condition holds for a request.

use super::compare;
use super::context::{Context, Found};
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
    let values = match found {
        Found::Unknown => return Tri::Maybe,
        Found::Present(value) => value.values(),
        Found::Absent => {
            return Tri::of(match operator.set {
                _ if operator.if_exists => true,
                Some(SetQualifier::All) => true,
                Some(SetQualifier::Any) => false,
                None => operator.base.is_negated(),
            });
        }
    };
    let negated = operator.base.is_negated();
    let one = |value: &str| {
        let matched =
            Tri::any(condition.values.iter().map(|wanted| matches(operator.base, wanted, value, context)));
        if negated { matched.not() } else { matched }
    };
    let each = values.iter().map(|value| one(value));
    match operator.set {
        Some(SetQualifier::All) => Tri::all(each),
        Some(SetQualifier::Any) => Tri::any(each),
        None if negated => Tri::all(each),
        None => Tri::any(each),
    }
}

fn is_null(condition: &Condition, found: &Found<'_, '_>) -> Tri {
    let absent = match found {
        Found::Unknown => return Tri::Maybe,
        Found::Absent => true,
        Found::Present(value) => value.values().is_empty(),
    };
    Tri::any(condition.values.iter().map(|value| match value.plain() {
        Some(text) if text.eq_ignore_ascii_case("true") => Tri::of(absent),
        Some(text) if text.eq_ignore_ascii_case("false") => Tri::of(!absent),
        Some(_) => Tri::No,
        None => Tri::Maybe,
    }))
}

/// Whether one wanted value matches one value of the request, before any negation.
fn matches(base: Base, wanted: &Pattern, value: &str, context: &Context<'_>) -> Tri {
    let by_text = |case, wild, fields| {
        matcher::matches(wanted, value, Mode { case, wild, fields }, &|key| context.variable(key))
    };
    match base {
        Base::StringEquals | Base::StringNotEquals => by_text(Case::Exact, false, Fields::One),
        Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase => {
            by_text(Case::Ignore, false, Fields::One)
        }
        Base::StringLike | Base::StringNotLike => by_text(Case::Exact, true, Fields::One),
        Base::ArnEquals | Base::ArnLike | Base::ArnNotEquals | Base::ArnNotLike => {
            by_text(Case::Exact, true, Fields::Arn)
        }
        Base::Bool => by_text(Case::Ignore, false, Fields::One),
        Base::BinaryEquals => known(wanted, |text| text.trim_end_matches('=') == value.trim_end_matches('=')),
        Base::IpAddress | Base::NotIpAddress => known(wanted, |text| compare::in_range(text, value)),
        Base::NumericEquals | Base::NumericNotEquals => numbers(wanted, value, |a, b| a == b),
        Base::NumericLessThan => numbers(wanted, value, |a, b| a < b),
        Base::NumericLessThanEquals => numbers(wanted, value, |a, b| a <= b),
        Base::NumericGreaterThan => numbers(wanted, value, |a, b| a > b),
        Base::NumericGreaterThanEquals => numbers(wanted, value, |a, b| a >= b),
        Base::DateEquals | Base::DateNotEquals => dates(wanted, value, |a, b| a == b),
        Base::DateLessThan => dates(wanted, value, |a, b| a < b),
        Base::DateLessThanEquals => dates(wanted, value, |a, b| a <= b),
        Base::DateGreaterThan => dates(wanted, value, |a, b| a > b),
        Base::DateGreaterThanEquals => dates(wanted, value, |a, b| a >= b),
        Base::Null => Tri::No,
    }
}

/// Compares with a value that can hold no variable.
fn known(wanted: &Pattern, same: impl Fn(&str) -> bool) -> Tri {
    match wanted.hole() {
        Some(_) => Tri::Maybe,
        None => Tri::of(same(wanted.text())),
    }
}

/// `same(request, policy)`; what is no number matches nothing.
fn numbers(wanted: &Pattern, value: &str, same: impl Fn(f64, f64) -> bool) -> Tri {
    known(wanted, |text| match (compare::number(value), compare::number(text)) {
        (Some(have), Some(want)) => same(have, want),
        _ => false,
    })
}

fn dates(wanted: &Pattern, value: &str, same: impl Fn(f64, f64) -> bool) -> Tri {
    known(wanted, |text| match (compare::date(value), compare::date(text)) {
        (Some(have), Some(want)) => same(have, want),
        _ => false,
    })
}

//! Conditions that never hold, by themselves or together, whatever the request. Sound: what is said here to never
//! hold does not, for the evaluator relies on it.

use super::Linted;
use super::conditions::{is_arn, is_date, is_number, is_text};
use crate::condition::{Base, Condition, Operator, SetQualifier};
use crate::eval::compare::{date, in_range, number};
use crate::pattern::Case;
use crate::{Pattern, arn};

/// Reports pairs of conditions that cannot hold at once.
pub(super) fn check(conditions: &[Condition], out: &mut Linted) {
    for (index, one) in conditions.iter().enumerate() {
        for other in conditions.iter().skip(index + 1) {
            if exclude_each_other(one, other) {
                let message =
                    format!("`{one}` and `{other}` never hold at once: the statement has no effect");
                out.error("impossible-condition", message, &other.at);
            }
        }
    }
}

/// Whether conditions are certain never to hold together, whatever the request.
pub(crate) fn never_hold(conditions: &[Condition]) -> bool {
    conditions.iter().enumerate().any(|(index, one)| {
        never_holds(one) || conditions.iter().skip(index + 1).any(|other| exclude_each_other(one, other))
    })
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

fn exclude_each_other(one: &Condition, other: &Condition) -> bool {
    let known = one.gap.is_none() && other.gap.is_none();
    known && one.key.eq_ignore_ascii_case(&other.key) && (exclude(one, other) || exclude(other, one))
}

/// True where the operator does not hold without the key.
pub(super) fn needs_key(operator: Operator) -> bool {
    !operator.if_exists && !operator.base.is_negated() && operator.base != Base::Null
}

fn exclude(one: &Condition, other: &Condition) -> bool {
    let (Some(a), Some(b)) = (one.operator, other.operator) else { return false };
    if a.set.is_some() || b.set.is_some() || one.values.is_empty() || other.values.is_empty() {
        return false;
    }
    if a.base == Base::Null {
        return wants(one, "true") && (needs_key(b) || b.base == Base::Null && wants(other, "false"));
    }
    // Without the key both hold.
    if b.base == Base::Null || !(needs_key(a) || needs_key(b)) {
        return false;
    }
    match (a.base.is_negated(), b.base.is_negated()) {
        (false, false) => apart(one, a.base, other, b.base),
        (false, true) => {
            one.values.iter().all(|x| other.values.iter().any(|y| is_within(x, a.base, y, b.base)))
        }
        _ => false,
    }
}

/// Whether a `Null` condition asks for nothing but one of its two values.
fn wants(condition: &Condition, text: &str) -> bool {
    condition.values.iter().all(|value| value.literal().is_some_and(|plain| plain.eq_ignore_ascii_case(text)))
}

/// Whether no value is let in by both of two conditions that name what they let in.
fn apart(one: &Condition, a: Base, other: &Condition, b: Base) -> bool {
    let ranges =
        |parse: fn(&str) -> Option<f64>| Some((Range::of(one, a, parse)?, Range::of(other, b, parse)?));
    let apart = |ranges: Option<(Range, Range)>| ranges.is_some_and(|(one, other)| one.is_apart(other));
    match (a, b) {
        (a, b) if is_number(a) && is_number(b) => apart(ranges(number)),
        (a, b) if is_date(a) && is_date(b) => apart(ranges(date)),
        _ => one.values.iter().all(|x| other.values.iter().all(|y| values_apart(x, a, y, b))),
    }
}

fn values_apart(x: &Pattern, a: Base, y: &Pattern, b: Base) -> bool {
    match (text(x, a), text(y, b)) {
        (Some(case), Some(other)) => !x.meets(y, if case == Case::Ignore { case } else { other }),
        _ => match (a, b, x.literal(), y.literal()) {
            (Base::Bool, Base::Bool, Some(x), Some(y)) => !x.eq_ignore_ascii_case(y),
            (Base::IpAddress, Base::IpAddress, Some(x), Some(y)) => {
                has_net(x, y) == Some(false) && has_net(y, x) == Some(false)
            }
            _ => false,
        },
    }
}

/// How a value is compared as text, where it is: `*` and `?` are letters in some operators, and such values are
/// left out.
fn text(value: &Pattern, base: Base) -> Option<Case> {
    if !(is_text(base) || is_arn(base)) || value.plain().is_none() || value.is_wild() && !base.is_wild() {
        return None;
    }
    let ignores = matches!(base, Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase);
    Some(if ignores { Case::Ignore } else { Case::Exact })
}

/// Whether every value that a condition's value lets in is kept out by one of a negated condition.
fn is_within(x: &Pattern, a: Base, y: &Pattern, b: Base) -> bool {
    match (text(x, a), text(y, b)) {
        (Some(Case::Ignore), Some(Case::Exact)) => false,
        (Some(_), Some(_)) if is_arn(b) => {
            (is_arn(a) || !x.is_wild()) && !arn::is_short(x) && !arn::is_short(y) && arn::arn_covers(y, x)
        }
        (Some(_), Some(case)) => y.covers(x, case),
        _ => match (a, b, x.literal(), y.literal()) {
            (Base::NumericEquals, Base::NumericNotEquals, Some(x), Some(y)) => same(number(x), number(y)),
            (Base::DateEquals, Base::DateNotEquals, Some(x), Some(y)) => same(date(x), date(y)),
            (Base::IpAddress, Base::NotIpAddress, Some(x), Some(y)) => {
                has_net(y, x) == Some(true) && bits(y) <= bits(x)
            }
            _ => false,
        },
    }
}

fn same(one: Option<f64>, other: Option<f64>) -> bool {
    one.is_some() && one == other
}

/// Whether the first address of a range is in another range.
fn has_net(range: &str, other: &str) -> Option<bool> {
    in_range(range, other.split('/').next()?)
}

/// The length of a range's prefix; an address is a range by itself.
fn bits(range: &str) -> u32 {
    range.split_once('/').and_then(|(_, bits)| bits.trim().parse().ok()).unwrap_or(u32::MAX)
}

/// From a number to a number, each of which may be left out.
#[derive(Clone, Copy)]
struct Range {
    from: (f64, bool),
    to: (f64, bool),
}

impl Range {
    /// The range about all that a condition lets in: any of its values may match.
    fn of(condition: &Condition, base: Base, parse: fn(&str) -> Option<f64>) -> Option<Range> {
        let values: Option<Vec<f64>> = condition.values.iter().map(|value| parse(value.literal()?)).collect();
        let values = values?;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (any_below, any_above) = ((f64::NEG_INFINITY, true), (f64::INFINITY, true));
        Some(match base {
            Base::NumericEquals | Base::DateEquals => Range { from: (least, true), to: (most, true) },
            Base::NumericLessThan | Base::DateLessThan => Range { from: any_below, to: (most, false) },
            Base::NumericLessThanEquals | Base::DateLessThanEquals => {
                Range { from: any_below, to: (most, true) }
            }
            Base::NumericGreaterThan | Base::DateGreaterThan => Range { from: (least, false), to: any_above },
            Base::NumericGreaterThanEquals | Base::DateGreaterThanEquals => {
                Range { from: (least, true), to: any_above }
            }
            _ => return None,
        })
    }

    fn is_apart(self, other: Range) -> bool {
        let below = |one: Range, other: Range| {
            one.to.0 < other.from.0 || one.to.0 == other.from.0 && !(one.to.1 && other.from.1)
        };
        below(self, other) || below(other, self)
    }
}

//! Whether conditions imply others: each key's condition is a set of values, and the one must be within the
//! other. Sound: a true is certain.

use crate::condition::{Base, Condition, Operator, SetQualifier};
use crate::eval::compare::{date, number};
use crate::pattern::{Case, Pattern};

/// Whether a request that meets all of `given` is certain to meet all of `wanted`.
pub(super) fn all(given: &[Condition], wanted: &[Condition]) -> bool {
    wanted.iter().all(|wanted| given.iter().any(|given| implies(given, wanted)))
}

fn implies(given: &Condition, wanted: &Condition) -> bool {
    let (Some(have), Some(want)) = (given.operator, wanted.operator) else { return false };
    if given.gap.is_some() || wanted.gap.is_some() || !given.key.eq_ignore_ascii_case(&wanted.key) {
        return false;
    }
    if want.base == Base::Null {
        return null(given, have, wanted);
    }
    if !absent_is_kept(have, want) || !same_quantity(have, want) {
        return false;
    }
    match (have.base.is_negated(), want.base.is_negated()) {
        // Each value that the one lets in is let in by the other.
        (false, false) => {
            !given.values.is_empty()
                && given
                    .values
                    .iter()
                    .all(|value| wanted.values.iter().any(|other| value_within(have, value, want, other)))
        }
        // Each value that the other keeps out is kept out by the one.
        (true, true) => wanted
            .values
            .iter()
            .all(|value| given.values.iter().any(|other| value_within(want, value, have, other))),
        _ => false,
    }
}

/// Whether an absent key that the one lets pass is let pass by the other.
fn absent_is_kept(have: Operator, want: Operator) -> bool {
    let passes = |operator: Operator| match operator.set {
        Some(SetQualifier::All) => true,
        Some(SetQualifier::Any) => false,
        None => operator.if_exists || operator.base.is_negated(),
    };
    !passes(have) || passes(want)
}

/// Whether both look at the values of a request alike.
fn same_quantity(have: Operator, want: Operator) -> bool {
    have.set == want.set
}

/// Whether the key is certain to be there (or not), as a `Null` condition asks.
fn null(given: &Condition, have: Operator, wanted: &Condition) -> bool {
    let asks = |text: &str| {
        wanted.values.iter().any(|value| value.plain().is_some_and(|plain| plain.eq_ignore_ascii_case(text)))
    };
    if have.base == Base::Null {
        return given.values.iter().all(|value| value.plain().is_some_and(asks));
    }
    let needs_key = match have.set {
        Some(SetQualifier::All) => false,
        Some(SetQualifier::Any) => true,
        None => !have.if_exists && !have.base.is_negated(),
    };
    needs_key && asks("false")
}

/// Whether every text that matches `value` under the one operator matches `other` under the other.
fn value_within(have: Operator, value: &Pattern, want: Operator, other: &Pattern) -> bool {
    use Base::*;
    let same_text = || value == other && value.hole().is_none();
    match (family(have.base), family(want.base)) {
        (Family::Text { wild: a, case: ca }, Family::Text { wild: b, case: cb }) => {
            if ca == Case::Ignore && cb == Case::Exact {
                return false;
            }
            match (a, b) {
                (_, true) if !a => literal_within(value, other, cb),
                (true, true) => other.covers(value, cb),
                (true, false) => !value.is_wild() && texts_equal(value, other, cb),
                _ => texts_equal(value, other, cb),
            }
        }
        // A short ARN matches nothing here.
        (Family::Arn, Family::Arn) => {
            let whole = !crate::arn::is_short(value) && !crate::arn::is_short(other);
            same_text() || (whole && crate::arn::arn_covers(other, value))
        }
        (Family::Other, Family::Other) if have.base == want.base => match have.base {
            NumericLessThan | NumericLessThanEquals => same_text() || ordered(value, other, number),
            NumericGreaterThan | NumericGreaterThanEquals => same_text() || ordered(other, value, number),
            DateLessThan | DateLessThanEquals => same_text() || ordered(value, other, date),
            DateGreaterThan | DateGreaterThanEquals => same_text() || ordered(other, value, date),
            _ => same_text(),
        },
        _ => false,
    }
}

enum Family {
    Text { wild: bool, case: Case },
    Arn,
    Other,
}

fn family(base: Base) -> Family {
    match base {
        Base::StringEquals | Base::StringNotEquals => Family::Text { wild: false, case: Case::Exact },
        Base::StringEqualsIgnoreCase | Base::StringNotEqualsIgnoreCase => {
            Family::Text { wild: false, case: Case::Ignore }
        }
        Base::StringLike | Base::StringNotLike => Family::Text { wild: true, case: Case::Exact },
        Base::ArnEquals | Base::ArnLike | Base::ArnNotEquals | Base::ArnNotLike => Family::Arn,
        _ => Family::Other,
    }
}

fn texts_equal(a: &Pattern, b: &Pattern, case: Case) -> bool {
    if a.parts().is_some() || b.parts().is_some() {
        return a == b && a.hole().is_none();
    }
    crate::pattern::equal(a.text(), b.text(), case)
}

/// Whether a text without wildcards matches a pattern.
fn literal_within(text: &Pattern, pattern: &Pattern, case: Case) -> bool {
    if text.parts().is_some() || pattern.parts().is_some() {
        return text == pattern && text.hole().is_none() || pattern.is_any();
    }
    pattern.matches(text.text(), case) == crate::answer::Tri::Yes
}

fn ordered(low: &Pattern, high: &Pattern, parse: fn(&str) -> Option<f64>) -> bool {
    match (low.plain().and_then(parse), high.plain().and_then(parse)) {
        (Some(low), Some(high)) => low <= high,
        _ => false,
    }
}

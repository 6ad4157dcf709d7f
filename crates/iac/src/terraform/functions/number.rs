//! Functions of numbers.

use super::text::of_number;
use super::{Arguments, Failure, Outcome, collection};
use tieout_model::Value;

/// A function of this group; `None` for any other name.
pub(crate) fn apply(name: &str, arguments: &Arguments<'_, '_>) -> Option<Outcome> {
    Some(match name {
        "abs" => one(arguments, f64::abs),
        "ceil" => one(arguments, f64::ceil),
        "floor" => one(arguments, f64::floor),
        "signum" => one(arguments, |number| if number == 0.0 { 0.0 } else { number.signum() }),
        "max" => fold(arguments, f64::max),
        "min" => fold(arguments, f64::min),
        "sum" => arguments
            .list(0)
            .and_then(collection::numbers)
            .map(|numbers| of_number(numbers.into_iter().sum())),
        "pow" => two(arguments, f64::powf),
        "log" => two(arguments, f64::log),
        _ => return None,
    })
}

fn finite(number: f64) -> Outcome {
    if number.is_finite() { Ok(of_number(number)) } else { Err(Failure::Wrong) }
}

fn one(arguments: &Arguments<'_, '_>, change: impl Fn(f64) -> f64) -> Outcome {
    finite(change(arguments.number(0)?))
}

fn two(arguments: &Arguments<'_, '_>, change: impl Fn(f64, f64) -> f64) -> Outcome {
    finite(change(arguments.number(0)?, arguments.number(1)?))
}

fn fold(arguments: &Arguments<'_, '_>, choose: impl Fn(f64, f64) -> f64) -> Outcome {
    let numbers = match arguments.values {
        // Older configurations give a list.
        [only] if matches!(only.value, Value::List(_)) => collection::numbers(arguments.list(0)?)?,
        values => collection::numbers(values)?,
    };
    numbers.into_iter().reduce(choose).map(of_number).ok_or(Failure::Wrong)
}

//! `format` and `formatlist`: the verbs of Go that Terraform knows. A hole that is not known stays a hole.

use super::text::scalar;
use super::{Arguments, Failure, Outcome, misfit};
use crate::terraform::value::{as_number, float_text, json_text, node};
use tieout_model::{Node, Piece, Value};

/// `format(pattern, values…)`.
pub(crate) fn format(arguments: &Arguments<'_, '_>) -> Outcome {
    let pattern = arguments.text(0)?;
    let values: Vec<&Node> = arguments.values.iter().skip(1).collect();
    Ok(arguments.world.join(pieces(&pattern, &values)?))
}

/// `formatlist(pattern, lists…)`: once for each element.
pub(crate) fn format_list(arguments: &Arguments<'_, '_>) -> Outcome {
    let pattern = arguments.text(0)?;
    let lists: Vec<&Node> = arguments.values.iter().skip(1).collect();
    if let Some(open) =
        lists.iter().find(|list| matches!(list.value, Value::Unknown(_) | Value::Either { .. }))
    {
        return Err(misfit(open));
    }
    let length = lists.iter().filter_map(|list| match &list.value {
        Value::List(items) => Some(items.len()),
        _ => None,
    });
    let Some(length) = length.max() else { return Err(Failure::Wrong) };
    let mut out = Vec::with_capacity(length.min(1_000));
    for index in 0..length {
        let mut values = Vec::with_capacity(lists.len());
        for list in &lists {
            values.push(match &list.value {
                Value::List(items) => items.get(index).ok_or(Failure::Wrong)?,
                _ => list,
            });
        }
        out.push(arguments.world.join(pieces(&pattern, &values)?));
    }
    arguments.bounded(out)
}

#[derive(Default)]
struct Verb {
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
    index: Option<usize>,
}

fn pieces(pattern: &str, values: &[&Node]) -> Result<Vec<Piece>, Failure> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut next = 0;
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let mut verb = Verb::default();
        while let Some(flag) = rest.next_if(|c| "+-# 0".contains(*c)) {
            verb.flags.push(flag);
        }
        verb.width = digits(&mut rest);
        if rest.next_if_eq(&'.').is_some() {
            verb.precision = Some(digits(&mut rest).unwrap_or(0));
        }
        if rest.next_if_eq(&'[').is_some() {
            verb.index = digits(&mut rest);
            rest.next_if_eq(&']').ok_or(Failure::Wrong)?;
        }
        let letter = rest.next().ok_or(Failure::Wrong)?;
        if letter == '%' {
            text.push('%');
            continue;
        }
        let index = verb.index.map_or(next, |index| index.saturating_sub(1));
        next = index + 1;
        let value = values.get(index).ok_or(Failure::Wrong)?;
        match known(letter, &verb, value)? {
            Some(known) => text.push_str(&known),
            None => {
                out.push(Piece::Text(std::mem::take(&mut text).into()));
                out.push(Piece::Hole((*value).clone()));
            }
        }
    }
    out.push(Piece::Text(text.into()));
    Ok(out)
}

fn digits(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut number = None;
    while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
        rest.next();
        // More than a thousand characters of padding is no name of anything.
        number = Some((number.unwrap_or(0usize) * 10 + digit as usize).min(1_000));
    }
    number
}

/// The text of a known value; `None` where it is not known and the hole stays.
fn known(letter: char, verb: &Verb, value: &Node) -> Result<Option<String>, Failure> {
    let is_open = !value.is_known();
    let text = match letter {
        's' => match scalar(value) {
            Some(text) => text.to_string(),
            None if is_open => return Ok(None),
            None => return Err(Failure::Wrong),
        },
        'v' => match scalar(value) {
            Some(text) => text.to_string(),
            None if is_open => return Ok(None),
            None => json_text(value),
        },
        _ if is_open => return Err(Failure::Open),
        'q' => node(Value::Text(scalar(value).ok_or(Failure::Wrong)?)).to_json().to_string(),
        't' => value.as_bool().ok_or(Failure::Wrong)?.to_string(),
        'd' => float_text(as_number(value).ok_or(Failure::Wrong)?.trunc()),
        'x' => format!("{:x}", value.as_int().ok_or(Failure::Wrong)?),
        'X' => format!("{:X}", value.as_int().ok_or(Failure::Wrong)?),
        'o' => format!("{:o}", value.as_int().ok_or(Failure::Wrong)?),
        'b' => format!("{:b}", value.as_int().ok_or(Failure::Wrong)?),
        'f' | 'F' => format!("{:.*}", verb.precision.unwrap_or(6), as_number(value).ok_or(Failure::Wrong)?),
        'g' | 'G' => float_text(as_number(value).ok_or(Failure::Wrong)?),
        'e' | 'E' => return Err(Failure::Open),
        _ => return Err(Failure::Wrong),
    };
    let text = match (letter, verb.precision) {
        ('s' | 'v', Some(precision)) => text.chars().take(precision).collect(),
        _ => text,
    };
    Ok(Some(padded(text, letter, verb)))
}

fn padded(text: String, letter: char, verb: &Verb) -> String {
    let text = if verb.flags.contains('+') && !text.starts_with('-') && "dfFgG".contains(letter) {
        format!("+{text}")
    } else {
        text
    };
    let missing = verb.width.unwrap_or(0).saturating_sub(text.chars().count());
    if missing == 0 {
        return text;
    }
    if verb.flags.contains('-') {
        return format!("{text}{}", " ".repeat(missing));
    }
    if verb.flags.contains('0') && !"svqt".contains(letter) {
        let (sign, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) => (text.get(..1).unwrap_or_default(), digits),
            None => ("", &*text),
        };
        return format!("{sign}{}{digits}", "0".repeat(missing));
    }
    format!("{}{text}", " ".repeat(missing))
}

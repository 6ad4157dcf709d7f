//! Functions of lists, sets and maps, and conversions between them.

use super::{Arguments, Failure, Outcome, misfit};
use crate::terraform::value::{
    as_number, as_text, convert_scalar, distinct, equal, is_open, node, set, text,
};
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};

/// A function of this group; `None` for any other name.
pub(crate) fn apply(name: &str, arguments: &Arguments<'_, '_>) -> Option<Outcome> {
    Some(match name {
        "length" => length(arguments),
        "concat" => concat(arguments),
        "merge" => merge(arguments),
        "lookup" => lookup(arguments),
        "element" => element(arguments),
        "index" => index_of(arguments),
        "contains" => contains(arguments),
        "keys" => arguments.map(0).map(|entries| {
            let mut keys: Vec<Node> =
                entries.iter().map(|entry| Node::text(entry.key.clone(), entry.at.clone())).collect();
            keys.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
            node(Value::List(keys))
        }),
        "values" => arguments.map(0).map(|entries| {
            let mut entries: Vec<&Entry> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            node(Value::List(entries.into_iter().map(|entry| entry.node.clone()).collect()))
        }),
        "flatten" => arguments.list(0).and_then(|items| {
            let mut out = Vec::new();
            flatten(items, &mut out, 0)?;
            arguments.bounded(out)
        }),
        "distinct" => arguments.list(0).map(|items| node(Value::List(distinct(items.to_vec())))),
        "compact" => arguments.list(0).map(|items| {
            let empty = |item: &&Node| !(item.is_null() || item.as_text() == Some(""));
            node(Value::List(items.iter().filter(empty).cloned().collect()))
        }),
        "toset" => to_set(arguments),
        "setunion" => union(arguments),
        "setintersection" => filter_set(arguments, true),
        "setsubtract" => filter_set(arguments, false),
        "setproduct" => product(arguments),
        "tolist" | "list" if arguments.values.len() == 1 || name == "list" => to_list(name, arguments),
        "tomap" => arguments.get(0).and_then(|value| match &value.value {
            Value::Map(entries) => {
                let any_text = entries.iter().any(|entry| entry.node.as_text().is_some());
                let of_one_kind =
                    |entry: &Entry| Entry { node: of_one_kind(&entry.node, any_text), ..entry.clone() };
                Ok(node(Value::Map(entries.iter().map(of_one_kind).collect())))
            }
            _ => Err(misfit(value)),
        }),
        "map" => pairs(arguments),
        "tostring" => scalar(arguments, "string"),
        "tonumber" => scalar(arguments, "number"),
        "tobool" => scalar(arguments, "bool"),
        "sensitive" | "nonsensitive" | "ephemeralasnull" => arguments.get(0).cloned(),
        "issensitive" => Err(Failure::Open),
        "coalesce" => coalesce(arguments),
        "coalescelist" => coalesce_list(arguments),
        "one" => one(arguments),
        "reverse" => arguments.list(0).and_then(|items| {
            if is_open(items) {
                return Err(Failure::Open);
            }
            Ok(node(Value::List(items.iter().rev().cloned().collect())))
        }),
        "sort" => arguments.texts(0).map(|mut texts| {
            texts.sort();
            node(Value::List(texts.into_iter().map(text).collect()))
        }),
        "slice" => slice(arguments),
        "range" => range(arguments),
        "chunklist" => chunks(arguments),
        "zipmap" => zip(arguments),
        "transpose" => transpose(arguments),
        "matchkeys" => match_keys(arguments),
        "alltrue" => all(arguments, true),
        "anytrue" => all(arguments, false),
        _ => return None,
    })
}

fn length(arguments: &Arguments<'_, '_>) -> Outcome {
    let value = arguments.get(0)?;
    let count = match &value.value {
        Value::List(items) if is_open(items) => return Err(Failure::Open),
        Value::List(items) => items.len(),
        Value::Map(entries) => entries.len(),
        _ => as_text(value).ok_or_else(|| misfit(value))?.chars().count(),
    };
    Ok(node(Value::Int(i64::try_from(count).unwrap_or(i64::MAX))))
}

fn concat(arguments: &Arguments<'_, '_>) -> Outcome {
    let mut out = Vec::new();
    for index in 0..arguments.values.len() {
        out.extend(arguments.list(index)?.iter().cloned());
    }
    arguments.bounded(out)
}

fn merge(arguments: &Arguments<'_, '_>) -> Outcome {
    let mut out = node(Value::Map(Vec::new()));
    for index in 0..arguments.values.len() {
        if arguments.get(index)?.is_null() {
            continue;
        }
        for entry in arguments.map(index)? {
            out.set(entry.key.clone(), entry.at.clone(), entry.node.clone());
        }
    }
    Ok(out)
}

fn lookup(arguments: &Arguments<'_, '_>) -> Outcome {
    let (entries, key) = (arguments.map(0)?, arguments.text(1)?);
    match entries.iter().find(|entry| entry.key == key) {
        Some(entry) => Ok(entry.node.clone()),
        None => arguments.get(2).cloned(),
    }
}

fn element(arguments: &Arguments<'_, '_>) -> Outcome {
    let items = arguments.list(0)?;
    if items.is_empty() {
        return Err(Failure::Wrong);
    }
    if is_open(items) {
        return Err(Failure::Open);
    }
    // All the same whichever it is.
    if let [first, rest @ ..] = items
        && rest.iter().all(|item| item.value == first.value)
    {
        return Ok(first.clone());
    }
    let index = arguments.int(1)?.rem_euclid(i64::try_from(items.len()).unwrap_or(i64::MAX));
    usize::try_from(index).ok().and_then(|index| items.get(index)).cloned().ok_or(Failure::Wrong)
}

fn index_of(arguments: &Arguments<'_, '_>) -> Outcome {
    let (items, wanted) = (arguments.list(0)?, arguments.get(1)?);
    for (number, item) in items.iter().enumerate() {
        match equal(item, wanted) {
            Some(true) => return Ok(node(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))),
            Some(false) => {}
            None => return Err(Failure::Open),
        }
    }
    Err(Failure::Wrong)
}

fn contains(arguments: &Arguments<'_, '_>) -> Outcome {
    let (items, wanted) = (arguments.list(0)?, arguments.get(1)?);
    let mut open = false;
    for item in items {
        match equal(item, wanted) {
            Some(true) => return Ok(node(Value::Bool(true))),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { Err(Failure::Open) } else { Ok(node(Value::Bool(false))) }
}

fn flatten(items: &[Node], out: &mut Vec<Node>, depth: u8) -> Result<(), Failure> {
    for item in items {
        match &item.value {
            Value::List(inner) if depth < 64 => flatten(inner, out, depth + 1)?,
            // Whether it is a list, and of how many, is not known.
            Value::Unknown(_) => return Err(Failure::Open),
            _ => out.push(item.clone()),
        }
    }
    Ok(())
}

fn to_set(arguments: &Arguments<'_, '_>) -> Outcome {
    let items = arguments.list(0)?;
    let any_text = items.iter().any(|item| item.as_text().is_some());
    let items = items.iter().map(|item| of_one_kind(item, any_text)).collect();
    Ok(node(Value::List(set(items))))
}

fn union(arguments: &Arguments<'_, '_>) -> Outcome {
    let Ok(Node { value: Value::List(items), .. }) = concat(arguments) else { return Err(Failure::Open) };
    Ok(node(Value::List(set(items))))
}

/// What the first set has and all others have (`present`), or the second has not.
fn filter_set(arguments: &Arguments<'_, '_>, present: bool) -> Outcome {
    let mut out = Vec::new();
    for item in arguments.list(0)? {
        let mut keep = true;
        for index in 1..arguments.values.len() {
            let mut found = Some(false);
            for other in arguments.list(index)? {
                match equal(item, other) {
                    Some(true) => {
                        found = Some(true);
                        break;
                    }
                    Some(false) => {}
                    None => found = None,
                }
            }
            keep &= found.ok_or(Failure::Open)? == present;
        }
        if keep {
            out.push(item.clone());
        }
    }
    Ok(node(Value::List(set(out))))
}

fn product(arguments: &Arguments<'_, '_>) -> Outcome {
    let mut rows: Vec<Vec<Node>> = vec![Vec::new()];
    for index in 0..arguments.values.len() {
        let items = arguments.list(index)?;
        if is_open(items) || rows.len().saturating_mul(items.len()) > 20_000 {
            return Err(Failure::Open);
        }
        rows = rows
            .iter()
            .flat_map(|row| {
                items.iter().map(move |item| {
                    let mut row = row.clone();
                    row.push(item.clone());
                    row
                })
            })
            .collect();
    }
    arguments.bounded(rows.into_iter().map(|row| node(Value::List(row))).collect())
}

fn to_list(name: &str, arguments: &Arguments<'_, '_>) -> Outcome {
    if name == "list" {
        return Ok(node(Value::List(arguments.values.to_vec())));
    }
    arguments.list(0).map(|items| {
        let any_text = items.iter().any(|item| item.as_text().is_some());
        node(Value::List(items.iter().map(|item| of_one_kind(item, any_text)).collect()))
    })
}

/// Lists and maps hold one kind: where one element is a text, each scalar is.
fn of_one_kind(value: &Node, any_text: bool) -> Node {
    if any_text { convert_scalar(value.clone(), "string") } else { value.clone() }
}

/// `map("k", v, …)` of older configurations.
fn pairs(arguments: &Arguments<'_, '_>) -> Outcome {
    let mut out = node(Value::Map(Vec::new()));
    for index in (0..arguments.values.len()).step_by(2) {
        out.set(arguments.text(index)?, Place::None, arguments.get(index + 1)?.clone());
    }
    Ok(out)
}

fn scalar(arguments: &Arguments<'_, '_>, kind: &str) -> Outcome {
    let value = arguments.get(0)?;
    let converted = convert_scalar(value.clone(), kind);
    let fits = matches!(
        (&converted.value, kind),
        (Value::Null, _)
            | (
                Value::Text(_) | Value::Encoded(_) | Value::Pieces(_) | Value::Ref { .. } | Value::Unknown(_),
                "string"
            )
            | (Value::Bool(_), "bool")
            | (Value::Int(_) | Value::Float(_), "number")
    );
    if fits { Ok(converted) } else { Err(misfit(&converted)) }
}

fn coalesce(arguments: &Arguments<'_, '_>) -> Outcome {
    for value in arguments.values {
        match &value.value {
            Value::Null => {}
            Value::Text(text) if text.is_empty() => {}
            // It may be null or empty: then the next one counts.
            Value::Unknown(_) | Value::Either { .. } => return Err(Failure::Open),
            Value::Ref { attribute, .. } if !matches!(attribute.as_deref(), Some("id" | "arn")) => {
                return Err(Failure::Open);
            }
            _ => return Ok(value.clone()),
        }
    }
    Err(Failure::Wrong)
}

fn coalesce_list(arguments: &Arguments<'_, '_>) -> Outcome {
    for index in 0..arguments.values.len() {
        let items = arguments.list(index)?;
        if is_open(items) {
            return Err(Failure::Open);
        }
        if !items.is_empty() {
            return arguments.get(index).cloned();
        }
    }
    Err(Failure::Wrong)
}

fn one(arguments: &Arguments<'_, '_>) -> Outcome {
    let value = arguments.get(0)?;
    match &value.value {
        Value::Null => Ok(Node::default()),
        Value::List(items) => match items.as_slice() {
            [] => Ok(Node::default()),
            [only] => Ok(only.clone()),
            _ => Err(Failure::Wrong),
        },
        _ => Err(misfit(value)),
    }
}

fn slice(arguments: &Arguments<'_, '_>) -> Outcome {
    let (items, start, end) = (arguments.list(0)?, arguments.int(1)?, arguments.int(2)?);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let items = range.and_then(|(start, end)| items.get(start..end)).ok_or(Failure::Wrong)?;
    Ok(node(Value::List(items.to_vec())))
}

fn range(arguments: &Arguments<'_, '_>) -> Outcome {
    let (start, end) = match arguments.values.len() {
        1 => (0.0, arguments.number(0)?),
        _ => (arguments.number(0)?, arguments.number(1)?),
    };
    let step = match arguments.values.len() {
        3 => arguments.number(2)?,
        _ if end < start => -1.0,
        _ => 1.0,
    };
    if step == 0.0 || (end - start) / step > 10_000.0 {
        return Err(Failure::Open);
    }
    let mut out = Vec::new();
    let mut value = start;
    while (step > 0.0 && value < end || step < 0.0 && value > end) && out.len() <= 10_000 {
        out.push(super::text::of_number(value));
        value += step;
    }
    arguments.bounded(out)
}

fn chunks(arguments: &Arguments<'_, '_>) -> Outcome {
    let (items, size) = (arguments.list(0)?, arguments.int(1)?);
    if is_open(items) {
        return Err(Failure::Open);
    }
    let size = usize::try_from(size).ok().filter(|size| *size > 0).unwrap_or(usize::MAX);
    Ok(node(Value::List(items.chunks(size).map(|chunk| node(Value::List(chunk.to_vec()))).collect())))
}

fn zip(arguments: &Arguments<'_, '_>) -> Outcome {
    let (keys, values) = (arguments.texts(0)?, arguments.list(1)?);
    if keys.len() != values.len() {
        return Err(if is_open(values) { Failure::Open } else { Failure::Wrong });
    }
    let mut out = node(Value::Map(Vec::new()));
    for (key, value) in keys.into_iter().zip(values) {
        out.set(key, value.at.clone(), value.clone());
    }
    Ok(out)
}

fn transpose(arguments: &Arguments<'_, '_>) -> Outcome {
    let mut out: std::collections::BTreeMap<std::sync::Arc<str>, Vec<Node>> =
        std::collections::BTreeMap::new();
    for entry in arguments.map(0)? {
        let Value::List(items) = &entry.node.value else { return Err(misfit(&entry.node)) };
        for item in items {
            let key = as_text(item).ok_or_else(|| misfit(item))?;
            out.entry(key).or_default().push(text(entry.key.clone()));
        }
    }
    let entries =
        out.into_iter().map(|(key, items)| Entry { key, at: Place::None, node: node(Value::List(items)) });
    Ok(node(Value::Map(entries.collect())))
}

fn match_keys(arguments: &Arguments<'_, '_>) -> Outcome {
    let (values, keys, wanted) = (arguments.list(0)?, arguments.list(1)?, arguments.list(2)?);
    let mut out = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        let mut matches = Some(false);
        for other in wanted {
            match equal(key, other) {
                Some(true) => {
                    matches = Some(true);
                    break;
                }
                Some(false) => {}
                None => matches = None,
            }
        }
        if matches.ok_or(Failure::Open)? {
            out.push(value.clone());
        }
    }
    Ok(node(Value::List(out)))
}

fn all(arguments: &Arguments<'_, '_>, wanted: bool) -> Outcome {
    let mut open = false;
    for item in arguments.list(0)? {
        match item.as_bool() {
            Some(flag) if flag != wanted => return Ok(node(Value::Bool(!wanted))),
            Some(_) => {}
            None => open |= !item.is_null() || wanted,
        }
    }
    if open { Err(Failure::Open) } else { Ok(node(Value::Bool(wanted))) }
}

/// Known numbers.
pub(crate) fn numbers(items: &[Node]) -> Result<Vec<f64>, Failure> {
    items.iter().map(|item| as_number(item).ok_or_else(|| misfit(item))).collect()
}

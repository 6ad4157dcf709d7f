//! Values under evaluation: Terraform's conversions and equality on [`Node`]s, their words in a gap, and
//! their size.

use super::syntax::{Expr, Kind};
use std::fmt::Write as _;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Piece, Place, Value};

/// Longest text that an evaluation may yield.
pub(crate) const MAX_TEXT: usize = 1 << 20;
/// Longest known text that is repeated within the words of a gap.
const MAX_QUOTED: usize = 40;
/// Longest words of a gap.
const MAX_WORDS: usize = 240;

/// A value without a place of its own; the expression that yields it gives it one.
pub(crate) fn node(value: Value) -> Node {
    Node::new(value, Place::None)
}

/// Text without a place of its own.
pub(crate) fn text(text: impl Into<Arc<str>>) -> Node {
    node(Value::Text(text.into()))
}

/// An unresolved expression without a place of its own.
pub(crate) fn unknown(expression: impl std::fmt::Display) -> Node {
    node(Value::Unknown(Gap::unresolved(expression)))
}

/// The element of a list that is there only under a condition.
pub(crate) fn condition_of_element(node: &Node) -> Option<&Arc<str>> {
    match &node.value {
        Value::Either { condition, then, otherwise } if then.is_null() || otherwise.is_null() => {
            Some(condition)
        }
        _ => None,
    }
}

/// True where it is not known which elements a list has.
pub(crate) fn is_open(list: &[Node]) -> bool {
    list.iter().any(|item| condition_of_element(item).is_some())
}

/// Either of two values; one value where they are the same or the condition is a literal.
pub(crate) fn either(condition: &str, then: Node, otherwise: Node) -> Node {
    if then.value == otherwise.value {
        return then;
    }
    let at = then.at.clone();
    let (condition, then, otherwise) = match condition.strip_prefix('!') {
        Some(inner) if !inner.contains(' ') => (inner, otherwise, then),
        _ => (condition, then, otherwise),
    };
    let value = Value::Either {
        condition: condition.into(),
        then: Box::new(settle(&then, condition, true)),
        otherwise: Box::new(settle(&otherwise, condition, false)),
    };
    Node::new(value, at)
}

/// A value where a condition is known to hold or to fail.
pub(crate) fn settle(node: &Node, condition: &str, holds: bool) -> Node {
    let mut mentioned = false;
    node.walk(&mut |inner| {
        mentioned |= matches!(&inner.value, Value::Either { condition: name, .. } if &**name == condition);
    });
    if mentioned { node.choose(&|name| (name == condition).then_some(holds)) } else { node.clone() }
}

/// A scalar as text, with the JSON text of an encoded document.
pub(crate) fn as_text(node: &Node) -> Option<Arc<str>> {
    match &node.value {
        Value::Float(number) => Some(float_text(*number).into()),
        Value::Encoded(inner) if inner.is_known() => Some(json_text(inner).into()),
        _ => node.scalar_text(),
    }
}

/// A known tree as Terraform's `jsonencode` writes it: keys sorted, no space.
pub(crate) fn json_text(node: &Node) -> String {
    sorted(&node.to_json()).to_string()
}

fn sorted(json: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match json {
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            keys.into_iter().filter_map(|key| Some((key.clone(), sorted(map.get(key)?)))).collect()
        }
        Json::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// A number as Terraform prints it.
pub(crate) fn float_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// A number, written as such or as text.
pub(crate) fn as_number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A whole number where it is one, else with a fraction.
pub(crate) fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::Int(number as i64)
    } else {
        Value::Float(number)
    }
}

/// Terraform's `==`; `None` where it depends on what is not known.
pub(crate) fn equal(a: &Node, b: &Node) -> Option<bool> {
    match (&a.value, &b.value) {
        (Value::Either { .. }, _) | (_, Value::Either { .. }) => None,
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => (a.value == b.value).then_some(true),
        (Value::Null, Value::Null) => Some(true),
        // An attribute of a resource may be null in theory; its id and ARN never are.
        (Value::Null, Value::Ref { attribute, .. }) | (Value::Ref { attribute, .. }, Value::Null) => {
            attribute.as_deref().is_none_or(is_never_empty).then_some(false)
        }
        (Value::Null, _) | (_, Value::Null) => Some(false),
        (Value::Ref { id, attribute }, Value::Ref { id: other, attribute: other_attribute })
            if id == other && attribute == other_attribute =>
        {
            Some(true)
        }
        (Value::Ref { attribute: Some(attribute), .. }, Value::Text(text))
        | (Value::Text(text), Value::Ref { attribute: Some(attribute), .. })
            if text.is_empty() && is_never_empty(attribute) =>
        {
            Some(false)
        }
        (Value::Pieces(pieces), Value::Text(text)) | (Value::Text(text), Value::Pieces(pieces)) => {
            pieces_equal(pieces, text)
        }
        (Value::Ref { .. } | Value::Pieces(_), _) | (_, Value::Ref { .. } | Value::Pieces(_)) => None,
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            Some(as_number(a) == as_number(b))
        }
        (Value::List(a), Value::List(b)) => {
            if is_open(a) || is_open(b) {
                return None;
            }
            if a.len() != b.len() {
                return Some(false);
            }
            all_equal(a.iter().zip(b).map(|(a, b)| equal(a, b)))
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all_equal(a.iter().map(|entry| match b.iter().find(|other| other.key == entry.key) {
                Some(other) => equal(&entry.node, &other.node),
                None => Some(false),
            }))
        }
        (Value::Encoded(x), Value::Encoded(y)) => equal(x, y),
        (Value::Encoded(_), Value::Text(_)) | (Value::Text(_), Value::Encoded(_)) => {
            Some(as_text(a)? == as_text(b)?)
        }
        _ => Some(a.value == b.value),
    }
}

fn all_equal(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => open = true,
        }
    }
    (!open).then_some(true)
}

fn is_never_empty(attribute: &str) -> bool {
    matches!(attribute, "id" | "arn")
}

/// A text with holes equals no text that does not begin and end as it does.
fn pieces_equal(pieces: &[Piece], text: &str) -> Option<bool> {
    let starts = match pieces.first() {
        Some(Piece::Text(first)) => text.starts_with(&**first),
        _ => true,
    };
    let ends = match pieces.last() {
        Some(Piece::Text(last)) => text.ends_with(&**last),
        _ => true,
    };
    (!(starts && ends)).then_some(false)
}

/// A value in Terraform's words, short enough for a gap.
pub(crate) fn words(node: &Node) -> String {
    let mut out = String::new();
    put_words(node, &mut out);
    if out.len() > MAX_WORDS {
        let cut = (0..=MAX_WORDS).rev().find(|at| out.is_char_boundary(*at)).unwrap_or(0);
        out.truncate(cut);
        out.push('…');
    }
    out
}

fn put_words(node: &Node, out: &mut String) {
    if out.len() > MAX_WORDS {
        return;
    }
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => out.push_str(&as_text(node).unwrap_or_default()),
        Value::Text(text) => put_quoted(text, out),
        Value::Encoded(_) => out.push_str("jsonencode(…)"),
        Value::List(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    out.push_str(", ");
                }
                put_words(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (number, entry) in entries.iter().enumerate() {
                if number > 0 {
                    out.push_str(", ");
                }
                let _ = write!(out, "{} = ", entry.key);
                put_words(&entry.node, out);
            }
            out.push('}');
        }
        Value::Ref { id, attribute: None } => out.push_str(id),
        Value::Ref { id, attribute: Some(attribute) } => {
            let _ = write!(out, "{id}.{attribute}");
        }
        Value::Pieces(pieces) => {
            out.push('"');
            for piece in pieces {
                match piece {
                    Piece::Text(text) => out.push_str(text),
                    Piece::Hole(hole) => {
                        out.push_str("${");
                        put_words(hole, out);
                        out.push('}');
                    }
                }
            }
            out.push('"');
        }
        Value::Either { condition, then, otherwise } => {
            let _ = write!(out, "({condition} ? ");
            put_words(then, out);
            out.push_str(" : ");
            put_words(otherwise, out);
            out.push(')');
        }
        Value::Unknown(gap) => out.push_str(&gap.what),
    }
}

fn put_quoted(text: &str, out: &mut String) {
    if text.chars().count() <= MAX_QUOTED {
        let _ = write!(out, "\"{}\"", text.replace('\n', "\\n"));
    } else {
        // A long text may be a document or a secret; its hash still tells one from another.
        let hash = tieout_model::sha256_hex(text.as_bytes());
        let _ = write!(out, "\"…{}\"", hash.get(..8).unwrap_or_default());
    }
}

/// How many nodes a tree has and how deep it is; a long text counts for more.
pub(crate) fn size(node: &Node) -> (usize, usize) {
    let inner: &mut dyn Iterator<Item = &Node> = match &node.value {
        Value::Text(text) => return (1 + text.len() / 64, 1),
        Value::Encoded(inner) => &mut std::iter::once(&**inner),
        Value::List(items) => &mut items.iter(),
        Value::Map(entries) => &mut entries.iter().map(|entry| &entry.node),
        Value::Pieces(pieces) => &mut pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(node) => Some(node),
            Piece::Text(_) => None,
        }),
        Value::Either { then, otherwise, .. } => &mut [&**then, &**otherwise].into_iter(),
        _ => return (1, 1),
    };
    let (mut count, mut depth) = (1, 0);
    for node in inner {
        let (inner_count, inner_depth) = size(node);
        count += inner_count;
        depth = depth.max(inner_depth);
    }
    (count, depth + 1)
}

/// Unique elements in order; what is not known stays.
pub(crate) fn distinct(items: Vec<Node>) -> Vec<Node> {
    let mut seen = std::collections::HashSet::new();
    items
        .into_iter()
        .filter(|item| !item.is_known() || seen.insert((kind_name(item), json_text(item))))
        .collect()
}

/// A list as Terraform orders a set of texts.
pub(crate) fn set(items: Vec<Node>) -> Vec<Node> {
    let mut items = distinct(items);
    if items.iter().all(|item| matches!(item.value, Value::Text(_))) {
        items.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
    }
    items
}

/// The kind of a value in Terraform's words.
pub(crate) fn kind_name(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "number",
        Value::Text(_) | Value::Pieces(_) | Value::Encoded(_) => "string",
        Value::List(_) => "list",
        Value::Map(_) => "map",
        Value::Ref { .. } | Value::Either { .. } | Value::Unknown(_) => "unknown",
    }
}

/// A value as its declared type has it; a value that does not fit stays as it is.
pub(crate) fn convert(node: Node, kind: &Expr) -> Node {
    if let Value::Either { condition, then, otherwise } = node.value {
        let value = Value::Either {
            condition,
            then: Box::new(convert(*then, kind)),
            otherwise: Box::new(convert(*otherwise, kind)),
        };
        return Node::new(value, node.at);
    }
    if node.is_null() {
        return node;
    }
    match &kind.kind {
        Kind::Variable(name) | Kind::Text(name) => convert_scalar(node, name),
        Kind::Call { name, arguments, .. } => match (&**name, arguments.first()) {
            ("list", Some(inner)) => convert_items(node, inner, false),
            ("set", Some(inner)) => convert_items(node, inner, true),
            ("map", Some(inner)) => convert_entries(node, inner),
            ("object", Some(inner)) => convert_object(node, inner),
            ("optional", Some(inner)) => convert(node, inner),
            ("tuple", Some(Expr { kind: Kind::List(kinds), .. })) => convert_tuple(node, kinds),
            _ => node,
        },
        _ => node,
    }
}

/// A scalar as `string`, `number` or `bool`.
pub(crate) fn convert_scalar(node: Node, name: &str) -> Node {
    let value = match (name, &node.value) {
        ("string", Value::Bool(_) | Value::Int(_) | Value::Float(_)) => as_text(&node).map(Value::Text),
        ("number", Value::Text(_)) => as_number(&node).map(number),
        ("bool", Value::Text(text)) => match &**text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => None,
    };
    match value {
        Some(value) => Node::new(value, node.at),
        None => node,
    }
}

fn convert_items(node: Node, inner: &Expr, as_set: bool) -> Node {
    let Value::List(items) = node.value else { return node };
    let items: Vec<Node> = items.into_iter().map(|item| convert(item, inner)).collect();
    Node::new(Value::List(if as_set { set(items) } else { items }), node.at)
}

fn convert_entries(node: Node, inner: &Expr) -> Node {
    let Value::Map(entries) = node.value else { return node };
    let entries = entries
        .into_iter()
        .map(|entry| Entry { key: entry.key, at: entry.at, node: convert(entry.node, inner) })
        .collect();
    Node::new(Value::Map(entries), node.at)
}

fn convert_tuple(node: Node, kinds: &[Expr]) -> Node {
    let Value::List(items) = node.value else { return node };
    let items = items
        .into_iter()
        .enumerate()
        .map(|(number, item)| match kinds.get(number) {
            Some(kind) => convert(item, kind),
            None => item,
        })
        .collect();
    Node::new(Value::List(items), node.at)
}

/// An object has the declared attributes and no others; an optional one that is not given has its default.
fn convert_object(node: Node, inner: &Expr) -> Node {
    let (Value::Map(entries), Kind::Object(declared)) = (&node.value, &inner.kind) else { return node };
    let mut out = Vec::with_capacity(declared.len());
    for (key, kind) in declared {
        let Some(name) = key.as_text() else { continue };
        let default = match &kind.kind {
            Kind::Call { name, arguments, .. } if &**name == "optional" => {
                Some(arguments.get(1).map_or_else(|| Value::Null, literal))
            }
            _ => None,
        };
        let given = entries.iter().find(|entry| entry.key == *name);
        let entry = match (given, default) {
            (Some(given), Some(default)) if given.node.is_null() => {
                let node = convert(Node::new(default, given.node.at.clone()), kind);
                Entry { key: name.clone(), at: given.at.clone(), node }
            }
            (Some(given), _) => {
                Entry { key: name.clone(), at: given.at.clone(), node: convert(given.node.clone(), kind) }
            }
            (None, Some(default)) => {
                let node = convert(Node::new(default, node.at.clone()), kind);
                Entry { key: name.clone(), at: node.at.clone(), node }
            }
            (None, None) => continue,
        };
        out.push(entry);
    }
    Node::new(Value::Map(out), node.at)
}

/// A literal of the syntax as a value: defaults within types hold nothing else.
pub(crate) fn literal(expr: &Expr) -> Value {
    match &expr.kind {
        Kind::Null => Value::Null,
        Kind::Bool(flag) => Value::Bool(*flag),
        Kind::Int(number) => Value::Int(*number),
        Kind::Float(number) => Value::Float(*number),
        Kind::Text(text) => Value::Text(text.clone()),
        Kind::List(items) => {
            Value::List(items.iter().map(|item| Node::new(literal(item), item.at.clone())).collect())
        }
        Kind::Object(entries) => Value::Map(
            entries
                .iter()
                .filter_map(|(key, value)| {
                    Some(Entry {
                        key: key.as_text()?.clone(),
                        at: key.at.clone(),
                        node: Node::new(literal(value), value.at.clone()),
                    })
                })
                .collect(),
        ),
        Kind::Negative(inner) => match literal(inner) {
            Value::Int(number) => number.checked_neg().map_or(Value::Null, Value::Int),
            Value::Float(number) => Value::Float(-number),
            other => other,
        },
        _ => Value::Unknown(Gap::unresolved("an expression in a type")),
    }
}

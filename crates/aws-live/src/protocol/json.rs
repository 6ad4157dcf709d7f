//! The JSON protocols, and the JSON bodies of the REST one.

use super::scalar::{from_json, time_text};
use super::{DecodeError, Request};
use crate::table::{Kind, Member, Operation, Shape};
use serde_json::{Map, Value, json};

pub(super) fn encode(operation: &Operation, version: &str, params: &Map<String, Value>) -> Request {
    let members = operation.members(operation.input);
    let body = Value::Object(object(operation, members.iter().collect(), params));
    Request {
        method: "POST",
        path: "/".into(),
        headers: vec![
            ("content-type".into(), format!("application/x-amz-json-{version}")),
            ("x-amz-target".into(), format!("{}.{}", operation.service.target, operation.name)),
        ],
        body: body.to_string().into_bytes(),
        ..Request::default()
    }
}

/// The JSON object of members in their names on the wire.
pub(super) fn object(
    operation: &Operation,
    members: Vec<&Member>,
    params: &Map<String, Value>,
) -> Map<String, Value> {
    let mut out = Map::new();
    for member in members {
        if let Some(value) = params.get(member.name).filter(|value| !value.is_null()) {
            out.insert(member.wire.to_owned(), outgoing(operation, member.kind, value));
        }
    }
    out
}

fn outgoing(operation: &Operation, kind: Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Time(form), Value::String(text)) => {
            let text = time_text(form, text);
            text.parse::<i64>().map_or_else(|_| json!(text), |seconds| json!(seconds))
        }
        // Parameters that were bound from an item are texts.
        (Kind::Integer, Value::String(text)) => {
            text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n))
        }
        (Kind::Boolean, Value::String(text)) => {
            text.parse::<bool>().map_or_else(|_| json!(text), |b| json!(b))
        }
        (Kind::Shape(key), _) => match (operation.shape(key), value) {
            (Some(Shape::Structure { members, .. }), Value::Object(params)) => {
                Value::Object(object(operation, members.iter().collect(), params))
            }
            (Some(Shape::List { item, .. }), Value::Array(items)) => {
                items.iter().map(|value| outgoing(operation, *item, value)).collect()
            }
            (Some(Shape::Map { value: kind, .. }), Value::Object(entries)) => entries
                .iter()
                .map(|(name, value)| (name.clone(), outgoing(operation, *kind, value)))
                .collect(),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

pub(super) fn decode(operation: &Operation, body: &[u8]) -> Result<Map<String, Value>, DecodeError> {
    let value = parse(body)?;
    Ok(match value {
        Value::Object(found) => read_members(operation, operation.members(operation.output), &found),
        _ => Map::new(),
    })
}

/// The JSON of a body; an empty one is an empty object.
pub(super) fn parse(body: &[u8]) -> Result<Value, DecodeError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|error| DecodeError(format!("the answer is no JSON: {error}")))
}

/// Members of an answer; what the table does not know is left out.
pub(super) fn read_members(
    operation: &Operation,
    members: &[Member],
    found: &Map<String, Value>,
) -> Map<String, Value> {
    let mut out = Map::new();
    for member in members {
        // Some servers write a name with another first letter.
        let value = found.get(member.wire).or_else(|| found.get(member.name)).or_else(|| {
            found.iter().find(|(name, _)| name.eq_ignore_ascii_case(member.wire)).map(|(_, value)| value)
        });
        if let Some(value) = value.filter(|value| !value.is_null()) {
            out.insert(member.name.to_owned(), incoming(operation, member.kind, value));
        }
    }
    out
}

pub(super) fn incoming(operation: &Operation, kind: Kind, value: &Value) -> Value {
    let Kind::Shape(key) = kind else { return from_json(kind, value) };
    match (operation.shape(key), value) {
        (Some(Shape::Structure { members, .. }), Value::Object(found)) => {
            Value::Object(read_members(operation, members, found))
        }
        (Some(Shape::List { item, .. }), Value::Array(items)) => {
            items.iter().map(|value| incoming(operation, *item, value)).collect()
        }
        (Some(Shape::Map { value: kind, .. }), Value::Object(entries)) => {
            entries.iter().map(|(name, value)| (name.clone(), incoming(operation, *kind, value))).collect()
        }
        _ => value.clone(),
    }
}

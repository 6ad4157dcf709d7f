//! The REST protocols: labels of the path, query, headers and body, each where the table says.

use super::scalar::{from_text, percent_encode, to_text};
use super::{DecodeError, EncodeError, Headers, Request, header, json, xml};
use crate::table::{Kind, Member, Operation, Protocol, Shape, Spot};
use serde_json::{Map, Value};

pub(super) fn encode(
    operation: &Operation,
    members: &[Member],
    params: &Map<String, Value>,
) -> Result<Request, EncodeError> {
    let (path, fixed) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
    let mut query: Vec<String> =
        fixed.split('&').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let mut headers = Vec::new();
    for member in members {
        let Some(value) = params.get(member.name).filter(|value| !value.is_null()) else { continue };
        match member.spot {
            Spot::Query => put_query(operation, member, value, &mut query)?,
            Spot::Header => {
                headers.push((member.wire.to_lowercase(), to_text(member.kind, member.name, value)?));
            }
            Spot::Headers | Spot::Status => return Err(EncodeError::Form(member.name.to_owned())),
            Spot::Uri | Spot::Body => {}
        }
    }
    let body = body(operation, members, params, &mut headers)?;
    Ok(Request {
        method: operation.method,
        path: fill(path, members, params)?,
        query: query.join("&"),
        headers,
        body,
        host_prefix: match operation.host_prefix {
            Some(prefix) => fill_host(prefix, params)?,
            None => String::new(),
        },
    })
}

fn body(
    operation: &Operation,
    members: &[Member],
    params: &Map<String, Value>,
    headers: &mut Vec<(String, String)>,
) -> Result<Vec<u8>, EncodeError> {
    let in_body: Vec<&Member> = members
        .iter()
        .filter(|member| member.spot == Spot::Body && params.contains_key(member.name))
        .collect();
    if operation.service.protocol == Protocol::RestJson {
        if operation.method == "GET" && in_body.is_empty() {
            return Ok(Vec::new());
        }
        headers.push(("content-type".into(), "application/json".into()));
        return Ok(Value::Object(json::object(operation, in_body, params)).to_string().into_bytes());
    }
    // No read of an XML service has a body.
    match in_body.first() {
        Some(member) => Err(EncodeError::Form(member.name.to_owned())),
        None => Ok(Vec::new()),
    }
}

fn put_query(
    operation: &Operation,
    member: &Member,
    value: &Value,
    query: &mut Vec<String>,
) -> Result<(), EncodeError> {
    let mut put = |name: &str, kind: Kind, value: &Value| -> Result<(), EncodeError> {
        let text = to_text(kind, member.name, value)?;
        query.push(format!("{}={}", percent_encode(name, false), percent_encode(&text, false)));
        Ok(())
    };
    let shape = match member.kind {
        Kind::Shape(key) => operation.shape(key),
        _ => None,
    };
    match (shape, value) {
        (Some(Shape::List { item, .. }), Value::Array(items)) => {
            items.iter().try_for_each(|value| put(member.wire, *item, value))
        }
        (Some(Shape::Map { value: kind, .. }), Value::Object(entries)) => {
            entries.iter().try_for_each(|(name, value)| put(name, *kind, value))
        }
        _ => put(member.wire, member.kind, value),
    }
}

/// The path with its labels filled in. `{Key+}` keeps slashes.
fn fill(template: &str, members: &[Member], params: &Map<String, Value>) -> Result<String, EncodeError> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((label, after)) = after.split_once('}') else { break };
        let (label, greedy) = label.strip_suffix('+').map_or((label, false), |label| (label, true));
        let Some(member) = members.iter().find(|m| m.spot == Spot::Uri && m.wire == label) else {
            return Err(EncodeError::Unknown(label.to_owned()));
        };
        let value = params.get(member.name).ok_or(EncodeError::Missing(member.name))?;
        let text = to_text(member.kind, member.name, value)?;
        if text.is_empty() {
            // An empty label would ask another question: all buckets instead of one.
            return Err(EncodeError::Missing(member.name));
        }
        out.push_str(before);
        out.push_str(&percent_encode(&text, greedy));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn fill_host(template: &str, params: &Map<String, Value>) -> Result<String, EncodeError> {
    let wrong = || EncodeError::Form(template.to_owned());
    let Some((before, after)) = template.split_once('{') else { return Ok(template.to_owned()) };
    let (label, after) = after.split_once('}').ok_or_else(wrong)?;
    let value = params.get(label).and_then(Value::as_str).ok_or_else(wrong)?;
    if value.is_empty() || !value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(wrong());
    }
    Ok(format!("{before}{value}{after}"))
}

pub(super) fn decode(
    operation: &Operation,
    status: u16,
    headers: &Headers,
    body: &[u8],
) -> Result<Map<String, Value>, DecodeError> {
    let shape = operation.output.and_then(|key| operation.shape(key));
    let Some(Shape::Structure { members, payload }) = shape else { return Ok(Map::new()) };
    let mut out = match payload.and_then(|name| members.iter().find(|member| member.name == name)) {
        Some(member) => read_payload(operation, member, body)?,
        None => read_body(operation, members, body)?,
    };
    for member in members {
        let value = match member.spot {
            Spot::Header => {
                header(headers, &member.wire.to_lowercase()).map(|text| from_text(member.kind, text))
            }
            Spot::Status => Some(Value::from(status)),
            Spot::Headers => Some(prefixed(headers, member.wire)),
            _ => None,
        };
        if let Some(value) = value {
            out.insert(member.name.to_owned(), value);
        }
    }
    Ok(out)
}

fn prefixed(headers: &Headers, prefix: &str) -> Value {
    let prefix = prefix.to_lowercase();
    headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.strip_prefix(&prefix)?.to_owned(), Value::from(value.as_str())))
        })
        .collect()
}

fn read_payload(
    operation: &Operation,
    member: &Member,
    body: &[u8],
) -> Result<Map<String, Value>, DecodeError> {
    let mut out = Map::new();
    let value = match member.kind {
        Kind::Shape(_) if body.iter().all(u8::is_ascii_whitespace) => return Ok(out),
        Kind::Shape(_) if operation.service.protocol == Protocol::RestJson => {
            json::incoming(operation, member.kind, &json::parse(body)?)
        }
        Kind::Shape(_) => xml::read_value(operation, member.kind, &xml::parse(body)?),
        _ => Value::from(String::from_utf8_lossy(body).into_owned()),
    };
    out.insert(member.name.to_owned(), value);
    Ok(out)
}

fn read_body(
    operation: &Operation,
    members: &[Member],
    body: &[u8],
) -> Result<Map<String, Value>, DecodeError> {
    let in_body: Vec<Member> = members.iter().filter(|member| member.spot == Spot::Body).cloned().collect();
    if in_body.is_empty() || body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    if operation.service.protocol == Protocol::RestXml {
        return Ok(xml::read_root(operation, &in_body, &xml::parse(body)?));
    }
    Ok(match json::parse(body)? {
        Value::Object(found) => json::read_members(operation, &in_body, &found),
        _ => Map::new(),
    })
}

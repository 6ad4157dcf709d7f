//! Requests of the query protocol and of EC2's variant: a form whose keys are paths.

use super::scalar::{percent_encode, to_text};
use super::{EncodeError, Request};
use crate::table::{Kind, Member, Operation, Protocol, Shape};
use serde_json::{Map, Value};

pub(super) fn encode(
    operation: &Operation,
    members: &[Member],
    params: &Map<String, Value>,
) -> Result<Request, EncodeError> {
    let mut form = vec![
        ("Action".to_owned(), operation.name.to_owned()),
        ("Version".to_owned(), operation.service.version.to_owned()),
    ];
    structure(operation, members, params, "", &mut form)?;
    let pairs: Vec<String> = form
        .iter()
        .map(|(key, value)| format!("{}={}", percent_encode(key, false), percent_encode(value, false)))
        .collect();
    Ok(Request {
        method: "POST",
        path: "/".into(),
        headers: vec![("content-type".into(), "application/x-www-form-urlencoded; charset=utf-8".into())],
        body: pairs.join("&").into_bytes(),
        ..Request::default()
    })
}

type Form = Vec<(String, String)>;

fn structure(
    operation: &Operation,
    members: &[Member],
    params: &Map<String, Value>,
    prefix: &str,
    form: &mut Form,
) -> Result<(), EncodeError> {
    for (name, value) in params {
        let Some(member) = members.iter().find(|member| member.name == *name) else {
            return Err(EncodeError::Unknown(format!("{prefix}{name}")));
        };
        let key = format!("{prefix}{}", member.wire);
        put(operation, member.kind, value, &key, member.flat, form)?;
    }
    Ok(())
}

fn put(
    operation: &Operation,
    kind: Kind,
    value: &Value,
    key: &str,
    flat: bool,
    form: &mut Form,
) -> Result<(), EncodeError> {
    if value.is_null() {
        return Ok(());
    }
    let Kind::Shape(shape) = kind else {
        form.push((key.to_owned(), to_text(kind, key, value)?));
        return Ok(());
    };
    let wrong = || EncodeError::Form(key.to_owned());
    match operation.shape(shape).ok_or_else(wrong)? {
        Shape::Structure { members, .. } => {
            structure(operation, members, value.as_object().ok_or_else(wrong)?, &format!("{key}."), form)
        }
        Shape::List { item, name } => {
            let prefix = if flat { key.to_owned() } else { format!("{key}.{name}") };
            let items = value.as_array().ok_or_else(wrong)?;
            if items.is_empty() && operation.service.protocol == Protocol::Query {
                form.push((key.to_owned(), String::new()));
            }
            for (index, value) in items.iter().enumerate() {
                put(operation, *item, value, &format!("{prefix}.{}", index + 1), false, form)?;
            }
            Ok(())
        }
        Shape::Map { value: kind, key_name, value_name } => {
            let entries = value.as_object().ok_or_else(wrong)?;
            for (index, (name, value)) in entries.iter().enumerate() {
                let entry =
                    if flat { format!("{key}.{}", index + 1) } else { format!("{key}.entry.{}", index + 1) };
                form.push((format!("{entry}.{key_name}"), name.clone()));
                put(operation, *kind, value, &format!("{entry}.{value_name}"), false, form)?;
            }
            Ok(())
        }
    }
}

//! Functions of encodings: JSON stays a tree with its places, base64 and YAML are read.

use super::{Arguments, Failure, Outcome, misfit};
use crate::terraform::value::{MAX_TEXT, as_text, node, text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value, sha256_hex};

/// A function of this group; `None` for any other name.
pub(crate) fn apply(name: &str, arguments: &Arguments<'_, '_>, at: &Place) -> Option<Outcome> {
    Some(match name {
        "jsonencode" => arguments.get(0).map(|value| node(Value::Encoded(Box::new(value.clone())))),
        "jsondecode" => json(arguments, at),
        "yamldecode" => yaml(arguments, at),
        "csvdecode" => csv(arguments),
        "base64encode" => arguments.text(0).and_then(|plain| to_base64(&plain)),
        "textencodebase64" => Err(Failure::Open),
        "base64decode" => from_base64(arguments),
        "urlencode" => arguments.text(0).map(|plain| text(url(&plain))),
        "sha256" => arguments.text(0).map(|plain| text(sha256_hex(plain.as_bytes()))),
        _ => return None,
    })
}

fn json(arguments: &Arguments<'_, '_>, at: &Place) -> Outcome {
    let value = arguments.get(0)?;
    if let Value::Encoded(inner) = &value.value {
        return Ok((**inner).clone());
    }
    let plain = as_text(value).ok_or_else(|| misfit(value))?;
    match serde_json::from_str::<serde_json::Value>(&plain) {
        Ok(parsed) => Ok(Node::from_json(&parsed, at)),
        Err(_) => Err(Failure::Wrong),
    }
}

fn yaml(arguments: &Arguments<'_, '_>, at: &Place) -> Outcome {
    let plain = arguments.text(0)?;
    let file: Arc<str> = at.file_line().map_or("", |(file, _)| file).into();
    let (mut documents, problems) = tieout_source::yaml::parse(&file, &plain);
    match (documents.pop(), documents.is_empty(), problems.is_empty()) {
        // The places are those of a text within a text; the call's own is the one to point at.
        (Some(document), true, true) => Ok(Node::from_json(&document.to_json(), at)),
        _ => Err(Failure::Open),
    }
}

/// A table of texts; a table with quotes is left to others.
fn csv(arguments: &Arguments<'_, '_>) -> Outcome {
    let plain = arguments.text(0)?;
    if plain.contains('"') {
        return Err(Failure::Open);
    }
    let mut lines = plain.lines().filter(|line| !line.is_empty());
    let head: Vec<&str> = lines.next().ok_or(Failure::Wrong)?.split(',').collect();
    let mut rows = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        if cells.len() != head.len() {
            return Err(Failure::Wrong);
        }
        let entries = head
            .iter()
            .zip(cells)
            .map(|(key, cell)| Entry { key: (*key).into(), at: Place::None, node: text(cell) })
            .collect();
        rows.push(node(Value::Map(entries)));
    }
    arguments.bounded(rows)
}

/// Standard base64 of a text.
pub(crate) fn to_base64(plain: &str) -> Outcome {
    if plain.len() > MAX_TEXT {
        return Err(Failure::Open);
    }
    Ok(text(STANDARD.encode(plain)))
}

fn from_base64(arguments: &Arguments<'_, '_>) -> Outcome {
    let bytes = STANDARD.decode(arguments.text(0)?.as_bytes()).map_err(|_| Failure::Wrong)?;
    String::from_utf8(bytes).map(text).map_err(|_| Failure::Wrong)
}

fn url(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    for byte in plain.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            b' ' => out.push('+'),
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

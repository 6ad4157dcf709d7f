//! XML answers: a small tree of elements, and reading it by the shapes of the table.

use super::DecodeError;
use super::scalar::from_text;
use crate::table::{Kind, Member, Operation, Shape};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

/// Deeper than any answer of AWS; a document beyond it is refused.
const MAX_DEPTH: usize = 200;

/// An element; names without their prefix.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Element {
    pub name: String,
    /// With and without prefix (`xsi:type` and `type`).
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

impl Element {
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element of a name, this one included, in the order of the document.
    pub fn find(&self, name: &str) -> Option<&Element> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// The document's root.
pub(super) fn parse(body: &[u8]) -> Result<Element, DecodeError> {
    let failed = |what: &dyn std::fmt::Display| DecodeError(format!("the answer is no XML: {what}"));
    let text = String::from_utf8_lossy(body);
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| failed(&error))?;
        let closed = match event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err(failed(&format!("it is nested deeper than {MAX_DEPTH}")));
                }
                open.push(element(&start));
                None
            }
            Event::Empty(start) => Some(element(&start)),
            Event::End(_) => open.pop(),
            Event::Text(text) => {
                push_text(&mut open, &text);
                None
            }
            Event::CData(text) => {
                push_text(&mut open, &text);
                None
            }
            Event::GeneralRef(name) => {
                push_text(&mut open, &resolve(&name));
                None
            }
            Event::Eof => return Err(failed(&"it ends early")),
            _ => None,
        };
        if let Some(element) = closed {
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => return Ok(element),
            }
        }
    }
}

fn push_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// The character of an entity's name; an unknown one stays as written.
fn resolve(name: &str) -> String {
    let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    });
    if let Some(c) = number.and_then(char::from_u32) {
        return c.to_string();
    }
    match name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => format!("&{other};"),
    }
}

/// The text of an attribute, its entities resolved.
fn unescape(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match after.split_once(';') {
            Some((name, after)) => {
                out.push_str(&resolve(name));
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn element(start: &BytesStart<'_>) -> Element {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).flatten() {
        let name = attribute.key.as_ref().to_owned();
        let value = unescape(&attribute.value);
        if let Some((_, local)) = name.split_once(':') {
            attributes.push((local.to_owned(), value.clone()));
        }
        attributes.push((name, value));
    }
    let name = start.local_name().as_ref().to_owned();
    Element { name, attributes, ..Element::default() }
}

/// An answer of the query protocol: inside the result's wrapper, where there is one.
pub(super) fn decode_query(operation: &Operation, body: &[u8]) -> Result<Map<String, Value>, DecodeError> {
    let root = parse(body)?;
    let inner = operation.wrapper.and_then(|wrapper| root.child(wrapper)).unwrap_or(&root);
    Ok(read_structure(operation, operation.members(operation.output), inner))
}

/// An answer whose members are the root's children.
pub(super) fn decode_root(operation: &Operation, body: &[u8]) -> Result<Map<String, Value>, DecodeError> {
    let root = parse(body)?;
    Ok(read_structure(operation, operation.members(operation.output), &root))
}

/// Members that are the root's children, or the root itself where it is named as the only one and has no
/// children (`GetBucketLocation`).
pub(super) fn read_root(operation: &Operation, members: &[Member], root: &Element) -> Map<String, Value> {
    let found = read_structure(operation, members, root);
    if !found.is_empty() || !root.children.is_empty() {
        return found;
    }
    let text = root.text.trim();
    let own =
        members.iter().find(|member| member.wire == root.name && !matches!(member.kind, Kind::Shape(_)));
    let value =
        own.filter(|_| !text.is_empty()).map(|member| (member.name.to_owned(), from_text(member.kind, text)));
    value.into_iter().collect()
}

fn read_structure(operation: &Operation, members: &[Member], element: &Element) -> Map<String, Value> {
    let mut out = Map::new();
    for member in members {
        if member.attribute {
            let local = member.wire.split_once(':').map_or(member.wire, |(_, local)| local);
            let found = element.attributes.iter().find(|(name, _)| name == member.wire || name == local);
            if let Some((_, text)) = found {
                out.insert(member.name.to_owned(), json!(text));
            }
            continue;
        }
        let found: Vec<&Element> =
            element.children.iter().filter(|child| child.name == member.wire).collect();
        let Some(first) = found.first() else { continue };
        let shape = match member.kind {
            Kind::Shape(key) => operation.shape(key),
            _ => None,
        };
        let value = match shape {
            Some(Shape::List { item, .. }) if member.flat => {
                found.iter().map(|element| read_value(operation, *item, element)).collect()
            }
            Some(Shape::List { .. }) if found.len() > 1 => {
                found.iter().flat_map(|element| read_items(operation, member.kind, element)).collect()
            }
            Some(Shape::Map { .. }) if member.flat => Value::Object(
                found.iter().flat_map(|entry| read_entry(operation, member.kind, entry)).collect(),
            ),
            _ => read_value(operation, member.kind, first),
        };
        out.insert(member.name.to_owned(), value);
    }
    out
}

pub(super) fn read_value(operation: &Operation, kind: Kind, element: &Element) -> Value {
    let Kind::Shape(key) = kind else { return from_text(kind, scalar_text(element)) };
    match operation.shape(key) {
        Some(Shape::Structure { members, .. }) => Value::Object(read_structure(operation, members, element)),
        Some(Shape::List { .. }) => Value::Array(read_items(operation, kind, element)),
        Some(Shape::Map { .. }) => Value::Object(
            element.children.iter().flat_map(|entry| read_entry(operation, kind, entry)).collect(),
        ),
        None => json!(element.text),
    }
}

/// Text between tags; the white space of an element that holds others is none of it.
fn scalar_text(element: &Element) -> &str {
    if element.children.is_empty() { &element.text } else { element.text.trim() }
}

/// The items of a list: all children of its element, whatever a server calls them.
fn read_items(operation: &Operation, kind: Kind, element: &Element) -> Vec<Value> {
    let Kind::Shape(key) = kind else { return Vec::new() };
    match operation.shape(key) {
        Some(Shape::List { item, name }) => {
            let named = element.children.iter().any(|child| child.name == *name);
            element
                .children
                .iter()
                .filter(|child| !named || child.name == *name)
                .map(|child| read_value(operation, *item, child))
                .collect()
        }
        _ => Vec::new(),
    }
}

fn read_entry(operation: &Operation, kind: Kind, entry: &Element) -> Option<(String, Value)> {
    let Kind::Shape(key) = kind else { return None };
    let Some(Shape::Map { value, key_name, value_name }) = operation.shape(key) else { return None };
    let name = entry.child(key_name)?.text.clone();
    let found = entry.child(value_name).map(|element| read_value(operation, *value, element));
    Some((name, found.unwrap_or(Value::Null)))
}

//! The shapes of the table: which members go where in a request, and which names, lists, maps and times an
//! answer holds, flattened to what the client needs to write and read them.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Structures, lists and maps that operations reach. Requests and answers are kept apart, because the names
/// on the wire differ by direction.
#[derive(Default)]
pub(super) struct Used {
    todo: Vec<(bool, String)>,
}

impl Used {
    /// Notes the shape of a request and yields its key in the table.
    pub(super) fn input(&mut self, shape: &str) -> String {
        self.todo.push((true, shape.to_owned()));
        key(true, shape)
    }

    /// Notes the shape of an answer and yields its key in the table.
    pub(super) fn output(&mut self, shape: &str) -> String {
        self.todo.push((false, shape.to_owned()));
        key(false, shape)
    }
}

fn key(input: bool, shape: &str) -> String {
    format!("{}{shape}", if input { '<' } else { '>' })
}

/// The lines of all shapes that are reached, sorted by key.
pub(super) fn lines(service: &str, model: &Value, used: Used) -> Result<Vec<Value>> {
    let mut todo = used.todo;
    let mut seen: BTreeSet<(bool, String)> = BTreeSet::new();
    let mut rows: Vec<(String, Value)> = Vec::new();
    while let Some((input, name)) = todo.pop() {
        if !seen.insert((input, name.clone())) {
            continue;
        }
        let protocol = model["metadata"]["protocol"].as_str().unwrap_or_default();
        let mut scope = Scope { model, protocol, input, todo: &mut todo };
        let mut row = scope.shape(&name).with_context(|| format!("shape {name}"))?;
        row["service"] = json!(service);
        rows.push((key(input, &name), row));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

struct Scope<'a> {
    model: &'a Value,
    protocol: &'a str,
    input: bool,
    todo: &'a mut Vec<(bool, String)>,
}

impl Scope<'_> {
    fn shape(&mut self, name: &str) -> Result<Value> {
        let model = self.model;
        let shape = &model["shapes"][name];
        let mut row = json!({"shape": key(self.input, name)});
        match shape["type"].as_str() {
            Some("structure") => {
                let mut members = Vec::new();
                for (member, reference) in shape["members"].as_object().into_iter().flatten() {
                    members.push(self.member(member, reference)?);
                }
                row["members"] = Value::Array(members);
                if let Some(payload) = shape["payload"].as_str() {
                    row["payload"] = json!(payload);
                }
            }
            Some("list") => {
                row["list"] = json!(self.kind(&shape["member"], "")?);
                let item = shape["member"]["locationName"].as_str();
                if let Some(item) = item {
                    row["item"] = json!(item);
                }
            }
            Some("map") => {
                row["map"] = json!(self.kind(&shape["value"], "")?);
                if let Some(name) = shape["key"]["locationName"].as_str() {
                    row["key"] = json!(name);
                }
                if let Some(name) = shape["value"]["locationName"].as_str() {
                    row["value"] = json!(name);
                }
            }
            other => anyhow::bail!("is {other:?}, no structure, list or map"),
        }
        Ok(row)
    }

    /// `[name, kind, wire name, place, flags]`, the empty ends left away. Flags: `f` a list without an
    /// element of its own, `a` an XML attribute.
    fn member(&mut self, name: &str, reference: &Value) -> Result<Value> {
        let target = &self.model["shapes"][reference["shape"].as_str().unwrap_or_default()];
        let place = match reference["location"].as_str() {
            Some("uri") => "uri",
            Some("querystring") => "query",
            Some("header") => "header",
            Some("headers") => "headers",
            Some("statusCode") => "status",
            _ => "",
        };
        let flattened = reference["flattened"] == true || target["flattened"] == true;
        let mut flags = String::new();
        if flattened || (self.input && self.protocol == "ec2" && target["type"] == "list") {
            flags.push('f');
        }
        if reference["xmlAttribute"] == true {
            flags.push('a');
        }
        let wire = self.wire(name, reference, target, flattened);
        let wire = if wire == name { String::new() } else { wire };
        let mut parts = vec![name.to_owned(), self.kind(reference, place)?, wire, place.to_owned(), flags];
        while parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
        Ok(json!(parts))
    }

    /// The member's name on the wire.
    fn wire(&self, name: &str, reference: &Value, target: &Value, flattened: bool) -> String {
        let location = reference["locationName"].as_str();
        if self.input && self.protocol == "ec2" {
            if let Some(query) = reference["queryName"].as_str() {
                return query.to_owned();
            }
            return capitalised(location.unwrap_or(name));
        }
        let item = target["member"]["locationName"].as_str();
        if flattened && !matches!(self.protocol, "json" | "rest-json") {
            // A flattened list's elements carry the item's name, where it has one.
            return item.or(location).unwrap_or(name).to_owned();
        }
        location.unwrap_or(name).to_owned()
    }

    /// The code of a scalar, or the key of another shape, which is noted.
    fn kind(&mut self, reference: &Value, place: &str) -> Result<String> {
        let name = reference["shape"].as_str().context("a member names no shape")?;
        let shape = &self.model["shapes"][name];
        Ok(match shape["type"].as_str().unwrap_or_default() {
            "string" | "character" if reference["jsonvalue"] == true => "$j".to_owned(),
            // IAM's policies are JSON texts, percent-encoded on the wire.
            "string" if name == "policyDocumentType" => "$p".to_owned(),
            "string" | "character" => "$s".to_owned(),
            "integer" | "long" => "$i".to_owned(),
            "float" | "double" => "$f".to_owned(),
            "boolean" => "$b".to_owned(),
            "blob" => "$x".to_owned(),
            "timestamp" if self.input => format!("$t{}", self.time_format(reference, shape, place)),
            "timestamp" => "$t".to_owned(),
            "structure" if shape["document"] == true => "$d".to_owned(),
            _ => {
                self.todo.push((self.input, name.to_owned()));
                key(self.input, name)
            }
        })
    }

    /// How a time is written in a request: `i` ISO 8601, `u` Unix seconds, `r` RFC 822.
    fn time_format(&self, reference: &Value, shape: &Value, place: &str) -> &'static str {
        let stated = reference["timestampFormat"].as_str().or(shape["timestampFormat"].as_str());
        match (stated, place, self.protocol) {
            (Some("unixTimestamp"), ..) => "u",
            (Some("rfc822"), ..) => "r",
            (Some(_), ..) => "i",
            (None, "header", _) => "r",
            (None, "", "json" | "rest-json") => "u",
            _ => "i",
        }
    }
}

fn capitalised(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

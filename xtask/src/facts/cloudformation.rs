//! The properties of CloudFormation types, from the resource schemas that cfn-lint packages.

// `Value[...]` yields null where there is nothing, and never panics when it is read.
#![allow(clippy::indexing_slicing)]

use super::Names;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Objects in objects beyond this depth are not followed: no table goes so deep, and some schemas are
/// recursive.
const DEPTH: usize = 7;

/// The properties of the types. `folder` is that of the package `cfnlint`.
pub fn names(folder: &Path, types: &BTreeSet<String>) -> Result<Names> {
    let schemas = folder.join("data/schemas");
    // JSON in later versions, a Python dictionary before; the lines are the same.
    let index = fs::read_to_string(schemas.join("providers/us-east-1.json"))
        .or_else(|_| fs::read_to_string(schemas.join("providers/us_east_1.py")))
        .context("cfn-lint's index of schemas has another place; look in cfnlint/data/schemas")?;
    let mut names = Names::new();
    for name in types {
        let Some(hash) = hash_of(&index, name) else {
            bail!("CloudFormation has no type `{name}`");
        };
        let path = schemas.join("resources").join(format!("{hash}.json"));
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let schema: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let mut paths = BTreeMap::new();
        object(&schema, &schema, "", 0, &mut paths);
        names.insert(name.clone(), paths);
    }
    Ok(names)
}

/// The line `"AWS::EC2::VPC": "8095f49d3b9d3b1a",` of the index.
fn hash_of<'a>(index: &'a str, name: &str) -> Option<&'a str> {
    let key = format!("\"{name}\": \"");
    let (_, rest) = index.split_once(&key)?;
    rest.split('"').next()
}

fn object(schema: &Value, of: &Value, prefix: &str, depth: usize, paths: &mut BTreeMap<String, String>) {
    if depth > DEPTH {
        return;
    }
    for (key, property) in of["properties"].as_object().into_iter().flatten() {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        value(schema, property, &path, depth, paths);
    }
    for either in ["oneOf", "anyOf", "allOf"] {
        for branch in of[either].as_array().into_iter().flatten() {
            object(schema, resolve(schema, branch), prefix, depth + 1, paths);
        }
    }
}

fn value(schema: &Value, property: &Value, path: &str, depth: usize, paths: &mut BTreeMap<String, String>) {
    let property = resolve(schema, property);
    if !property["items"].is_null() {
        let items = resolve(schema, &property["items"]);
        if has_properties(items) {
            object(schema, items, &format!("{path}[]"), depth + 1, paths);
        } else {
            paths.insert(path.to_owned(), "texts".to_owned());
        }
        return;
    }
    if has_properties(property) {
        object(schema, property, path, depth + 1, paths);
        return;
    }
    paths.insert(path.to_owned(), kind(property).to_owned());
}

fn has_properties(of: &Value) -> bool {
    !of["properties"].is_null()
        || ["oneOf", "anyOf", "allOf"].iter().any(|either| {
            of[*either]
                .as_array()
                .into_iter()
                .flatten()
                .any(|branch| !branch["properties"].is_null() || !branch["$ref"].is_null())
        })
}

/// Our word for a leaf.
fn kind(of: &Value) -> &'static str {
    let types: Vec<&str> = match &of["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    match types.as_slice() {
        ["string"] => "text",
        ["boolean"] => "flag",
        ["integer" | "number"] => "int",
        ["array"] => "texts",
        _ => "tree",
    }
}

fn resolve<'a>(schema: &'a Value, of: &'a Value) -> &'a Value {
    let mut of = of;
    // A chain of references is short; a ring of them would be a broken schema.
    for _ in 0..DEPTH {
        match of["$ref"].as_str().and_then(|reference| schema.pointer(reference.trim_start_matches('#'))) {
            Some(found) => of = found,
            None => break,
        }
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn properties_are_followed_through_references_and_lists() {
        let schema = json!({
            "definitions": {
                "Rule": {"type": "object", "properties": {"Cidr": {"type": "string"}, "Port": {"type": "integer"}}},
                "Options": {"type": "object", "properties": {"On": {"type": "boolean"}}},
            },
            "properties": {
                "Rules": {"type": "array", "items": {"$ref": "#/definitions/Rule"}},
                "Options": {"$ref": "#/definitions/Options", "type": "object"},
                "Ids": {"type": "array", "items": {"type": "string"}},
                "Document": {"type": ["object", "string"]},
            },
        });
        let mut paths = BTreeMap::new();
        object(&schema, &schema, "", 0, &mut paths);
        let found: Vec<_> = paths.iter().map(|(path, kind)| format!("{path} {kind}")).collect();
        assert_eq!(
            found,
            ["Document tree", "Ids texts", "Options.On flag", "Rules[].Cidr text", "Rules[].Port int"]
        );
    }
}

//! The members of requests and answers, from the service models that botocore packages. A parameter is
//! written `< Name`, a member of the answer by its path.

// `Value[...]` yields null where there is nothing, and never panics when it is read.
#![allow(clippy::indexing_slicing)]

use super::Names;
use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::Path;

/// The operations' names. `folder` is that of the package `botocore`.
pub fn names(folder: &Path, operations: &BTreeSet<(String, String)>) -> Result<Names> {
    let mut models: BTreeMap<&str, Value> = BTreeMap::new();
    let mut names = Names::new();
    for (service, operation) in operations {
        if !models.contains_key(service.as_str()) {
            models.insert(service, model(folder, service)?);
        }
        let Some(model) = models.get(service.as_str()) else { continue };
        let Some(found) = model["operations"].get(operation) else {
            anyhow::bail!("botocore has no operation `{service}:{operation}`");
        };
        let mut paths = BTreeMap::new();
        if let Some(input) = found["input"]["shape"].as_str() {
            for (member, shape) in members(model, input) {
                paths.insert(format!("< {member}"), kind(model, shape).to_owned());
            }
        }
        if let Some(output) = found["output"]["shape"].as_str() {
            walk(model, output, "", &mut Vec::new(), &mut paths);
        }
        names.insert(format!("{service}:{operation}"), paths);
    }
    Ok(names)
}

fn model(folder: &Path, service: &str) -> Result<Value> {
    let service = folder.join("data").join(service);
    let version = fs::read_dir(&service)
        .with_context(|| format!("botocore has no service `{}`", service.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .max()
        .context("no version of the model")?;
    let bytes = fs::read(version.join("service-2.json.gz"))?;
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

fn members<'a>(model: &'a Value, shape: &str) -> impl Iterator<Item = (&'a String, &'a str)> {
    let members = model["shapes"][shape]["members"].as_object();
    members.into_iter().flatten().filter_map(|(name, member)| Some((name, member["shape"].as_str()?)))
}

fn walk<'a>(
    model: &'a Value,
    shape: &'a str,
    path: &str,
    above: &mut Vec<&'a str>,
    paths: &mut BTreeMap<String, String>,
) {
    if above.contains(&shape) {
        return;
    }
    above.push(shape);
    let of = &model["shapes"][shape];
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match of["type"].as_str().unwrap_or_default() {
        "structure" => {
            for (name, member) in members(model, shape) {
                walk(model, member, &below(name), above, paths);
            }
        }
        "list" => {
            let item = of["member"]["shape"].as_str().unwrap_or_default();
            if matches!(model["shapes"][item]["type"].as_str(), Some("structure" | "list" | "map")) {
                walk(model, item, &format!("{path}[]"), above, paths);
            } else {
                paths.insert(path.to_owned(), "texts".to_owned());
            }
        }
        "map" => {
            // A map whose keys are named in the model is as good as a structure.
            let keys = of["key"]["shape"].as_str().and_then(|key| model["shapes"][key]["enum"].as_array());
            let value = of["value"]["shape"].as_str().unwrap_or_default();
            paths.insert(path.to_owned(), "tree".to_owned());
            for key in keys.into_iter().flatten().filter_map(Value::as_str) {
                walk(model, value, &below(key), above, paths);
            }
        }
        _ => {
            paths.insert(path.to_owned(), kind(model, shape).to_owned());
        }
    }
    above.pop();
}

/// Our word for a shape.
fn kind(model: &Value, shape: &str) -> &'static str {
    match model["shapes"][shape]["type"].as_str().unwrap_or_default() {
        "string" | "character" | "blob" => "text",
        "boolean" => "flag",
        "integer" | "long" | "float" | "double" => "int",
        "timestamp" => "time",
        "list" => "texts",
        _ => "tree",
    }
}

//! Places as SARIF says them: physical locations for files, logical ones for resources, packages and endpoints.

use super::put;
use crate::words;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tieout_model::{Location, Subject};

/// The base that all relative paths have.
pub(crate) const BASE: &str = "SRCROOT";

/// What stands for itself in a path (RFC 3986: unreserved characters, and `/`). A colon does not, so that
/// `a:b.yaml` is not read as a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A file as an artifact location.
pub(crate) fn artifact(file: &str) -> Value {
    let encoded = utf8_percent_encode(file, PATH).to_string();
    if file.starts_with('/') {
        return json!({ "uri": format!("file://{encoded}") });
    }
    let relative = encoded.strip_prefix("./").unwrap_or(&encoded);
    json!({ "uri": relative, "uriBaseId": BASE })
}

/// A file with a region. A position of 0, which SARIF does not know, is left out.
fn physical(file: &str, region: Option<Value>) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(file) });
    if let Some(region) = region {
        put(&mut physical, "region", region);
    }
    physical
}

/// A region from a place in a file.
pub(crate) fn region(line: u32, column: u32, end_line: u32, end_column: u32) -> Option<Value> {
    if line == 0 {
        return None;
    }
    let mut region = json!({ "startLine": line });
    if column == 0 {
        return Some(region);
    }
    put(&mut region, "startColumn", json!(column));
    if (end_line, end_column) >= (line, column) && end_column > 0 {
        put(&mut region, "endLine", json!(end_line));
        put(&mut region, "endColumn", json!(end_column));
    }
    Some(region)
}

/// A line and column without an end.
pub(crate) fn point(file: &str, line: u32, column: u32) -> Value {
    physical(file, region(line, column, 0, 0))
}

/// A place, with the subject as its logical location where the place has none of its own.
pub(crate) fn location(place: &Location, subject: &Subject) -> Value {
    match place {
        Location::Text { file, line, column, end_line, end_column } => json!({
            "physicalLocation": physical(file, region(*line, *column, *end_line, *end_column)),
            "logicalLocations": [logical(subject)],
        }),
        Location::Package { purl, file, line } => json!({
            "physicalLocation": physical(file, region(*line, 0, 0, 0)),
            "logicalLocations": [{ "fullyQualifiedName": purl, "kind": "package" }],
        }),
        Location::Cloud { arn, pointer } => {
            let mut logical = json!({ "fullyQualifiedName": arn, "kind": "resource" });
            if !pointer.is_empty() {
                put(&mut logical, "properties", json!({ "pointer": pointer }));
            }
            json!({ "logicalLocations": [logical] })
        }
        Location::Endpoint { endpoint } => {
            json!({ "logicalLocations": [{ "fullyQualifiedName": endpoint, "kind": "endpoint" }] })
        }
    }
}

/// The place of a subject that has no location: its declaration, and what it is.
pub(crate) fn of_subject(subject: &Subject) -> Value {
    let mut location = json!({});
    if let Some(file) = &subject.file {
        put(&mut location, "physicalLocation", physical(file, region(subject.line.unwrap_or(0), 0, 0, 0)));
    }
    put(&mut location, "logicalLocations", json!([logical(subject)]));
    location
}

/// What the subject is, by its address. Where SARIF has no word for its kind it allows ours.
fn logical(subject: &Subject) -> Value {
    let mut logical = json!({ "fullyQualifiedName": subject.id, "kind": words::subject_kind(subject.kind) });
    if let Some(name) = &subject.name {
        put(&mut logical, "name", json!(name));
    }
    if let Some(type_name) = &subject.type_name {
        put(&mut logical, "properties", json!({ "type": type_name }));
    }
    logical
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_uris() {
        let uri = |file: &str| artifact(file)["uri"].as_str().unwrap().to_owned();
        assert_eq!(uri("infra/main.tf"), "infra/main.tf");
        assert_eq!(uri("./a b/ü#?%.tf"), "a%20b/%C3%BC%23%3F%25.tf");
        assert_eq!(uri("c:x.yaml"), "c%3Ax.yaml");
        assert_eq!(uri("/tmp/x y"), "file:///tmp/x%20y");
        assert!(artifact("/tmp/x").get("uriBaseId").is_none());
    }

    #[test]
    fn a_region_never_holds_a_zero_or_runs_backwards() {
        assert_eq!(region(0, 1, 2, 3), None);
        assert_eq!(region(3, 0, 3, 9), Some(json!({ "startLine": 3 })));
        assert_eq!(region(3, 5, 2, 9), Some(json!({ "startLine": 3, "startColumn": 5 })));
        assert_eq!(
            region(3, 5, 4, 1),
            Some(json!({ "startLine": 3, "startColumn": 5, "endLine": 4, "endColumn": 1 }))
        );
    }
}

//! CycloneDX 1.6 in JSON: the packages and runtimes of an Assessment, what requires what, and for each advisory how far
//! the project is concerned (VEX). Here is the document; components, graph and vulnerabilities have files of their own.
//!
//! 1.6 and not 1.7: all that is said here is in 1.6, and more consumers read it.

mod analysis;
mod components;
mod graph;
mod vulnerabilities;

use components::Bill;
use graph::Graph;
use serde_json::{Value, json};
use tieout_model::{Assessment, Status, SubjectKind, sha256_hex, time};

/// The reference of the project itself.
const PROJECT: &str = "tieout:project";

/// The document. A pure function of the Assessment: the same one gives the same bytes, with the same serial number.
pub(crate) fn document(assessment: &Assessment) -> Value {
    let unlisted = components::unlisted(assessment);
    let bill = Bill::new(assessment, &unlisted);
    let graph = Graph::new(&bill);
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": metadata(assessment),
        "components": bill.components(assessment),
        "dependencies": graph.dependencies(&bill),
        "compositions": [{ "aggregate": aggregate(assessment), "assemblies": [PROJECT] }],
        "vulnerabilities": vulnerabilities::vulnerabilities(assessment, &bill, &graph),
    });
    let serial = serial_number(&document);
    put(&mut document, "serialNumber", Value::String(serial));
    document
}

/// A UUID of version 8 (RFC 9562) from the content, without clock or chance.
fn serial_number(document: &Value) -> String {
    let hash = sha256_hex(document.to_string().as_bytes());
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

fn metadata(assessment: &Assessment) -> Value {
    let tool = &assessment.tool;
    let mut program = json!({ "type": "application", "name": tool.name });
    if !tool.version.is_empty() {
        put(&mut program, "version", json!(tool.version));
    }
    if !tool.data.is_empty() {
        let dates = tool.data.iter().map(|(table, date)| property(&format!("data:{table}"), date));
        put(&mut program, "properties", dates.collect());
    }
    let mut properties = vec![property("complete", if assessment.complete { "true" } else { "false" })];
    let not_assessed = assessment.results.iter().filter(|result| is_unknown(result)).count();
    properties.push(property("notAssessed", &not_assessed.to_string()));
    properties.extend(assessment.notices.iter().map(|notice| property("notice", notice)));
    let mut metadata = json!({
        "tools": { "components": [program] },
        "component": { "type": "application", "bom-ref": PROJECT, "name": project(assessment) },
        "properties": properties,
    });
    if is_day(&assessment.as_of) {
        put(&mut metadata, "timestamp", json!(format!("{}T00:00:00Z", assessment.as_of)));
    }
    metadata
}

/// A package, a runtime, or an entry of a file that could not be judged.
fn is_unknown(result: &tieout_model::Outcome) -> bool {
    let kinds = [SubjectKind::Package, SubjectKind::Runtime, SubjectKind::File];
    result.status == Status::NotAssessed && kinds.contains(&result.subject.kind)
}

fn is_day(text: &str) -> bool {
    let format = time::format_description::well_known::Iso8601::DATE;
    // Years, months and days alone: not a day of a week, not a week of a year.
    text.len() == 10 && text.matches('-').count() == 2 && time::Date::parse(text, &format).is_ok()
}

/// The name of the folder that was audited.
fn project(assessment: &Assessment) -> &str {
    let name = match assessment.scope.roots.as_slice() {
        [root] => root.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default(),
        _ => "",
    };
    if matches!(name, "" | "." | "..") { "project" } else { name }
}

/// Whether the list is all there is. That nothing is known to be missing does not make it complete.
fn aggregate(assessment: &Assessment) -> &'static str {
    let missing = !assessment.complete || !assessment.gaps.is_empty();
    if missing { "incomplete" } else { "unknown" }
}

/// A property of ours.
fn property(name: &str, value: &str) -> Value {
    json!({ "name": format!("tieout:{name}"), "value": value })
}

/// Puts a value under a key of an object.
fn put(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = object {
        map.insert(key.to_owned(), value);
    }
}

//! The JSON Schema of the Assessment against what is really rendered, both ways: all of it is valid, and none of
//! it is left out of the schema.

use crate::fixture::assessment;
use crate::json;
use serde_json::{Value, json as j};
use tieout_model::Persona;
use tieout_report::Format;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schema/assessment.schema.json")).unwrap()
}

fn errors(schema: &Value, document: &Value) -> Vec<String> {
    jsonschema::draft202012::new(schema)
        .unwrap()
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// The same schema, with unknown fields forbidden wherever fields are listed.
fn closed(mut schema: Value) -> Value {
    // `gapCount` extends `gap`: closed alone, each half would forbid the other.
    let gap = schema["$defs"]["gap"]["properties"].as_object().unwrap().clone();
    let count = &mut schema["$defs"]["gapCount"]["allOf"][1];
    for (name, value) in gap {
        count["properties"][&name] = value;
    }
    let whole = count.take();
    schema["$defs"]["gapCount"] = whole;
    close(&mut schema);
    schema
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") && map.get("type") == Some(&j!("object")) {
                map.entry("additionalProperties").or_insert(j!(false));
            }
            map.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn the_schema_is_one() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
}

#[test]
fn a_rendered_assessment_is_valid_and_every_field_of_it_is_described() {
    let document = json(Format::Json, &assessment(), Persona::Engineer);
    assert_eq!(errors(&schema(), &document), Vec::<String>::new());
    assert_eq!(errors(&closed(schema()), &document), Vec::<String>::new());
}

#[test]
fn a_field_of_a_later_version_is_valid() {
    let mut document = json(Format::Json, &assessment(), Persona::Engineer);
    document["findings"][0]["route"] = j!({ "name": "flask" });
    assert_eq!(errors(&schema(), &document), Vec::<String>::new());
    assert_eq!(errors(&closed(schema()), &document).len(), 1);
}

#[test]
fn each_lie_about_the_contract_is_refused() {
    let lies: [(&str, Value); 9] = [
        ("/schema", j!("tieout.assessment/2")),
        ("/complete", j!("yes")),
        ("/results/0/status", j!("passed")),
        ("/results/0/subject/kind", j!("thing")),
        ("/findings/0/severity", j!("CRITICAL")),
        ("/findings/0/cwe", j!([89])),
        ("/findings/0/locations/0/line", j!(0)),
        ("/gaps/0/results", j!(-1)),
        ("/evidence/0/sha256", j!("abc")),
    ];
    for (pointer, lie) in lies {
        let mut document = json(Format::Json, &assessment(), Persona::Engineer);
        *document.pointer_mut(pointer).unwrap() = lie;
        assert!(!errors(&schema(), &document).is_empty(), "{pointer}");
    }
}

//! `tieout dump`: the normalised resources, one JSON object a line.

use crate::cli::DumpArgs;
use crate::exit::{Exit, Failed};
use crate::output::print;
use crate::plan::{configuration_for, exclude, source_options};
use crate::{scrub, source};
use anyhow::Result;
use serde_json::{Map, Value, json};
use tieout_aws_state::{Resource, State};
use tieout_model::Place;
use time::OffsetDateTime;

/// Prints the resources; what could not be read goes to stderr.
pub fn run(args: &DumpArgs) -> Result<Exit> {
    let found = configuration_for(&args.config, &args.paths)?;
    let exclude = exclude(&args.exclude, &found)?;
    let mut read = source::read(&args.paths, &source_options(&args.source, &found, &exclude)?)?;
    for (gap, place) in &read.reading.gaps {
        let place = place.file_line().map(|(file, line)| format!("{file}:{line}: ")).unwrap_or_default();
        eprintln!("tieout: {}", tieout_source::redact::escape_terminal(&format!("{place}{}", gap.what)));
    }
    if read.reading.files.is_empty() {
        return Err(Failed(Exit::Nothing, "no CloudFormation, SAM, CDK or Terraform here".to_owned()).into());
    }
    let declared = std::mem::take(&mut read.reading.resources);
    let state = State::build(declared, Vec::new(), OffsetDateTime::now_utc().date());
    let mut text = String::new();
    for resource in state.resources() {
        text.push_str(&line(resource).to_string());
        text.push('\n');
    }
    print(text.as_bytes())?;
    Ok(Exit::Clean)
}

fn line(resource: &Resource) -> Value {
    let mut line = Map::new();
    line.insert("id".to_owned(), json!(resource.subject.id));
    line.insert("type".to_owned(), json!(&*resource.declared.type_name));
    let properties = without_nulls(resource.declared.properties.to_json());
    line.insert("properties".to_owned(), scrub::json("", properties));
    if let Place::Text(text) = resource.place() {
        line.insert("file".to_owned(), json!(&*text.file));
        line.insert("line".to_owned(), json!(text.start.line));
        line.insert("end_line".to_owned(), json!(text.end.line));
    }
    Value::Object(line)
}

/// A property that is null is not set: `AWS::NoValue`, Terraform's `null`.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().filter(|item| !item.is_null()).map(without_nulls).collect(),
        other => other,
    }
}

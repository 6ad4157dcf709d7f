//! Small configurations, evaluated.

use serde_json::Value as Json;
use tieout_iac::terraform::{Evaluated, Instance, evaluate};
use tieout_iac::{Options, SourceFile};

pub fn files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).into(), text: (*text).into() }).collect()
}

pub fn evaluated(given: &[(&str, &str)]) -> Evaluated {
    evaluated_with(given, &Options::default())
}

pub fn evaluated_with(given: &[(&str, &str)], options: &Options) -> Evaluated {
    let files = files(given);
    let open = |path: &str| files.iter().find(|file| &*file.path == path).cloned();
    evaluate(&files, options, &open)
}

/// Instances of one `main.tf`.
pub fn instances(text: &str) -> Vec<Instance> {
    let out = evaluated(&[("main.tf", text)]);
    assert!(out.gaps.is_empty(), "gaps: {:?}", out.gaps);
    out.instances
}

pub fn addresses(instances: &[Instance]) -> Vec<&str> {
    instances.iter().map(|instance| &*instance.address).collect()
}

pub fn body(instances: &[Instance], address: &str) -> Json {
    instances
        .iter()
        .find(|instance| &*instance.address == address)
        .unwrap_or_else(|| panic!("no {address} in {:?}", addresses(instances)))
        .body
        .to_json()
}

/// The value of an expression, evaluated as an attribute within `context`.
pub fn value_in(context: &str, expression: &str) -> Json {
    let text = format!("{context}\nresource \"aws_probe\" \"probe\" {{\n  value = {expression}\n}}\n");
    let out = evaluated(&[("main.tf", &text)]);
    assert!(out.gaps.is_empty(), "gaps: {:?}", out.gaps);
    body(&out.instances, "aws_probe.probe").get("value").cloned().unwrap_or(Json::Null)
}

pub fn value(expression: &str) -> Json {
    value_in("", expression)
}

pub fn open(expression: &str) -> Json {
    serde_json::json!({ "$unknown": expression })
}

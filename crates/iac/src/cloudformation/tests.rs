//! Templates, and what becomes of them.

mod conditions;
mod functions;
mod hostile;
mod sam;
mod templates;

use crate::{Options, Reading, SourceFile, read_files};
use serde_json::Value as Json;
use tieout_aws_state::Declared;

pub(super) fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.into(), text: text.into() }
}

/// One template, as it would be read in a folder of its own.
pub(super) fn read(text: &str) -> Reading {
    read_files(&[file("template.yaml", text)], &Options::default())
}

pub(super) fn resource<'a>(reading: &'a Reading, id: &str) -> &'a Declared {
    reading.resources.iter().find(|resource| &*resource.local == id).unwrap_or_else(|| {
        let ids: Vec<_> = reading.resources.iter().map(|resource| &*resource.local).collect();
        panic!("no {id} among {ids:?}; gaps: {:?}", reading.gaps)
    })
}

/// The properties of a resource as `dump` shows them.
pub(super) fn properties(reading: &Reading, id: &str) -> Json {
    resource(reading, id).properties.to_json()
}

/// The value of one expression, in a template with a few things to refer to.
pub(super) fn value(expression: &str) -> Json {
    value_with(expression, &Options::default())
}

pub(super) fn value_with(expression: &str, options: &Options) -> Json {
    let indented = expression.replace('\n', "\n        ");
    let text = format!(
        "Parameters:
  Env: {{Type: String, Default: prod}}
  Port: {{Type: Number, Default: 8080}}
  Open: {{Type: String}}
  Zones: {{Type: CommaDelimitedList, Default: 'a, b,c'}}
  Only: {{Type: String, AllowedValues: [one]}}
  Ami: {{Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/ami}}
  Hidden: {{Type: String, NoEcho: true}}
Mappings:
  Regions:
    eu-west-1: {{Ami: ami-1, Zones: [x, y]}}
    us-east-1: {{Ami: ami-2, Zones: [z]}}
  Envs: {{prod: {{Size: large}}, dev: {{Size: small}}}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Not [!Condition IsProd]
  IsOpen: !Equals [!Ref Open, 'yes']
Resources:
  Bucket: {{Type: AWS::S3::Bucket}}
  Probe:
    Type: AWS::Test::Probe
    Properties:
      Value: {indented}
"
    );
    let reading = read_files(&[file("t.yaml", &text)], options);
    assert_eq!(reading.gaps, []);
    properties(&reading, "Probe").get("Value").cloned().unwrap_or(Json::Null)
}

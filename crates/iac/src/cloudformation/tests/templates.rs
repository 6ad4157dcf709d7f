//! Whole templates: recognition, places, metadata, nested stacks, CDK's output.

use super::{file, properties, read, resource};
use crate::{Options, read_files, read_folder};
use serde_json::json;
use tieout_model::{Place, Reason};

fn lines(place: &Place) -> (u32, u32) {
    match place {
        Place::Text(text) => (text.start.line, text.end.line),
        _ => (0, 0),
    }
}

#[test]
fn a_resource_starts_at_the_line_of_its_name_and_a_property_at_its_own() {
    let reading = read(
        "Resources:\n  # the logs\n  Logs:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !Sub\n        - '${A}'\n        - A: b\n\n  Next:\n    Type: AWS::SNS::Topic\n",
    );
    let logs = resource(&reading, "Logs");
    assert_eq!(lines(&logs.at), (3, 8));
    assert_eq!(lines(&logs.properties.at), (3, 8));
    assert_eq!(lines(&logs.properties.entry("BucketName").unwrap().place()), (6, 8));
    assert_eq!(lines(&resource(&reading, "Next").properties.at), (10, 11));
}

#[test]
fn json_templates_are_read_with_places() {
    let text = "{\n \"Resources\": {\n  \"B\": {\n   \"Type\": \"AWS::S3::Bucket\",\n   \"Properties\": {\"BucketName\": {\"Fn::Join\": [\"-\", [\"a\", {\"Ref\": \"AWS::Region\"}]]}}\n  }\n }\n}";
    let reading = read_files(&[file("a.template", text)], &Options::default());
    assert_eq!(properties(&reading, "B"), json!({"BucketName": {"$unknown": "a-${AWS::Region}"}}));
    assert_eq!(lines(&resource(&reading, "B").at), (3, 6));
    assert_eq!(reading.files[0].dialect, "cloudformation");
}

#[test]
fn json_that_only_yaml_accepts_is_still_read() {
    let reading = read("{\n  # a comment\n  'Resources': {'B': {'Type': 'AWS::S3::Bucket'}}\n}\n");
    assert_eq!(reading.resources.len(), 1);
    assert_eq!(reading.gaps, []);
}

#[test]
fn other_yaml_and_json_is_no_template_and_no_gap() {
    let others = [
        ("k8s.yaml", "kind: List\nitems:\n  - Resources: many\n"),
        ("serverless.yml", "service: x\nresources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n"),
        ("a.json", "{\"Resources\": [1, 2]}"),
        ("b.json", "[\"Resources\", \"AWS::S3::Bucket\"]"),
        ("helm.yaml", "Resources: {{ .Values.resources }}\n"),
        ("doc.yml", "text: Resources of type AWS::S3::Bucket\n"),
    ];
    let files: Vec<_> = others.iter().map(|(path, text)| file(path, text)).collect();
    let reading = read_files(&files, &Options::default());
    assert_eq!((reading.resources.len(), reading.files.len()), (0, 0));
    assert_eq!(reading.gaps, []);
}

#[test]
fn a_broken_template_is_a_gap_with_its_place_and_others_go_on() {
    let files = [
        file(
            "bad.yaml",
            "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  A:\n    Type: AWS::S3::Bucket\n   Properties: {x: [\n",
        ),
        file("good.yaml", "Resources: {B: {Type: AWS::S3::Bucket}}"),
    ];
    let reading = read_files(&files, &Options::default());
    assert_eq!(reading.resources.len(), 1);
    let [(gap, at)] = reading.gaps.as_slice() else { panic!("{:?}", reading.gaps) };
    assert_eq!(gap.reason, Reason::Unreadable);
    assert_eq!(at.file_line().unwrap().0, "bad.yaml");
}

#[test]
fn a_resource_without_a_type_and_a_repeated_name_are_told() {
    let reading = read(
        "Resources:\n  A: {Properties: {}}\n  B: {Type: AWS::S3::Bucket}\n  B: {Type: AWS::SNS::Topic}\n",
    );
    assert_eq!(reading.gaps.len(), 2);
    assert_eq!(&*resource(&reading, "B").type_name, "AWS::SNS::Topic");
}

#[test]
fn macros_of_others_are_a_gap_and_the_rest_is_read() {
    let reading = read(
        "Transform: [Mine, AWS::LanguageExtensions]\nResources:\n  'Fn::ForEach::Topics': [N, [a, b], {}]\n  B: {Type: AWS::S3::Bucket}\n",
    );
    assert_eq!(reading.resources.len(), 1);
    let gaps: Vec<String> = reading.gaps.iter().map(|(gap, _)| gap.what.to_string()).collect();
    assert_eq!(
        gaps,
        [
            "the macro `Mine` may change this template when it is deployed",
            "resources made by `Fn::ForEach::Topics`"
        ]
    );
}

#[test]
fn policy_versions_and_account_numbers_keep_their_text() {
    let reading = read(
        "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      Doc: {Version: 2012-10-17, Account: 012345678901, Other: 123456789012}\n",
    );
    assert_eq!(
        properties(&reading, "R"),
        json!({"Doc": {"Version": "2012-10-17", "Account": "012345678901", "Other": 123456789012i64}})
    );
}

#[test]
fn suppressions_in_metadata_are_read_with_their_tool() {
    let reading = read(
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Metadata:\n      checkov: {skip: [{id: CKV_AWS_18, comment: logs itself}]}\n      cfn_nag: {rules_to_suppress: [{id: W35, reason: old}]}\n      tieout: {ignore: [s3-bucket-logged]}\n",
    );
    let found: Vec<_> = reading
        .suppressions
        .iter()
        .map(|mark| {
            (
                mark.ids[0].tool.as_deref(),
                &*mark.ids[0].id,
                mark.reason.as_str(),
                mark.at.file_line().unwrap().1,
            )
        })
        .collect();
    let expected = [
        (None, "s3-bucket-logged", "", 7),
        (Some("checkov"), "CKV_AWS_18", "logs itself", 5),
        (Some("cfn_nag"), "W35", "old", 6),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_nested_stack_is_read_once_with_what_its_parent_passes() {
    let files = [
        file(
            "main/parent.yaml",
            "Parameters: {Name: {Type: String, Default: orders}}\nResources:\n  Vpc: {Type: AWS::EC2::VPC}\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ../child.yaml\n      Parameters: {Bucket: !Sub '${Name}-b', Vpc: !Ref Vpc, Zones: 'a,b'}\n",
        ),
        file(
            "child.yaml",
            "Parameters: {Bucket: {Type: String}, Vpc: {Type: String}, Zones: {Type: CommaDelimitedList}}\nResources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: !Ref Bucket, Vpc: !Ref Vpc, Zones: !Ref Zones}\n",
        ),
    ];
    let reading = read_files(&files, &Options::default());
    let expected = json!({"BucketName": "orders-b", "Vpc": {"$unknown": "${Vpc}"}, "Zones": ["a", "b"]});
    assert_eq!(properties(&reading, "B"), expected);
    assert_eq!(reading.resources.len(), 3);
    assert_eq!(reading.gaps, []);
    assert_eq!(reading.files.len(), 2);
}

#[test]
fn a_nested_stack_elsewhere_is_a_gap_and_a_circle_of_stacks_ends() {
    let reading = read(
        "Resources:\n  C:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://s3.amazonaws.com/b/t.yaml'}\n",
    );
    assert!(reading.gaps[0].0.what.contains("https://s3.amazonaws.com/b/t.yaml"), "{:?}", reading.gaps);
    let stack = |to: &str| {
        format!(
            "Resources:\n  C:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {to}}}\n"
        )
    };
    let circle = [file("a.yaml", &stack("b.yaml")), file("b.yaml", &stack("a.yaml"))];
    assert_eq!(read_files(&circle, &Options::default()).resources.len(), 2);
    let itself = [file("a.yaml", &stack("a.yaml"))];
    assert!(!read_files(&itself, &Options::default()).resources.is_empty());
}

#[test]
fn cdk_output_is_read_with_construct_paths_and_nested_assets() {
    let parent = r#"{"Resources": {
      "Logs6819BB44": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "Orders/Logs/Resource"}},
      "Net": {"Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, ".amazonaws.com/x"]]}, "Parameters": {"P": "v"}},
        "Metadata": {"aws:cdk:path": "Orders/Net.NestedStack/Net.NestedStackResource", "aws:asset:path": "OrdersNet.nested.template.json", "aws:asset:property": "TemplateURL"}}}}"#;
    let child = r#"{"Parameters": {"P": {"Type": "String"}}, "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "P"}}}}}"#;
    let files = [
        file("cdk.out/Orders.template.json", parent),
        file("cdk.out/OrdersNet.nested.template.json", child),
        file(
            "cdk.out/manifest.json",
            r#"{"version": "36.0.0", "artifacts": {"Orders": {"type": "aws:cloudformation:stack"}}}"#,
        ),
    ];
    let reading = read_files(&files, &Options::default());
    assert_eq!(resource(&reading, "Logs6819BB44").name.as_deref(), Some("Orders/Logs"));
    assert_eq!(properties(&reading, "T"), json!({"TopicName": "v"}));
    assert_eq!(reading.resources.len(), 3);
    assert_eq!(reading.files.iter().filter(|file| file.dialect == "cdk").count(), 1);
    assert_eq!(reading.gaps, []);
}

#[test]
fn a_folder_is_read_in_the_order_of_its_names_whatever_the_threads_do() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..40 {
        let text = format!("Resources: {{R{index}: {{Type: AWS::S3::Bucket}}}}");
        std::fs::write(folder.path().join(format!("t{index:02}.yaml")), text).unwrap();
    }
    std::fs::write(folder.path().join("latin.yaml"), b"Resources: \xe9").unwrap();
    let reading = read_folder(folder.path(), &Options::default()).unwrap();
    let ids: Vec<String> = reading.resources.iter().map(|resource| resource.local.to_string()).collect();
    assert_eq!(ids, (0..40).map(|index| format!("R{index}")).collect::<Vec<_>>());
    assert_eq!(reading.gaps.len(), 1);
    assert_eq!(reading.files[0].sha256.len(), 64);
}

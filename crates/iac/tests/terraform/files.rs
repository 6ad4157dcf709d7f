//! Files: values, overrides, the JSON syntax, and what is broken.

use super::support::{addresses, body, evaluated, evaluated_with};
use serde_json::json;
use tieout_iac::{Options, SourceFile};

const MAIN: &str = "variable \"a\" { default = \"default\" }\nvariable \"b\" {}\nresource \"aws_x\" \"r\" {\n  a = var.a\n  b = var.b\n}\n";

#[test]
fn values_come_from_files_in_terraforms_order_and_from_the_user() {
    let files = [
        ("main.tf", MAIN),
        ("terraform.tfvars", "a = \"terraform\"\nb = \"terraform\"\n"),
        ("z.auto.tfvars", "a = \"z\"\n"),
        ("b.auto.tfvars.json", "{\"a\": \"b\", \"b\": \"json ${kept}\"}"),
    ];
    assert_eq!(body(&evaluated(&files).instances, "aws_x.r"), json!({"a": "z", "b": "json ${kept}"}));
    let prod = SourceFile { path: "../envs/prod.tfvars".into(), text: "a = \"prod\"\n".into() };
    let named = Options { variable_files: vec![prod], ..Options::default() };
    assert_eq!(body(&evaluated_with(&files, &named).instances, "aws_x.r")["a"], json!("prod"));
    let given = Options { parameters: [("a".to_owned(), "given".to_owned())].into(), ..named };
    assert_eq!(body(&evaluated_with(&files, &given).instances, "aws_x.r")["a"], json!("given"));
}

#[test]
fn the_only_named_values_file_fills_what_has_no_other_value() {
    let files = [("main.tf", MAIN), ("prod.tfvars", "a = \"prod\"\nb = \"prod\"\n")];
    assert_eq!(body(&evaluated(&files).instances, "aws_x.r"), json!({"a": "default", "b": "prod"}));
    let two = [files[0], files[1], ("dev.tfvars", "b = \"dev\"\n")];
    assert_eq!(body(&evaluated(&two).instances, "aws_x.r")["b"], json!({"$unknown": "var.b"}));
}

#[test]
fn an_override_file_wins_attribute_by_attribute() {
    let out = evaluated(&[
        ("main.tf", "resource \"aws_x\" \"r\" {\n  a = 1\n  b = 1\n  c { d = 1 }\n}\n"),
        ("x_override.tf", "resource \"aws_x\" \"r\" {\n  b = 2\n  c { e = 2 }\n}\n"),
    ]);
    assert_eq!(body(&out.instances, "aws_x.r"), json!({"a": 1, "b": 2, "c": {"e": 2}}));
}

#[test]
fn the_json_syntax_says_the_same() {
    let text = r#"{
  "//": "a comment",
  "variable": {"n": {"default": 2, "type": "number"}},
  "locals": {"name": "x-${var.n}"},
  "resource": {
    "aws_s3_bucket": {
      "b": {
        "bucket": "${local.name}",
        "count": "${var.n}",
        "tags": {"${local.name}": "v"},
        "rule": [{"a": 1}, {"a": 2}],
        "dynamic": {"extra": {"for_each": ["p"], "content": {"v": "${extra.value}"}}},
        "lifecycle": {"prevent_destroy": true}
      }
    },
    "aws_sqs_queue": [{"q": [{"name": "${aws_s3_bucket.b[0].bucket}"}]}]
  },
  "module": {"m": {"source": "./m", "v": "${local.name}"}}
}"#;
    let out = evaluated(&[
        ("main.tf.json", text),
        ("m/main.tf", "variable \"v\" {}\nresource \"aws_x\" \"y\" { v = var.v }\n"),
    ]);
    assert!(out.gaps.is_empty(), "{:?}", out.gaps);
    assert_eq!(
        addresses(&out.instances),
        ["aws_s3_bucket.b[0]", "aws_s3_bucket.b[1]", "aws_sqs_queue.q", "module.m.aws_x.y"]
    );
    assert_eq!(
        body(&out.instances, "aws_s3_bucket.b[1]"),
        json!({"bucket": "x-2", "tags": {"x-2": "v"}, "rule": [{"a": 1}, {"a": 2}], "extra": {"v": "p"}})
    );
    assert_eq!(body(&out.instances, "aws_sqs_queue.q"), json!({"name": "x-2"}));
    let bucket = out.instances[0].body.entry("bucket").unwrap();
    assert_eq!(bucket.place().file_line(), Some(("main.tf.json", 8)));
}

#[test]
fn a_mistake_loses_one_block_and_says_where() {
    let text = "resource \"aws_x\" \"good\" {\n  a = 1\n}\n\nresource \"aws_x\" \"bad\" {\n  a = = 1\n}\n\n# fine again\nresource \"aws_x\" \"after\" {\n  a = 2\n}\n";
    let out = evaluated(&[("main.tf", text), ("other.tf", "resource \"aws_x\" \"other\" {}\n")]);
    assert_eq!(addresses(&out.instances), ["aws_x.after", "aws_x.good", "aws_x.other"]);
    assert_eq!(out.gaps.len(), 1, "{:?}", out.gaps);
    assert_eq!(out.gaps[0].1.file_line(), Some(("main.tf", 6)));
    assert_eq!(out.instances[0].at.file_line(), Some(("main.tf", 10)));
}

#[test]
fn an_open_brace_loses_its_own_block_only() {
    let text =
        "resource \"aws_x\" \"bad\" {\n  a = {\n    b = 1\n\nresource \"aws_x\" \"after\" {\n  a = 2\n}\n";
    let out = evaluated(&[("main.tf", text)]);
    assert_eq!(addresses(&out.instances), ["aws_x.after"]);
    assert_eq!(out.gaps.len(), 1);
}

#[test]
fn twice_the_same_attribute_or_address_is_still_looked_at() {
    let out = evaluated(&[(
        "main.tf",
        "resource \"aws_x\" \"a\" {\n  v = 1\n}\nresource \"aws_x\" \"a\" {\n  v = 2\n}\n",
    )]);
    assert_eq!(addresses(&out.instances), ["aws_x.a", "aws_x.a~2"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read() {
    let out = evaluated(&[(
        "main.tf",
        "\u{feff}resource \"aws_x\" \"a\" {\r\n  v = 1\r\n  w = <<EOF\r\nx\r\nEOF\r\n}\r\n",
    )]);
    assert!(out.gaps.is_empty(), "{:?}", out.gaps);
    assert_eq!(out.instances[0].body.entry("v").unwrap().at.file_line(), Some(("main.tf", 2)));
}

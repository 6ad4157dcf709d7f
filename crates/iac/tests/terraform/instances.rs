//! Resources by count and for_each, and references between them.

use super::support::{addresses, body, evaluated, instances, open, value_in};
use serde_json::json;

#[test]
fn blocks_become_maps_and_repeated_blocks_lists() {
    let found = instances(
        r#"
resource "aws_security_group" "web" {
  name = "web"
  ingress {
    from_port = 443
  }
  ingress { from_port = 80 }
  egress {
    to_port = 0
  }
  lifecycle { create_before_destroy = true }
}
"#,
    );
    assert_eq!(
        body(&found, "aws_security_group.web"),
        json!({"name": "web", "ingress": [{"from_port": 443}, {"from_port": 80}], "egress": {"to_port": 0}})
    );
    let place = &found[0].body.entry("ingress").unwrap().node.items()[1].get("from_port").unwrap().at;
    assert_eq!(place.file_line(), Some(("main.tf", 7)));
    assert_eq!(found[0].at.file_line(), Some(("main.tf", 2)));
}

#[test]
fn a_value_stands_where_it_is_used_and_its_inside_where_it_is_written() {
    let found = instances(
        "locals {\n  tags = {\n    a = 1\n  }\n}\n\nresource \"aws_s3_bucket\" \"b\" {\n  tags = local.tags\n}\n",
    );
    let tags = found[0].body.entry("tags").unwrap();
    assert_eq!(tags.place().file_line(), Some(("main.tf", 8)));
    assert_eq!(tags.node.entry("a").unwrap().at.file_line(), Some(("main.tf", 3)));
}

#[test]
fn count_and_for_each_make_instances_with_their_addresses() {
    let found = instances(
        r#"
resource "aws_instance" "n" {
  count = 2
  tags  = { Name = "n-${count.index}" }
}
resource "aws_instance" "none" { count = 0 }
resource "aws_iam_user" "u" {
  for_each = toset(["bob", "al\"x"])
  name     = each.key
}
resource "aws_iam_user" "m" {
  for_each = { a = { path = "/x/" }, b = { path = "/y/" } }
  path     = each.value.path
}
"#,
    );
    assert_eq!(
        addresses(&found),
        [
            "aws_iam_user.m[\"a\"]",
            "aws_iam_user.m[\"b\"]",
            "aws_iam_user.u[\"al\\\"x\"]",
            "aws_iam_user.u[\"bob\"]",
            "aws_instance.n[0]",
            "aws_instance.n[1]"
        ]
    );
    assert_eq!(body(&found, "aws_instance.n[1]"), json!({"tags": {"Name": "n-1"}}));
    assert_eq!(body(&found, "aws_iam_user.m[\"b\"]"), json!({"path": "/y/"}));
    assert!(found.iter().all(|instance| instance.uncertain.is_none()));
}

#[test]
fn an_instance_whose_condition_is_not_known_is_uncertain() {
    let found = instances(
        r#"
variable "create" { type = bool }
variable "names" { type = set(string) }
variable "n" { type = number }
resource "aws_s3_bucket" "maybe" { count = var.create ? 1 : 0 }
resource "aws_s3_bucket" "most" { count = var.create ? 3 : 1 }
resource "aws_s3_bucket" "either" { for_each = var.create ? { a = 1 } : { b = 2 } }
resource "aws_s3_bucket" "set" {
  for_each = toset(concat(["fixed"], [for n in ["x"] : n if var.create]))
}
resource "aws_s3_bucket" "open" {
  for_each = var.names
  bucket   = each.key
}
resource "aws_s3_bucket" "some" { count = var.n }
resource "aws_s3_bucket" "part" { for_each = toset(["known", var.n]) }
"#,
    );
    let uncertain: Vec<(&str, Option<&str>)> = found
        .iter()
        .map(|instance| (&*instance.address, instance.uncertain.as_ref().map(|gap| &*gap.what)))
        .collect();
    assert_eq!(
        uncertain,
        [
            ("aws_s3_bucket.either[\"a\"]", Some("var.create")),
            ("aws_s3_bucket.either[\"b\"]", Some("!(var.create)")),
            ("aws_s3_bucket.maybe[0]", Some("var.create")),
            ("aws_s3_bucket.most[0]", None),
            ("aws_s3_bucket.most[1]", Some("var.create")),
            ("aws_s3_bucket.most[2]", Some("var.create")),
            ("aws_s3_bucket.open[*]", Some("var.names")),
            ("aws_s3_bucket.part[\"known\"]", None),
            ("aws_s3_bucket.part[*]", Some("[\"known\", var.n]")),
            ("aws_s3_bucket.set[\"fixed\"]", None),
            ("aws_s3_bucket.set[\"x\"]", Some("var.create")),
            ("aws_s3_bucket.some[0]", Some("var.n")),
        ]
    );
    assert_eq!(body(&found, "aws_s3_bucket.open[*]"), json!({"bucket": open("each.key of var.names")}));
}

#[test]
fn a_huge_count_is_a_gap_and_not_a_flood() {
    let out = evaluated(&[("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  count = 1000000000\n}\n")]);
    assert_eq!(addresses(&out.instances), ["aws_s3_bucket.b[0]"]);
    assert!(out.instances[0].uncertain.is_some());
    assert_eq!(out.gaps.len(), 1);
    assert_eq!(out.gaps[0].1.file_line(), Some(("main.tf", 2)));
}

const BUCKETS: &str = r#"
variable "x" {}
variable "create" { type = bool }
resource "aws_s3_bucket" "one" { bucket = "one-name" }
resource "aws_s3_bucket" "named" { bucket = "${var.x}-name" }
resource "aws_s3_bucket" "two" { count = 2 }
resource "aws_s3_bucket" "maybe" {
  count  = var.create ? 1 : 0
  bucket = "maybe-name"
}
resource "aws_s3_bucket" "each" {
  for_each = toset(["a", "b"])
  bucket   = "b-${each.key}"
}
resource "aws_s3_bucket" "open" { for_each = toset(var.x) }
resource "aws_s3_bucket_versioning" "v" { bucket = aws_s3_bucket.one.id }
resource "random_id" "r" { byte_length = 4 }
"#;

fn get(id: &str, attribute: &str) -> serde_json::Value {
    json!({"Fn::GetAtt": [id, attribute]})
}

#[test]
fn a_reference_is_the_configured_value_or_a_reference() {
    for (expression, expected) in [
        ("aws_s3_bucket.one.bucket", json!("one-name")),
        ("aws_s3_bucket.one.id", get("aws_s3_bucket.one", "id")),
        ("aws_s3_bucket.one.arn", get("aws_s3_bucket.one", "arn")),
        ("aws_s3_bucket.named.bucket", get("aws_s3_bucket.named", "bucket")),
        ("aws_s3_bucket_versioning.v.bucket", get("aws_s3_bucket.one", "id")),
        ("aws_s3_bucket.two[1].id", get("aws_s3_bucket.two[1]", "id")),
        ("aws_s3_bucket.two.1.id", get("aws_s3_bucket.two[1]", "id")),
        (
            "aws_s3_bucket.two[*].id",
            json!([get("aws_s3_bucket.two[0]", "id"), get("aws_s3_bucket.two[1]", "id")]),
        ),
        ("aws_s3_bucket.two.*.id[0]", get("aws_s3_bucket.two[0]", "id")),
        ("element(aws_s3_bucket.two.*.id, 3)", get("aws_s3_bucket.two[1]", "id")),
        ("length(aws_s3_bucket.two)", json!(2)),
        ("aws_s3_bucket.each[\"a\"].bucket", json!("b-a")),
        ("values(aws_s3_bucket.each)[*].bucket", json!(["b-a", "b-b"])),
        (
            "{for k, b in aws_s3_bucket.each : k => b.arn}",
            json!({
            "a": get("aws_s3_bucket.each[\"a\"]", "arn"), "b": get("aws_s3_bucket.each[\"b\"]", "arn")}),
        ),
        ("aws_s3_bucket.open[\"q\"].arn", get("aws_s3_bucket.open[*]", "arn")),
        ("aws_s3_bucket.one.website[0].x.y", get("aws_s3_bucket.one", "website.0.x.y")),
        ("random_id.r.hex", open("random_id.r.hex")),
        ("random_id.r.byte_length", json!(4)),
        ("aws_s3_bucket.absent.id", open("aws_s3_bucket.absent.id")),
        ("data.aws_ami.absent.id", open("data.aws_ami.absent.id")),
        ("\"${aws_s3_bucket.one.arn}/*\"", open("${aws_s3_bucket.one.arn}/*")),
        ("aws_s3_bucket.one.arn == null", json!(false)),
        ("aws_s3_bucket.one.arn != \"\" ? 1 : 2", json!(1)),
    ] {
        assert_eq!(value_in(BUCKETS, expression), expected, "{expression}");
    }
}

#[test]
fn a_reference_to_what_may_not_exist_is_either_of_two() {
    let maybe = "${aws_s3_bucket.maybe[0].id}";
    for (expression, expected) in [
        ("aws_s3_bucket.maybe[0].id", get("aws_s3_bucket.maybe[0]", "id")),
        ("aws_s3_bucket.maybe[0].bucket", json!("maybe-name")),
        ("try(aws_s3_bucket.maybe[0].id, \"none\")", open(&format!("var.create ? {maybe} : \"none\""))),
        ("one(aws_s3_bucket.maybe[*].id)", open(&format!("var.create ? {maybe} : null"))),
        ("join(\"\", aws_s3_bucket.maybe.*.id)", open(&format!("var.create ? {maybe} : \"\""))),
        (
            "element(concat(aws_s3_bucket.maybe.*.id, [\"\"]), 0)",
            open(&format!("var.create ? {maybe} : \"\"")),
        ),
        ("concat(aws_s3_bucket.maybe[*].id, [\"\"])[0]", open(&format!("var.create ? {maybe} : \"\""))),
        ("var.create ? aws_s3_bucket.maybe[0].bucket : \"maybe-name\"", json!("maybe-name")),
        ("length(aws_s3_bucket.maybe)", open("var.create ? 1 : 0")),
    ] {
        assert_eq!(value_in(BUCKETS, expression), expected, "{expression}");
    }
}

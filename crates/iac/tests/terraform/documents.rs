//! Policy documents: the data source, `jsonencode`, heredocs, files and templates.

use super::support::{body, evaluated, evaluated_with, instances, open};
use serde_json::json;
use tieout_iac::Options;
use tieout_model::Value;

#[test]
fn a_policy_document_is_written_out_with_its_places() {
    let found = instances(
        r#"
data "aws_caller_identity" "me" {}
data "aws_partition" "p" {}
resource "aws_s3_bucket" "logs" {}
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*", "arn:aws:s3:::x/&{aws:username}"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:username"
      values   = ["&{aws:x}"]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["iam:*"]
    not_resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_s3_bucket_policy" "p" {
  policy = data.aws_iam_policy_document.d.json
}
"#,
    );
    let policy = found.iter().find(|instance| &*instance.type_name == "aws_s3_bucket_policy").unwrap();
    let entry = policy.body.entry("policy").unwrap();
    assert_eq!(entry.node.at.file_line(), Some(("main.tf", 40)));
    let Value::Encoded(document) = &entry.node.value else { panic!("{entry:?}") };
    assert_eq!(
        document.to_json(),
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject",
                    "Resource": [
                        {"Fn::GetAtt": ["aws_s3_bucket.logs", "arn"]},
                        open("${aws_s3_bucket.logs.arn}/*"),
                        "arn:aws:s3:::x/${aws:username}"
                    ],
                    "Principal": {
                        "AWS": open("arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"),
                        "Service": "lambda.amazonaws.com"
                    },
                    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:username": "${aws:x}"}}
                },
                {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "*", "Principal": "*"}
            ]
        })
    );
    let statements = document.get("Statement").unwrap().items();
    assert_eq!(statements[1].get("NotAction").unwrap().at.file_line(), Some(("main.tf", 31)));
    assert_eq!(statements[0].at.file_line(), Some(("main.tf", 6)));
}

#[test]
fn documents_are_merged_by_statement_id() {
    let found = instances(
        r#"
variable "extra" {}
variable "on" { type = bool }
data "aws_iam_policy_document" "base" {
  statement {
    sid     = "A"
    actions = ["s3:*"]
  }
  statement {
    sid     = "B"
    actions = ["sqs:*"]
  }
}
data "aws_iam_policy_document" "over" {
  statement {
    sid     = "B"
    effect  = "Deny"
    actions = ["sqs:*"]
  }
}
data "aws_iam_policy_document" "d" {
  version                   = "2008-10-17"
  source_policy_documents   = [data.aws_iam_policy_document.base.json, var.extra, jsonencode({ Statement = { Sid = "J", Effect = "Allow" } })]
  override_policy_documents = [data.aws_iam_policy_document.over.json]
  statement {
    sid     = "A"
    actions = ["s3:Get*"]
  }
  dynamic "statement" {
    for_each = var.on ? ["x"] : []
    content { actions = [statement.value] }
  }
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.d.json }
"#,
    );
    assert_eq!(
        body(&found, "aws_iam_policy.p")["policy"],
        json!({
            "Version": "2008-10-17",
            "Statement": [
                {"Sid": "A", "Effect": "Allow", "Action": "s3:Get*"},
                {"Sid": "B", "Effect": "Deny", "Action": "sqs:*"},
                open("the statements of var.extra"),
                {"Sid": "J", "Effect": "Allow"},
                open("var.on ? {\"Effect\":\"Allow\",\"Action\":\"x\"} : null"),
            ]
        })
    );
}

#[test]
fn a_document_for_each_instance() {
    let found = instances(
        r#"
data "aws_iam_policy_document" "d" {
  for_each = toset(["a", "b"])
  statement { actions = ["s3:${each.key}"] }
}
resource "aws_iam_policy" "p" {
  for_each = toset(["a", "b"])
  policy   = data.aws_iam_policy_document.d[each.key].json
}
"#,
    );
    assert_eq!(body(&found, "aws_iam_policy.p[\"b\"]")["policy"]["Statement"][0]["Action"], json!("s3:b"));
}

#[test]
fn json_in_a_heredoc_keeps_its_lines_and_its_holes() {
    let found = instances(
        r#"
variable "name" {}
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_iam_policy" "p" {
  policy = <<-EOF
  {
    "Statement": [
      {
        "Effect": "Allow",
        "Action": "sqs:*",
        "Resource": ["${aws_sqs_queue.q.arn}", "arn:aws:s3:::${var.name}/*"],
        "Other": ${jsonencode({ deep = [aws_sqs_queue.q.arn, 1] })},
        "Quoted": "a \"b\" ${"known"}"
      }
    ]
  }
  EOF
}
"#,
    );
    let policy = found.iter().find(|instance| &*instance.type_name == "aws_iam_policy").unwrap();
    let Value::Encoded(document) = &policy.body.get("policy").unwrap().value else { panic!() };
    let statement = &document.get("Statement").unwrap().items()[0];
    assert_eq!(
        statement.to_json(),
        json!({
            "Effect": "Allow", "Action": "sqs:*",
            "Resource": [{"Fn::GetAtt": ["aws_sqs_queue.q", "arn"]}, open("arn:aws:s3:::${var.name}/*")],
            "Other": {"deep": [{"Fn::GetAtt": ["aws_sqs_queue.q", "arn"]}, 1]},
            "Quoted": "a \"b\" known"
        })
    );
    assert_eq!(statement.entry("Action").unwrap().at.file_line(), Some(("main.tf", 10)));
}

#[test]
fn a_text_that_only_looks_like_json_stays_a_text() {
    let found =
        instances("resource \"aws_x\" \"p\" {\n  a = <<EOF\n{ not json \"x\n}\nEOF\n  b = \"{}\"\n}\n");
    assert_eq!(body(&found, "aws_x.p"), json!({"a": "{ not json \"x\n}\n", "b": "{}"}));
}

#[test]
fn files_and_templates_of_the_tree_are_read_and_no_others() {
    let out = evaluated(&[
        (
            "infra/main.tf",
            r#"
resource "aws_x" "p" {
  json     = file("${path.module}/policy.json")
  rendered = templatefile("${path.module}/t/user.tftpl", { name = "n", ports = [1, 2], arn = aws_x.p2.arn })
  absent   = file("absent.txt")
  outside  = file("../../etc/passwd")
  absolute = file("/etc/passwd")
  decoded  = jsondecode(file("policy.json")).Statement[0].Action
}
resource "aws_x" "p2" {}
module "m" {
  source = "../mod"
}
"#,
        ),
        ("infra/policy.json", "{\n  \"Statement\": [\n    {\"Action\": \"s3:*\"}\n  ]\n}\n"),
        ("infra/t/user.tftpl", "hello ${name} ${arn}\n%{ for p in ports ~}\nport ${p}\n%{ endfor ~}\n"),
        ("mod/main.tf", "resource \"aws_x\" \"q\" {\n  text = file(\"${path.module}/in/mod.txt\")\n}\n"),
        ("mod/in/mod.txt", "from the module"),
    ]);
    let found = &out.instances;
    assert_eq!(
        body(found, "aws_x.p"),
        json!({
            "json": {"Statement": [{"Action": "s3:*"}]},
            "rendered": open("hello n ${aws_x.p2.arn}\nport 1\nport 2\n"),
            "absent": open("file(\"absent.txt\")"),
            "outside": open("file(\"../../etc/passwd\")"),
            "absolute": open("file(\"/etc/passwd\")"),
            "decoded": "s3:*",
        })
    );
    assert_eq!(body(found, "module.m.aws_x.q"), json!({"text": "from the module"}));
    let policy = found[0].body.get("json").unwrap();
    let Value::Encoded(document) = &policy.value else { panic!() };
    let action = document.get("Statement").unwrap().items()[0].entry("Action").unwrap();
    assert_eq!(action.at.file_line(), Some(("infra/policy.json", 3)));
}

#[test]
fn what_is_known_of_the_deployment_is_used() {
    let options = Options {
        account: Some("111122223333".into()),
        region: Some("cn-north-1".into()),
        ..Options::default()
    };
    let out = evaluated_with(
        &[(
            "main.tf",
            r#"
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "p" {}
resource "aws_x" "p" {
  arn = "arn:${data.aws_partition.p.partition}:sqs:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:q"
}
"#,
        )],
        &options,
    );
    assert_eq!(body(&out.instances, "aws_x.p"), json!({"arn": "arn:aws-cn:sqs:cn-north-1:111122223333:q"}));
}

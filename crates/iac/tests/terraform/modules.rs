//! Local modules: arguments, outputs, instances, providers; and dynamic blocks.

use super::support::{addresses, body, evaluated, instances, open};
use serde_json::json;

const BUCKET_MODULE: &str = r#"
variable "name" { type = string }
variable "suffix" { default = "x" }
variable "missing" {}
variable "settings" {
  type = object({ versioned = optional(bool, false) })
  default = {}
}
resource "aws_s3_bucket" "this" {
  bucket = "${var.name}-${var.suffix}"
  tags   = { missing = var.missing, folder = path.module }
}
output "id" { value = aws_s3_bucket.this.id }
output "name" { value = aws_s3_bucket.this.bucket }
output "all" { value = aws_s3_bucket.this }
"#;

#[test]
fn a_module_has_its_arguments_and_gives_its_outputs() {
    let out = evaluated(&[
        (
            "infra/main.tf",
            r#"
module "logs" {
  source  = "../modules/bucket"
  name    = "logs"
  missing = module.data.name
}
module "data" {
  source = "../modules/bucket"
  name   = local.n
  suffix = module.logs.id
}
locals { n = "data" }
resource "aws_s3_bucket_policy" "p" {
  bucket = module.logs.id
  policy = module.logs.name
  also   = module.logs.all.arn
  wrong  = module.logs.nothing
}
"#,
        ),
        ("modules/bucket/main.tf", BUCKET_MODULE),
    ]);
    assert!(out.gaps.is_empty(), "{:?}", out.gaps);
    let found = out.instances;
    assert_eq!(
        addresses(&found),
        ["aws_s3_bucket_policy.p", "module.data.aws_s3_bucket.this", "module.logs.aws_s3_bucket.this"]
    );
    assert!(found.iter().all(|instance| &*instance.root == "infra"));
    assert_eq!(
        body(&found, "aws_s3_bucket_policy.p"),
        json!({
            "bucket": {"Fn::GetAtt": ["module.logs.aws_s3_bucket.this", "id"]},
            "policy": "logs-x",
            "also": {"Fn::GetAtt": ["module.logs.aws_s3_bucket.this", "arn"]},
            "wrong": open("module.logs.nothing"),
        })
    );
    assert_eq!(
        body(&found, "module.data.aws_s3_bucket.this"),
        json!({
            "bucket": open("data-${module.logs.aws_s3_bucket.this.id}"),
            "tags": {"missing": open("module.data.var.missing"), "folder": "../modules/bucket"}
        })
    );
    // The bucket's own name is not known, so that its output is a reference.
    assert_eq!(
        body(&found, "module.logs.aws_s3_bucket.this")["tags"]["missing"],
        json!({"Fn::GetAtt": ["module.data.aws_s3_bucket.this", "bucket"]})
    );
}

#[test]
fn modules_nest_and_have_instances_of_their_own() {
    let out = evaluated(&[
        (
            "main.tf",
            r#"
variable "more" { type = bool }
module "net" {
  for_each = { a = "10.0.0.0/16", b = "10.1.0.0/16" }
  source   = "./net"
  cidr     = each.value
}
module "maybe" {
  count  = var.more ? 1 : 0
  source = "./net"
  cidr   = "10.9.0.0/16"
}
output "ids" { value = [for k, n in module.net : n.ids] }
resource "aws_eip" "e" {
  a = module.net["a"].ids[1]
  b = [for k, n in module.net : n.first]
  c = try(module.maybe[0].first, "none")
  d = module.maybe[*].first
}
"#,
        ),
        (
            "net/main.tf",
            r#"
variable "cidr" {}
module "subnets" {
  source = "./subnets"
  count  = 2
  block  = cidrsubnet(var.cidr, 8, count.index)
}
output "ids" { value = module.subnets[*].id }
output "first" { value = module.subnets[0].block }
"#,
        ),
        (
            "net/subnets/main.tf",
            r#"
variable "block" {}
resource "aws_subnet" "s" { cidr_block = var.block }
output "id" { value = aws_subnet.s.id }
output "block" { value = aws_subnet.s.cidr_block }
"#,
        ),
    ]);
    let found = out.instances;
    assert_eq!(
        addresses(&found),
        [
            "aws_eip.e",
            "module.maybe[0].module.subnets[0].aws_subnet.s",
            "module.maybe[0].module.subnets[1].aws_subnet.s",
            "module.net[\"a\"].module.subnets[0].aws_subnet.s",
            "module.net[\"a\"].module.subnets[1].aws_subnet.s",
            "module.net[\"b\"].module.subnets[0].aws_subnet.s",
            "module.net[\"b\"].module.subnets[1].aws_subnet.s",
        ]
    );
    assert_eq!(
        body(&found, "module.net[\"b\"].module.subnets[1].aws_subnet.s"),
        json!({"cidr_block": "10.1.1.0/24"})
    );
    assert_eq!(found[1].uncertain.as_ref().unwrap().what.as_ref(), "var.more");
    assert!(found[3].uncertain.is_none());
    assert_eq!(
        body(&found, "aws_eip.e"),
        json!({
            "a": {"Fn::GetAtt": ["module.net[\"a\"].module.subnets[1].aws_subnet.s", "id"]},
            "b": ["10.0.0.0/24", "10.1.0.0/24"],
            "c": open("var.more ? \"10.9.0.0/24\" : \"none\""),
            "d": [open("var.more ? \"10.9.0.0/24\" : null")],
        })
    );
}

#[test]
fn a_module_that_is_not_in_the_tree_is_a_gap_and_its_outputs_are_unknown() {
    let out = evaluated(&[(
        "main.tf",
        r#"
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.0.0"
}
resource "aws_instance" "i" {
  subnet_id = module.vpc.private_subnets[0]
}
"#,
    )]);
    assert_eq!(out.gaps.len(), 1);
    assert!(out.gaps[0].0.what.contains("module.vpc (source terraform-aws-modules/vpc/aws)"));
    assert_eq!(out.gaps[0].1.file_line(), Some(("main.tf", 2)));
    assert_eq!(
        body(&out.instances, "aws_instance.i"),
        json!({"subnet_id": open("module.vpc.private_subnets[0]")})
    );
}

#[test]
fn a_module_that_calls_itself_ends() {
    let out = evaluated(&[
        ("main.tf", "module \"a\" {\n  source = \"./a\"\n}\n"),
        ("a/main.tf", "module \"b\" {\n  source = \"../a\"\n}\nresource \"aws_vpc\" \"v\" {\n}\n"),
    ]);
    assert_eq!(addresses(&out.instances), ["module.a.aws_vpc.v"]);
    assert_eq!(out.gaps.len(), 1);
}

#[test]
fn a_folder_that_nobody_calls_is_a_root_of_its_own() {
    let out = evaluated(&[
        ("a/main.tf", "resource \"aws_vpc\" \"v\" {\n}\n"),
        ("b/main.tf", "resource \"aws_vpc\" \"v\" {\n}\nmodule \"c\" {\n  source = \"./c\"\n}\n"),
        ("b/c/main.tf", "resource \"aws_vpc\" \"v\" {\n}\n"),
    ]);
    let roots: Vec<(&str, &str)> =
        out.instances.iter().map(|instance| (&*instance.root, &*instance.address)).collect();
    assert_eq!(roots, [("a", "aws_vpc.v"), ("b", "aws_vpc.v"), ("b", "module.c.aws_vpc.v")]);
}

#[test]
fn the_region_is_the_providers() {
    let out = evaluated(&[
        (
            "main.tf",
            r#"
variable "region" { default = "eu-west-1" }
provider "aws" {
  region = var.region
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
provider "aws" {
  alias  = "open"
  region = var.nowhere
}
resource "aws_vpc" "a" {}
resource "aws_vpc" "b" { provider = aws.us }
resource "aws_vpc" "c" { provider = aws.open }
resource "aws_vpc" "own" { region = "ap-south-1" }
module "m" {
  source    = "./m"
  providers = { aws = aws.us, aws.other = aws }
}
module "n" {
  source = "./m"
}
data "aws_region" "r" {}
resource "aws_vpc" "d" { tags = { r = data.aws_region.r.name } }
"#,
        ),
        ("m/main.tf", "resource \"aws_vpc\" \"a\" {}\nresource \"aws_vpc\" \"b\" { provider = aws.other }\n"),
    ]);
    let regions: Vec<(&str, Option<&str>)> =
        out.instances.iter().map(|instance| (&*instance.address, instance.region.as_deref())).collect();
    assert_eq!(
        regions,
        [
            ("aws_vpc.a", Some("eu-west-1")),
            ("aws_vpc.b", Some("us-east-1")),
            ("aws_vpc.c", None),
            ("aws_vpc.d", Some("eu-west-1")),
            ("aws_vpc.own", Some("ap-south-1")),
            ("module.m.aws_vpc.a", Some("us-east-1")),
            ("module.m.aws_vpc.b", Some("eu-west-1")),
            ("module.n.aws_vpc.a", Some("eu-west-1")),
            ("module.n.aws_vpc.b", None),
        ]
    );
    assert_eq!(body(&out.instances, "aws_vpc.d"), json!({"tags": {"r": "eu-west-1"}}));
}

#[test]
fn dynamic_blocks_are_written_out() {
    let found = instances(
        r#"
variable "on" { type = bool }
variable "rules" { type = list(any) }
locals { ports = { web = 80, tls = 443 } }
resource "aws_security_group" "g" {
  dynamic "ingress" {
    for_each = local.ports
    content {
      description = ingress.key
      from_port   = ingress.value
    }
  }
  dynamic "egress" {
    for_each = toset(["10.0.0.0/8"])
    iterator = net
    content {
      cidr_blocks = [net.key]
      dynamic "inner" {
        for_each = [1, 2]
        content { n = "${net.value}-${inner.value}-${inner.key}" }
      }
    }
  }
  dynamic "timeouts" {
    for_each = []
    content { create = "1m" }
  }
}
resource "aws_security_group" "each" {
  for_each = { a = [{ p = 1 }, { p = 2 }] }
  dynamic "ingress" {
    for_each = each.value
    content { from_port = ingress.value.p }
  }
}
resource "aws_db_instance" "d" {
  dynamic "restore" {
    for_each = var.on ? [1] : []
    content { kept = true }
  }
  dynamic "open" {
    for_each = var.rules
    content { x = open.value.y }
  }
  mixed { a = 1 }
  dynamic "mixed" {
    for_each = var.rules
    content { a = mixed.value }
  }
}
"#,
    );
    assert_eq!(
        body(&found, "aws_security_group.g"),
        json!({
            "ingress": [{"description": "web", "from_port": 80}, {"description": "tls", "from_port": 443}],
            "egress": {"cidr_blocks": ["10.0.0.0/8"], "inner": [{"n": "10.0.0.0/8-1-0"}, {"n": "10.0.0.0/8-2-1"}]},
        })
    );
    assert_eq!(
        body(&found, "aws_security_group.each[\"a\"]"),
        json!({"ingress": [{"from_port": 1}, {"from_port": 2}]})
    );
    assert_eq!(
        body(&found, "aws_db_instance.d"),
        json!({
            "restore": open("var.on ? {\"kept\":true} : null"),
            "open": open("dynamic open for each of var.rules"),
            "mixed": [{"a": 1}, open("dynamic mixed for each of var.rules")],
        })
    );
}

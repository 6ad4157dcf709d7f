//! Configurations in the manner of the registry's big modules: everything optional, `try` everywhere.

use super::support::{addresses, body, evaluated, open};
use serde_json::json;

const BUCKET: &str = r#"
variable "create" {
  type    = bool
  default = true
}
variable "bucket" {
  type    = string
  default = null
}
variable "attach_tls" { default = false }
variable "attach_extra" { default = false }
variable "policy" { default = null }
variable "versioning" {
  type    = map(string)
  default = {}
}
variable "encryption" {
  type    = any
  default = {}
}
variable "lifecycle_rule" {
  type    = any
  default = []
}
variable "logging" { default = {} }
variable "block" { default = true }

locals {
  create          = var.create && true
  attach_policy   = var.attach_tls || var.attach_extra
  lifecycle_rules = try(jsondecode(var.lifecycle_rule), var.lifecycle_rule)
}

resource "aws_s3_bucket" "this" {
  count  = local.create ? 1 : 0
  bucket = var.bucket
}
resource "aws_s3_bucket_logging" "this" {
  count         = local.create && length(keys(var.logging)) > 0 ? 1 : 0
  bucket        = aws_s3_bucket.this[0].id
  target_bucket = var.logging["target_bucket"]
  target_prefix = try(var.logging["target_prefix"], null)
}
resource "aws_s3_bucket_versioning" "this" {
  count  = local.create && length(keys(var.versioning)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  mfa    = try(var.versioning["mfa"], null)
  versioning_configuration {
    status     = try(var.versioning["enabled"] ? "Enabled" : "Suspended", tobool(var.versioning["status"]) ? "Enabled" : "Suspended", title(lower(var.versioning["status"])))
    mfa_delete = try(tobool(var.versioning["mfa_delete"]) ? "Enabled" : "Disabled", title(lower(var.versioning["mfa_delete"])), null)
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count  = local.create && length(keys(var.encryption)) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  dynamic "rule" {
    for_each = try(flatten([var.encryption["rule"]]), [])
    content {
      bucket_key_enabled = try(rule.value.bucket_key_enabled, null)
      dynamic "apply_server_side_encryption_by_default" {
        for_each = try([rule.value.apply_server_side_encryption_by_default], [])
        content {
          sse_algorithm     = apply_server_side_encryption_by_default.value.sse_algorithm
          kms_master_key_id = try(apply_server_side_encryption_by_default.value.kms_master_key_id, null)
        }
      }
    }
  }
}
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = local.create && length(local.lifecycle_rules) > 0 ? 1 : 0
  bucket = aws_s3_bucket.this[0].id
  dynamic "rule" {
    for_each = local.lifecycle_rules
    content {
      id     = try(rule.value.id, null)
      status = try(rule.value.enabled ? "Enabled" : "Disabled", tobool(rule.value.status) ? "Enabled" : "Disabled", title(lower(rule.value.status)))
      dynamic "expiration" {
        for_each = try(flatten([rule.value.expiration]), [])
        content { days = try(expiration.value.days, null) }
      }
    }
  }
}
data "aws_iam_policy_document" "combined" {
  count = local.create && local.attach_policy ? 1 : 0
  source_policy_documents = compact([
    var.attach_tls ? data.aws_iam_policy_document.tls[0].json : "",
    var.attach_extra ? var.policy : ""
  ])
}
data "aws_iam_policy_document" "tls" {
  count = local.create && var.attach_tls ? 1 : 0
  statement {
    sid       = "tls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[0].arn, "${aws_s3_bucket.this[0].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_s3_bucket_policy" "this" {
  count      = local.create && local.attach_policy ? 1 : 0
  bucket     = aws_s3_bucket.this[0].id
  policy     = data.aws_iam_policy_document.combined[0].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}
resource "aws_s3_bucket_public_access_block" "this" {
  count             = local.create && var.block ? 1 : 0
  bucket            = local.attach_policy ? aws_s3_bucket_policy.this[0].id : aws_s3_bucket.this[0].id
  block_public_acls = true
}
output "id" { value = try(aws_s3_bucket_policy.this[0].id, aws_s3_bucket.this[0].id, "") }
output "arn" { value = try(aws_s3_bucket.this[0].arn, "") }
"#;

#[test]
fn a_bucket_module_with_everything_optional() {
    let out = evaluated(&[
        (
            "main.tf",
            r#"
variable "unknown" { type = bool }
module "logs" {
  source     = "./bucket"
  bucket     = "logs"
  attach_tls = true
  versioning = { enabled = true, mfa_delete = "disabled" }
  encryption = {
    rule = {
      apply_server_side_encryption_by_default = { sse_algorithm = "aws:kms", kms_master_key_id = aws_kms_key.k.arn }
    }
  }
  lifecycle_rule = [{ id = "a", enabled = true, expiration = { days = 3 } }, { status = "disabled" }]
}
module "plain" {
  source  = "./bucket"
  logging = { target_bucket = module.logs.id }
}
module "none" {
  source = "./bucket"
  create = false
}
module "maybe" {
  source     = "./bucket"
  bucket     = "maybe"
  create     = var.unknown
  versioning = { status = "Suspended" }
}
resource "aws_kms_key" "k" {}
resource "aws_x" "out" {
  logs  = module.logs.arn
  none  = module.none.arn
  maybe = module.maybe.arn
}
"#,
        ),
        ("bucket/main.tf", BUCKET),
    ]);
    assert!(out.gaps.is_empty(), "{:?}", out.gaps);
    let found = &out.instances;
    let certain: Vec<&str> = found
        .iter()
        .filter(|instance| instance.uncertain.is_none())
        .map(|instance| &*instance.address)
        .collect();
    assert_eq!(
        certain,
        [
            "aws_kms_key.k",
            "aws_x.out",
            "module.logs.aws_s3_bucket.this[0]",
            "module.logs.aws_s3_bucket_lifecycle_configuration.this[0]",
            "module.logs.aws_s3_bucket_policy.this[0]",
            "module.logs.aws_s3_bucket_public_access_block.this[0]",
            "module.logs.aws_s3_bucket_server_side_encryption_configuration.this[0]",
            "module.logs.aws_s3_bucket_versioning.this[0]",
            "module.plain.aws_s3_bucket.this[0]",
            "module.plain.aws_s3_bucket_logging.this[0]",
            "module.plain.aws_s3_bucket_public_access_block.this[0]",
        ]
    );
    let logs = json!({"Fn::GetAtt": ["module.logs.aws_s3_bucket.this[0]", "id"]});
    assert_eq!(
        body(found, "module.logs.aws_s3_bucket_versioning.this[0]"),
        json!({"bucket": logs, "versioning_configuration": {"status": "Enabled", "mfa_delete": "Disabled"}})
    );
    assert_eq!(
        body(found, "module.logs.aws_s3_bucket_server_side_encryption_configuration.this[0]")["rule"],
        json!({"apply_server_side_encryption_by_default": {
            "sse_algorithm": "aws:kms", "kms_master_key_id": {"Fn::GetAtt": ["aws_kms_key.k", "arn"]}}})
    );
    assert_eq!(
        body(found, "module.logs.aws_s3_bucket_lifecycle_configuration.this[0]")["rule"],
        json!([{"id": "a", "status": "Enabled", "expiration": {"days": 3}}, {"status": "Disabled"}])
    );
    let policy = body(found, "module.logs.aws_s3_bucket_policy.this[0]");
    assert_eq!(policy["policy"]["Statement"][0]["Sid"], json!("tls"));
    assert_eq!(
        policy["policy"]["Statement"][0]["Resource"][0],
        json!({"Fn::GetAtt": ["module.logs.aws_s3_bucket.this[0]", "arn"]})
    );
    // The id of a bucket's policy is the bucket's.
    assert_eq!(body(found, "module.plain.aws_s3_bucket_logging.this[0]")["target_bucket"], logs);
    assert_eq!(body(found, "module.logs.aws_s3_bucket_public_access_block.this[0]")["bucket"], logs);
    let maybe: Vec<(&str, &str)> = found
        .iter()
        .filter_map(|instance| Some((&*instance.address, &*instance.uncertain.as_ref()?.what)))
        .collect();
    assert_eq!(
        maybe,
        [
            ("module.maybe.aws_s3_bucket.this[0]", "var.unknown"),
            ("module.maybe.aws_s3_bucket_public_access_block.this[0]", "var.unknown"),
            ("module.maybe.aws_s3_bucket_versioning.this[0]", "var.unknown"),
        ]
    );
    assert_eq!(
        body(found, "aws_x.out"),
        json!({
            "logs": {"Fn::GetAtt": ["module.logs.aws_s3_bucket.this[0]", "arn"]},
            "none": "",
            "maybe": open("var.unknown ? ${module.maybe.aws_s3_bucket.this[0].arn} : \"\""),
        })
    );
}

#[test]
fn a_network_module_with_lists_of_subnets() {
    let out = evaluated(&[
        (
            "main.tf",
            r#"
data "aws_availability_zones" "available" {}
module "vpc" {
  source          = "./vpc"
  name            = "main"
  cidr            = "10.0.0.0/16"
  azs             = slice(data.aws_availability_zones.available.names, 0, 2)
  private_subnets = [for k in range(2) : cidrsubnet("10.0.0.0/16", 8, k)]
  public_subnets  = ["10.0.101.0/24"]
  single_nat      = true
}
resource "aws_db_subnet_group" "g" { subnet_ids = module.vpc.database_subnets }
resource "aws_instance" "i" {
  for_each  = toset(["a", "b"])
  subnet_id = element(module.vpc.private_subnets, index(["a", "b"], each.key))
}
"#,
        ),
        (
            "vpc/main.tf",
            r#"
variable "name" {}
variable "cidr" {}
variable "azs" { type = list(string) }
variable "private_subnets" { default = [] }
variable "public_subnets" { default = [] }
variable "database_subnets" { default = [] }
variable "single_nat" { default = false }
variable "tags" { default = {} }
locals {
  len_public  = max(length(var.public_subnets), 0)
  nat_count   = var.single_nat ? 1 : length(var.azs)
  vpc_id      = try(aws_vpc_ipv4_cidr_block_association.this[0].vpc_id, aws_vpc.this[0].id, "")
}
resource "aws_vpc" "this" {
  count      = 1
  cidr_block = var.cidr
}
resource "aws_vpc_ipv4_cidr_block_association" "this" {
  count  = 0
  vpc_id = aws_vpc.this[0].id
}
resource "aws_subnet" "private" {
  count             = length(var.private_subnets)
  vpc_id            = local.vpc_id
  availability_zone = length(regexall("^[a-z]{2}-", element(var.azs, count.index))) > 0 ? element(var.azs, count.index) : null
  cidr_block        = element(concat(var.private_subnets, [""]), count.index)
  tags = merge(
    { Name = try(var.tags[count.index], format("${var.name}-private-%s", count.index)) },
    var.tags,
  )
}
resource "aws_subnet" "public" {
  count                   = local.len_public
  vpc_id                  = local.vpc_id
  cidr_block              = var.public_subnets[count.index]
  map_public_ip_on_launch = true
}
resource "aws_subnet" "database" {
  count  = length(var.database_subnets)
  vpc_id = local.vpc_id
}
resource "aws_nat_gateway" "this" {
  count     = local.nat_count
  subnet_id = element(aws_subnet.public[*].id, var.single_nat ? 0 : count.index)
}
output "private_subnets" { value = aws_subnet.private.*.id }
output "database_subnets" { value = coalescelist(aws_subnet.database[*].id, aws_subnet.private[*].id) }
"#,
        ),
    ]);
    let found = &out.instances;
    let vpc = json!({"Fn::GetAtt": ["module.vpc.aws_vpc.this[0]", "id"]});
    let subnet = |n: usize| json!({"Fn::GetAtt": [format!("module.vpc.aws_subnet.private[{n}]"), "id"]});
    assert!(addresses(found).contains(&"module.vpc.aws_subnet.public[0]"));
    let private = body(found, "module.vpc.aws_subnet.private[1]");
    assert_eq!(private["vpc_id"], vpc);
    assert_eq!(private["cidr_block"], json!("10.0.1.0/24"));
    assert_eq!(private["tags"], json!({"Name": "main-private-1"}));
    assert!(private["availability_zone"]["$unknown"].is_string());
    assert_eq!(
        body(found, "module.vpc.aws_nat_gateway.this[0]")["subnet_id"],
        json!({"Fn::GetAtt": ["module.vpc.aws_subnet.public[0]", "id"]})
    );
    assert_eq!(body(found, "aws_db_subnet_group.g"), json!({"subnet_ids": [subnet(0), subnet(1)]}));
    assert_eq!(body(found, "aws_instance.i[\"b\"]"), json!({"subnet_id": subnet(1)}));
}

#[test]
fn the_words_of_older_versions_still_mean_the_same() {
    let out = evaluated(&[
        (
            "main.tf",
            r#"
variable "names" {
  type    = "list"
  default = ["a", "b"]
}
variable "amis" {
  type    = "map"
  default = { eu = "ami-1" }
}
data "template_file" "policy" {
  template = "${file("policy.tpl")}"
  vars = {
    bucket = "${aws_s3_bucket.b.bucket}"
    arn    = "${aws_s3_bucket.b.arn}"
  }
}
resource "aws_s3_bucket" "b" {
  bucket = "old"
  tags {
    Name = "old"
  }
  policy = "${data.template_file.policy.rendered}"
}
resource "aws_instance" "i" {
  count = "${length(var.names)}"
  ami   = "${lookup(var.amis, "eu")}"
  tags = "${map("Name", "${element(var.names, count.index)}", "n", "${count.index + 1}")}"
}
resource "aws_eip" "e" {
  instance = "${aws_instance.i.0.id}"
  all      = ["${aws_instance.i.*.id}"]
}
"#,
        ),
        (
            "policy.tpl",
            "{\n  \"Statement\": [{\"Action\": \"s3:*\", \"Resource\": \"${arn}/*\", \"Sid\": \"${bucket}\"}]\n}\n",
        ),
    ]);
    let found = &out.instances;
    assert_eq!(
        body(found, "aws_s3_bucket.b"),
        json!({
            "bucket": "old", "tags": {"Name": "old"},
            "policy": {"Statement": [{"Action": "s3:*", "Resource": open("${aws_s3_bucket.b.arn}/*"), "Sid": "old"}]}
        })
    );
    assert_eq!(body(found, "aws_instance.i[1]"), json!({"ami": "ami-1", "tags": {"Name": "b", "n": 2}}));
    let instance = |n: usize| json!({"Fn::GetAtt": [format!("aws_instance.i[{n}]"), "id"]});
    assert_eq!(
        body(found, "aws_eip.e"),
        json!({"instance": instance(0), "all": [[instance(0), instance(1)]]})
    );
}

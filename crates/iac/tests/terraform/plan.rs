//! Plans, states, and configurations lowered to CloudFormation's words.

use super::support::files;
use serde_json::{Value as Json, json};
use tieout_aws_state::Scope;
use tieout_iac::{Options, Reading, read_files};

fn read(given: &[(&str, &str)]) -> Reading {
    read_files(&files(given), &Options::default())
}

fn properties(reading: &Reading, local: &str) -> Json {
    let found = reading.resources.iter().find(|resource| &*resource.local == local);
    let all: Vec<&str> = reading.resources.iter().map(|resource| &*resource.local).collect();
    found.unwrap_or_else(|| panic!("no {local} in {all:?}")).properties.to_json()
}

const CONFIGURATION: &str = r#"
provider "aws" {
  region = "eu-west-1"
}
variable "versioned" { default = true }
resource "aws_s3_bucket" "logs" {
  bucket = "my-logs"
}
resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id
  versioning_configuration {
    status = var.versioned ? "Enabled" : "Suspended"
  }
}
resource "aws_s3_bucket_public_access_block" "logs" {
  bucket            = aws_s3_bucket.logs.bucket
  block_public_acls = true
}
resource "random_id" "r" {
  byte_length = 4
}
resource "aws_made_up" "u" {}
resource "aws_s3_bucket_versioning" "elsewhere" {
  bucket = "not-here"
  versioning_configuration {
    status = "Enabled"
  }
}
"#;

#[test]
fn satellites_fold_into_their_bucket_with_their_lines() {
    let reading = read(&[("infra/main.tf", CONFIGURATION)]);
    let bucket = reading.resources.iter().find(|resource| &*resource.local == "aws_s3_bucket.logs").unwrap();
    assert_eq!(&*bucket.type_name, "AWS::S3::Bucket");
    assert_eq!(bucket.scope, Scope::Source("infra".into()));
    assert_eq!(bucket.region.as_deref(), Some("eu-west-1"));
    assert_eq!(bucket.at.file_line(), Some(("infra/main.tf", 6)));
    let properties = bucket.properties.to_json();
    assert_eq!(properties["BucketName"], json!("my-logs"));
    assert_eq!(properties["VersioningConfiguration"], json!({"Status": "Enabled"}));
    assert_eq!(properties["PublicAccessBlockConfiguration"], json!({"BlockPublicAcls": true}));
    let status = bucket.properties.at_path(&["VersioningConfiguration"]).unwrap().entry("Status").unwrap();
    assert_eq!(status.node.at.file_line(), Some(("infra/main.tf", 12)));
    let gaps: Vec<&str> = reading.gaps.iter().map(|(gap, _)| &*gap.what).collect();
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    assert!(gaps.iter().any(|what| what.contains("aws_made_up (1)")), "{gaps:?}");
    assert!(gaps.iter().any(|what| what.contains("aws_s3_bucket_versioning.elsewhere")), "{gaps:?}");
    assert_eq!(reading.files.len(), 1);
    assert_eq!(reading.files[0].dialect, "terraform");
}

const PLAN: &str = r#"{
  "format_version": "1.2",
  "terraform_version": "1.11.4",
  "variables": {"region": {"value": "eu-central-1"}},
  "planned_values": {"root_module": {
    "resources": [
      {"address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs",
       "provider_name": "registry.terraform.io/hashicorp/aws",
       "values": {"bucket": "my-logs", "tags": null, "timeouts": null}, "sensitive_values": {"tags_all": {}}},
      {"address": "aws_s3_bucket_versioning.logs[0]", "mode": "managed", "type": "aws_s3_bucket_versioning", "name": "logs", "index": 0,
       "provider_name": "registry.terraform.io/hashicorp/aws",
       "values": {"versioning_configuration": [{"status": "Enabled"}]}, "sensitive_values": {}},
      {"address": "aws_s3_bucket_policy.logs", "mode": "managed", "type": "aws_s3_bucket_policy", "name": "logs",
       "provider_name": "registry.terraform.io/hashicorp/aws", "values": {}, "sensitive_values": {}},
      {"address": "data.aws_iam_policy_document.d", "mode": "data", "type": "aws_iam_policy_document", "name": "d",
       "provider_name": "registry.terraform.io/hashicorp/aws",
       "values": {"statement": [{"sid": "Tls", "effect": "Deny", "actions": ["s3:*"], "resources": [null],
          "principals": [{"type": "*", "identifiers": ["*"]}],
          "condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}]}]}}
    ],
    "child_modules": [{"address": "module.net[\"a\"]", "resources": [
      {"address": "module.net[\"a\"].aws_security_group.web", "mode": "managed", "type": "aws_security_group", "name": "web",
       "provider_name": "registry.terraform.io/hashicorp/aws",
       "values": {"name": "web", "password": "hunter2"}, "sensitive_values": {"password": true}},
      {"address": "module.net[\"a\"].aws_vpc.v", "mode": "managed", "type": "aws_vpc", "name": "v",
       "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"cidr_block": "10.0.0.0/16"}, "sensitive_values": {}}
    ]}]
  }},
  "resource_changes": [
    {"address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs",
     "change": {"actions": ["create"], "after": {}, "after_unknown": {"arn": true, "id": true}}},
    {"address": "aws_s3_bucket_versioning.logs[0]", "mode": "managed", "type": "aws_s3_bucket_versioning", "name": "logs",
     "change": {"actions": ["create"], "after": {}, "after_unknown": {"bucket": true, "id": true, "versioning_configuration": [{"mfa_delete": true}]}}},
    {"address": "aws_s3_bucket_policy.logs", "mode": "managed", "type": "aws_s3_bucket_policy", "name": "logs",
     "change": {"actions": ["create"], "after": {}, "after_unknown": {"bucket": true, "id": true, "policy": true}}},
    {"address": "data.aws_iam_policy_document.d", "mode": "data", "type": "aws_iam_policy_document", "name": "d",
     "change": {"actions": ["read"], "after": {}, "after_unknown": {"id": true, "json": true, "statement": [{"resources": [true]}]}}},
    {"address": "module.net[\"a\"].aws_security_group.web", "mode": "managed", "type": "aws_security_group", "name": "web",
     "change": {"actions": ["create"], "after": {}, "after_unknown": {"id": true, "vpc_id": true, "description": true}}}
  ],
  "configuration": {
    "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}}},
    "root_module": {
      "resources": [
        {"address": "aws_s3_bucket.logs", "mode": "managed", "type": "aws_s3_bucket", "name": "logs", "provider_config_key": "aws", "expressions": {"bucket": {"constant_value": "my-logs"}}},
        {"address": "aws_s3_bucket_versioning.logs", "mode": "managed", "type": "aws_s3_bucket_versioning", "name": "logs", "provider_config_key": "aws",
         "expressions": {"bucket": {"references": ["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]}, "versioning_configuration": [{"status": {"constant_value": "Enabled"}}]}},
        {"address": "aws_s3_bucket_policy.logs", "mode": "managed", "type": "aws_s3_bucket_policy", "name": "logs", "provider_config_key": "aws",
         "expressions": {"bucket": {"references": ["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]}, "policy": {"references": ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]}}},
        {"address": "data.aws_iam_policy_document.d", "mode": "data", "type": "aws_iam_policy_document", "name": "d", "provider_config_key": "aws",
         "expressions": {"statement": [{"resources": {"references": ["aws_s3_bucket.logs.arn", "aws_s3_bucket.logs"]}}]}}
      ],
      "module_calls": {"net": {"source": "./net", "expressions": {"text": {"references": ["aws_s3_bucket.logs.arn", "aws_s3_bucket.logs"]}}, "module": {"resources": [
        {"address": "aws_security_group.web", "mode": "managed", "type": "aws_security_group", "name": "web", "provider_config_key": "module.net:aws",
         "expressions": {"vpc_id": {"references": ["aws_vpc.v.id", "aws_vpc.v"]}, "description": {"references": ["var.text"]}}},
        {"address": "aws_vpc.v", "mode": "managed", "type": "aws_vpc", "name": "v", "provider_config_key": "module.net:aws", "expressions": {}}
      ]}}}
    }
  }
}"#;

#[test]
fn a_plan_has_its_values_and_references_where_a_value_comes_only_with_the_apply() {
    let reading = read(&[("plan.json", PLAN)]);
    let bucket = properties(&reading, "aws_s3_bucket.logs");
    assert_eq!(bucket["VersioningConfiguration"], json!({"Status": "Enabled"}));
    let policy =
        reading.resources.iter().find(|resource| &*resource.type_name == "AWS::S3::BucketPolicy").unwrap();
    let document = policy.properties.to_json();
    assert_eq!(document["Bucket"], json!({"Ref": "aws_s3_bucket.logs"}));
    let statement = &document["PolicyDocument"]["Statement"][0];
    assert_eq!(statement["Sid"], json!("Tls"));
    assert_eq!(statement["Principal"], json!("*"));
    assert_eq!(statement["Condition"], json!({"Bool": {"aws:SecureTransport": "false"}}));
    let group =
        reading.resources.iter().find(|resource| &*resource.type_name == "AWS::EC2::SecurityGroup").unwrap();
    assert_eq!(group.properties.to_json()["VpcId"], json!({"Ref": "module.net[\"a\"].aws_vpc.v"}));
    assert!(reading.resources.iter().all(|resource| resource.region.as_deref() == Some("eu-central-1")));
    assert!(reading.resources.iter().all(|resource| resource.at.file_line().unwrap().0 == "plan.json"));
    assert_eq!(reading.files[0].dialect, "terraform-plan");
}

#[test]
fn a_plan_says_which_bucket_a_trail_and_a_buckets_access_logs_go_to() {
    let plan = r#"{"format_version": "1.2", "resource_changes": [
      {"address": "aws_s3_bucket.logs", "type": "aws_s3_bucket", "name": "logs",
       "change": {"actions": ["create"], "after": {"bucket": "logs"}, "after_unknown": {"id": true}}},
      {"address": "aws_s3_bucket_logging.logs", "type": "aws_s3_bucket_logging", "name": "logs",
       "change": {"actions": ["create"], "after": {"bucket": "logs"}, "after_unknown": {"target_bucket": true}}},
      {"address": "aws_cloudtrail.t", "type": "aws_cloudtrail", "name": "t",
       "change": {"actions": ["create"], "after": {"name": "t"}, "after_unknown": {"s3_bucket_name": true}}}],
    "configuration": {"root_module": {"resources": [
      {"address": "aws_s3_bucket_logging.logs", "type": "aws_s3_bucket_logging", "name": "logs", "expressions":
       {"target_bucket": {"references": ["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]}}},
      {"address": "aws_cloudtrail.t", "type": "aws_cloudtrail", "name": "t", "expressions":
       {"s3_bucket_name": {"references": ["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]}}}]}}}"#;
    let reading = read(&[("plan.json", plan)]);
    let logs = json!({"Ref": "aws_s3_bucket.logs"});
    let bucket = properties(&reading, "aws_s3_bucket.logs");
    assert_eq!(bucket["LoggingConfiguration"]["DestinationBucketName"], logs);
    assert_eq!(properties(&reading, "aws_cloudtrail.t")["S3BucketName"], logs);
}

#[test]
fn what_a_plan_marks_as_sensitive_is_nowhere() {
    let text = format!("{:?}", read(&[("plan.json", PLAN)]).resources);
    assert!(!text.contains("hunter2"));
}

#[test]
fn a_plan_beside_its_configuration_gives_the_values_and_the_configuration_the_lines() {
    let reading = read(&[("infra/main.tf", CONFIGURATION), ("infra/plan.json", PLAN)]);
    let buckets: Vec<_> =
        reading.resources.iter().filter(|resource| &*resource.type_name == "AWS::S3::Bucket").collect();
    assert_eq!(buckets.len(), 1);
    assert_eq!(buckets[0].scope, Scope::Source("infra".into()));
    assert_eq!(buckets[0].at.file_line(), Some(("infra/main.tf", 6)));
    let status = buckets[0].properties.at_path(&["VersioningConfiguration", "Status"]).unwrap();
    assert_eq!(status.at.file_line(), Some(("infra/main.tf", 12)));
}

const STATE: &str = r#"{
  "version": 4, "terraform_version": "1.5.0", "serial": 1, "lineage": "x", "outputs": {},
  "resources": [
    {"mode": "managed", "type": "aws_vpc", "name": "v", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
     "instances": [{"index_key": "k", "schema_version": 1, "attributes": {"id": "vpc-0123456789abcdef0", "arn": "arn:aws:ec2:us-east-2:111122223333:vpc/vpc-0123456789abcdef0", "cidr_block": "10.0.0.0/16"}}]},
    {"module": "module.m", "mode": "managed", "type": "aws_security_group", "name": "web", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
     "instances": [{"schema_version": 1, "attributes": {"id": "sg-0123456789abcdef0", "name": "web", "vpc_id": "vpc-0123456789abcdef0", "secret": "hunter2"}, "sensitive_attributes": [[{"type": "get_attr", "value": "secret"}]]}]}
  ]
}"#;

#[test]
fn a_state_is_read_and_its_ids_are_references() {
    let reading = read(&[("terraform.tfstate", STATE)]);
    let group =
        reading.resources.iter().find(|resource| &*resource.type_name == "AWS::EC2::SecurityGroup").unwrap();
    assert_eq!(&*group.local, "module.m.aws_security_group.web");
    assert_eq!(group.properties.to_json()["VpcId"], json!({"Ref": "aws_vpc.v[\"k\"]"}));
    assert!(!format!("{:?}", reading.resources).contains("hunter2"));
}

#[test]
fn a_state_beside_its_configuration_is_what_was_and_not_looked_at() {
    let reading = read(&[
        ("main.tf", "resource \"aws_vpc\" \"v\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n"),
        ("terraform.tfstate", STATE),
    ]);
    assert_eq!(reading.resources.len(), 1);
}

#[test]
fn malformed_plans_are_gaps_or_nothing() {
    for cut in (0..PLAN.len()).step_by(97) {
        let Some(text) = PLAN.get(..cut) else { continue };
        read(&[("plan.json", text)]);
    }
    for text in [
        r#"{"format_version": "1.2", "planned_values": 3}"#,
        r#"{"format_version": "1.2", "planned_values": {"root_module": {"resources": [1, {"address": 4}, {"address": "a", "type": "aws_vpc", "values": []}]}}}"#,
        r#"{"format_version": 1, "resource_changes": [{"address": "aws_vpc.v", "type": "aws_vpc", "change": {"after": {"a": 1}, "after_unknown": [true]}}], "configuration": []}"#,
        r#"{"version": 4, "terraform_version": "1", "lineage": "x", "resources": [{"instances": [{"attributes": 3}]}]}"#,
    ] {
        read(&[("plan.json", text)]);
    }
}

#[test]
fn a_block_under_a_condition_is_in_cloudformations_words_in_each_case() {
    let reading = read(&[(
        "main.tf",
        r#"
variable "dev" { type = bool }
resource "aws_security_group" "g" {
  dynamic "ingress" {
    for_each = { for p in [22, 80] : p => p if p != 22 || var.dev }
    content {
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}
resource "aws_s3_bucket" "b" {
  versioning {
    enabled = var.dev ? false : true
  }
}
"#,
    )]);
    let find = |local: &str| reading.resources.iter().find(|resource| &*resource.local == local).unwrap();
    let case = |local: &str, holds: bool| find(local).properties.choose(&|_| Some(holds)).to_json();
    let ports = |holds: bool| -> Vec<Json> {
        case("aws_security_group.g", holds)["SecurityGroupIngress"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| json!([rule["FromPort"], rule["CidrIp"]]))
            .collect()
    };
    assert_eq!(ports(true), [json!([22, "0.0.0.0/0"]), json!([80, "0.0.0.0/0"])]);
    assert_eq!(ports(false), [json!([80, "0.0.0.0/0"])]);
    assert_eq!(case("aws_s3_bucket.b", true)["VersioningConfiguration"], json!({"Status": "Suspended"}));
    assert_eq!(case("aws_s3_bucket.b", false)["VersioningConfiguration"], json!({"Status": "Enabled"}));
}

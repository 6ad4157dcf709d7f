//! Each rule of the linter on a case that it is for, and on a twin that is in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // Helpers of tests.

use std::sync::Arc;
use tieout_iam::Policy;
use tieout_iam::lint::{LintLevel, Linted, PolicyKind, lint};

fn linted(statements: &str, kind: PolicyKind) -> Linted {
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statements}}}");
    lint(&Policy::from_json(&text, &Arc::from("policy.json")), kind)
}

fn rules(statements: &str, kind: PolicyKind) -> Vec<&'static str> {
    let found = linted(statements, kind);
    found.lints.iter().map(|lint| lint.rule).collect()
}

/// An identity statement with the given inner part.
fn identity(inner: &str) -> Vec<&'static str> {
    rules(&format!("[{{\"Effect\": \"Allow\", {inner}}}]"), PolicyKind::Identity)
}

#[test]
fn actions_are_held_against_the_tables() {
    let on_all = |action: &str| identity(&format!("\"Action\": {action}, \"Resource\": \"*\""));
    assert_eq!(on_all(r#""s3:GetObjct""#), ["unknown-action"]);
    assert_eq!(on_all(r#""s3:getobject""#), [""; 0]);
    assert_eq!(on_all(r#""dynamdb:GetItem""#), ["unknown-service"]);
    assert_eq!(on_all(r#""s3:Zap*""#), ["wildcard-matches-nothing"]);
    assert_eq!(on_all(r#""GetObject""#), ["action-form"]);
    assert_eq!(on_all(r#""s3*:GetObject""#), ["action-form"]);
    assert_eq!(on_all(r#"["s3:Get*", "s3:GetObject"]"#), ["redundant-action"]);
    assert_eq!(on_all(r#"["s3:GetObject", "s3:GetObject"]"#), ["redundant-action"]);
    assert_eq!(on_all(r#"["s3:Get*", "s3:List*"]"#), [""; 0]);
    assert_eq!(on_all("[]"), ["empty-list"]);
    assert_eq!(on_all(r#""*""#), [""; 0]);
    assert_eq!(identity(r#""NotAction": "iam:*", "Resource": "*""#), ["allow-not-action"]);
}

#[test]
fn what_the_tables_do_not_know_is_not_assessed() {
    let found = linted(
        r#"[{"Effect": "Allow", "Action": ["quantumledgerizer:Do", "s3:FrobnicateTheWholeThing"], "Resource": "*",
             "Condition": {"StringEquals": {"quantumledgerizer:Key": "a", "aws:NothingLikeThisExists": "b"}}}]"#,
        PolicyKind::Identity,
    );
    assert_eq!(found.lints, []);
    assert_eq!(found.gaps.len(), 4, "{:?}", found.gaps);
    assert!(found.gaps.iter().all(|(_, at)| at.file_line().is_some()));
}

#[test]
fn resources_must_be_what_the_actions_work_on() {
    let with =
        |action: &str, resource: &str| identity(&format!("\"Action\": {action}, \"Resource\": {resource}"));
    assert_eq!(with(r#""s3:GetObject""#, r#""arn:aws:s3:::b/*""#), [""; 0]);
    assert_eq!(with(r#""s3:GetObject""#, r#""arn:aws:sqs:eu-west-1:111122223333:b""#), ["wrong-resource"]);
    assert_eq!(with(r#""s3:ListAllMyBuckets""#, r#""arn:aws:s3:::b""#), ["wrong-resource"]);
    assert_eq!(with(r#""s3:ListAllMyBuckets""#, r#""*""#), [""; 0]);
    assert_eq!(with(r#""sqs:*""#, r#""arn:aws:s3:::b""#), ["wrong-resource"]);
    assert_eq!(with(r#""sqs:*""#, r#"["arn:aws:sqs:*:*:jobs", "arn:aws:s3:::b"]"#), ["unused-resource"]);
    assert_eq!(with(r#"["sqs:*", "s3:List*"]"#, r#"["arn:aws:sqs:*:*:jobs", "arn:aws:s3:::b"]"#), [""; 0]);
    assert_eq!(with(r#""s3:*""#, r#""bucket/*""#), ["resource-form"]);
    assert_eq!(with(r#""s3:*""#, r#""arn:aws:s3""#), ["short-arn"]);
    assert_eq!(with(r#""sqs:*""#, r#""arn:amazon:sqs:*:*:jobs""#), ["unknown-partition"]);
    assert_eq!(with(r#""sqs:*""#, r#""arn:aws:sqs:*:1234:jobs""#), ["account-form"]);
    assert_eq!(with(r#""s3:*""#, r#"["arn:aws:s3:::b*", "arn:aws:s3:::b/x"]"#), ["redundant-resource"]);
    assert_eq!(with(r#""sqs:*""#, r#""arn:aws:sqs:*:${aws:PrincipalAccount}:jobs""#), ["variable-place"]);
}

#[test]
fn conditions_fit_their_keys() {
    let on = |condition: &str| {
        identity(&format!("\"Action\": \"s3:*\", \"Resource\": \"*\", \"Condition\": {condition}"))
    };
    assert_eq!(on(r#"{"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}"#), [""; 0]);
    assert_eq!(on(r#"{"StringEquals": {"aws:PrincipalOrgld": "o-abc"}}"#), ["unknown-key"]);
    assert_eq!(on(r#"{"StringEquals": {"s3:x-amz-ac": "private"}}"#), ["unknown-key"]);
    assert_eq!(on(r#"{"StringEquals": {"s3:ExistingObjectTag/team": "a"}}"#), [""; 0]);
    assert_eq!(on(r#"{"NumericLessThan": {"aws:SourceIp": "10"}}"#), ["wrong-operator"]);
    assert_eq!(on(r#"{"StringEquals": {"aws:SourceIp": "10.0.0.1"}}"#), ["wrong-operator"]);
    assert_eq!(on(r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}}"#), ["value-type"]);
    assert_eq!(on(r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#), [""; 0]);
    assert_eq!(on(r#"{"Bool": {"aws:SecureTransport": "yes"}}"#), ["value-type"]);
    assert_eq!(on(r#"{"DateLessThan": {"aws:CurrentTime": "next week"}}"#), ["value-type"]);
    assert_eq!(on(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*"}}"#), ["value-type"]);
    assert_eq!(on(r#"{"StringEquals": {"aws:username": "a*"}}"#), ["wildcard-in-equals"]);
    assert_eq!(on(r#"{"StringLike": {"aws:username": "alice"}}"#), ["like-without-wildcard"]);
    assert_eq!(on(r#"{"StringEquals": {"aws:TagKeys": "a"}}"#), ["missing-set-operator"]);
    assert_eq!(on(r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}"#), [""; 0]);
    assert_eq!(on(r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#), ["for-all-values-absent"]);
    assert_eq!(
        on(r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}"#),
        [""; 0]
    );
    assert_eq!(on(r#"{"ForAllValues:StringEquals": {"aws:username": "a"}}"#), ["set-operator-on-one-value"]);
    assert_eq!(
        on(r#"{"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}"#),
        ["key-of-other-action"]
    );
    assert_eq!(on(r#"{"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:a/b"}}"#), [""; 0]);
}

#[test]
fn an_object_is_no_bucket() {
    let with =
        |action: &str, resource: &str| identity(&format!("\"Action\": {action}, \"Resource\": {resource}"));
    assert_eq!(with(r#""s3:ListBucket""#, r#""arn:aws:s3:::b/*""#), ["wrong-resource"]);
    assert_eq!(
        with(r#""s3:ListBucket""#, r#""arn:aws:s3:::*/logs/*""#),
        ["wrong-resource"],
        "nor an access point"
    );
    assert_eq!(with(r#""s3:ListBucket""#, r#""arn:aws:s3:eu-west-1:111122223333:accesspoint/a""#), [""; 0]);
    assert_eq!(with(r#""sqs:SendMessage""#, r#""arn:aws:sqs:::jobs""#), ["wrong-resource"]);
    assert_eq!(with(r#""s3:ListBucket""#, r#""arn:aws:s3:::b*""#), [""; 0]);
    assert_eq!(with(r#""s3:ListBucket""#, r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#), ["unused-resource"]);
    assert_eq!(
        with(r#"["s3:ListBucket", "s3:GetObject"]"#, r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#),
        [""; 0]
    );
    assert_eq!(with(r#""s3:GetObject""#, r#""arn:aws:s3:::b""#), ["wrong-resource"]);
    assert_eq!(with(r#""s3:GetObject""#, r#""arn:aws:s3:::b*""#), [""; 0]);
    assert_eq!(with(r#""s3:ListBucket""#, r#""arn:aws:s3:::${aws:PrincipalTag/bucket}""#), [""; 0]);
    assert_eq!(with(r#""s3:*""#, r#""arn:aws:s3:::b/*""#), [""; 0]);
}

#[test]
fn every_resource_of_a_type_is_every_resource() {
    let with =
        |action: &str, resource: &str| identity(&format!("\"Action\": {action}, \"Resource\": {resource}"));
    let every = ["every-resource-by-form"];
    assert_eq!(with(r#""sqs:SendMessage""#, r#""arn:aws:sqs:*:*:*""#), every, "a partition is all there is");
    assert_eq!(with(r#""sqs:SendMessage""#, r#""arn:*:sqs:*:*:*""#), every);
    assert_eq!(with(r#""sqs:SendMessage""#, r#""arn:aws:sqs:*:*:jobs-*""#), [""; 0]);
    assert_eq!(with(r#""sqs:SendMessage""#, r#""arn:aws:sqs:*:111122223333:*""#), [""; 0]);
    assert_eq!(
        with(r#""ec2:AttachVolume""#, r#"["arn:*:ec2:*:*:volume/*", "arn:*:ec2:*:*:instance/*"]"#),
        every
    );
    let deny = r#"[{"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "arn:*:sqs:*:*:*"}]"#;
    assert_eq!(rules(deny, PolicyKind::Identity), [""; 0]);
}

#[test]
fn a_key_must_come_with_the_requests_of_the_actions() {
    let with = |actions: &str, condition: &str| {
        let inner = format!("\"Action\": {actions}, \"Resource\": \"*\", \"Condition\": {condition}");
        let found = linted(&format!("[{{\"Effect\": \"Allow\", {inner}}}]"), PolicyKind::Identity);
        found.lints.iter().map(|lint| (lint.rule, lint.level)).collect::<Vec<_>>()
    };
    let never = [("key-of-other-action", LintLevel::Warning)];
    let for_some = [("key-of-other-action", LintLevel::Suggestion)];
    let prefix = r#"{"StringEquals": {"s3:prefix": "home"}}"#;
    assert_eq!(with(r#""s3:ListBucket""#, prefix), []);
    assert_eq!(with(r#""s3:GetObject""#, prefix), never);
    assert_eq!(with(r#"["s3:ListBucket", "s3:GetObject"]"#, prefix), for_some);
    assert_eq!(with(r#""s3:*""#, prefix), []);
    assert_eq!(with(r#""*""#, prefix), []);
    assert_eq!(with(r#""s3:List*""#, prefix), []);
    assert_eq!(with(r#"["s3:List*", "s3:Get*"]"#, prefix), for_some, "no action of Get* has it");
    let if_there = r#"{"StringEqualsIfExists": {"s3:prefix": "home"}}"#;
    assert_eq!(with(r#"["s3:ListBucket", "s3:GetObject"]"#, if_there), []);
    let negated = r#"{"StringNotEquals": {"s3:prefix": "home"}}"#;
    assert_eq!(with(r#"["s3:ListBucket", "s3:GetObject"]"#, negated), []);
    let passed = r#"{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#;
    assert_eq!(with(r#""iam:PassRole""#, passed), []);
    assert_eq!(with(r#""iam:GetRole""#, passed), never);
    assert_eq!(with(r#"["iam:GetRole", "nosuchservice:Do"]"#, passed), never);
    let tag = r#"{"StringEquals": {"ec2:ResourceTag/team": "pay"}}"#;
    assert_eq!(with(r#""ec2:StartInstances""#, tag), []);
    assert_eq!(with(r#"["ec2:StartInstances", "ec2:DescribeInstances"]"#, tag), for_some);
}

#[test]
fn a_second_factor_is_asked_for_where_the_key_is_absent_too() {
    let rules_of = |effect: &str, condition: &str| {
        let statement = format!(
            r#"[{{"Effect": "{effect}", "Action": "s3:*", "Resource": "*", "Condition": {condition}}}]"#
        );
        rules(&statement, PolicyKind::Identity)
    };
    assert_eq!(rules_of("Deny", r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#), ["second-factor"]);
    assert_eq!(rules_of("Deny", r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#), [""; 0]);
    assert_eq!(
        rules_of("Allow", r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}"#),
        ["second-factor"]
    );
    assert_eq!(rules_of("Allow", r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#), [""; 0]);
    assert_eq!(rules_of("Allow", r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#), ["second-factor"]);
    assert_eq!(rules_of("Allow", r#"{"Bool": {"aws:SecureTransport": "false"}}"#), [""; 0]);
    assert_eq!(rules_of("Deny", r#"{"Bool": {"aws:SecureTransport": "false"}}"#), [""; 0]);
}

#[test]
fn a_call_that_names_several_resources_needs_all_of_them() {
    let with = |statements: &str| rules(statements, PolicyKind::Identity);
    let one =
        r#"[{"Effect": "Allow", "Action": "ec2:AttachVolume", "Resource": "arn:aws:ec2:*:*:volume/*"}]"#;
    assert_eq!(with(one), ["missing-resource-type"]);
    assert_eq!(rules(one, PolicyKind::Scp), [""; 0]);
    let both = r#"[{"Effect": "Allow", "Action": "ec2:AttachVolume",
        "Resource": ["arn:aws:ec2:*:111122223333:volume/*", "arn:aws:ec2:*:*:instance/*"]}]"#;
    assert_eq!(with(both), [""; 0]);
    let apart = r#"[{"Effect": "Allow", "Action": "ec2:AttachVolume", "Resource": "arn:aws:ec2:*:*:volume/*"},
        {"Effect": "Allow", "Action": "ec2:Attach*", "Resource": "arn:aws:ec2:*:*:instance/*"}]"#;
    assert_eq!(with(apart), [""; 0]);
    let choice = r#"[{"Effect": "Allow", "Action": "bedrock:InvokeModel",
        "Resource": "arn:aws:bedrock:*::foundation-model/*"}]"#;
    assert_eq!(with(choice), [""; 0]);
    let denied =
        r#"[{"Effect": "Deny", "Action": "ec2:AttachVolume", "Resource": "arn:aws:ec2:*:*:volume/*"}]"#;
    assert_eq!(with(denied), [""; 0]);
}

#[test]
fn a_region_has_the_form_of_one() {
    let with = |region: &str| {
        identity(&format!("\"Action\": \"sqs:*\", \"Resource\": \"arn:aws:sqs:{region}:111122223333:jobs\""))
    };
    for region in
        ["eu-central-1", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1", "ap-southeast-5", "*", "eu-*"]
    {
        assert_eq!(with(region), [""; 0], "{region}");
    }
    for region in ["europe", "eu-west", "us-east1", "eu_west_1", "west-1", "EU-WEST-1", "eu-west-one"] {
        assert_eq!(with(region), ["region-form"], "{region}");
    }
}

#[test]
fn conditions_that_exclude_each_other_are_found() {
    let on = |condition: &str| {
        identity(&format!("\"Action\": \"s3:*\", \"Resource\": \"*\", \"Condition\": {condition}"))
    };
    let impossible = [
        r#"{"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"aws:username": ["a", "b"]}}"#,
        r#"{"StringEquals": {"aws:username": "a"}, "StringLike": {"aws:username": "b*"}}"#,
        r#"{"Null": {"aws:username": "true"}, "StringEquals": {"aws:username": "a"}}"#,
        r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}"#,
        r#"{"NumericLessThanEquals": {"aws:MultiFactorAuthAge": "60"}, "NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": "61"}}"#,
        r#"{"NumericEquals": {"aws:MultiFactorAuthAge": ["10", "20"]}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "20"}}"#,
        r#"{"NumericEquals": {"aws:MultiFactorAuthAge": "10"}, "NumericNotEquals": {"aws:MultiFactorAuthAge": "10.0"}}"#,
        r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": ["10", "60"]}, "NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": ["60", "90"]}}"#,
        r#"{"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}, "DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#,
        r#"{"DateEquals": {"aws:CurrentTime": "2020-01-01"}, "DateNotEquals": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}, "NotIpAddressIfExists": {"aws:SourceIp": ["192.0.2.0/24", "10.0.0.0/8"]}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "IpAddressIfExists": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}, "StringEqualsIgnoreCase": {"aws:PrincipalOrgID": "o-b"}}"#,
        r#"{"StringLike": {"aws:username": "a*"}, "StringNotLike": {"aws:username": "*"}}"#,
        r#"{"StringLike": {"aws:username": ["a*x", "a*y"]}, "StringLikeIfExists": {"aws:username": "b*"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}"#,
        r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:*:a"}, "StringEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:b"}}"#,
        r#"{"Null": {"aws:username": "true"}, "ArnLikeIfExists": {"aws:SourceArn": "arn:aws:sns:*:*:a"}, "StringLike": {"aws:username": "a*"}}"#,
    ];
    for condition in impossible {
        assert_eq!(on(condition), ["impossible-condition"], "{condition}");
    }
    let possible = [
        r#"{"StringEquals": {"aws:username": ["a", "c"]}, "StringNotEquals": {"aws:username": "a"}}"#,
        r#"{"StringEquals": {"aws:username": "ba"}, "StringLike": {"aws:username": "b*"}}"#,
        r#"{"Null": {"aws:username": "false"}, "StringEquals": {"aws:username": "a"}}"#,
        r#"{"NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}"#,
        r#"{"NumericLessThanEquals": {"aws:MultiFactorAuthAge": "60"}, "NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": "60"}}"#,
        r#"{"NumericEquals": {"aws:MultiFactorAuthAge": ["10", "20"]}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "15"}}"#,
        r#"{"NumericEquals": {"aws:MultiFactorAuthAge": "10"}, "NumericNotEquals": {"aws:MultiFactorAuthAge": "11"}}"#,
        r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": ["10", "61"]}, "NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": ["60", "90"]}}"#,
        r#"{"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#,
        r#"{"DateEquals": {"aws:CurrentTime": "2020-01-01"}, "DateNotEquals": {"aws:CurrentTime": "2020-01-02"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NotIpAddress": {"aws:SourceIp": "10.1.0.0/16"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": ["10.1.0.0/16", "198.51.100.0/24"]}, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "IpAddressIfExists": {"aws:SourceIp": ["192.0.2.0/24", "10.1.2.3"]}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}, "StringEqualsIgnoreCase": {"aws:PrincipalOrgID": "O-A"}}"#,
        r#"{"StringLike": {"aws:username": "a*"}, "StringNotLike": {"aws:username": "ab*"}}"#,
        r#"{"StringLike": {"aws:username": ["a*x", "b*y"]}, "StringLikeIfExists": {"aws:username": "b*"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a"}}"#,
        r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:*:a"}, "StringEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:a"}}"#,
        r#"{"StringEqualsIfExists": {"aws:username": "a"}, "StringNotEquals": {"aws:username": "a"}}"#,
        r#"{"StringEqualsIfExists": {"aws:username": "a"}, "StringNotLikeIfExists": {"aws:username": "*"}}"#,
        r#"{"StringLike": {"aws:username": "${aws:PrincipalTag/a}*"}, "StringEquals": {"aws:username": "b"}}"#,
    ];
    for condition in possible {
        assert_eq!(on(condition), [""; 0], "{condition}");
    }
}

#[test]
fn each_kind_of_policy_may_say_what_aws_lets_it_say() {
    let everyone = r#"[{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]"#;
    assert_eq!(rules(everyone, PolicyKind::Identity), ["unsupported-principal"]);
    assert_eq!(rules(everyone, PolicyKind::Resource), [""; 0]);
    assert_eq!(rules(everyone, PolicyKind::Rcp), [""; 0]);
    assert_eq!(rules(everyone, PolicyKind::Trust), ["unsupported-resource", "trust-action"]);
    let nobody = r#"[{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]"#;
    assert_eq!(rules(nobody, PolicyKind::Resource), ["missing-principal"]);
    assert_eq!(rules(nobody, PolicyKind::Scp), [""; 0]);
    assert_eq!(rules(nobody, PolicyKind::Rcp), ["missing-principal", "rcp-allow"]);
    let named =
        r#"[{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}]"#;
    assert_eq!(rules(named, PolicyKind::VpcEndpoint), ["unsupported-principal"]);
    let trust = r#"[{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]"#;
    assert_eq!(rules(trust, PolicyKind::Trust), [""; 0]);
    assert_eq!(rules(trust, PolicyKind::Resource), ["missing-resource"]);
    let not = r#"[{"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}]"#;
    assert_eq!(rules(not, PolicyKind::Resource), ["allow-not-principal"]);
    let wild = r#"[{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}, "Action": "s3:*", "Resource": "*"}]"#;
    assert_eq!(rules(wild, PolicyKind::Resource), ["wildcard-in-principal"]);
    let odd = r#"[{"Effect": "Allow", "Principal": {"AWS": "1234"}, "Action": "s3:*", "Resource": "*"}]"#;
    assert_eq!(rules(odd, PolicyKind::Resource), ["principal-form"]);
    let gone = r#"[{"Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLEID1234567"}, "Action": "s3:*", "Resource": "*"}]"#;
    assert_eq!(rules(gone, PolicyKind::Resource), ["deleted-principal"]);
}

#[test]
fn statements_without_effect_are_found() {
    let two = |one: &str, two: &str| rules(&format!("[{one}, {two}]"), PolicyKind::Identity);
    let get = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}"#;
    let all = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    let none = r#"{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}"#;
    let limited = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "a"}}}"#;
    assert_eq!(two(get, all), ["redundant-statement"]);
    assert_eq!(two(all, get), ["redundant-statement"]);
    assert_eq!(two(get, get), ["redundant-statement"]);
    assert_eq!(two(get, limited), [""; 0]);
    assert_eq!(two(all, limited), ["redundant-statement"]);
    assert_eq!(two(get, none), ["shadowed-statement"]);
    assert_eq!(two(all, none), [""; 0]);
}

#[test]
fn size_ids_and_version_are_looked_at() {
    let many: Vec<String> =
        (0..400).map(|n| format!("\"arn:aws:s3:::bucket-number-{n:05}/some/prefix/*\"")).collect();
    let long =
        format!(r#"[{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [{}]}}]"#, many.join(", "));
    assert_eq!(rules(&long, PolicyKind::Identity), ["too-large"]);
    assert_eq!(rules(&long, PolicyKind::Session), ["too-large"]);
    let twice = r#"[{"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                    {"Sid": "A", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]"#;
    assert_eq!(rules(twice, PolicyKind::Identity), ["duplicate-sid"]);
    let spaced = r#"[{"Sid": "let me in", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]"#;
    assert_eq!(rules(spaced, PolicyKind::Identity), ["sid-form"]);
    assert_eq!(rules(spaced, PolicyKind::Scp), [""; 0]);
    let old = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                  "Condition": {"StringEquals": {"aws:username": "${aws:PrincipalTag/x}"}}}]}"#;
    let found = lint(&Policy::from_json(old, &Arc::from("p.json")), PolicyKind::Identity);
    assert_eq!(
        found.lints.iter().map(|lint| lint.rule).collect::<Vec<_>>(),
        ["old-version", "variable-version"]
    );
}

#[test]
fn a_lint_points_at_what_it_is_about() {
    let text = "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [{\n  \"Effect\": \"Allow\",\n  \"Action\": [\n   \"s3:GetObject\",\n   \"s3:GetObjct\"\n  ],\n  \"Resource\": \"*\"\n }]\n}";
    let found = lint(&Policy::from_json(text, &Arc::from("p.json")), PolicyKind::Identity);
    assert_eq!(found.lints.len(), 1);
    assert_eq!(found.lints[0].at.file_line(), Some(("p.json", 7)));
    assert!(found.lints[0].message.contains("s3:GetObject"), "{}", found.lints[0].message);
    let broken =
        lint(&Policy::from_json("{\n\"Statement\": oops", &Arc::from("p.json")), PolicyKind::Identity);
    assert_eq!(broken.lints[0].rule, "syntax");
    assert_eq!(broken.lints[0].at.file_line(), Some(("p.json", 2)));
}

#[test]
fn the_kind_of_a_document_is_guessed_from_its_statements() {
    let guess = |statements: &str| {
        let text = format!("{{\"Statement\": {statements}}}");
        PolicyKind::guess(&Policy::from_json(&text, &Arc::from("p.json")))
    };
    assert_eq!(guess(r#"[{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]"#), PolicyKind::Identity);
    assert_eq!(
        guess(r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}"#),
        PolicyKind::Trust
    );
    assert_eq!(
        guess(r#"[{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]"#),
        PolicyKind::Resource
    );
    assert_eq!(
        guess(r#"[{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]"#),
        PolicyKind::Key
    );
}

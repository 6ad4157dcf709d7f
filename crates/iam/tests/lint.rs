//! Each rule of the linter on a case that it is for, and on a twin that is in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // Helpers of tests.

use std::sync::Arc;
use tieout_iam::Policy;
use tieout_iam::lint::{Linted, PolicyKind, lint};

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
fn conditions_that_exclude_each_other_are_found() {
    let on = |condition: &str| {
        identity(&format!("\"Action\": \"s3:*\", \"Resource\": \"*\", \"Condition\": {condition}"))
    };
    let impossible = [
        r#"{"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"aws:username": ["a", "b"]}}"#,
        r#"{"StringEquals": {"aws:username": "a"}, "StringLike": {"aws:username": "b*"}}"#,
        r#"{"Null": {"aws:username": "true"}, "StringEquals": {"aws:username": "a"}}"#,
        r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}"#,
    ];
    for condition in impossible {
        assert_eq!(on(condition), ["impossible-condition"], "{condition}");
    }
    let possible = [
        r#"{"StringEquals": {"aws:username": ["a", "c"]}, "StringNotEquals": {"aws:username": "a"}}"#,
        r#"{"StringEquals": {"aws:username": "ba"}, "StringLike": {"aws:username": "b*"}}"#,
        r#"{"Null": {"aws:username": "false"}, "StringEquals": {"aws:username": "a"}}"#,
        r#"{"NumericGreaterThan": {"aws:MultiFactorAuthAge": "60"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}"#,
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

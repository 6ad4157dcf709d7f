//! Cases that look alike and are not: what must fail beside what must not, and what cannot be told.

// A helper of a test may panic as the test itself may.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use tieout_aws_live::{CollectOptions, Replay, Session, collect};
use tieout_aws_state::State;
use tieout_iac::{Options, SourceFile, read_files};
use tieout_model::Status::{self, Fail, NotAssessed, Pass};
use tieout_model::time::macros::date;

/// The verdicts of a check on a template, by subject.
fn verdicts(check: &str, path: &str, text: &str) -> BTreeMap<String, Status> {
    let file = SourceFile { path: path.into(), text: text.into() };
    let reading = read_files(&[file], &Options::default());
    verdicts_of(check, &State::build(reading.resources, Vec::new(), date!(2026 - 01 - 15)))
}

fn verdicts_of(check: &str, state: &State) -> BTreeMap<String, Status> {
    let check = tieout_aws_checks::checks().into_iter().find(|known| known.about().id == check).unwrap();
    let (results, ..) = tieout_aws_checks::run(state, &[check]).finish();
    results.into_iter().map(|result| (result.subject.id, result.status)).collect()
}

fn bucket_with(statement: &str) -> String {
    format!(
        r#"{{"Resources": {{
            "Data": {{"Type": "AWS::S3::Bucket", "Properties": {{"PublicAccessBlockConfiguration": {{"BlockPublicAcls": true}}}}}},
            "Policy": {{"Type": "AWS::S3::BucketPolicy", "Properties": {{"Bucket": {{"Ref": "Data"}},
                "PolicyDocument": {{"Version": "2012-10-17", "Statement": [{statement}]}}}}}}}}}}"#
    )
}

#[test]
fn a_policy_for_anyone_is_public_unless_a_condition_keeps_outsiders_out() {
    let grant = |principal: &str, rest: &str| {
        format!(
            r#"{{"Effect": "Allow", {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"{rest}}}"#
        )
    };
    let anyone = r#""Principal": "*""#;
    let any_account = r#""Principal": {"AWS": ["*"]}"#;
    let when = |condition: &str| format!(r#", "Condition": {condition}"#);
    let cases = [
        (grant(anyone, ""), Fail),
        (grant(any_account, ""), Fail),
        (grant(r#""NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}"#, ""), Fail),
        (grant(anyone, &when(r#"{"Bool": {"aws:SecureTransport": "true"}}"#)), Fail),
        (grant(anyone, &when(r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}"#)), Fail),
        (grant(anyone, &when(r#"{"StringLike": {"aws:PrincipalArn": "*"}}"#)), Fail),
        (grant(anyone, &when(r#"{"StringLikeIfExists": {"aws:PrincipalOrgID": "o-a1"}}"#)), Fail),
        (grant(anyone, &when(r#"{"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}"#)), Pass),
        (grant(anyone, &when(r#"{"StringEquals": {"aws:SourceVpce": "vpce-1a2b"}}"#)), Pass),
        (grant(any_account, &when(r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#)), Pass),
        (grant(r#""Principal": {"Service": "cloudfront.amazonaws.com"}"#, ""), Pass),
        (grant(r#""Principal": {"AWS": "arn:aws:iam::111122223333:root"}"#, ""), Pass),
        (grant(r#""Principal": {"AWS": {"Fn::ImportValue": "Reader"}}"#, ""), NotAssessed),
    ];
    for (statement, wanted) in cases {
        let seen = verdicts("s3-bucket-not-public", "template.json", &bucket_with(&statement));
        assert_eq!(seen, BTreeMap::from([("Data".to_owned(), wanted)]), "{statement}");
    }
}

#[test]
fn a_condition_of_the_template_decides_only_where_both_branches_agree() {
    let bucket = |rest: &str| {
        format!(
            "Parameters: {{Stage: {{Type: String}}}}\nConditions:\n  Open: !Equals [!Ref Stage, open]\nResources:\n  Data:\n    Type: AWS::S3::Bucket\n    Properties:\n      AccessControl: !If [Open, PublicRead, Private]\n      OwnershipControls: {{Rules: [{{ObjectOwnership: ObjectWriter}}]}}\n{rest}"
        )
    };
    let block = "      PublicAccessBlockConfiguration: {IgnorePublicAcls: true}\n";
    let none = "      PublicAccessBlockConfiguration: {IgnorePublicAcls: false}\n";
    let verdict = |rest: &str| verdicts("s3-bucket-acl-grants", "template.yaml", &bucket(rest))["Data"];
    assert_eq!(verdict(block), Pass);
    assert_eq!(verdict(none), NotAssessed);
}

const TRUST: &str = r#"{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}"#;

#[test]
fn a_role_is_an_administrator_by_whatever_way_the_policy_reaches_it() {
    let all = r#"{Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}"#;
    let role = |extra: &str| {
        format!(
            "  Job:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {TRUST}\n{extra}"
        )
    };
    let cases = [
        (role("      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n"), Fail),
        (
            role(
                "      ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']\n",
            ),
            Fail,
        ),
        (role("      ManagedPolicyArns: [arn:aws:iam::aws:policy/PowerUserAccess]\n"), Pass),
        (role(&format!("      Policies: [{{PolicyName: p, PolicyDocument: {all}}}]\n")), Fail),
        (
            role("")
                + &format!(
                    "  P:\n    Type: AWS::IAM::RolePolicy\n    Properties: {{PolicyName: p, RoleName: !Ref Job, PolicyDocument: {all}}}\n"
                ),
            Fail,
        ),
        (
            role("")
                + &format!(
                    "  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{Roles: [!Ref Job], PolicyDocument: {all}}}\n"
                ),
            Fail,
        ),
        (
            role("")
                + &format!(
                    "  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{PolicyDocument: {all}}}\n"
                ),
            Pass,
        ),
        (
            role(&format!(
                "      Policies:\n        - {{PolicyName: p, PolicyDocument: {all}}}\n        - {{PolicyName: q, PolicyDocument: {{Version: \"2012-10-17\", Statement: {{Effect: Deny, NotAction: \"s3:*\", Resource: \"*\"}}}}}}\n"
            )),
            Pass,
        ),
        (role("      ManagedPolicyArns: [!ImportValue Shared]\n"), NotAssessed),
    ];
    for (resources, wanted) in cases {
        let seen = verdicts(
            "iam-role-no-administrator-access",
            "template.yaml",
            &format!("Resources:\n{resources}"),
        );
        assert_eq!(seen, BTreeMap::from([("Job".to_owned(), wanted)]), "{resources}");
    }
}

#[test]
fn terraform_attaches_policies_in_several_ways_and_all_count() {
    let user = "resource \"aws_iam_user\" \"ann\" {\n  name = \"ann\"\n}\n";
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let cases = [
        (format!("resource \"aws_iam_policy_attachment\" \"a\" {{\n  name = \"a\"\n  users = [aws_iam_user.ann.name]\n  policy_arn = \"{admin}\"\n}}\n"), Fail),
        ("resource \"aws_iam_user_policy\" \"a\" {\n  user = aws_iam_user.ann.name\n  policy = jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Action = [\"*\"], Resource = [\"*\"]}]})\n}\n".to_owned(), Fail),
        ("resource \"aws_iam_user_policy\" \"a\" {\n  user = aws_iam_user.ann.name\n  policy = jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Action = [\"s3:GetObject\"], Resource = [\"*\"]}]})\n}\n".to_owned(), Pass),
        (format!("resource \"aws_iam_user_policy_attachment\" \"a\" {{\n  user = \"somebody-else\"\n  policy_arn = \"{admin}\"\n}}\n"), Pass),
    ];
    for (rest, wanted) in cases {
        let seen = verdicts("iam-user-no-administrator-access", "main.tf", &format!("{user}{rest}"));
        assert_eq!(seen.get("aws_iam_user.ann"), Some(&wanted), "{rest}");
    }
}

#[test]
fn an_inline_policy_is_a_subject_of_its_own() {
    let template = format!(
        "Resources:\n  Job:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {TRUST}\n      Policies:\n        - PolicyName: read\n          PolicyDocument: {{Version: \"2012-10-17\", Statement: {{Effect: Allow, Action: s3:GetObject, Resource: \"*\"}}}}\n        - PolicyName: all\n          PolicyDocument: {{Version: \"2012-10-17\", Statement: {{Effect: Allow, Action: \"*\", Resource: \"*\"}}}}\n"
    );
    let seen = verdicts("iam-policy-no-administrator", "template.yaml", &template);
    assert_eq!(seen, BTreeMap::from([("Job#all".to_owned(), Fail), ("Job#read".to_owned(), Pass)]));
}

#[test]
fn what_may_not_be_listed_is_not_assessed_and_never_passes() {
    let session = Session::from(
        Replay::parse(r#"{"tieout_record": 1, "account": "123456789012", "regions": ["us-east-1"]}"#)
            .unwrap(),
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let collected = runtime.block_on(collect(&session, &CollectOptions::default()));
    let state = State::build(collected.resources, collected.population_gaps, date!(2026 - 01 - 15));
    for check in tieout_aws_checks::checks() {
        let (results, findings, gaps) = tieout_aws_checks::run(&state, &[check]).finish();
        let id = check.about().id;
        assert!(results.iter().all(|result| result.status == NotAssessed), "{id}: {results:?}");
        assert!(findings.is_empty(), "{id}");
        assert_eq!(results.is_empty(), gaps.is_empty(), "{id}");
    }
}

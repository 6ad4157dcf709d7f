//! Minimal pairs over forms: how ARNs are written in each layer, keys with one value and with many, actions that
//! need no permission, and the shapes a case may have in the file.
//!
//! Sources: IAM user guide ("IAM JSON policy elements: Resource", "Identify AWS resources with ARNs",
//! "Single-valued vs. multivalued context keys"), STS API reference (`GetCallerIdentity`). What these leave open
//! is decided as `@cloud-copilot/iam-simulate` 0.1.173 decides it, run as a black box.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // Helpers of tests.

use serde_json::{Value, json};
use tieout_iam::simulate_jsonl;

const OWN: &str = "111122223333";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/api/s1";

const QUEUE: (&str, &str) = ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs");
const OBJECT: (&str, &str) = ("s3:GetObject", "arn:aws:s3:::invoices/a/b.pdf");
const TABLE: (&str, &str) = ("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/Books");
const FUNCTION: (&str, &str) =
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:api");
const STREAM: (&str, &str) =
    ("logs:PutLogEvents", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/x:log-stream:s");
const ROLE: (&str, &str) = ("iam:GetRole", "arn:aws:iam::111122223333:role/team/api");

fn doc(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn case(principal: Value, action: &str, resource: &str, policies: Value) -> Value {
    json!({
        "request": {"principal": principal, "action": action, "resource": resource, "resourceAccount": OWN,
                    "context": {}},
        "policies": policies,
    })
}

fn decide(cases: &[Value]) -> Vec<Value> {
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    let mut out = Vec::new();
    simulate_jsonl(lines.join("\n").as_bytes(), &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn decision(case: Value) -> String {
    let answer = decide(std::slice::from_ref(&case)).remove(0);
    answer["decision"].as_str().unwrap_or_else(|| panic!("{answer} for {case}")).to_owned()
}

/// Whether a statement with this pattern applies to the resource, asked by its effect in a layer.
fn applies(layer: &str, element: &str, pattern: &Value, (action, resource): (&str, &str)) -> bool {
    let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let mut asked = json!({"Effect": "Deny", "Action": "*"});
    asked[element] = pattern.clone();
    let by_all = |mut statement: Value| {
        statement["Principal"] = json!("*");
        statement
    };
    let own = doc(std::slice::from_ref(&everything));
    let both = doc(&[everything.clone(), asked.clone()]);
    let with_principal = doc(&[by_all(everything), by_all(asked.clone())]);
    let policies = match layer {
        "identity" => json!({"identity": [both]}),
        "boundary" => json!({"identity": [own], "boundary": [both]}),
        "session" => json!({"identity": [own], "session": both}),
        "scp" => json!({"identity": [own.clone()], "scp": [[own], [both]]}),
        "rcp" => json!({"identity": [own], "rcp": [[doc(&[by_all(asked)])]]}),
        "resource" => json!({"identity": [own], "resource": with_principal}),
        "vpce" => json!({"identity": [own], "vpce": [with_principal]}),
        other => panic!("no layer {other}"),
    };
    match decision(case(json!(SESSION), action, resource, policies)).as_str() {
        "ExplicitlyDenied" => true,
        "Allowed" => false,
        other => panic!("{other} for {layer} {element} {pattern}"),
    }
}

const LAYERS: [&str; 7] = ["identity", "boundary", "session", "scp", "rcp", "resource", "vpce"];

#[test]
fn full_arns_mean_the_same_in_every_layer() {
    let rows = [
        (QUEUE, "arn:aws:sqs:eu-west-1:111122223333:jobs", true),
        (QUEUE, "arn:aws:sqs:eu-west-1:111122223333:Jobs", false),
        (QUEUE, "arn:aws:sqs:EU-west-1:111122223333:jobs", true),
        (QUEUE, "ARN:AWS:SQS:eu-west-1:111122223333:jobs", true),
        (QUEUE, "arn:aws:s*:*:*:jobs", true),
        (QUEUE, "arn:aws:sqs:us-*:*:jobs", false),
        (QUEUE, "arn:aws:sqs:::jobs", false),
        (QUEUE, "arn:aws:sqs:eu-west-1:1111*:j?bs", true),
        (OBJECT, "arn:aws:s3:::*/b.pdf", true),
        (OBJECT, "arn:aws:s3:::inv*/*.pdf", true),
        (OBJECT, "arn:aws:s3:::Invoices/*", false),
        (TABLE, "arn:aws:dynamodb:*:*:table/*", true),
        (TABLE, "arn:aws:dynamodb:*:*:tab*", true),
        // A resource type has no wildcard.
        (TABLE, "arn:aws:dynamodb:*:*:tab*/Books", false),
        (TABLE, "arn:aws:dynamodb:*:*:*/Books", false),
        (FUNCTION, "arn:aws:lambda:*:*:f*api", true),
        (FUNCTION, "arn:aws:lambda:*:*:*:api", false),
        (STREAM, "arn:aws:logs:*:*:log-group:*:log-stream:*", true),
        (STREAM, "arn:aws:logs:*:*:*:log-stream:s", false),
        (ROLE, "arn:aws:iam::*:role/*", true),
        (ROLE, "arn:aws:iam::*:r*/api", false),
    ];
    for (target, pattern, matched) in rows {
        for layer in LAYERS {
            let pattern = json!(pattern);
            assert_eq!(applies(layer, "Resource", &pattern, target), matched, "{layer} {pattern}");
            assert_eq!(applies(layer, "NotResource", &pattern, target), !matched, "{layer} not {pattern}");
        }
    }
}

#[test]
fn short_arns_are_completed_in_policies_of_identities() {
    const OF_IDENTITY: &[&str] = &["identity", "boundary", "session"];
    const NOT_RCP_SCP: &[&str] = &["identity", "boundary", "session", "resource", "vpce"];
    let rows: [(&str, &[&str]); 9] = [
        ("arn:aws:sqs", OF_IDENTITY),
        ("arn:aws:sqs:eu-west-1", OF_IDENTITY),
        ("arn:aws:sqs:eu-west-1:111122223333", OF_IDENTITY),
        ("arn:aws:sqs:us-east-1", &[]),
        ("arn:aws:sns", &[]),
        ("arn:aws:sqs:*:111122223333", NOT_RCP_SCP),
        // A `*` at the end takes in what follows.
        ("arn:aws:sqs:*", &LAYERS),
        ("arn:aws:sqs:eu-west-1*", &LAYERS),
        ("arn:aws:sns:*", &[]),
    ];
    for (pattern, layers) in rows {
        for layer in LAYERS {
            let expected = layers.contains(&layer);
            assert_eq!(applies(layer, "Resource", &json!(pattern), QUEUE), expected, "{layer} {pattern}");
        }
    }
}

#[test]
fn a_short_arn_in_not_resource_makes_the_statement_say_nothing() {
    for pattern in [json!("arn:aws:sqs"), json!("arn:aws:sns:*"), json!(["arn:aws:s3:::x", "arn:aws:sns:*"])]
    {
        for layer in LAYERS {
            let literal = pattern == json!("arn:aws:sqs") && matches!(layer, "resource" | "vpce");
            assert_eq!(applies(layer, "NotResource", &pattern, QUEUE), literal, "{layer} {pattern}");
        }
    }
    assert!(applies("identity", "NotResource", &json!(["arn:aws:s3:::x", "arn:aws:sns:*:*:x"]), QUEUE));
}

#[test]
fn a_variable_without_value_matches_nothing_and_leaves_nothing_out() {
    let rows = [
        ("arn:aws:sqs:*:*:${aws:none}", false),
        ("arn:aws:sqs:*:*:${aws:none}x", false),
        ("arn:aws:sqs:*:*:${aws:none, 'jobs'}", true),
        ("arn:aws:sqs:*:*:${aws:none, 'other'}", false),
        // Variables stand in the resource only.
        ("arn:aws:sqs:*:${aws:PrincipalAccount}:jobs", false),
        ("arn:aws:sqs:*:*:job${*}", false),
        ("arn:aws:sqs:*:*:job*", true),
    ];
    for (pattern, matched) in rows {
        for layer in LAYERS {
            let pattern = json!(pattern);
            assert_eq!(applies(layer, "Resource", &pattern, QUEUE), matched, "{layer} {pattern}");
            assert_eq!(applies(layer, "NotResource", &pattern, QUEUE), !matched, "{layer} not {pattern}");
        }
    }
}

#[test]
fn the_caller_may_always_ask_who_it_is() {
    let everything = |effect: &str| doc(&[json!({"Effect": effect, "Action": "*", "Resource": "*"})]);
    for action in ["sts:GetCallerIdentity", "sts:getcalleridentity"] {
        for policies in [
            json!({}),
            json!({"identity": [everything("Deny")]}),
            json!({"scp": [[everything("Allow")], [everything("Deny")]]}),
        ] {
            assert_eq!(decision(case(json!(SESSION), action, "*", policies)), "Allowed");
        }
    }
    assert_eq!(decision(case(json!(SESSION), "sts:GetFederationToken", "*", json!({}))), "ImplicitlyDenied");
}

#[test]
fn keys_with_one_value_and_with_many_are_told_apart() {
    let rows = [
        ("StringEquals", "aws:PrincipalTag/team", json!("red"), true),
        ("StringEquals", "aws:PrincipalTag/team", json!(["red"]), true),
        ("StringEquals", "aws:PrincipalTag/team", json!(["blue", "red"]), false),
        ("StringEquals", "aws:TagKeys", json!(["red"]), false),
        ("StringEquals", "aws:TagKeys", json!("red"), false),
        ("ForAnyValue:StringEquals", "aws:TagKeys", json!("red"), true),
        ("ForAnyValue:StringEquals", "aws:tagkeys", json!(["blue", "red"]), true),
        ("ForAllValues:StringEquals", "aws:TagKeys", json!(["blue", "red"]), false),
        ("StringEquals", "dynamodb:LeadingKeys", json!(["red"]), false),
    ];
    for (operator, key, value, holds) in rows {
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*",
                               "Condition": {operator: {key: "red"}}});
        let mut asked = case(json!(SESSION), QUEUE.0, QUEUE.1, json!({"identity": [doc(&[statement])]}));
        asked["request"]["context"] = json!({key: value});
        let expected = if holds { "Allowed" } else { "ImplicitlyDenied" };
        assert_eq!(decision(asked), expected, "{operator} {key} {value}");
    }
}

#[test]
fn a_case_is_read_in_every_shape_that_aws_accepts() {
    let allow = json!({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"});
    let document = doc(std::slice::from_ref(&allow));
    let shapes = [
        json!({"identity": [document], "resource": null, "boundary": null, "session": null, "scp": null,
               "rcp": null, "vpce": null}),
        json!({"identity": [document], "resource": [], "boundary": [], "session": [], "scp": [], "vpce": []}),
        json!({"identity": document}),
        json!({"identity": [{"name": "p", "policy": document}]}),
        json!({"identity": [{"PolicyName": "p", "PolicyDocument": document}]}),
        json!({"identity": [{"Statement": allow}]}),
        json!({"identity": [{"Version": "2008-10-17", "Id": "", "Statement": [allow]}]}),
        json!({"identity": [{"Statement": [{"Sid": "", "Effect": "Allow", "Action": ["sqs:*"],
                                            "Resource": ["*"], "Condition": {}}]}]}),
        json!({"identity": [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*",
                                            "Condition": {"StringEquals": {}}}]}]}),
        json!({"identity": [document], "scp": [{"orgIdentifier": "r", "policies": [{"name": "p", "policy": document}]}]}),
        json!({"identity": [document.to_string()]}),
        json!({"identity": [], "resource": doc(&[json!({"Effect": "Allow", "Action": "*", "Resource": "*",
                                                        "Principal": {"AWS": ["*"]}})])}),
    ];
    for policies in shapes {
        let asked = case(json!(SESSION), QUEUE.0, QUEUE.1, policies);
        assert_eq!(decision(asked.clone()), "Allowed", "{asked}");
    }
    for principal in
        [json!({"type": "AWS", "value": SESSION}), json!({"AWS": SESSION}), json!({"arn": SESSION})]
    {
        let asked = case(principal, QUEUE.0, QUEUE.1, json!({"identity": [document]}));
        assert_eq!(decision(asked.clone()), "Allowed", "{asked}");
    }
    let unquoted = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
        "Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"aws:MultiFactorAuthAge": 10.5},
        "Null": {"aws:username": [true]}}});
    let mut asked = case(json!(SESSION), QUEUE.0, QUEUE.1, json!({"identity": [doc(&[unquoted])]}));
    asked["request"]["context"] =
        json!({"aws:SecureTransport": true, "aws:MultiFactorAuthAge": 10, "aws:none": null});
    assert_eq!(decision(asked.clone()), "Allowed");
    asked["request"]["context"]["aws:MultiFactorAuthAge"] = json!(11);
    assert_eq!(decision(asked), "ImplicitlyDenied");
}

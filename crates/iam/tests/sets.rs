//! Containment: by hand, and against the evaluator on random policies and requests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // Helpers of tests.

use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use tieout_iam::Policy;
use tieout_iam::eval::{Context, Layers, Principal, Request, Settings, Verdict, evaluate};
use tieout_iam::sets::{Within, excess, within};

fn policy(statements: &Value) -> Policy {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let policy = Policy::from_json(&text, &Arc::from("p.json"));
    assert_eq!(policy.problems, [], "{text}");
    policy
}

fn compare(inner: Value, outer: Value) -> Within {
    within(&[policy(&inner)], &[policy(&outer)])
}

fn allow(action: Value, resource: Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn deny(action: Value, resource: Value) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

fn when(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

#[test]
fn a_narrower_policy_is_within_a_wider_one_and_not_the_other_way() {
    let pairs = [
        (allow(json!("s3:GetObject"), json!("arn:aws:s3:::b/*")), allow(json!("s3:*"), json!("*"))),
        (
            allow(json!("s3:Get*"), json!("arn:aws:s3:::b/x/*")),
            allow(json!("s3:G*"), json!("arn:aws:s3:::b/*")),
        ),
        (
            allow(json!("sqs:*"), json!("arn:aws:sqs:*:111122223333:jobs")),
            allow(json!("*"), json!("arn:aws:sqs")),
        ),
        (
            when(allow(json!("s3:*"), json!("*")), json!({"StringEquals": {"aws:PrincipalTag/t": "a"}})),
            when(
                allow(json!("s3:*"), json!("*")),
                json!({"StringLike": {"AWS:principaltag/t": ["a*", "b"]}}),
            ),
        ),
        (
            when(
                allow(json!("s3:*"), json!("*")),
                json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}),
            ),
            when(
                allow(json!("s3:*"), json!("*")),
                json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
            ),
        ),
        (
            json!([allow(json!("s3:*"), json!("*")), deny(json!("s3:Delete*"), json!("*"))]),
            allow(json!("s3:*"), json!("*")),
        ),
        (
            json!({"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}),
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        ),
        (
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": ["arn:aws:s3:::a*", "arn:aws:s3:::b"]}),
            json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::a1"}),
        ),
    ];
    for (narrow, wide) in pairs {
        assert!(matches!(compare(narrow.clone(), wide.clone()), Within::Yes), "{narrow} within {wide}");
        let Within::No(witness) = compare(wide.clone(), narrow.clone()) else {
            panic!("{wide} is not within {narrow}");
        };
        assert!(witness.is_allowed_by(&[policy(&wide)]) && !witness.is_allowed_by(&[policy(&narrow)]));
    }
}

#[test]
fn a_deny_of_the_wider_one_counts_unless_the_narrower_denies_the_same() {
    let all = allow(json!("s3:*"), json!("*"));
    let kept = deny(json!("s3:DeleteBucket"), json!("*"));
    let outer = json!([all, kept]);
    let Within::No(witness) = compare(all.clone(), outer.clone()) else { panic!("the deny counts") };
    assert_eq!(witness.action, "s3:DeleteBucket");
    assert!(matches!(compare(json!([all, kept]), outer.clone()), Within::Yes));
    assert!(matches!(compare(json!([all, deny(json!("s3:D*"), json!("*"))]), outer.clone()), Within::Yes));
    assert!(matches!(compare(allow(json!("s3:GetObject"), json!("*")), outer), Within::Yes));
}

#[test]
fn excess_names_unneeded_actions_and_wider_resources() {
    let granted = [policy(&json!([
        allow(json!(["sqs:SendMessage", "sqs:DeleteQueue", "sns:*"]), json!("*")),
        allow(json!("s3:GetObject"), json!("arn:aws:s3:::b/*")),
    ]))];
    let needed = [policy(&json!([
        allow(json!("sqs:SendMessage"), json!("arn:aws:sqs:*:*:jobs")),
        allow(json!("s3:GetObject"), json!("arn:aws:s3:::b/*")),
    ]))];
    let found = excess(&granted, &needed);
    assert_eq!(found.grants.len(), 1);
    let grant = &found.grants[0];
    assert!(grant.actions().any(|action| action.full_name() == "sqs:DeleteQueue"));
    assert!(!grant.actions().any(|action| action.full_name() == "sqs:SendMessage"));
    assert_eq!(
        grant.unneeded.iter().map(|pattern| pattern.text()).collect::<Vec<_>>(),
        ["sqs:DeleteQueue", "sns:*"]
    );
    assert_eq!(grant.wider.iter().map(|action| action.full_name()).collect::<Vec<_>>(), ["sqs:SendMessage"]);
    assert!(excess(&needed, &needed).grants.is_empty());
}

const ACTIONS: [&str; 6] =
    ["s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "s3:ListBucket", "sqs:SendMessage", "kms:Decrypt"];
const RESOURCES: [&str; 6] = [
    "arn:aws:s3:::invoices/a.pdf",
    "arn:aws:s3:::invoices",
    "arn:aws:s3:::logs/x/y",
    "arn:aws:s3:::logs/z/y",
    "arn:aws:sqs:eu-west-1:111122223333:jobs",
    "*",
];
const PATTERNS: [&str; 12] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::invoices/*",
    "arn:aws:s3:::invoice?",
    "arn:aws:s3:::invoices*",
    "arn:aws:s3",
    "arn:aws:s3:*",
    "arn:aws:sqs:*:111122223333:*",
    "arn:aws:s3:::logs/${aws:username}/*",
    "arn:aws:s3:::logs/${aws:username, 'z'}/*",
    "arn:aws:s3:::logs/x/y",
    "arn:aws:sqs:eu*:*:j?bs",
];
const ACTION_PATTERNS: [&str; 8] =
    ["*", "s3:*", "s3:Get*", "S3:?utObject", "sqs:SendMessage", "kms:*", "s3:List*", "s3:G*t"];

fn condition() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(&["aws:username", "aws:PrincipalTag/team"][..]);
    let text = prop::sample::select(&["x", "z", "x*", "*", "${aws:username}"][..]);
    let values = prop::collection::vec(text, 1..3);
    let operator = prop::sample::select(
        &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIfExists",
            "StringLikeIfExists",
            "StringEqualsIgnoreCase",
        ][..],
    );
    let texts = (operator, key, values).prop_map(|(operator, key, values)| json!({operator: {key: values}}));
    let limit = prop::sample::select(&["60", "3600"][..]);
    let operator =
        prop::sample::select(&["NumericLessThan", "NumericGreaterThan", "NumericLessThanIfExists"][..]);
    let numbers =
        (operator, limit).prop_map(|(operator, limit)| json!({operator: {"aws:MultiFactorAuthAge": limit}}));
    let null = prop::sample::select(&["true", "false"][..])
        .prop_map(|value| json!({"Null": {"aws:username": value}}));
    prop_oneof![4 => texts, 1 => numbers, 1 => null]
}

fn statement() -> impl Strategy<Value = Value> {
    let actions = prop::collection::vec(prop::sample::select(&ACTION_PATTERNS[..]), 1..3);
    let resources = prop::collection::vec(prop::sample::select(&PATTERNS[..]), 1..3);
    let flags = (prop::bool::weighted(0.3), prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    let parts = (flags, actions, resources, prop::option::weighted(0.4, condition()));
    parts.prop_map(|((deny, not_action, not_resource), actions, resources, condition)| {
        let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }});
        statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
        statement[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        statement
    })
}

fn allowed(policy: &Policy, action: &str, resource: &str, context: &Context<'_>) -> bool {
    let request = Request {
        principal: Principal::User("arn:aws:iam::111122223333:user/alice"),
        action,
        resource,
        resource_account: Some("111122223333"),
        context,
    };
    let layers = Layers { identity: std::slice::from_ref(policy), ..Layers::default() };
    evaluate(&request, &layers, Settings::default()).verdict == Verdict::Allowed
}

fn requests_agree(inner: &Policy, outer: &Policy) -> Result<(), TestCaseError> {
    for action in ACTIONS {
        for resource in RESOURCES {
            for bits in 0..12 {
                let mut context = Context::new();
                match bits % 4 {
                    1 => context = context.with("aws:username", "x"),
                    2 => context = context.with("aws:username", "z").with("aws:PrincipalTag/team", "x"),
                    3 => context = context.with("aws:username", "X").with("aws:PrincipalTag/team", "xy"),
                    _ => {}
                }
                match bits / 4 {
                    1 => context = context.with("aws:MultiFactorAuthAge", "30"),
                    2 => context = context.with("aws:MultiFactorAuthAge", "600"),
                    _ => {}
                }
                let within =
                    !allowed(inner, action, resource, &context) || allowed(outer, action, resource, &context);
                prop_assert!(within, "{action} on {resource} with {context:?}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn containment_is_sound_against_the_evaluator(
        inner in prop::collection::vec(statement(), 1..4),
        outer in prop::collection::vec(statement(), 1..4),
    ) {
        let (one, two) = (policy(&json!(inner)), policy(&json!(outer)));
        match within(std::slice::from_ref(&one), std::slice::from_ref(&two)) {
            Within::Yes => requests_agree(&one, &two)?,
            Within::No(witness) => {
                prop_assert!(witness.is_allowed_by(&[one]) && !witness.is_allowed_by(&[two]));
            }
            Within::Unknown(_) => {}
        }
    }

    #[test]
    fn containment_is_sound_for_policies_that_share_statements(
        all in prop::collection::vec(statement(), 2..5),
        skip in any::<prop::sample::Index>(),
        extra in statement(),
    ) {
        let mut fewer = all.clone();
        fewer.remove(skip.index(all.len()));
        let mut more = all.clone();
        more.push(extra);
        for (inner, outer) in [(&fewer, &all), (&all, &fewer), (&all, &more), (&more, &all), (&all, &all)] {
            let (one, two) = (policy(&json!(inner)), policy(&json!(outer)));
            match within(std::slice::from_ref(&one), std::slice::from_ref(&two)) {
                Within::Yes => requests_agree(&one, &two)?,
                Within::No(witness) => {
                    prop_assert!(witness.is_allowed_by(&[one]) && !witness.is_allowed_by(&[two]));
                }
                Within::Unknown(_) => {}
            }
        }
    }
}

//! What a policy's grants can be used for: each way on a case that has it, and on the nearest that has not.

#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the message")]

use std::sync::Arc;
use tieout_iam::{Policy, PowerKind};

/// The ways of one kind that the statements give, with `*` behind those that know no limit.
fn ways(kind: PowerKind, statements: &str) -> Vec<String> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let policy = Policy::from_json(&text, &Arc::from("policy.json"));
    assert!(policy.problems.is_empty(), "{:?}", policy.problems);
    let powers = policy.powers().items;
    let of_kind = powers.iter().filter(|power| power.way.kind == kind);
    of_kind.map(|power| format!("{}{}", power.way.name, if power.unlimited { "*" } else { "" })).collect()
}

fn allow(actions: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "{resource}"}}"#)
}

#[test]
fn one_action_on_every_resource_is_a_way_and_on_one_resource_a_limited_one() {
    let way = |resource| ways(PowerKind::Escalation, &allow(r#""iam:CreatePolicyVersion""#, resource));
    assert_eq!(way("*"), ["create-policy-version*"]);
    assert_eq!(way("arn:aws:iam::123456789012:policy/own"), ["create-policy-version"]);
    assert!(ways(PowerKind::Escalation, &allow(r#""iam:GetPolicyVersion""#, "*")).is_empty());
}

#[test]
fn a_way_of_several_actions_takes_all_of_them_from_any_statements() {
    let pass = allow(r#""iam:PassRole""#, "*");
    let run = allow(r#""ec2:RunInstances""#, "*");
    assert_eq!(ways(PowerKind::Escalation, &format!("{pass}, {run}")), ["pass-role-to-instance*"]);
    assert!(ways(PowerKind::Escalation, &pass).is_empty());
    assert!(ways(PowerKind::Escalation, &run).is_empty());
}

#[test]
fn a_deny_that_always_holds_takes_the_way_back_and_one_that_may_not_hold_does_not() {
    let allowed = allow(r#""iam:PutRolePolicy""#, "*");
    let deny = |rest: &str| {
        format!(r#"{allowed}, {{"Effect": "Deny", "Action": "iam:Put*", "Resource": "*"{rest}}}"#)
    };
    assert!(ways(PowerKind::Escalation, &deny("")).is_empty());
    let without_mfa = r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#;
    assert_eq!(ways(PowerKind::Escalation, &deny(without_mfa)).len(), 1);
}

#[test]
fn a_wildcard_gives_what_it_matches_and_not_action_all_that_it_leaves() {
    let all = ways(PowerKind::Escalation, &allow(r#""*""#, "*"));
    assert!(all.len() > 40, "{all:?}");
    let but_iam =
        ways(PowerKind::Escalation, r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#);
    assert!(!but_iam.iter().any(|way| way.contains("policy") || way.contains("pass-role")), "{but_iam:?}");
    assert!(but_iam.contains(&"change-function-code*".to_owned()));
}

#[test]
fn reading_secrets_is_content_and_listing_them_is_not() {
    let content = |action: &str| ways(PowerKind::Content, &allow(action, "*"));
    assert_eq!(content(r#""secretsmanager:GetSecretValue""#).len(), 1);
    assert!(content(r#""secretsmanager:ListSecrets""#).is_empty());
}

#[test]
fn a_condition_limits_a_power() {
    let statement = r#"{"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*",
        "Condition": {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}}"#;
    assert_eq!(ways(PowerKind::Escalation, statement), ["attach-user-policy"]);
}

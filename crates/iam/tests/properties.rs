//! Properties that hold for every policy and request.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // Helpers of tests.

use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use tieout_iam::Policy;
use tieout_iam::eval::{Context, Layers, Principal, Request, Settings, Verdict, evaluate};

const ACTIONS: [&str; 5] =
    ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "kms:Decrypt"];
const RESOURCES: [&str; 5] = [
    "arn:aws:s3:::invoices/a.pdf",
    "arn:aws:s3:::invoices",
    "arn:aws:s3:::logs/x/y",
    "arn:aws:sqs:eu-west-1:111122223333:jobs",
    "*",
];
const PATTERNS: [&str; 9] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::invoices/*",
    "arn:aws:s3:::invoice?",
    "arn:aws:s3",
    "arn:aws:sqs:*:111122223333:*",
    "arn:aws:s3:::logs/${aws:username}/*",
    "arn:aws:s3:::logs/x/y",
    "arn:aws:sqs:eu*:*:j?bs",
];
const ACTION_PATTERNS: [&str; 7] =
    ["*", "s3:*", "s3:Get*", "S3:?utObject", "sqs:SendMessage", "kms:*", "s3:List*"];

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"StringEquals": {"aws:username": "x"}})),
        Just(json!({"StringNotLikeIfExists": {"aws:PrincipalTag/team": ["b*", "red"]}})),
        Just(json!({"Bool": {"aws:SecureTransport": "false"}})),
        Just(json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}})),
        Just(json!({"ForAnyValue:StringLike": {"aws:TagKeys": "t*"}, "Null": {"aws:username": "false"}})),
        Just(json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}})),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let actions = prop::collection::vec(prop::sample::select(&ACTION_PATTERNS[..]), 1..3);
    let resources = prop::collection::vec(prop::sample::select(&PATTERNS[..]), 1..3);
    let parts =
        (any::<bool>(), any::<bool>(), any::<bool>(), actions, resources, prop::option::of(condition()));
    parts.prop_map(|(deny, not_action, not_resource, actions, resources, condition)| {
        let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }});
        statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
        statement[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        statement
    })
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(), 0..5)
}

fn context() -> impl Strategy<Value = Context<'static>> {
    (0..32u8).prop_map(|bits| {
        let keys = [
            ("aws:username", "x"),
            ("aws:PrincipalTag/team", "blue"),
            ("aws:SecureTransport", "false"),
            ("aws:SourceIp", "10.1.2.3"),
            ("aws:MultiFactorAuthAge", "60"),
        ];
        keys.into_iter().enumerate().fold(Context::new(), |context, (index, (key, value))| {
            if bits & (1 << index) == 0 { context } else { context.with(key, value) }
        })
    })
}

fn policy(statements: &[Value]) -> Policy {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let policy = Policy::from_json(&text, &Arc::from("p.json"));
    assert_eq!(policy.problems, [], "{text}");
    policy
}

fn decide(policies: &[Policy], action: &str, resource: &str, context: &Context<'_>) -> Verdict {
    let request = Request {
        principal: Principal::User("arn:aws:iam::111122223333:user/alice"),
        action,
        resource,
        resource_account: Some("111122223333"),
        context,
    };
    evaluate(&request, &Layers { identity: policies, ..Layers::default() }, Settings::default()).verdict
}

/// Decides with one list of statements a layer, in the order of [`Layers`].
fn decide_layers(layers: &[Vec<Value>], action: &str, resource: &str, context: &Context<'_>) -> Verdict {
    let by_all = |statements: &[Value]| {
        let named: Vec<Value> = statements
            .iter()
            .map(|statement| {
                let mut statement = statement.clone();
                statement["Principal"] = json!("*");
                statement
            })
            .collect();
        policy(&named)
    };
    let session = policy(&layers[3]);
    let resource_policy = by_all(&layers[1]);
    let request = Request {
        principal: Principal::Session("arn:aws:sts::111122223333:assumed-role/api/s1"),
        action,
        resource,
        resource_account: Some("111122223333"),
        context,
    };
    let layers = Layers {
        identity: &[policy(&layers[0])],
        resource: Some(&resource_policy),
        boundary: &[policy(&layers[2])],
        session: Some(&session),
        scp: &[vec![policy(&layers[4])]],
        rcp: &[vec![by_all(&layers[5])]],
        vpce: &[by_all(&layers[6])],
    };
    evaluate(&request, &layers, Settings::default()).verdict
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_deny_never_allows_more(
        statements in statements(),
        mut extra in statement(),
        action in prop::sample::select(&ACTIONS[..]),
        resource in prop::sample::select(&RESOURCES[..]),
        context in context(),
    ) {
        extra["Effect"] = json!("Deny");
        let before = decide(&[policy(&statements)], action, resource, &context);
        let after = decide(&[policy(&statements), policy(&[extra])], action, resource, &context);
        prop_assert!(after != Verdict::Allowed || before == Verdict::Allowed);
    }

    #[test]
    fn the_order_of_statements_and_policies_does_not_matter(
        statements in statements(),
        action in prop::sample::select(&ACTIONS[..]),
        resource in prop::sample::select(&RESOURCES[..]),
        context in context(),
    ) {
        let together = decide(&[policy(&statements)], action, resource, &context);
        let mut reversed = statements.clone();
        reversed.reverse();
        prop_assert_eq!(together, decide(&[policy(&reversed)], action, resource, &context));
        let apart: Vec<Policy> = reversed.iter().map(|one| policy(std::slice::from_ref(one))).collect();
        prop_assert_eq!(together, decide(&apart, action, resource, &context));
    }

    #[test]
    fn policies_without_denies_grant_the_union(
        mut one in statements(),
        mut two in statements(),
        action in prop::sample::select(&ACTIONS[..]),
        resource in prop::sample::select(&RESOURCES[..]),
        context in context(),
    ) {
        for statement in one.iter_mut().chain(&mut two) {
            statement["Effect"] = json!("Allow");
        }
        let (one, two) = (policy(&one), policy(&two));
        let alone = [&one, &two].map(|policy| decide(std::slice::from_ref(policy), action, resource, &context));
        let both = decide(&[one, two], action, resource, &context);
        prop_assert_eq!(both == Verdict::Allowed, alone.contains(&Verdict::Allowed));
    }

    #[test]
    fn what_is_open_agrees_with_every_way_to_close_it(
        statements in statements(),
        action in prop::sample::select(&ACTIONS[..]),
        resource in prop::sample::select(&RESOURCES[..]),
        context in context(),
    ) {
        let policies = [policy(&statements)];
        let open = decide(&policies, action, resource, &Context::open());
        let closed = decide(&policies, action, resource, &context);
        // Which of two denials it is may hang on a key too.
        let denied = |verdict| matches!(verdict, Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied);
        prop_assert!(open == Verdict::DependsOn || open == closed || (denied(open) && denied(closed)));
    }

    #[test]
    fn a_printed_policy_reads_as_itself(statements in statements()) {
        let first = policy(&statements);
        let again = Policy::from_json(&first.to_json().to_string(), &Arc::from("p.json"));
        prop_assert_eq!(first.to_json(), again.to_json());
        prop_assert_eq!(first.statements.len(), again.statements.len());
        for (a, b) in first.statements.iter().zip(&again.statements) {
            prop_assert_eq!(&a.actions, &b.actions);
            prop_assert_eq!(&a.resources, &b.resources);
        }
    }

    #[test]
    fn no_text_panics_and_every_refusal_has_a_place(text in "\\PC{0,80}") {
        let policy = Policy::from_json(&text, &Arc::from("p.json"));
        for problem in &policy.problems {
            prop_assert!(problem.at.file_line().is_some());
        }
        prop_assert!(!policy.problems.is_empty() || !policy.gaps.is_empty());
    }

    #[test]
    fn no_damage_to_a_document_panics(statements in statements(), cut in 0usize..400, insert in "[\\[\\]{}\",:*a0\\\\]{0,4}") {
        let whole = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let cut = (0..=cut.min(whole.len())).rev().find(|at| whole.is_char_boundary(*at)).unwrap();
        let text = format!("{}{insert}{}", &whole[..cut], &whole[cut..]);
        let policy = Policy::from_json(&text, &Arc::from("p.json"));
        let _ = (policy.full_administrator(), policy.exposure(), policy.wildcard_grants(), policy.to_json());
        for problem in &policy.problems {
            prop_assert!(problem.at.file_line().is_some());
        }
        let _ = tieout_iam::simulate_jsonl(text.as_bytes(), Vec::new());
    }

    #[test]
    fn a_deny_in_any_layer_never_allows_more_and_order_never_matters(
        layers in prop::collection::vec(statements(), 7),
        mut extra in statement(),
        place in 0usize..7,
        action in prop::sample::select(&ACTIONS[..]),
        resource in prop::sample::select(&RESOURCES[..]),
        context in context(),
    ) {
        extra["Effect"] = json!("Deny");
        let before = decide_layers(&layers, action, resource, &context);
        let mut more = layers.clone();
        more[place].push(extra);
        let after = decide_layers(&more, action, resource, &context);
        prop_assert!(after != Verdict::Allowed || before == Verdict::Allowed);
        let denied = |verdict| verdict == Verdict::ExplicitlyDenied;
        prop_assert!(!denied(before) || denied(after));
        more.iter_mut().for_each(|statements| statements.reverse());
        prop_assert_eq!(after, decide_layers(&more, action, resource, &context));
    }

    #[test]
    fn every_line_has_one_answer_and_broken_json_is_placed(
        statements in statements(),
        cut in 0usize..600,
        insert in "[\\[\\]{}\",:*a0\\\\]{0,4}",
        drop in 0usize..12,
    ) {
        let request = json!({"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
                             "resource": "arn:aws:s3:::invoices/a.pdf", "context": {"aws:username": "x"}});
        let identity = json!([{"Version": "2012-10-17", "Statement": statements}]);
        let whole = json!({"id": "c", "request": request, "policies": {"identity": identity}}).to_string();
        let (cut, end) = (cut.min(whole.len()), (cut + drop).min(whole.len()));
        let damaged = format!("{}{insert}{}", &whole[..cut], &whole[end..]);
        let mut out = Vec::new();
        tieout_iam::simulate_jsonl(format!("{whole}\n{damaged}\n{whole}\n").as_bytes(), &mut out).unwrap();
        let answers: Vec<Value> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let answered = if damaged.trim().is_empty() { 2 } else { 3 };
        prop_assert_eq!(answers.len(), answered);
        prop_assert_eq!(&answers[0], &answers[answered - 1]);
        for answer in &answers {
            let decided = answer["decision"].as_str().is_some_and(|word| word.ends_with("ed"));
            prop_assert!(decided || answer["error"].is_string(), "{answer}");
        }
        if answered == 3 && serde_json::from_str::<Value>(&damaged).is_err() {
            prop_assert!(answers[1]["error"].as_str().is_some_and(|error| error.contains("at byte")), "{damaged}");
        }
    }

    #[test]
    fn matching_agrees_with_a_plain_reading(pattern in "[ab*?]{0,7}", text in "[ab]{0,7}") {
        fn slow(pattern: &[u8], text: &[u8]) -> bool {
            match (pattern.split_first(), text.split_first()) {
                (None, None) => true,
                (Some((b'*', rest)), _) => slow(rest, text) || text.split_first().is_some_and(|(_, t)| slow(pattern, t)),
                (Some((b'?', rest)), Some((_, t))) => slow(rest, t),
                (Some((p, rest)), Some((c, t))) => p == c && slow(rest, t),
                _ => false,
            }
        }
        let action = format!("s3:{text}");
        let policies = [policy(&[json!({"Effect": "Allow", "Action": format!("s3:{pattern}"), "Resource": "*"})])];
        let allowed = decide(&policies, &action, "*", &Context::new()) == Verdict::Allowed;
        prop_assert_eq!(allowed, slow(pattern.as_bytes(), text.as_bytes()));
    }
}

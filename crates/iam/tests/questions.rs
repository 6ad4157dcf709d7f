//! The questions that checks ask, each with its tricky twin.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // Helpers of tests.

use std::sync::Arc;
use tieout_iam::*;
use tieout_model::{Gap, Node, Piece, Place, Value, tree::join_pieces};

fn policy(statements: &str) -> Policy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {statements}}}"#);
    let policy = Policy::from_json(&text, &Arc::from("policy.json"));
    assert_eq!(policy.problems, [], "{text}");
    policy
}

fn admin(statements: &str) -> bool {
    match policy(statements).full_administrator() {
        Answer::Yes(_) => true,
        Answer::No => false,
        Answer::Unknown(gap) => panic!("unknown: {gap}"),
    }
}

#[test]
fn everything_on_everything_is_an_administrator_however_it_is_written() {
    for statement in [
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        r#"[{"Effect": "Allow", "Action": ["s3:GetObject", "*"], "Resource": ["*"]}]"#,
        r#"{"Effect": "Allow", "Action": "*:*", "Resource": "arn:aws:*:*:*:*"}"#,
        r#"{"Effect": "Allow", "Action": "**", "Resource": "arn:*"}"#,
        r#"{"Effect": "Allow", "NotAction": "ec2:TerminateInstances", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::ledger"}"#,
        r#"{"Effect": "Allow", "NotAction": [], "Resource": "*"}"#,
        r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]"#,
        r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::ledger/*"}]"#,
        r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]"#,
    ] {
        assert!(admin(statement), "{statement}");
    }
}

#[test]
fn less_than_everything_is_no_administrator() {
    for statement in [
        r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::bucket/*"}"#,
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
        r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "NotAction": "*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*", "NotResource": "*"}"#,
        r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "*", "Resource": "*"}]"#,
        r#"[{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, {"Effect": "Allow", "Action": "*", "Resource": "*"}]"#,
        r#"[]"#,
    ] {
        assert!(!admin(statement), "{statement}");
    }
}

fn open(name: &str) -> Node {
    Node::new(Value::Unknown(Gap::unresolved(name)), Place::None)
}

fn statement(effect: Node, action: Node, resource: Node) -> Policy {
    let mut statement = Node::map(Place::None);
    statement.set("Effect", Place::None, effect);
    statement.set("Action", Place::None, action);
    statement.set("Resource", Place::None, resource);
    let mut document = Node::map(Place::None);
    document.set("Version", Place::None, Node::text("2012-10-17", Place::None));
    document.set("Statement", Place::None, statement);
    Policy::from_node(&document)
}

fn text(text: &str) -> Node {
    Node::text(text, Place::None)
}

#[test]
fn an_unknown_part_makes_the_answer_unknown_only_where_it_matters() {
    let gap = |policy: &Policy| matches!(policy.full_administrator(), Answer::Unknown(_));
    assert!(gap(&statement(text("Allow"), open("Action"), text("*"))));
    assert!(gap(&statement(open("Effect"), text("*"), text("*"))));
    assert!(gap(&statement(text("Allow"), text("*"), open("Resource"))));
    assert!(statement(text("Allow"), open("Action"), text("arn:aws:s3:::b")).full_administrator().is_no());
    assert!(statement(text("Allow"), text("s3:*"), open("Resource")).full_administrator().is_no());
    let arn = Node::new(
        join_pieces([
            Piece::Text("arn:aws:s3:::".into()),
            Piece::Hole(open("Bucket")),
            Piece::Text("/*".into()),
        ]),
        Place::None,
    );
    assert!(statement(text("Allow"), text("*"), arn).full_administrator().is_no());
}

const BOTH: &str = r#"["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]"#;

fn tls(statements: &str) -> bool {
    let owner = Owner { bucket: Some("logs"), ..Owner::default() };
    policy(statements).denies_plain_http(owner).known().expect("known").is_some()
}

#[test]
fn a_bucket_policy_refuses_plain_http_only_for_everyone_on_everything() {
    let deny = |principal: &str, action: &str, resource: &str, condition: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": {principal}, "Action": {action}, "Resource": {resource}, "Condition": {condition}}}"#
        )
    };
    let http = r#"{"Bool": {"aws:SecureTransport": "false"}}"#;
    assert!(tls(&deny(r#""*""#, r#""s3:*""#, BOTH, http)));
    assert!(tls(&deny(r#"{"AWS": ["*"]}"#, r#""*""#, r#""arn:aws:s3:::logs*""#, http)));
    assert!(tls(&deny(r#""*""#, r#""s3:*""#, r#""*""#, r#"{"Bool": {"AWS:securetransport": [false]}}"#)));
    let two = format!(
        "[{}, {}]",
        deny(r#""*""#, r#""s3:*""#, r#""arn:aws:s3:::logs""#, http),
        deny(r#""*""#, r#""s3:*""#, r#""arn:aws:s3:::logs/*""#, http)
    );
    assert!(tls(&two));
    assert!(!tls(&deny(r#""*""#, r#""s3:*""#, r#""arn:aws:s3:::logs/*""#, http)));
    assert!(!tls(&deny(r#""*""#, r#""s3:*""#, r#"["arn:aws:s3:::logs", "arn:aws:s3:::logs/2026/*"]"#, http)));
    assert!(!tls(&deny(r#""*""#, r#""s3:GetObject""#, BOTH, http)));
    assert!(!tls(&deny(r#"{"AWS": "arn:aws:iam::111122223333:root"}"#, r#""s3:*""#, BOTH, http)));
    assert!(!tls(&deny(r#""*""#, r#""s3:*""#, BOTH, r#"{"Bool": {"aws:SecureTransport": "true"}}"#)));
    let and = r#"{"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#;
    assert!(!tls(&deny(r#""*""#, r#""s3:*""#, BOTH, and)));
}

#[test]
fn references_to_the_bucket_are_taken_for_the_bucket() {
    let bucket = || Node::new(Value::Ref { id: "Logs".into(), attribute: Some("Arn".into()) }, Place::None);
    let objects = Node::new(join_pieces([Piece::Hole(bucket()), Piece::Text("/*".into())]), Place::None);
    let with = |resources: Vec<Node>| {
        let mut condition = Node::map(Place::None);
        let mut keys = Node::map(Place::None);
        keys.set("aws:SecureTransport", Place::None, Node::new(Value::Bool(false), Place::None));
        condition.set("Bool", Place::None, keys);
        let mut statement = Node::map(Place::None);
        statement.set("Effect", Place::None, text("Deny"));
        statement.set("Principal", Place::None, text("*"));
        statement.set("Action", Place::None, text("s3:*"));
        statement.set("Resource", Place::None, Node::new(Value::List(resources), Place::None));
        statement.set("Condition", Place::None, condition);
        let mut document = Node::map(Place::None);
        document.set("Statement", Place::None, Node::new(Value::List(vec![statement]), Place::None));
        Policy::from_node(&document)
    };
    let owner = Owner { bucket: Some("logs"), ..Owner::default() };
    assert!(with(vec![bucket(), objects.clone()]).denies_plain_http(owner).is_yes());
    assert!(with(vec![objects.clone()]).denies_plain_http(owner).is_no());
    assert!(with(vec![bucket()]).denies_plain_http(Owner::default()).is_no());
    assert!(matches!(with(vec![open("Resources")]).denies_plain_http(owner), Answer::Unknown(_)));
}

fn audiences(statements: &str) -> Vec<Audience> {
    let policy = policy(statements);
    let exposure = policy.exposure();
    assert_eq!(exposure.gaps, []);
    exposure.grants.iter().map(|grant| grant.audience.clone()).collect()
}

fn allow(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*", "Condition": {condition}}}"#
    )
}

#[test]
fn a_fixed_guard_keeps_the_public_out_and_a_loose_one_does_not() {
    let guarded = [
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}}"#,
        r#"{"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#,
        r#"{"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}}"#,
        r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}"#,
    ];
    for condition in guarded {
        assert_eq!(audiences(&allow(r#""*""#, condition)), [Audience::Guarded], "{condition}");
    }
    let public = [
        r#"{}"#,
        r#"{"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1a2b3c4d"}}"#,
        r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}}"#,
        r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}"#,
        r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalTag/account}"}}"#,
        r#"{"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-abcdefghij/r-ab/"}}"#,
        r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
        r#"{"StringLike": {"aws:Referer": "https://example.com/*"}}"#,
        r#"{"StringEquals": {"sts:ExternalId": "letmein"}}"#,
    ];
    for condition in public {
        assert_eq!(audiences(&allow(r#"{"AWS": "*"}"#, condition)), [Audience::Anyone], "{condition}");
    }
}

#[test]
fn a_deny_unless_keeps_the_public_out_where_it_covers_the_grant() {
    let with = |deny: &str| audiences(&format!("[{}, {deny}]", allow(r#""*""#, "{}")));
    assert_eq!(
        with(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}"#
        ),
        [Audience::Guarded]
    );
    assert_eq!(
        with(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}"#
        ),
        [Audience::Anyone]
    );
    assert_eq!(
        with(
            r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}"#
        ),
        [Audience::Anyone]
    );
    assert_eq!(with(r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}"#), []);
}

#[test]
fn trust_names_accounts_services_and_external_ids() {
    let trust = policy(
        r#"[{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ["444455556666", "arn:aws:iam::777788889999:role/ci"], "Service": "lambda.amazonaws.com"}},
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Condition": {"StringEquals": {"sts:ExternalId": "x-1"}}}]"#,
    );
    let exposure = trust.exposure();
    let owner = Owner { account: Some("111122223333"), ..Owner::default() };
    let others: Vec<_> = exposure.grants.iter().map(|grant| grant.other_accounts(owner).unwrap()).collect();
    assert_eq!(others.iter().map(|set| set.len()).collect::<Vec<_>>(), [1, 1, 0, 1]);
    assert_eq!(exposure.grants[0].audience, Audience::Account("444455556666".into()));
    assert_eq!(exposure.grants[2].confused_deputy(), Ok(true));
    assert!(!exposure.grants[0].is_guarded_by(GuardKind::ExternalId));
    assert!(exposure.grants[3].is_guarded_by(GuardKind::ExternalId));
}

#[test]
fn a_service_with_a_source_is_no_confused_deputy() {
    let with = |condition: &str| {
        let policy = policy(&allow(r#"{"Service": "s3.amazonaws.com"}"#, condition));
        policy.exposure().grants[0].confused_deputy() == Ok(true)
    };
    assert!(with("{}"));
    assert!(with(r#"{"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}"#));
    assert!(!with(r#"{"StringEquals": {"AWS:SourceAccount": "111122223333"}}"#));
    assert!(!with(r#"{"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}}"#));
}

#[test]
fn wildcards_are_listed_with_their_kind() {
    let policy = policy(
        r#"[{"Effect": "Allow", "Action": ["s3:*", "ec2:Describe*", "dynamodb:PutItem"], "Resource": "*"},
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:jobs"}]"#,
    );
    let kinds: Vec<_> = policy.wildcard_grants().items.into_iter().map(|grant| grant.kind).collect();
    assert_eq!(
        kinds,
        [WildcardKind::Service("s3".into()), WildcardKind::EveryResource, WildcardKind::AllBut]
    );
}

#[test]
fn a_problem_has_the_line_and_column_of_what_is_wrong() {
    let text = "{\n  \"Statement\": [\n    {\"Effect\": \"allow\", \"Action\": \"*\"}\n  ]\n}";
    let policy = Policy::from_json(text, &Arc::from("p.json"));
    assert_eq!(policy.problems[0].at.file_line(), Some(("p.json", 3)));
    let broken = Policy::from_json("{\n\"Statement\": [}", &Arc::from("p.json"));
    assert_eq!(broken.problems[0].at.file_line(), Some(("p.json", 2)));
    assert!(matches!(broken.full_administrator(), Answer::Unknown(_)));
}

#[test]
fn a_percent_encoded_document_is_read() {
    let text = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D";
    assert!(Policy::from_node(&Node::text(text, Place::None)).full_administrator().is_yes());
}

#[test]
fn a_decision_explains_itself_and_names_the_keys_it_hangs_on() {
    use tieout_iam::eval::{Context, Layers, Principal, Request, Settings, Verdict, evaluate, open_keys};
    let document = policy(
        "[{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"},\n {\"Sid\": \"Office\", \"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::${aws:PrincipalTag/team}/*\", \"Condition\": {\"NotIpAddress\": {\"aws:SourceIp\": \"203.0.113.0/24\"}}}]",
    );
    let decide = |context: &Context<'_>| {
        let request = Request {
            principal: Principal::User("arn:aws:iam::111122223333:user/alice"),
            action: "s3:GetObject",
            resource: "arn:aws:s3:::blue/x",
            resource_account: None,
            context,
        };
        let layers = Layers { identity: std::slice::from_ref(&document), ..Layers::default() };
        let decision = evaluate(&request, &layers, Settings::default());
        (decision.verdict, decision.explain(), open_keys(&request, &layers))
    };
    let (verdict, why, keys) = decide(&Context::open());
    assert_eq!(verdict, Verdict::DependsOn);
    assert_eq!(why, "depends on statement `Office` (policy.json:2) of identity policies");
    assert_eq!(keys, ["aws:PrincipalTag/team", "aws:SourceIp"]);
    let outside = Context::open().with("aws:PrincipalTag/team", "blue").with("aws:SourceIp", "198.51.100.1");
    let (verdict, why, keys) = decide(&outside);
    assert_eq!(verdict, Verdict::ExplicitlyDenied);
    assert_eq!(why, "denied by statement `Office` (policy.json:2) of identity policies");
    assert!(keys.is_empty());
    let inside = Context::open().with("aws:PrincipalTag/team", "blue").with("aws:SourceIp", "203.0.113.1");
    assert_eq!(decide(&inside).1, "allowed by statement 1 (policy.json:1) of identity policies");
}

#[test]
fn a_condition_that_never_holds_grants_and_denies_nothing() {
    let never = r#"{"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"aws:username": "a"}}"#;
    let all = r#""Action": "*", "Resource": "*""#;
    assert!(!admin(&format!(r#"{{"Effect": "Allow", {all}, "Condition": {never}}}"#)));
    assert!(!admin(&format!(
        r#"{{"Effect": "Allow", {all}, "Condition": {{"Bool": {{"aws:SecureTransport": "maybe"}}}}}}"#
    )));
    assert!(admin(&format!(
        r#"[{{"Effect": "Allow", {all}}}, {{"Effect": "Deny", {all}, "Condition": {never}}}]"#
    )));
    assert!(admin(&format!(
        r#"{{"Effect": "Allow", {all}, "Condition": {{"Bool": {{"aws:SecureTransport": "true"}}}}}}"#
    )));
    assert_eq!(audiences(&allow(r#""*""#, never)), []);
}

//! What a key opens.

use crate::{ACCOUNT, assessment, at, finding, line, state};
use serde_json::{Value, json};
use tieout_aws_state::State;
use tieout_correlate::keys;
use tieout_model::{
    Assessment, Detail, Finding, KeyOpens, KeyStatus, SecretDetail, Severity, Subject, SubjectKind,
};
use tieout_source::redact::{classify_secret, fingerprint};

const ADMIN: &str = concat!("AKIA", "Q3EGVX6ZT5LHW7NB");
const OFF: &str = concat!("AKIA", "Q3EGVX6ZT5LHW7NC");
const DEPLOY: &str = concat!("AKIA", "Q3EGVX6ZT5LHW7ND");
const BOUND: &str = concat!("AKIA", "Q3EGVX6ZT5LHW7NE");
const GONE: &str = concat!("AKIA", "Q3EGVX6ZT5LHW7NF");
const SECRET: &str = concat!("wJ4lrXUt9FEMI/K7MDENG", "bPxRfi+CYzq5kd8Wm3h");

fn user(name: &str, more: Value) -> Value {
    let mut user = json!({"UserName": name, "Arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"), "Path": "/",
        "UserId": "AIDAX", "CreateDate": "2024-03-01T10:00:00Z", "UserPolicyList": [], "AttachedManagedPolicies": [],
        "GroupList": []});
    for (key, value) in more.as_object().unwrap() {
        user[key] = value.clone();
    }
    user
}

fn statement(actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

fn key(user: &str, id: &str, status: &str, used: Value) -> [String; 2] {
    [
        line(
            "ListAccessKeys",
            json!({"UserName": user}),
            json!({"AccessKeyMetadata": [{"UserName": user, "AccessKeyId": id, "Status": status,
                "CreateDate": "2025-10-07T10:00:00Z"}]}),
        ),
        line(
            "GetAccessKeyLastUsed",
            json!({"AccessKeyId": id}),
            json!({"UserName": user, "AccessKeyLastUsed": used}),
        ),
    ]
}

/// `boss` is administrator by his group, `old` has a key that is off, `deploy` may put policies, `bound` is an administrator
/// within a boundary of reading.
fn lines(root_keys: u32) -> Vec<String> {
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let reading = format!("arn:aws:iam::{ACCOUNT}:policy/reading");
    let version =
        |document: Value| json!([{"Document": document, "VersionId": "v1", "IsDefaultVersion": true}]);
    let attached = json!([{"PolicyName": "AdministratorAccess", "PolicyArn": admin}]);
    let mut lines = vec![line(
        "GetAccountAuthorizationDetails",
        json!({}),
        json!({"UserDetailList": [
            user("boss", json!({"GroupList": ["admins"]})),
            user("old", json!({"AttachedManagedPolicies": attached})),
            user("deploy", json!({"UserPolicyList": [
                {"PolicyName": "deploy", "PolicyDocument": statement(&["iam:PutUserPolicy", "s3:PutObject"])}]})),
            user("bound", json!({"AttachedManagedPolicies": attached,
                "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": reading}})),
        ], "RoleDetailList": [], "GroupDetailList": [
            {"GroupName": "admins", "GroupId": "AGPAX", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:group/admins"),
             "CreateDate": "2024-03-01T10:00:00Z", "GroupPolicyList": [], "AttachedManagedPolicies": attached}],
        "Policies": [
            {"PolicyName": "AdministratorAccess", "Arn": admin, "Path": "/", "PolicyVersionList": version(statement(&["*"]))},
            {"PolicyName": "reading", "Arn": reading, "Path": "/", "PolicyVersionList": version(statement(&["s3:GetObject"]))},
        ]}),
    )];
    lines.extend(key(
        "boss",
        ADMIN,
        "Active",
        json!({"LastUsedDate": "2026-01-14T10:00:00Z", "ServiceName": "s3", "Region": "eu-west-1"}),
    ));
    let never = json!({"ServiceName": "N/A", "Region": "N/A"});
    lines.extend(key("old", OFF, "Inactive", never.clone()));
    lines.extend(key("deploy", DEPLOY, "Active", never.clone()));
    lines.extend(key("bound", BOUND, "Active", never));
    lines.push(line(
        "GetAccountSummary",
        json!({}),
        json!({"SummaryMap": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": root_keys}}),
    ));
    lines
}

fn found(id: &str, account: Option<&str>) -> Finding {
    let detail = SecretDetail {
        kind: "AWS access key".to_owned(),
        redacted: "…".to_owned(),
        fingerprint: fingerprint(SECRET),
        aws_account: account.map(str::to_owned),
        access_key_id: Some(id.to_owned()),
        ..SecretDetail::default()
    };
    let subject = Subject::new(SubjectKind::File, format!("a.py#{id}"));
    finding("secrets-aws-credentials-absent", subject, Detail::Secret(detail), vec![at("a.py", 3)])
}

fn told(id: &str, account: Option<&str>, state: &State) -> (Finding, KeyOpens) {
    let mut assessment = assessment(&[ACCOUNT], vec![found(id, account)]);
    keys(&mut assessment, state);
    let finding = assessment.findings.remove(0);
    assert_eq!(assessment.results[0].reason, finding.message);
    let Some(Detail::Secret(detail)) = finding.detail.as_deref() else { panic!() };
    let opens = *detail.opens.clone().unwrap();
    (finding, opens)
}

#[test]
fn an_active_key_of_an_administrator_by_a_group_is_critical() {
    let (finding, opens) = told(ADMIN, Some(ACCOUNT), &state(&lines(0)));
    assert_eq!((finding.severity, opens.status), (Severity::Critical, KeyStatus::Active));
    assert_eq!(opens.user.as_deref(), Some("arn:aws:iam::123456789012:user/boss"));
    assert_eq!((opens.age_days, opens.created.as_deref()), (Some(100), Some("2025-10-07")));
    assert_eq!(opens.last_used.as_deref(), Some("2026-01-14"));
    assert_eq!(opens.last_used_service.as_deref(), Some("s3"));
    assert_eq!(opens.last_used_region.as_deref(), Some("eu-west-1"));
    assert_eq!(opens.administrator, Some(true));
    assert!(opens.not_known.is_empty(), "{:?}", opens.not_known);
    assert!(!finding.evidence.is_empty());
    for said in [
        "active key of arn:aws:iam::123456789012:user/boss",
        "100 days old",
        "2026-01-14 with s3 in eu-west-1",
        "administrator by",
    ] {
        assert!(finding.message.contains(said), "{}", finding.message);
    }
}

#[test]
fn an_inactive_key_is_medium_whatever_its_user_may_do() {
    let (finding, opens) = told(OFF, Some(ACCOUNT), &state(&lines(0)));
    assert_eq!((finding.severity, opens.status), (Severity::Medium, KeyStatus::Inactive));
    assert_eq!((opens.administrator, opens.never_used), (Some(true), Some(true)));
    assert!(finding.message.contains("inactive key of"), "{}", finding.message);
}

#[test]
fn what_a_user_who_is_no_administrator_may_do_is_told() {
    let (finding, opens) = told(DEPLOY, Some(ACCOUNT), &state(&lines(0)));
    assert_eq!(
        (finding.severity, opens.administrator, opens.actions),
        (Severity::Critical, Some(false), Some(2))
    );
    assert!(opens.allows.contains(&"escalation: iam:PutUserPolicy".to_owned()), "{:?}", opens.allows);
    assert!(finding.message.contains("allow 2 actions"), "{}", finding.message);
    assert!(finding.message.contains("iam:PutUserPolicy"), "{}", finding.message);
}

#[test]
fn a_boundary_limits_what_a_key_opens() {
    let (finding, opens) = told(BOUND, Some(ACCOUNT), &state(&lines(0)));
    assert_eq!((opens.administrator, opens.actions), (Some(false), Some(1)));
    assert!(opens.boundary.unwrap().contains("policy/reading"));
    assert!(opens.allows.iter().all(|way| !way.starts_with("escalation")), "{:?}", opens.allows);
    assert!(finding.message.contains("within its boundary"), "{}", finding.message);
}

#[test]
fn a_key_that_no_user_has_was_deleted_unless_root_has_one() {
    let (finding, opens) = told(GONE, Some(ACCOUNT), &state(&lines(0)));
    assert_eq!((finding.severity, opens.status), (Severity::Medium, KeyStatus::Deleted));
    let (finding, opens) = told(GONE, Some(ACCOUNT), &state(&lines(1)));
    assert_eq!((finding.severity, opens.status), (Severity::High, KeyStatus::RootOrDeleted));
    assert!(finding.message.contains("root's"), "{}", finding.message);
}

#[test]
fn an_id_that_does_not_say_its_account_is_not_taken_for_deleted() {
    let (finding, opens) = told(GONE, None, &state(&lines(0)));
    assert_eq!((finding.severity, opens.status), (Severity::High, KeyStatus::Unknown));
    assert!(!opens.not_known.is_empty());
    assert_eq!(told(ADMIN, None, &state(&lines(0))).1.status, KeyStatus::Active);
}

#[test]
fn where_the_keys_of_a_user_were_not_shown_an_unknown_key_is_not_taken_for_deleted() {
    let mut lines = lines(0);
    lines.retain(|line| !(line.contains("ListAccessKeys") && line.contains("deploy")));
    let (finding, opens) = told(GONE, Some(ACCOUNT), &state(&lines));
    assert_eq!((finding.severity, opens.status), (Severity::High, KeyStatus::Unknown));
    assert!(!opens.not_known.is_empty());
    let (finding, opens) = told(GONE, Some(ACCOUNT), &state(&[]));
    assert_eq!((finding.severity, opens.status), (Severity::High, KeyStatus::Unknown));
    assert!(finding.message.contains("not known"), "{}", finding.message);
}

#[test]
fn a_key_of_another_account_and_one_of_a_session_are_told_as_such() {
    let state = state(&lines(0));
    let (finding, opens) = told(GONE, Some("210987654321"), &state);
    assert_eq!((finding.severity, opens.status), (Severity::High, KeyStatus::OtherAccount));
    assert!(finding.message.contains("210987654321 was not audited"), "{}", finding.message);
    let (finding, opens) = told(concat!("ASIA", "Q3EGVX6ZT5LHW7NB"), Some(ACCOUNT), &state);
    assert_eq!((finding.severity, opens.status), (Severity::High, KeyStatus::Temporary));
}

#[test]
fn an_id_without_its_secret_stays_as_grave_as_it_was() {
    let mut lone = found(ADMIN, Some(ACCOUNT));
    lone.severity = Severity::Low;
    let Some(Detail::Secret(detail)) = lone.detail.as_deref_mut() else { panic!() };
    detail.fingerprint = fingerprint(ADMIN);
    let mut assessment = assessment(&[ACCOUNT], vec![lone]);
    keys(&mut assessment, &state(&lines(0)));
    assert_eq!(assessment.findings[0].severity, Severity::Low);
    assert!(assessment.findings[0].message.contains("user/boss"));
}

#[test]
fn without_an_account_nothing_changes() {
    let before = assessment(&[], vec![found(ADMIN, Some(ACCOUNT))]);
    let mut after: Assessment = before.clone();
    keys(&mut after, &state(&[]));
    assert_eq!(after, before);
}

#[test]
fn an_id_that_a_resource_holds_as_a_mark_is_known_by_its_fingerprint() {
    let id = classify_secret("AWS_ACCESS_KEY_ID", ADMIN).unwrap();
    let detail = SecretDetail {
        kind: id.kind.to_owned(),
        redacted: id.shown,
        fingerprint: id.fingerprint,
        name: Some("AWS_ACCESS_KEY_ID".to_owned()),
        ..SecretDetail::default()
    };
    let subject =
        Subject::new(SubjectKind::Resource, "arn:aws:lambda:eu-west-1:123456789012:function:orders");
    let held =
        finding("lambda-function-environment-no-secrets", subject, Detail::Secrets(vec![detail]), Vec::new());
    let mut assessment = assessment(&[ACCOUNT], vec![held]);
    keys(&mut assessment, &state(&lines(0)));
    let Some(Detail::Secrets(all)) = assessment.findings[0].detail.as_deref() else { panic!() };
    assert_eq!(all[0].access_key_id.as_deref(), Some(ADMIN));
    assert_eq!(all[0].opens.as_ref().unwrap().status, KeyStatus::Active);
    assert_eq!(assessment.findings[0].severity, Severity::High);
}

//! From a recorded account to resources: what is configured, absent, refused, elsewhere.

// A test may panic anywhere, its helpers too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tieout_aws_live::{CollectOptions, Collected, Replay, Session, collect};
use tieout_aws_state::{Declared, generated, table};
use tieout_model::{Place, Reason};

async fn collected(record: &str, options: &CollectOptions) -> (Collected, Session) {
    let session: Session = Replay::parse(record).unwrap().into();
    (collect(&session, options).await, session)
}

fn line(service: &str, operation: &str, params: Value, rest: Value) -> String {
    let mut line = json!({"service": service, "operation": operation, "params": params});
    line.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    line.to_string() + "\n"
}

fn bucket(operation: &str, rest: Value) -> String {
    line("s3", operation, json!({"Bucket": "shop"}), rest)
}

fn buckets() -> String {
    let buckets = json!({"answer": {"Buckets": [{"Name": "shop", "CreationDate": "2020-01-02T03:04:05Z"}]}});
    line("s3", "ListBuckets", json!({}), buckets)
}

fn of<'a>(collected: &'a Collected, type_name: &str) -> Vec<&'a Declared> {
    collected.resources.iter().filter(|resource| &*resource.type_name == type_name).collect()
}

#[tokio::test]
async fn what_is_configured_absent_and_refused_stay_apart() {
    let record = buckets()
        + &bucket("GetBucketLocation", json!({"answer": {}}))
        + &bucket("GetBucketVersioning", json!({"answer": {"Status": "Enabled"}}))
        + &bucket("GetPublicAccessBlock", json!({"error": {"code": "NoSuchPublicAccessBlockConfiguration"}}))
        + &bucket("GetBucketLogging", json!({"error": {"code": "AccessDenied", "status": 403}}));
    let (collected, session) = collected(&record, &CollectOptions::default()).await;
    let found = of(&collected, "AWS::S3::Bucket");
    assert_eq!(found.len(), 1);
    let shop = found[0];
    assert_eq!(shop.arn.as_deref(), Some("arn:aws:s3:::shop"));
    assert_eq!((&*shop.local, shop.region.as_deref()), ("arn:aws:s3:::shop", Some("us-east-1")));
    let status = shop.properties.at_path(&["VersioningConfiguration", "Status"]).unwrap();
    assert_eq!(status.as_text(), Some("Enabled"));
    let Place::Cloud(place) = &status.at else { panic!("{status:?}") };
    assert_eq!(&*place.pointer, "/Status");
    let source =
        session.evidence().into_iter().find(|evidence| evidence.sha256 == *place.evidence).unwrap().source;
    assert_eq!(source, "aws:s3:GetBucketVersioning");
    assert!(shop.properties.get("PublicAccessBlockConfiguration").is_none());
    let logging = shop.properties.get("LoggingConfiguration").unwrap();
    let mut gaps = Vec::new();
    logging.walk(&mut |node| gaps.extend(node.gap()));
    assert_eq!(gaps[0].reason, Reason::AccessDenied);
    assert_eq!(&*gaps[0].resolve_with, "allow s3:GetBucketLogging");
}

#[tokio::test]
async fn a_listing_that_is_refused_is_a_gap_of_its_population_and_not_an_empty_account() {
    let record =
        line("s3", "ListBuckets", json!({}), json!({"error": {"code": "AccessDenied", "status": 403}}));
    let (collected, _) = collected(&record, &CollectOptions::default()).await;
    assert!(of(&collected, "AWS::S3::Bucket").is_empty());
    let gap = collected.population_gaps.iter().find(|gap| &*gap.type_name == "AWS::S3::Bucket").unwrap();
    assert_eq!((gap.gap.reason, gap.region.as_deref()), (Reason::AccessDenied, None));
    assert_eq!(&*gap.gap.resolve_with, "allow s3:ListAllMyBuckets");
}

#[tokio::test]
async fn a_bucket_without_a_policy_has_none_and_one_whose_policy_is_refused_may_have_one() {
    let types = |record: String| async move {
        let (collected, _) = collected(&record, &CollectOptions::default()).await;
        of(&collected, "AWS::S3::BucketPolicy").into_iter().cloned().collect::<Vec<_>>()
    };
    let absent = bucket("GetBucketPolicy", json!({"error": {"code": "NoSuchBucketPolicy"}}));
    assert!(types(buckets() + &absent).await.is_empty());
    let refused = bucket("GetBucketPolicy", json!({"error": {"code": "AccessDenied"}}));
    let found = types(buckets() + &refused).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].uncertain.as_ref().unwrap().reason, Reason::AccessDenied);
    let there = bucket("GetBucketPolicy", json!({"answer": {"Policy": "{\"Statement\": []}"}}));
    let found = types(buckets() + &there).await;
    assert_eq!((found.len(), &found[0].uncertain), (1, &None));
    assert_eq!(found[0].properties.get("PolicyDocument").unwrap().to_json(), json!({"Statement": []}));
}

#[tokio::test]
async fn a_bucket_elsewhere_is_asked_in_its_own_region_and_left_out_where_that_is_not_wanted() {
    let record = format!(
        "{{\"tieout_record\":1,\"regions\":[\"eu-west-1\",\"us-east-1\"]}}\n{}{}{}",
        buckets(),
        bucket("GetBucketLocation", json!({"answer": {"LocationConstraint": "EU"}})),
        bucket("GetBucketVersioning", json!({"region": "eu-west-1", "answer": {"Status": "Enabled"}})),
    );
    let (all, _) = collected(&record, &CollectOptions::default()).await;
    let shop = of(&all, "AWS::S3::Bucket")[0];
    assert_eq!(shop.region.as_deref(), Some("eu-west-1"));
    assert!(shop.properties.at_path(&["VersioningConfiguration", "Status"]).unwrap().as_text().is_some());
    let only =
        |region: &str| CollectOptions { regions: Some(vec![region.into()]), ..CollectOptions::default() };
    assert_eq!(of(&collected(&record, &only("eu-west-1")).await.0, "AWS::S3::Bucket").len(), 1);
    assert!(of(&collected(&record, &only("us-east-1")).await.0, "AWS::S3::Bucket").is_empty());
    // A record that was made for some regions stays confined to them.
    let confined = record.replace(
        r#""regions":["eu-west-1","us-east-1"]"#,
        r#""regions":["us-east-1"],"regions_chosen":true"#,
    );
    let (confined, _) = collected(&confined, &CollectOptions::default()).await;
    assert!(of(&confined, "AWS::S3::Bucket").is_empty());
}

#[tokio::test]
async fn a_setting_of_the_account_that_is_not_configured_is_there_without_properties() {
    let params = json!({"AccountId": "123456789012"});
    let absent = json!({"error": {"code": "NoSuchPublicAccessBlockConfiguration"}});
    let record = line("s3control", "GetPublicAccessBlock", params, absent);
    let (collected, _) = collected(&record, &CollectOptions::default()).await;
    let found = of(&collected, "Account::S3PublicAccessBlock");
    assert_eq!(found.len(), 1);
    assert_eq!((&*found[0].local, found[0].region.as_deref()), ("123456789012", None));
    assert!(found[0].properties.entries().is_empty());
}

#[tokio::test]
async fn calls_that_no_chosen_check_needs_are_not_made_and_said_not_to_be() {
    let record = buckets()
        + &bucket("GetBucketLocation", json!({"answer": {}}))
        + &bucket("GetBucketVersioning", json!({"answer": {"Status": "Enabled"}}));
    let actions: BTreeSet<String> =
        ["s3:ListAllMyBuckets", "s3:GetBucketLocation"].iter().map(|action| (*action).to_owned()).collect();
    let options = CollectOptions { actions: Some(actions), ..CollectOptions::default() };
    let (collected, session) = collected(&record, &options).await;
    let status =
        of(&collected, "AWS::S3::Bucket")[0].properties.at_path(&["VersioningConfiguration", "Status"]);
    assert_eq!(status.unwrap().gap().unwrap().reason, Reason::NotCollected);
    assert!(!session.evidence().iter().any(|evidence| evidence.source.contains("Versioning")));
}

fn iam(operation: &str, rest: Value) -> String {
    line("iam", operation, json!({}), rest)
}

fn details() -> String {
    let user = |name: &str| {
        json!({"UserName": name, "Arn": format!("arn:aws:iam::123456789012:user/{name}"), "Path": "/",
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": "{\"Statement\": []}"}],
            "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]})
    };
    iam(
        "GetAccountAuthorizationDetails",
        json!({"answer": {"UserDetailList": [user("ann"), user("new")],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": []}}),
    )
}

#[tokio::test]
async fn users_are_joined_with_the_credential_report_and_one_who_is_newer_is_unknown() {
    let report = json!({"answer": {"Users": [
        {"user": "<root_account>", "mfa_active": "false", "access_key_1_active": "true"},
        {"user": "ann", "arn": "arn:aws:iam::123456789012:user/ann", "password_enabled": "true", "mfa_active": "true"},
    ]}});
    let record = details()
        + &iam("GetCredentialReport", report)
        + &iam("GetAccountSummary", json!({"answer": {"SummaryMap": {"AccountMFAEnabled": 0}}}));
    let (collected, _) = collected(&record, &CollectOptions::default()).await;
    let users = of(&collected, "AWS::IAM::User");
    assert_eq!(
        users.iter().map(|user| &*user.local).collect::<Vec<_>>(),
        ["arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/new"]
    );
    let live = |user: &Declared, name: &str| user.live.as_ref().unwrap().get(name).unwrap().clone();
    assert_eq!(live(users[0], "PasswordEnabled").as_bool(), Some(true));
    assert_eq!(live(users[1], "PasswordEnabled").gap().unwrap().reason, Reason::NotCollected);
    assert_eq!(users[0].properties.get("Policies").unwrap().items().len(), 1);
    assert_eq!(users[0].region, None);
    let root = of(&collected, "Account::RootUser")[0];
    assert_eq!(root.local.as_ref(), "123456789012");
    assert_eq!(live(root, "MfaActive").as_bool(), Some(false));
    assert_eq!(live(root, "AccessKey1Active").as_bool(), Some(true));
}

#[tokio::test]
async fn a_region_that_the_record_does_not_hold_is_a_gap_and_not_an_empty_region() {
    let options = CollectOptions {
        regions: Some(vec!["us-east-1".into(), "sa-east-1".into()]),
        ..CollectOptions::default()
    };
    let (collected, _) = collected(&buckets(), &options).await;
    assert_eq!(collected.regions, ["us-east-1"]);
    assert_eq!(collected.gaps.len(), 1);
    assert!(collected.gaps[0].what.contains("sa-east-1"));
}

#[test]
fn every_call_of_the_tables_can_be_made() {
    for table in generated::API {
        assert!(
            table.list.params.iter().all(|(_, binding)| !matches!(binding, table::Binding::Item(_))),
            "{}: a listing call has no item to take parameters from",
            table.to
        );
        let calls = std::iter::once(&table.list).chain(table.details);
        for call in calls {
            known(table.to, call.service, call.operation, call.params);
            for each in call.each {
                known(table.to, each.service, each.operation, each.params);
            }
        }
    }
}

fn known(to: &str, service: &str, operation: &str, params: &[(&str, table::Binding)]) {
    let found = tieout_aws_live::Operation::find(service, operation);
    let found = found
        .unwrap_or_else(|| panic!("{to}: {service} {operation} is not in crates/aws-live/operations.txt"));
    for (name, _) in params {
        let name = name.trim_end_matches("[]");
        assert!(found.parameters().contains(name), "{to}: {service} {operation} has no parameter {name}");
    }
}

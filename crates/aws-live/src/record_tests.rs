//! Records: reading, hashing, tampering, replaying.

use super::*;
use crate::Session;
use serde_json::json;

fn call(service: &str, name: &str, params: Value) -> Call {
    let mut call = Operation::find(service, name).unwrap().call("us-east-1");
    call.params = params.as_object().unwrap().clone();
    call
}

fn ask(session: &Session, call: &Call, absent: &[&str]) -> Result<Answer, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(session.call(call, absent))
}

fn session(text: &str) -> Session {
    Replay::parse(text).unwrap().into()
}

const BUCKET: &str = r#"
{"service":"s3","operation":"GetBucketVersioning","params":{"Bucket":"shop"},"answer":{"Status":"Enabled"}}
{"service":"s3","operation":"GetBucketPolicy","params":{"Bucket":"shop"},
 "error":{"code":"NoSuchBucketPolicy","message":"none","status":404}}
{"service":"s3","operation":"GetBucketAcl","params":{"Bucket":"shop"},"error":{"code":"AccessDenied","status":403}}
"#;

#[test]
fn a_record_answers_its_calls_and_no_others() {
    let session = session(BUCKET);
    assert_eq!((session.account(), session.partition()), ("123456789012", "aws"));
    let bucket = json!({"Bucket": "shop"});
    let answer = ask(&session, &call("s3", "GetBucketVersioning", bucket.clone()), &[]).unwrap();
    assert_eq!(*answer.body, json!({"Status": "Enabled"}));
    let other =
        ask(&session, &call("s3", "GetBucketVersioning", json!({"Bucket": "other"})), &[]).unwrap_err();
    let Failure::Gap(gap) = other else { panic!("{other:?}") };
    assert_eq!(gap.reason, Reason::NotCollected);
    assert_eq!(&*gap.what, "s3:GetBucketVersioning on other in us-east-1");
}

#[test]
fn an_error_is_absent_only_where_the_caller_says_so() {
    let session = session(BUCKET);
    let policy = call("s3", "GetBucketPolicy", json!({"Bucket": "shop"}));
    let absent = ask(&session, &policy, &["NoSuchBucketPolicy"]).unwrap_err();
    assert!(matches!(&absent, Failure::Absent { code, .. } if code == "NoSuchBucketPolicy"));
    assert!(matches!(ask(&session, &policy, &[]), Err(Failure::Gap(_))));
    let acl = call("s3", "GetBucketAcl", json!({"Bucket": "shop"}));
    let Err(Failure::Gap(gap)) = ask(&session, &acl, &["NoSuchBucketPolicy"]) else { panic!() };
    assert_eq!((gap.reason, &*gap.resolve_with), (Reason::AccessDenied, "allow s3:GetBucketAcl"));
}

#[test]
fn the_order_of_parameters_does_not_matter() {
    let session = session(
        r#"{"service":"ec2","operation":"DescribeVpcAttribute","params":{"VpcId":"vpc-1","Attribute":"enableDnsSupport"},"answer":{}}"#,
    );
    let asked =
        call("ec2", "DescribeVpcAttribute", json!({"Attribute": "enableDnsSupport", "VpcId": "vpc-1"}));
    assert!(ask(&session, &asked, &[]).is_ok());
}

#[test]
fn a_global_service_answers_wherever_the_question_comes_from() {
    let session = session(r#"{"service":"iam","operation":"GetAccountSummary","answer":{"SummaryMap":{}}}"#);
    let asked = Operation::find("iam", "GetAccountSummary").unwrap().call("eu-west-1");
    assert!(ask(&session, &asked, &[]).is_ok());
}

#[test]
fn evidence_is_of_the_calls_that_were_asked_and_errors_are_evidence_too() {
    let session = session(BUCKET);
    assert!(session.evidence().is_empty());
    let bucket = json!({"Bucket": "shop"});
    let answer = ask(&session, &call("s3", "GetBucketVersioning", bucket.clone()), &[]).unwrap();
    let absent = ask(&session, &call("s3", "GetBucketPolicy", bucket), &["NoSuchBucketPolicy"]).unwrap_err();
    let Failure::Absent { evidence: absent, .. } = absent else { panic!() };
    let evidence = session.evidence();
    assert_eq!(evidence.len(), 2);
    let of = |sha: &str| evidence.iter().find(|evidence| evidence.sha256 == sha).unwrap();
    assert_eq!(of(&answer.evidence).source, "aws:s3:GetBucketVersioning");
    assert_eq!(of(&answer.evidence).sha256, sha256_hex(br#"{"Status":"Enabled"}"#));
    assert_eq!(of(&absent).request["error"], "NoSuchBucketPolicy");
    assert_eq!(of(&absent).request["params"], json!({"Bucket": "shop"}));
}

#[test]
fn an_answer_that_was_changed_after_recording_is_refused() {
    let hash = sha256_hex(br#"{"Status":"Suspended"}"#);
    let text = format!(
        r#"{{"service":"s3","operation":"GetBucketVersioning","answer":{{"Status":"Enabled"}},"sha256":"{hash}"}}"#
    );
    assert!(matches!(Replay::parse(&text), Err(RecordError::Changed(_))));
    assert!(Replay::parse(&text.replace("Enabled", "Suspended")).is_ok());
}

#[test]
fn what_is_no_record_is_an_error_and_never_an_empty_account() {
    for text in [
        "{",
        "[]",
        "\"x\"",
        r#"{"service":"s3"}"#,
        r#"{"tieout_record":2}"#,
        r#"{"service":"s3","operation":"GetBucketAcl","anwser":{}}"#,
    ] {
        assert!(Replay::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_misspelt_operation_of_a_record_is_told() {
    let replay = Replay::parse(r#"{"service":"s3","operation":"GetBucketAlc","answer":{}}"#).unwrap();
    assert_eq!(replay.unknown_operations(), ["s3 GetBucketAlc"]);
}

#[test]
fn a_record_written_and_read_again_is_the_same_whatever_its_order() {
    let replay = Replay::parse(BUCKET).unwrap();
    let text = replay.text().unwrap();
    let again = Replay::parse(&text).unwrap();
    assert_eq!(again.text().unwrap(), text);
    let mut lines: Vec<&str> = text.lines().collect();
    lines.reverse();
    assert_eq!(Replay::parse(&lines.join("\n")).unwrap().text().unwrap(), text);
}

#[test]
fn a_secret_in_a_record_made_by_hand_does_not_get_through() {
    let text = r#"{"service":"lambda","operation":"GetFunctionConfiguration","params":{"FunctionName":"f"},
        "answer":{"Environment":{"Variables":{"DB_PASSWORD":"c0rrect-H0rse-battery-9staple"}}}}"#;
    let session = session(text);
    let asked = call("lambda", "GetFunctionConfiguration", json!({"FunctionName": "f"}));
    let answer = ask(&session, &asked, &[]).unwrap();
    assert!(!answer.body.to_string().contains("H0rse"));
    assert!(session.evidence()[0].redacted);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_of_records_panic(text in "[\\[\\]{}\":,a-z0-9 \\n\\\\]{0,200}") {
        let _ = Replay::parse(&text);
    }
}

//! Resources under conditions.

use super::{properties, read, resource};
use serde_json::json;

const CONDITIONS: &str = "
Parameters:
  Env: {Type: String, Default: dev}
  Open: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsOpen: !Equals [!Ref Open, 'yes']
  Closed: !Not [!Condition IsOpen]
  Both: !And [!Condition IsProd, !Condition IsOpen]
  Any: !Or [!Not [!Condition IsProd], !Condition IsOpen]
  Loop: !Not [!Condition Loop]
  SameText: !Equals [!Ref Open, !Ref Open]
";

fn with(resources: &str) -> crate::Reading {
    read(&format!("{CONDITIONS}Resources:\n{resources}"))
}

#[test]
fn a_resource_whose_condition_does_not_hold_is_not_there() {
    let reading = with(
        "  A: {Type: AWS::S3::Bucket, Condition: IsProd}\n  B: {Type: AWS::S3::Bucket, Condition: Both}\n  C: {Type: AWS::S3::Bucket}\n",
    );
    let ids: Vec<_> = reading.resources.iter().map(|resource| &*resource.local).collect();
    assert_eq!(ids, ["C"]);
}

#[test]
fn a_resource_whose_condition_holds_is_certain() {
    let reading = with(
        "  A: {Type: AWS::S3::Bucket, Condition: Any}\n  B: {Type: AWS::S3::Bucket, Condition: SameText}\n",
    );
    assert!(reading.resources.iter().all(|resource| resource.uncertain.is_none()));
    assert_eq!(reading.resources.len(), 2);
}

#[test]
fn a_resource_whose_condition_is_not_known_is_uncertain_and_read_as_if_it_held() {
    let reading = with(
        "  A:\n    Type: AWS::S3::Bucket\n    Condition: IsOpen\n    Properties:\n      BucketName: !If [IsOpen, open, closed]\n      Tags: !If [Closed, x, y]\n",
    );
    let bucket = resource(&reading, "A");
    assert_eq!(
        bucket.uncertain.as_ref().map(|gap| gap.what.to_string()),
        Some("the condition IsOpen".to_owned())
    );
    assert_eq!(properties(&reading, "A"), json!({"BucketName": "open", "Tags": "y"}));
}

#[test]
fn conditions_in_a_circle_or_missing_are_not_known() {
    let reading = with(
        "  A: {Type: AWS::S3::Bucket, Condition: Loop}\n  B: {Type: AWS::S3::Bucket, Condition: Missing}\n",
    );
    assert_eq!(reading.resources.iter().filter(|resource| resource.uncertain.is_some()).count(), 2);
}

#[test]
fn a_condition_and_its_opposite_are_one_question() {
    let reading = with(
        "  A:\n    Type: AWS::X::Y\n    Properties:\n      P: !If [IsOpen, 1, 2]\n      Q: !If [Closed, 2, 1]\n      R: !If [Loop, 1, 2]\n",
    );
    let given = &resource(&reading, "A").properties;
    for holds in [true, false] {
        let chosen = given.choose(&|name| (name == "IsOpen").then_some(holds));
        let number = if holds { 1 } else { 2 };
        assert_eq!(
            (chosen.get("P").unwrap().as_int(), chosen.get("Q").unwrap().as_int()),
            (Some(number), Some(number))
        );
    }
    assert!(
        matches!(&given.get("Q").unwrap().value, tieout_model::Value::Either { condition, .. } if &**condition == "IsOpen")
    );
    assert!(!given.get("R").unwrap().is_known());
}

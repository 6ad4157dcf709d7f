//! Templates that no one should write.

use super::read;
use proptest::prelude::*;

const SAMPLE: &str = "AWSTemplateFormatVersion: '2010-09-09'
Parameters: {P: {Type: CommaDelimitedList, Default: 'a,b'}}
Mappings: {M: {a: {b: c}}}
Conditions: {C: !Equals [!Ref Q, x], D: !Not [!Condition C]}
Resources:
  B:
    Type: AWS::S3::Bucket
    Condition: C
    Properties:
      BucketName: !Sub ['${A}-${!B}-${C.D}', {A: !Select [0, !Ref P]}]
      Tags: !If [C, [{Key: !FindInMap [M, a, b], Value: !Join ['', [a, !GetAtt B.Arn]]}], !Ref AWS::NoValue]
      Other: !Split [',', !Cidr [10.0.0.0/16, 2, 8]]
";

proptest! {
    #[test]
    fn no_change_of_a_template_makes_it_panic(
        changes in prop::collection::vec((0usize..SAMPLE.len(), "[\\[\\]{}!:&*,'\"\\-a-c \\n$é]{0,4}", 0usize..6), 1..6)
    ) {
        let mut text = SAMPLE.to_owned();
        for (at, put_in, taken_out) in changes {
            let start = at.min(text.len());
            let end = (start + taken_out).min(text.len());
            if text.is_char_boundary(start) && text.is_char_boundary(end) {
                text.replace_range(start..end, &put_in);
            }
        }
        let _ = read(&text);
    }

    #[test]
    fn no_line_left_out_or_moved_makes_it_panic(order in Just((0..SAMPLE.lines().count()).collect::<Vec<_>>()).prop_shuffle(), kept in 1usize..14) {
        let lines: Vec<&str> = SAMPLE.lines().collect();
        let text: Vec<&str> = order.iter().take(kept).filter_map(|index| lines.get(*index).copied()).collect();
        let _ = read(&text.join("\n"));
    }
}

#[test]
fn deep_nesting_and_long_chains_end() {
    let deep = format!(
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      X: {}1{}\n",
        "{a: ".repeat(5000),
        "}".repeat(5000)
    );
    assert!(!read(&deep).gaps.is_empty());
    let joins = format!(
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      X: {}1{}\n",
        "!Join ['', [".repeat(60),
        "]]".repeat(60)
    );
    assert_eq!(read(&joins).resources.len(), 1);
    let full = format!(
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      X: {}1{}\n",
        "{'Fn::Sub': [a, {b: ".repeat(40),
        "}]}".repeat(40)
    );
    assert_eq!(read(&full).resources.len(), 1);
    let ifs = format!(
        "Conditions: {{C: !Equals [!Ref X, y]}}\nResources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      X: {}1{}\n",
        "!If [C, ".repeat(60),
        ", 2]".repeat(60)
    );
    assert_eq!(read(&ifs).resources.len(), 1);
}

#[test]
fn many_conditions_that_name_each_other_twice_are_decided_quickly() {
    let mut text = "Parameters: {P: {Type: String}}\nConditions:\n  C0: !Equals [!Ref P, x]\n".to_owned();
    for index in 1..60 {
        let before = index - 1;
        text += &format!("  C{index}: !And [!Condition C{before}, !Condition C{before}]\n");
    }
    text += "Resources:\n  B: {Type: AWS::S3::Bucket, Condition: C59}\n";
    assert_eq!(read(&text).resources.len(), 1);
}

#[test]
fn many_different_conditions_in_one_text_do_not_multiply_without_end() {
    let mut text = "Parameters:\n".to_owned();
    let mut conditions = String::new();
    let mut parts = String::new();
    for index in 0..40 {
        text += &format!("  P{index}: {{Type: String}}\n");
        conditions += &format!("  C{index}: !Equals [!Ref P{index}, x]\n");
        parts += &format!("!If [C{index}, a, b], ");
    }
    text += &format!(
        "Conditions:\n{conditions}Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      X: !Join ['', [{parts}]]\n"
    );
    assert_eq!(read(&text).resources.len(), 1);
}

//! Intrinsic functions, one by one.

use super::{properties, read, value, value_with};
use crate::Options;
use serde_json::{Value as Json, json};

fn unknown(expression: &str) -> Json {
    json!({ "$unknown": expression })
}

#[test]
fn an_attribute_that_gives_back_a_literal_property_has_its_value() {
    let reading = read(concat!(
        "Parameters:\n  Cidr: {Type: String, Default: 10.0.0.0/16}\n  Open: {Type: String}\n",
        "Resources:\n",
        "  A: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}\n",
        "  B: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Open}}\n",
        "  C: {Type: Custom::Made, Properties: {CidrBlock: 0.0.0.0/0}}\n",
        "  X: {Type: AWS::X::Y, Properties: {A: !GetAtt A.CidrBlock, B: !Sub '${B.CidrBlock}', C: !GetAtt C.CidrBlock}}\n",
    ));
    let x = properties(&reading, "X");
    assert_eq!(x["A"], json!("10.0.0.0/16"));
    assert_eq!(x["B"], json!({"Fn::GetAtt": ["B", "CidrBlock"]}));
    assert_eq!(x["C"], json!({"Fn::GetAtt": ["C", "CidrBlock"]}));
}

#[test]
fn ref_yields_parameters_resources_and_pseudo_parameters() {
    assert_eq!(value("!Ref Env"), json!("prod"));
    assert_eq!(value("!Ref Port"), json!(8080));
    assert_eq!(value("!Ref Zones"), json!(["a", "b", "c"]));
    assert_eq!(value("!Ref Bucket"), json!({"Ref": "Bucket"}));
    assert_eq!(value("{Ref: Bucket}"), json!({"Ref": "Bucket"}));
    assert_eq!(value("!Ref AWS::Partition"), json!("aws"));
    assert_eq!(value("!Ref AWS::Region"), unknown("AWS::Region"));
    assert_eq!(value("!Ref Nobody"), unknown("Nobody"));
}

#[test]
fn a_parameter_without_a_default_is_unknown_unless_only_one_value_is_allowed() {
    assert_eq!(value("!Ref Open"), unknown("Open"));
    assert_eq!(value("!Ref Hidden"), unknown("Hidden"));
    assert_eq!(value("!Ref Only"), json!("one"));
}

#[test]
fn a_parameter_of_parameter_store_is_unknown_even_with_a_default() {
    assert_eq!(value("!Ref Ami"), unknown("Ami"));
}

#[test]
fn what_the_user_knows_wins_over_defaults() {
    let mut options = Options { region: Some("cn-north-1".into()), ..Options::default() };
    options.parameters.insert("Env".into(), "dev".into());
    options.parameters.insert("Zones".into(), "q,r".into());
    assert_eq!(value_with("!Ref Env", &options), json!("dev"));
    assert_eq!(value_with("!Ref Zones", &options), json!(["q", "r"]));
    assert_eq!(value_with("!If [IsProd, a, b]", &options), json!("b"));
    assert_eq!(
        value_with("!Sub '${AWS::Partition} ${AWS::Region} ${AWS::URLSuffix}'", &options),
        json!("aws-cn cn-north-1 amazonaws.com.cn")
    );
}

#[test]
fn get_att_is_read_in_all_its_forms() {
    let expected = json!({"Fn::GetAtt": ["Bucket", "Arn"]});
    for form in [
        "!GetAtt Bucket.Arn",
        "{'Fn::GetAtt': [Bucket, Arn]}",
        "!GetAtt [Bucket, Arn]",
        "{'Fn::GetAtt': Bucket.Arn}",
    ] {
        assert_eq!(value(form), expected, "{form}");
    }
    assert_eq!(value("!GetAtt Bucket.Outputs.Id"), json!({"Fn::GetAtt": ["Bucket", "Outputs.Id"]}));
    assert_eq!(value("!GetAtt Nobody.Arn"), unknown("Nobody.Arn"));
}

#[test]
fn sub_puts_in_what_is_known_and_keeps_what_is_not() {
    assert_eq!(value("!Sub 'x-${Env}-${Port}'"), json!("x-prod-8080"));
    assert_eq!(value("!Sub '${Bucket}'"), json!({"Ref": "Bucket"}));
    assert_eq!(value("!Sub '${Bucket.Arn}/*'"), unknown("${Bucket.Arn}/*"));
    assert_eq!(
        value("!Sub 'arn:${AWS::Partition}:s3:::b-${AWS::AccountId}'"),
        unknown("arn:aws:s3:::b-${AWS::AccountId}")
    );
    assert_eq!(value("!Sub ['${A}-${Env}-${!Env}', {A: !Ref Port}]"), json!("8080-prod-${Env}"));
    assert_eq!(value("!Sub 'price $5 ${ } ${'"), json!("price $5 ${ } ${"));
    assert_eq!(value("!Sub '${Nobody}-x'"), unknown("${Nobody}-x"));
}

#[test]
fn join_drops_what_has_no_value_and_keeps_what_is_open() {
    assert_eq!(value("!Join ['-', [a, !Ref Env, !Ref Port]]"), json!("a-prod-8080"));
    assert_eq!(value("!Join [',', !Ref Zones]"), json!("a,b,c"));
    assert_eq!(
        value("!Join ['', ['arn:', !Ref 'AWS::Partition', ':s3:::', !Ref Bucket, '/*']]"),
        unknown("arn:aws:s3:::${Bucket}/*")
    );
    assert_eq!(value("!Join ['-', [a, !Ref AWS::NoValue, b]]"), json!("a-b"));
}

#[test]
fn select_and_split_work_on_known_lists_only() {
    assert_eq!(value("!Select [1, !Ref Zones]"), json!("b"));
    assert_eq!(value("!Select ['2', !Split ['|', 'x|y|z']]"), json!("z"));
    assert_eq!(value("!Select [9, [a]]"), unknown("Fn::Select 9 of 1 values"));
    assert_eq!(value("!Select [0, !GetAZs '']"), unknown("Fn::Select 0 Fn::GetAZs \"\""));
    assert_eq!(value("!Split [',', !Ref Open]"), unknown("Fn::Split \",\" Open"));
}

#[test]
fn find_in_map_needs_known_keys_or_a_default() {
    assert_eq!(value("!FindInMap [Envs, !Ref Env, Size]"), json!("large"));
    assert_eq!(value("!FindInMap [Regions, eu-west-1, Zones]"), json!(["x", "y"]));
    assert_eq!(
        value("!FindInMap [Regions, !Ref AWS::Region, Ami]"),
        unknown("Fn::FindInMap Regions AWS::Region Ami")
    );
    assert_eq!(value("!FindInMap [Envs, none, Size]"), unknown("Fn::FindInMap Envs none Size"));
    assert_eq!(value("!FindInMap [Envs, none, Size, {DefaultValue: medium}]"), json!("medium"));
    let known = Options { region: Some("us-east-1".into()), ..Options::default() };
    assert_eq!(value_with("!FindInMap [Regions, !Ref AWS::Region, Ami]", &known), json!("ami-2"));
}

#[test]
fn a_condition_that_is_known_chooses_and_one_that_is_not_keeps_both() {
    assert_eq!(value("!If [IsProd, a, b]"), json!("a"));
    assert_eq!(value("!If [IsDev, a, b]"), json!("b"));
    assert_eq!(value("!If [IsOpen, a, b]"), unknown("IsOpen ? \"a\" : \"b\""));
    assert_eq!(value("!If [IsOpen, same, same]"), json!("same"));
    assert_eq!(value("!If [IsOpen, !If [IsOpen, a, never], b]"), unknown("IsOpen ? \"a\" : \"b\""));
    assert_eq!(value("[x, !If [IsProd, !Ref AWS::NoValue, y]]"), json!(["x"]));
    assert_eq!(value("!Sub ['n-${X}', {X: !If [IsOpen, a, b]}]"), unknown("IsOpen ? \"n-a\" : \"n-b\""));
    assert_eq!(value("!If [NoSuchCondition, a, b]"), unknown("NoSuchCondition ? \"a\" : \"b\""));
}

#[test]
fn the_other_functions_yield_their_values() {
    assert_eq!(value("!Cidr [10.0.0.0/16, 2, 8]"), json!(["10.0.0.0/24", "10.0.1.0/24"]));
    assert_eq!(value("!Select [0, !Cidr [10.0.0.0/16, 2]]"), json!("10.0.0.0/24"));
    assert_eq!(value("!Length [a, b, c]"), json!(3));
    assert_eq!(value("!Length\n  Ref: Zones"), json!(3));
    assert_eq!(value("!Base64 'echo hi'"), json!("echo hi"));
    assert_eq!(value("!ToJsonString {a: !Ref Env}"), json!({"a": "prod"}));
    assert_eq!(value("!ImportValue shared-vpc"), unknown("Fn::ImportValue shared-vpc"));
    assert_eq!(
        value("!Sub '{{resolve:secretsmanager:${Env}/db:SecretString:password}}'"),
        json!("{{resolve:secretsmanager:prod/db:SecretString:password}}")
    );
    assert_eq!(
        value("{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: s3://b/x}}}"),
        unknown("Fn::Transform AWS::Include s3://b/x")
    );
    assert_eq!(value("{a: 1, 'Fn::Transform': {Name: Mine}}"), unknown("Fn::Transform Mine"));
    assert_eq!(value("!Frobnicate x"), unknown("Fn::Frobnicate"));
}

#[test]
fn malformed_calls_are_unknown_and_never_the_end() {
    for form in [
        "!Join x",
        "!Join [a]",
        "!Select []",
        "!FindInMap [a]",
        "!Sub []",
        "!GetAtt x",
        "!If [IsProd]",
        "!Cidr []",
        "!Split [a]",
        "!Ref [a]",
        "!GetAtt []",
        "!Join [[], []]",
    ] {
        assert!(value(form).get("$unknown").is_some(), "{form}: {}", value(form));
    }
}

#[test]
fn the_condition_block_of_a_policy_is_no_function() {
    assert_eq!(
        value("{Condition: {Bool: {'aws:SecureTransport': 'false'}}}"),
        json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}}})
    );
}

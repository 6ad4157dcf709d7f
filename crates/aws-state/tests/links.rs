//! What a property names, in every way that a source or an account may name it; and AWS's defaults.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value as Json, json};
use tieout_aws_state::types::{Bucket, Function, Permission, Route, SecurityGroup, Trail};
use tieout_aws_state::{Declared, Linked, Scope, State};
use tieout_model::time::Date;
use tieout_model::{Node, Place, Setting, Value};

fn source(local: &str, type_name: &str, properties: Json) -> Declared {
    Declared {
        scope: Scope::Source("template.yaml".into()),
        local: local.into(),
        type_name: type_name.into(),
        properties: node(&properties),
        live: None,
        at: Place::None,
        name: None,
        arn: None,
        account: None,
        region: None,
        uncertain: None,
    }
}

/// `{"$ref": "Fn.Arn"}` is a reference.
fn node(json: &Json) -> Node {
    if let Some(Json::String(reference)) = json.get("$ref") {
        let (id, attribute) = reference
            .split_once('.')
            .map_or((reference.as_str(), None), |(id, word)| (id, Some(word.into())));
        return Node::new(Value::Ref { id: id.into(), attribute }, Place::None);
    }
    match json {
        Json::Array(items) => Node::new(Value::List(items.iter().map(node).collect()), Place::None),
        Json::Object(map) => map.iter().fold(Node::map(Place::None), |mut whole, (key, value)| {
            whole.set(key.as_str(), Place::None, node(value));
            whole
        }),
        scalar => Node::from_json(scalar, &Place::None),
    }
}

fn state(declared: Vec<Declared>) -> State {
    State::build(declared, Vec::new(), Date::MIN)
}

/// Whom a permission whose `FunctionName` is so names: the resource's id, `outside`, or `unknown`.
fn function_named(name: Json) -> String {
    let state = state(vec![
        source("Fn", "AWS::Lambda::Function", json!({"FunctionName": "api"})),
        source("Live", "AWS::Lambda::Alias", json!({"Name": "live", "FunctionName": {"$ref": "Fn"}})),
        source("Odd", "AWS::Lambda::Alias", json!({"Name": "odd", "FunctionName": {"$ref": "Odd"}})),
        source("V1", "AWS::Lambda::Version", json!({"FunctionName": {"$ref": "Fn.Arn"}})),
        source("Queue", "AWS::SQS::Queue", json!({})),
        source("Nested", "AWS::CloudFormation::Stack", json!({})),
        source("P", "AWS::Lambda::Permission", json!({"FunctionName": name})),
    ]);
    let (permission, _) = state.all::<Permission>().next().unwrap();
    match state.follow(permission, Permission::FUNCTION_NAME).as_slice() {
        [Linked::To(resource, _)] => resource.subject.id.clone(),
        [Linked::Outside(_)] => "outside".to_owned(),
        [Linked::Unknown(_)] => "unknown".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_function_is_named_by_reference_name_arn_alias_and_version() {
    for name in [
        json!({"$ref": "Fn"}),
        json!({"$ref": "Fn.Arn"}),
        json!({"$ref": "Live"}),
        json!({"$ref": "V1"}),
        json!("api"),
        json!("arn:aws:lambda:eu-central-1:123456789012:function:api"),
        json!("arn:aws:lambda:eu-central-1:123456789012:function:api:live"),
    ] {
        assert_eq!(function_named(name.clone()), "Fn", "{name}");
    }
}

#[test]
fn another_function_is_outside_and_what_may_be_any_is_unknown() {
    assert_eq!(function_named(json!("other")), "outside");
    assert_eq!(
        function_named(json!("arn:aws:lambda:eu-central-1:123456789012:function:other:live")),
        "outside"
    );
    assert_eq!(function_named(json!({"$ref": "Queue.Arn"})), "outside");
    assert_eq!(function_named(json!({"$ref": "Parameter"})), "unknown");
    assert_eq!(function_named(json!({"$ref": "Nested.Outputs.FunctionArn"})), "unknown");
    assert_eq!(function_named(json!({"$ref": "Odd"})), "unknown", "an alias of itself stands for nothing");
}

#[test]
fn a_key_is_named_by_its_alias_too() {
    for (name, found) in [
        ("alias/app", true),
        ("arn:aws:kms:eu-central-1:123456789012:alias/app", true),
        ("alias/other", false),
        ("app", false),
    ] {
        let state = state(vec![
            source("Key", "AWS::KMS::Key", json!({})),
            source(
                "KeyAlias",
                "AWS::KMS::Alias",
                json!({"AliasName": "alias/app", "TargetKeyId": {"$ref": "Key"}}),
            ),
            source("T", "AWS::CloudTrail::Trail", json!({"KMSKeyId": name})),
        ]);
        let (trail, _) = state.all::<Trail>().next().unwrap();
        let linked = state.follow(trail, Trail::KMS_KEY_ID);
        assert_eq!(matches!(linked.as_slice(), [Linked::To(..)]), found, "{name}");
    }
}

#[test]
fn a_route_to_another_kind_of_gateway_is_known_not_to_be_an_internet_gateway() {
    let state = state(vec![
        source("Vgw", "AWS::EC2::VPNGateway", json!({})),
        source("R", "AWS::EC2::Route", json!({"GatewayId": {"$ref": "Vgw"}})),
    ]);
    let (route, _) = state.all::<Route>().next().unwrap();
    assert!(matches!(state.follow(route, Route::GATEWAY_ID).as_slice(), [Linked::Outside(_)]));
}

fn only<T: tieout_aws_state::AwsType>(state: &State) -> &T {
    state.all::<T>().next().unwrap().1
}

#[test]
fn a_new_bucket_blocks_public_access_and_a_block_written_in_part_blocks_what_it_says() {
    let bare = state(vec![source("B", "AWS::S3::Bucket", json!({}))]);
    let block = &only::<Bucket>(&bare).public_access_block_configuration;
    assert!(matches!(block.block_public_acls, Setting::Default(true, _)));
    let part = json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": true}});
    let part = state(vec![source("B", "AWS::S3::Bucket", part)]);
    let block = &only::<Bucket>(&part).public_access_block_configuration;
    assert!(matches!(block.block_public_acls, Setting::Set(true, _)));
    assert!(matches!(block.restrict_public_buckets, Setting::Default(false, _)));
}

#[test]
fn an_old_bucket_in_an_account_without_a_block_or_ownership_has_neither() {
    let live = Declared {
        scope: Scope::Account("123456789012".into()),
        live: Some(Node::map(Place::None)),
        ..source("arn:aws:s3:::old", "AWS::S3::Bucket", json!({"BucketName": "old"}))
    };
    let state = state(vec![live]);
    let bucket: &Bucket = only(&state);
    assert!(!bucket.public_access_block_configuration.block_public_acls.is_true().unwrap());
    assert!(bucket.public_access_block_configuration.here.is_absent());
    let rules = bucket.ownership_controls.rules.items().unwrap();
    assert_eq!(rules[0].object_ownership.text().unwrap(), "ObjectWriter");
}

#[test]
fn cloudformation_leaves_the_open_egress_rule_unless_egress_is_written() {
    let bare = state(vec![source("G", "AWS::EC2::SecurityGroup", json!({"GroupDescription": "d"}))]);
    let rules = only::<SecurityGroup>(&bare).security_group_egress.items().unwrap();
    assert_eq!(rules[0].cidr_ip.text().unwrap(), "0.0.0.0/0");
    let shut = state(vec![source("G", "AWS::EC2::SecurityGroup", json!({"SecurityGroupEgress": []}))]);
    assert!(only::<SecurityGroup>(&shut).security_group_egress.items().unwrap().is_empty());
}

#[test]
fn defaults_hold_within_the_elements_of_a_list() {
    let state = state(vec![source(
        "T",
        "AWS::CloudTrail::Trail",
        json!({"EventSelectors": [{"ReadWriteType": "ReadOnly"}, {}]}),
    )]);
    let trail: &Trail = only(&state);
    let selectors = trail.event_selectors.items().unwrap();
    assert_eq!(selectors[0].read_write_type.text().unwrap(), "ReadOnly");
    assert!(matches!(&selectors[1].read_write_type, Setting::Default(word, _) if word == "All"));
    assert!(matches!(trail.include_global_service_events, Setting::Default(true, _)));
}

#[test]
fn a_function_without_layers_or_variables_has_none() {
    let state = state(vec![source("F", "AWS::Lambda::Function", json!({}))]);
    let function: &Function = only(&state);
    assert!(function.layers.items().unwrap().is_empty());
    assert!(function.environment.variables.is_absent());
}

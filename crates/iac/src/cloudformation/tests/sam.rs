//! What SAM deploys for its own types. Expected ids and properties agree with aws-sam-translator 1.110.0.

use super::{file, properties, read, resource};
use crate::{Options, Reading, read_files};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn sam(text: &str) -> Reading {
    read(&format!("Transform: AWS::Serverless-2016-10-31\n{text}"))
}

fn ids(reading: &Reading) -> Vec<(String, String)> {
    let mut ids: Vec<_> = reading
        .resources
        .iter()
        .map(|resource| {
            (resource.local.to_string(), resource.type_name.trim_start_matches("AWS::").to_owned())
        })
        .collect();
    ids.sort();
    ids
}

fn expect_ids(reading: &Reading, expected: &[(&str, &str)]) {
    let mut expected: Vec<_> =
        expected.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect();
    expected.sort();
    assert_eq!(ids(reading), expected, "gaps: {:?}", reading.gaps);
}

fn managed(name: &str) -> Json {
    json!(format!("arn:aws:iam::aws:policy/{name}"))
}

#[test]
fn a_function_comes_with_a_role_that_may_write_logs() {
    let reading = sam(
        "Resources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: app.main\n      Runtime: python3.12\n      CodeUri: src/\n",
    );
    expect_ids(&reading, &[("Fn", "Lambda::Function"), ("FnRole", "IAM::Role")]);
    let expected = json!({
        "Code": "src/", "Handler": "app.main", "Runtime": "python3.12",
        "Role": {"Fn::GetAtt": ["FnRole", "Arn"]}, "Tags": [{"Key": "lambda:createdBy", "Value": "SAM"}]
    });
    assert_eq!(properties(&reading, "Fn"), expected);
    let role = properties(&reading, "FnRole");
    assert_eq!(role["ManagedPolicyArns"], json!([managed("service-role/AWSLambdaBasicExecutionRole")]));
    assert_eq!(
        role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"],
        json!({"Service": ["lambda.amazonaws.com"]})
    );
    assert_eq!(resource(&reading, "FnRole").at.file_line(), Some(("template.yaml", 3)));
}

#[test]
fn globals_are_merged_maps_by_key_lists_one_after_the_other_scalars_yield() {
    let reading = sam(
        "Globals:\n  Function:\n    Runtime: python3.11\n    Timeout: 5\n    Layers: [a]\n    Environment: {Variables: {A: '1', B: '2'}}\n    Tags: {team: x}\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.13\n      Layers: [b]\n      Environment: {Variables: {B: '3'}}\n  Bare:\n    Type: AWS::Serverless::Function\n    IgnoreGlobals: '*'\n    Properties: {Runtime: go}\n  Some:\n    Type: AWS::Serverless::Function\n    IgnoreGlobals: [Timeout, Layers]\n",
    );
    let function = properties(&reading, "Fn");
    assert_eq!(function["Runtime"], "python3.13");
    assert_eq!(function["Layers"], json!(["a", "b"]));
    assert_eq!(function["Environment"], json!({"Variables": {"A": "1", "B": "3"}}));
    assert_eq!(function["Tags"][1], json!({"Key": "team", "Value": "x"}));
    assert_eq!(properties(&reading, "Bare").get("Timeout"), None);
    assert_eq!(properties(&reading, "Some").get("Layers"), None);
    assert_eq!(properties(&reading, "Some")["Runtime"], "python3.11");
    let line = resource(&reading, "Fn").properties.get("Timeout").and_then(|node| node.at.file_line());
    assert_eq!(line, Some(("template.yaml", 5)));
}

#[test]
fn a_role_of_ones_own_is_kept_and_none_is_made() {
    let reading = sam(
        "Resources:\n  Fn: {Type: AWS::Serverless::Function, Properties: {Role: 'arn:aws:iam::1:role/x', Policies: [AdministratorAccess]}}\n",
    );
    expect_ids(&reading, &[("Fn", "Lambda::Function")]);
    assert_eq!(properties(&reading, "Fn")["Role"], "arn:aws:iam::1:role/x");
}

#[test]
fn policies_become_managed_arns_and_inline_statements() {
    let reading = sam(
        "Resources:\n  Bucket: {Type: AWS::S3::Bucket}\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Tracing: Active\n      VpcConfig: {SubnetIds: [s], SecurityGroupIds: [g]}\n      PermissionsBoundary: arn:aws:iam::1:policy/b\n      Policies:\n        - AmazonSQSFullAccess\n        - AWSLambdaRole\n        - arn:aws:iam::1:policy/own\n        - !Ref Managed\n        - S3ReadPolicy: {BucketName: !Ref Bucket}\n        - Statement: [{Effect: Allow, Action: '*', Resource: '*'}]\n        - NoSuchPolicy: {}\n  Managed: {Type: AWS::IAM::ManagedPolicy}\n",
    );
    let role = properties(&reading, "FnRole");
    let expected = json!([
        managed("service-role/AWSLambdaBasicExecutionRole"), managed("AWSXrayWriteOnlyAccess"),
        managed("service-role/AWSLambdaVPCAccessExecutionRole"), managed("AmazonSQSFullAccess"),
        managed("service-role/AWSLambdaRole"), "arn:aws:iam::1:policy/own", {"Ref": "Managed"}
    ]);
    assert_eq!(role["ManagedPolicyArns"], expected);
    assert_eq!(role["PermissionsBoundary"], "arn:aws:iam::1:policy/b");
    let template = &role["Policies"][0]["PolicyDocument"]["Statement"][0];
    assert_eq!(
        template["Resource"],
        json!([{"$unknown": "arn:aws:s3:::${Bucket}"}, {"$unknown": "arn:aws:s3:::${Bucket}/*"}])
    );
    assert_eq!(template["Action"][0], "s3:GetObject");
    assert_eq!(role["Policies"][1]["PolicyDocument"]["Statement"][0]["Action"], "*");
    let at = resource(&reading, "FnRole").properties.get("Policies").unwrap().items()[0]
        .get("PolicyDocument")
        .unwrap()
        .at
        .file_line();
    assert_eq!(at, Some(("template.yaml", 15)));
    assert_eq!(reading.gaps.len(), 1);
    assert_eq!(&*reading.gaps[0].0.what, "the policy template `NoSuchPolicy`");
}

#[test]
fn a_url_for_everyone_comes_with_its_permissions_and_one_for_iam_without() {
    let reading = sam(
        "Resources:\n  Open: {Type: AWS::Serverless::Function, Properties: {Role: r, FunctionUrlConfig: {AuthType: NONE}}}\n  Shut: {Type: AWS::Serverless::Function, Properties: {Role: r, FunctionUrlConfig: {AuthType: AWS_IAM}}}\n",
    );
    expect_ids(
        &reading,
        &[
            ("Open", "Lambda::Function"),
            ("OpenUrl", "Lambda::Url"),
            ("OpenUrlPublicPermissions", "Lambda::Permission"),
            ("OpenURLInvokeAllowPublicAccess", "Lambda::Permission"),
            ("Shut", "Lambda::Function"),
            ("ShutUrl", "Lambda::Url"),
        ],
    );
    assert_eq!(
        properties(&reading, "OpenUrl"),
        json!({"TargetFunctionArn": {"Ref": "Open"}, "AuthType": "NONE"})
    );
    assert_eq!(properties(&reading, "OpenUrlPublicPermissions")["Principal"], "*");
}

#[test]
fn an_alias_is_what_events_call_and_what_references_to_it_mean() {
    let reading = sam(
        "Parameters: {Stage: {Type: String, Default: live}}\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Role: r\n      AutoPublishAlias: !Ref Stage\n      Events: {Tick: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}\n  Topic: {Type: AWS::SNS::Topic, Properties: {A: !Ref Fn.Alias, B: !Sub '${Fn.Alias}', C: !GetAtt Fn.Version.Version}}\n",
    );
    expect_ids(
        &reading,
        &[
            ("Fn", "Lambda::Function"),
            ("FnVersion", "Lambda::Version"),
            ("FnAliaslive", "Lambda::Alias"),
            ("FnTick", "Events::Rule"),
            ("FnTickPermission", "Lambda::Permission"),
            ("Topic", "SNS::Topic"),
        ],
    );
    assert_eq!(properties(&reading, "FnTickPermission")["FunctionName"], json!({"Ref": "FnAliaslive"}));
    let expected = json!({"A": {"Ref": "FnAliaslive"}, "B": {"Ref": "FnAliaslive"}, "C": {"Fn::GetAtt": ["FnVersion", "Version"]}});
    assert_eq!(properties(&reading, "Topic"), expected);
}

#[test]
fn events_bring_permissions_mappings_and_the_roles_policies() {
    let reading = sam(
        "Resources:\n  B: {Type: AWS::S3::Bucket}\n  Q: {Type: AWS::SQS::Queue}\n  T: {Type: AWS::SNS::Topic}\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Events:\n        Up: {Type: S3, Properties: {Bucket: !Ref B, Events: ['s3:ObjectCreated:*']}}\n        Msg: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: 3}}\n        Note: {Type: SNS, Properties: {Topic: !Ref T}}\n        Odd: {Type: Carrier, Properties: {}}\n",
    );
    expect_ids(
        &reading,
        &[
            ("B", "S3::Bucket"),
            ("Q", "SQS::Queue"),
            ("T", "SNS::Topic"),
            ("Fn", "Lambda::Function"),
            ("FnRole", "IAM::Role"),
            ("FnUpPermission", "Lambda::Permission"),
            ("FnMsg", "Lambda::EventSourceMapping"),
            ("FnNotePermission", "Lambda::Permission"),
            ("FnNote", "SNS::Subscription"),
        ],
    );
    let notification = json!({"NotificationConfiguration": {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": {"Fn::GetAtt": ["Fn", "Arn"]}}]}});
    assert_eq!(properties(&reading, "B"), notification);
    assert_eq!(
        properties(&reading, "FnMsg"),
        json!({"FunctionName": {"Ref": "Fn"}, "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}, "BatchSize": 3})
    );
    assert_eq!(
        properties(&reading, "FnUpPermission")["SourceAccount"],
        json!({"$unknown": "AWS::AccountId"})
    );
    let arns = properties(&reading, "FnRole")["ManagedPolicyArns"].clone();
    assert!(
        arns.as_array().unwrap().contains(&managed("service-role/AWSLambdaSQSQueueExecutionRole")),
        "{arns}"
    );
    assert_eq!(reading.gaps.len(), 1);
}

#[test]
fn api_events_make_an_api_with_a_stage_and_the_permission_for_their_path() {
    let reading = sam(
        "Globals: {Api: {TracingEnabled: true}}\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Role: r\n      Events:\n        Get: {Type: Api, Properties: {Path: '/orders/{id}', Method: get}}\n        Any: {Type: HttpApi}\n",
    );
    expect_ids(
        &reading,
        &[
            ("Fn", "Lambda::Function"),
            ("FnGetPermissionProd", "Lambda::Permission"),
            ("FnAnyPermission", "Lambda::Permission"),
            ("ServerlessRestApi", "ApiGateway::RestApi"),
            ("ServerlessRestApiDeployment", "ApiGateway::Deployment"),
            ("ServerlessRestApiProdStage", "ApiGateway::Stage"),
            ("ServerlessHttpApi", "ApiGatewayV2::Api"),
            ("ServerlessHttpApiApiGatewayDefaultStage", "ApiGatewayV2::Stage"),
        ],
    );
    let source = json!({"$unknown": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${ServerlessRestApi}/*/GET/orders/*"});
    assert_eq!(properties(&reading, "FnGetPermissionProd")["SourceArn"], source);
    assert_eq!(properties(&reading, "ServerlessRestApiProdStage")["TracingEnabled"], true);
    let body = &properties(&reading, "ServerlessRestApi")["Body"];
    assert!(
        body["paths"]["/orders/{id}"]["get"]["x-amazon-apigateway-integration"]["uri"].is_object(),
        "{body}"
    );
    assert_eq!(resource(&reading, "ServerlessRestApi").at.file_line(), Some(("template.yaml", 9)));
}

#[test]
fn authorizers_guard_every_route_but_those_that_opt_out() {
    let reading = sam(
        "Resources:\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: v1\n      Auth: {DefaultAuthorizer: Pool, Authorizers: {Pool: {UserPoolArn: arn:pool}, Fn: {FunctionArn: arn:fn}}}\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      Role: r\n      Events:\n        A: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api}}\n        B: {Type: Api, Properties: {Path: /b, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: NONE}}}\n        C: {Type: Api, Properties: {Path: /c, Method: any, RestApiId: !Ref Api, Auth: {Authorizer: AWS_IAM, ApiKeyRequired: true}}}\n",
    );
    let paths = properties(&reading, "Api")["Body"]["paths"].clone();
    assert_eq!(paths["/a"]["get"]["security"], json!([{"Pool": []}]));
    assert_eq!(paths["/b"]["get"]["security"], json!([{"NONE": []}]));
    assert_eq!(
        paths["/c"]["x-amazon-apigateway-any-method"]["security"],
        json!([{"AWS_IAM": []}, {"api_key": []}])
    );
    let names: Vec<String> = ids(&reading).into_iter().map(|(id, _)| id).collect();
    for id in ["Apiv1Stage", "ApiFnAuthorizerPermission", "FnAPermissionv1"] {
        assert!(names.contains(&id.to_owned()), "{id} is not among {names:?}");
    }
}

#[test]
fn an_implicit_api_exists_where_any_of_its_functions_does() {
    let function = |name: &str, condition: &str| {
        format!(
            "  {name}:\n    Type: AWS::Serverless::Function\n    Condition: {condition}\n    Properties: {{Role: r, Events: {{E: {{Type: Api, Properties: {{Path: /{name}, Method: get}}}}}}}}\n"
        )
    };
    let text = format!(
        "Conditions: {{A: !Equals [a, b], B: !Equals [a, a]}}\nResources:\n{}{}",
        function("One", "A"),
        function("Two", "B")
    );
    let reading = sam(&text);
    assert!(reading.resources.iter().any(|resource| &*resource.local == "ServerlessRestApi"));
    assert!(!reading.resources.iter().any(|resource| resource.local.starts_with("One")));
    let none = format!("Conditions: {{A: !Equals [a, b]}}\nResources:\n{}", function("One", "A"));
    assert_eq!(sam(&none).resources.len(), 0);
}

#[test]
fn tables_layers_and_state_machines_become_their_plain_types() {
    let reading = sam(
        "Resources:\n  T: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: k, Type: Number}}}\n  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: 's3://b/k'}}\n  M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: m.json, Tracing: {Enabled: true}, Policies: [{LambdaInvokePolicy: {FunctionName: f}}], Events: {S: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}}}\n",
    );
    let table = json!({"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "N"}], "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"});
    assert_eq!(properties(&reading, "T"), table);
    assert_eq!(
        properties(&reading, "L"),
        json!({"LayerName": "L", "Content": {"S3Bucket": "b", "S3Key": "k"}})
    );
    expect_ids(
        &reading,
        &[
            ("T", "DynamoDB::Table"),
            ("L", "Lambda::LayerVersion"),
            ("M", "StepFunctions::StateMachine"),
            ("MRole", "IAM::Role"),
            ("MS", "Events::Rule"),
            ("MSRole", "IAM::Role"),
        ],
    );
    assert_eq!(
        properties(&reading, "MRole")["ManagedPolicyArns"],
        json!([managed("AWSXrayWriteOnlyAccess")])
    );
}

#[test]
fn a_nested_application_of_the_folder_is_read_with_its_parameters() {
    let files = [
        file(
            "template.yaml",
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  App: {Type: AWS::Serverless::Application, Properties: {Location: ./app/template.yaml, Parameters: {Name: given}}}\n",
        ),
        file(
            "app/template.yaml",
            "Transform: AWS::Serverless-2016-10-31\nParameters: {Name: {Type: String}}\nResources:\n  T: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: !Ref Name}}\n",
        ),
    ];
    let reading = read_files(&files, &Options::default());
    assert_eq!(properties(&reading, "T")["TableName"], "given");
    assert_eq!(reading.resources.len(), 2);
    assert!(reading.files.iter().all(|file| file.dialect == "sam"));
}

#[test]
fn types_that_are_not_known_are_a_gap() {
    let reading = sam("Resources:\n  G: {Type: AWS::Serverless::GraphQLApi, Properties: {}}\n");
    assert_eq!(reading.resources.len(), 0);
    assert_eq!(reading.gaps.len(), 1);
}

const SAMPLE: &str = "Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: x, Tags: {a: b}, VpcConfig: {SubnetIds: [a]}}, Api: {Auth: {DefaultAuthorizer: P, Authorizers: {P: {UserPoolArn: a}}}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      Policies: [A, {S3ReadPolicy: {BucketName: b}}, {Statement: [{Effect: Allow}]}, !If [C, A, B]]
      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        A: {Type: Api, Properties: {Path: /a, Method: get, Auth: {Authorizer: NONE}}}
        B: {Type: SNS, Properties: {Topic: t, SqsSubscription: true}}
        C: {Type: S3, Properties: {Bucket: !Ref Bk, Events: [e]}}
  Bk: {Type: AWS::S3::Bucket}
  M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: 's3://b/k', Events: {A: {Type: Api, Properties: {Path: /, Method: post}}}}}
";

proptest! {
    #[test]
    fn no_change_of_a_sam_template_makes_it_panic(
        changes in prop::collection::vec((0usize..SAMPLE.len(), "[\\[\\]{}!:&*,'\"\\-a-c \\n$é]{0,4}", 0usize..8), 1..6)
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
}

//! `tieout iam simulate` and `compare` as a user runs them: layers gathered from source and record, and no
//! certain answer where something is not in sight.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a failure is the message")]

use serde_json::Value;
use std::fs;
use std::process::{Command, Output};

struct Project(tempfile::TempDir);

impl Project {
    fn with(files: &[(&str, &str)]) -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        fs::create_dir(project.0.path().join(".git")).unwrap();
        for (name, text) in files {
            fs::write(project.0.path().join(name), text).unwrap();
        }
        project
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tieout"))
            .args(args)
            .current_dir(self.0.path())
            .env_clear()
            .output()
            .unwrap()
    }

    /// The answers to principal, action, resource and further flags.
    fn ask(&self, principal: &str, action: &str, resource: &str, more: &[&str]) -> Vec<Value> {
        let base = ["iam", "simulate", "--principal", principal, "--action", action, "--resource", resource];
        let output = self.run(&[&base[..], more, &["-f", "json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Vec<Value>>(&output.stdout).unwrap()
    }

    fn decision(&self, principal: &str, action: &str, resource: &str, more: &[&str]) -> (String, Value) {
        let first = self.ask(principal, action, resource, more).swap_remove(0);
        (first.get("decision").and_then(Value::as_str).unwrap().to_owned(), first)
    }
}

#[track_caller]
fn is(project: &Project, asked: (&str, &str, &str), more: &[&str], decision: &str, says: &str) {
    let (told, answer) = project.decision(asked.0, asked.1, asked.2, more);
    assert_eq!(told, decision, "{answer:#}");
    assert!(answer.to_string().contains(says), "no `{says}` in {answer:#}");
}

const TEMPLATE: &str = r#"
Parameters:
  ExtraPolicy: {Type: String}
  Partner: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: orders-data}
  Other:
    Type: AWS::S3::Bucket
  Read:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Sid: ReadAll, Effect: Allow, Action: "s3:Get*", Resource: !Sub "${Bucket.Arn}/*"}]
  Edge:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Sid: OnlyLogs, Effect: Allow, Action: "logs:*", Resource: "*"}]
  Plain:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: &trust
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: [!Ref Read]
  Bounded:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: *trust
      ManagedPolicyArns: [!Ref Read]
      PermissionsBoundary: !Ref Edge
  Extended:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: *trust
      ManagedPolicyArns: [!Ref Read, !Ref ExtraPolicy]
  Stranger:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: *trust
      ManagedPolicyArns: [!Ref Read, "arn:aws:iam::aws:policy/NotInTheTables"]
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: fn
      Handler: a.b
      Runtime: python3.13
      Code: {ZipFile: pass}
      Role: !GetAtt Plain.Arn
  Team:
    Type: AWS::IAM::Group
    Properties:
      GroupName: team
      Policies:
        - PolicyName: hold
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Sid: NoDelete, Effect: Deny, Action: "s3:Delete*", Resource: "*"}]
  Ann:
    Type: AWS::IAM::User
    Properties:
      UserName: ann
      Groups: [!Ref Team]
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
  Bob:
    Type: AWS::IAM::User
    Properties:
      UserName: bob
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
  Shared:
    Type: AWS::S3::Bucket
    Properties: {BucketName: shared-data}
  SharedPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Shared
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Sid: Them, Effect: Allow, Principal: {AWS: "arn:aws:iam::222222222222:root"}, Action: "s3:GetObject", Resource: !Sub "${Shared.Arn}/*"}
          - {Sid: Partner, Effect: Allow, Principal: {AWS: !Ref Partner}, Action: "s3:PutObject", Resource: !Sub "${Shared.Arn}/*"}
          - {Sid: Tls, Effect: Deny, Principal: "*", Action: "s3:*", Resource: [!GetAtt Shared.Arn, !Sub "${Shared.Arn}/*"], Condition: {Bool: {"aws:SecureTransport": "false"}}}
  Delegating:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}]
  Closed:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Plain.Arn}, Action: "kms:Decrypt", Resource: "*"}]
  Foreign:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::333333333333:root"}, Action: "kms:*", Resource: "*"}]
  Decrypter:
    Type: AWS::IAM::Role
    Properties:
      RoleName: decrypter
      AssumeRolePolicyDocument: *trust
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "kms:Decrypt", Resource: "*"}]
  Vendor:
    Type: AWS::IAM::Role
    Properties:
      RoleName: vendor
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: Id
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::444444444444:root"}
            Action: "sts:AssumeRole"
            Condition: {StringEquals: {"sts:ExternalId": abc}}
  Anyone:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: s3.amazonaws.com}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: in}
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Sid: FromBucket, Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn, Condition: {ArnEquals: {"aws:SourceArn": !GetAtt Bucket.Arn}}}]
  Regional:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: *trust
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:555555555555:in"}]
"#;

fn template() -> Project {
    Project::with(&[("template.yaml", TEMPLATE)])
}

#[test]
fn an_attached_policy_allows_and_is_named_with_its_line() {
    let project = template();
    let (decision, answer) = project.decision("Plain", "s3:GetObject", "Bucket/a", &[]);
    assert_eq!(decision, "Allowed");
    assert_eq!(answer["because"]["layer"], "identity");
    assert_eq!(answer["because"]["statement"], "ReadAll");
    assert_eq!(answer["file"], "template.yaml");
    assert_eq!(answer["line"], 16);
    assert_eq!(answer["keys"], serde_json::json!([]));
}

#[test]
fn the_same_action_on_another_bucket_or_another_action_is_not_allowed() {
    let project = template();
    is(&project, ("Plain", "s3:GetObject", "Other/a"), &[], "ImplicitlyDenied", "identity");
    is(&project, ("Plain", "s3:PutObject", "Bucket/a"), &[], "ImplicitlyDenied", "identity");
}

#[test]
fn a_boundary_takes_back_what_a_policy_gives() {
    is(&template(), ("Bounded", "s3:GetObject", "Bucket/a"), &[], "ImplicitlyDenied", "permissions boundary");
}

#[test]
fn an_attached_policy_that_is_not_in_sight_leaves_both_answers_open() {
    let project = template();
    is(&project, ("Extended", "s3:GetObject", "Bucket/a"), &[], "DependsOn", "ExtraPolicy");
    is(&project, ("Extended", "s3:PutObject", "Bucket/a"), &[], "DependsOn", "ExtraPolicy");
    is(&project, ("Stranger", "s3:PutObject", "Bucket/a"), &[], "DependsOn", "NotInTheTables");
}

#[test]
fn a_parameter_settles_what_was_open() {
    let more = ["--parameter", "ExtraPolicy=arn:aws:iam::aws:policy/AmazonS3FullAccess"];
    is(&template(), ("Extended", "s3:PutObject", "Bucket/a"), &more, "Allowed", "AmazonS3FullAccess");
}

#[test]
fn a_function_stands_for_its_role() {
    let project = template();
    is(&project, ("Fn", "s3:GetObject", "Bucket/a"), &[], "Allowed", "Fn runs as Plain");
    is(&project, ("fn", "s3:GetObject", "orders-data/a"), &[], "Allowed", "Fn runs as Plain");
}

#[test]
fn a_deny_of_a_group_reaches_its_members_only() {
    let project = template();
    is(&project, ("ann", "s3:DeleteObject", "Bucket/a"), &[], "ExplicitlyDenied", "NoDelete");
    is(&project, ("bob", "s3:DeleteObject", "Bucket/a"), &[], "Allowed", "AmazonS3FullAccess");
    is(&project, ("ann", "s3:GetObject", "Bucket/a"), &[], "Allowed", "AmazonS3FullAccess");
}

#[test]
fn a_bucket_policy_alone_does_not_allow_another_account_whose_policies_are_not_in_sight() {
    let project = template();
    let theirs = "arn:aws:iam::222222222222:role/etl";
    is(&project, (theirs, "s3:GetObject", "Shared/a"), &["--account", "111111111111"], "DependsOn", theirs);
    let root = "arn:aws:iam::222222222222:root";
    is(&project, (root, "s3:GetObject", "Shared/a"), &["--account", "111111111111"], "Allowed", "Them");
    is(
        &project,
        ("arn:aws:iam::999999999999:role/x", "s3:GetObject", "Shared/a"),
        &["--account", "111111111111"],
        "ImplicitlyDenied",
        "the resource's policy",
    );
}

#[test]
fn a_principal_that_is_a_parameter_leaves_its_grant_open() {
    let project = template();
    let root = "arn:aws:iam::666666666666:root";
    is(&project, (root, "s3:PutObject", "Shared/a"), &["--account", "111111111111"], "DependsOn", "Partner");
    let more = ["--account", "111111111111", "--parameter", "Partner=666666666666"];
    is(&project, (root, "s3:PutObject", "Shared/a"), &more, "Allowed", "Partner");
}

#[test]
fn plain_http_is_denied_and_tls_is_taken_for_granted() {
    let project = template();
    let root = ("arn:aws:iam::222222222222:root", "s3:GetObject", "Shared/a");
    let http = ["--account", "111111111111", "--context", "aws:SecureTransport=false"];
    is(&project, root, &http, "ExplicitlyDenied", "Tls");
    is(&project, root, &["--account", "111111111111"], "Allowed", "taken for granted");
}

#[test]
fn a_key_that_does_not_delegate_to_iam_speaks_for_itself() {
    let project = template();
    is(&project, ("Decrypter", "kms:Decrypt", "Delegating"), &[], "Allowed", "the resource's policy");
    is(&project, ("Decrypter", "kms:Decrypt", "Closed"), &[], "ImplicitlyDenied", "the resource's policy");
    is(&project, ("Plain", "kms:Decrypt", "Closed"), &[], "Allowed", "the resource's policy");
    is(&project, ("Plain", "kms:Decrypt", "Delegating"), &[], "ImplicitlyDenied", "no statement");
}

#[test]
fn whether_a_literal_account_is_the_deployments_own_is_not_guessed() {
    let project = template();
    let asked = ("Decrypter", "kms:Decrypt", "Foreign");
    is(&project, asked, &[], "DependsOn", "the account of the deployment");
    is(&project, asked, &["--account", "333333333333"], "Allowed", "the resource's policy");
    is(&project, asked, &["--account", "111111111111"], "ImplicitlyDenied", "the resource's policy");
}

#[test]
fn account_and_region_are_settled_together() {
    let project = template();
    let asked = ("Regional", "sqs:SendMessage", "Queue");
    is(&project, asked, &[], "DependsOn", "the region of the deployment");
    is(&project, asked, &["--region", "eu-central-1"], "ImplicitlyDenied", "identity");
    let both = ["--region", "eu-west-1", "--account", "555555555555"];
    is(&project, asked, &both, "Allowed", "identity");
}

#[test]
fn a_trust_policy_with_an_external_id_depends_on_it() {
    let project = template();
    let asked = ("arn:aws:iam::444444444444:root", "sts:AssumeRole", "vendor");
    let ours = ["--account", "111111111111"];
    is(&project, asked, &ours, "DependsOn", "sts:ExternalId");
    let with = |id| ["--account", "111111111111", "--context", id];
    is(&project, asked, &with("sts:ExternalId=abc"), "Allowed", "Id");
    is(&project, asked, &with("sts:ExternalId=xyz"), "ImplicitlyDenied", "the resource's policy");
    is(&project, asked, &["--account", "111111111111", "--exact-context"], "ImplicitlyDenied", "resource");
}

#[test]
fn a_permission_without_a_source_lets_the_service_in_and_no_other() {
    let project = template();
    is(&project, ("s3.amazonaws.com", "lambda:InvokeFunction", "Fn"), &[], "Allowed", "Anyone");
    is(&project, ("sns.amazonaws.com", "lambda:InvokeFunction", "Fn"), &[], "ImplicitlyDenied", "resource");
}

#[test]
fn a_queue_policy_holds_the_service_to_its_source() {
    let project = template();
    let asked = ("s3.amazonaws.com", "sqs:SendMessage", "Queue");
    is(&project, asked, &[], "DependsOn", "aws:SourceArn");
    is(&project, asked, &["--context", "aws:SourceArn=arn:aws:s3:::orders-data"], "Allowed", "FromBucket");
    is(&project, asked, &["--context", "aws:SourceArn=arn:aws:s3:::other"], "ImplicitlyDenied", "resource");
}

#[test]
fn a_bucket_without_an_object_is_asked_for_every_object() {
    let project = template();
    is(&project, ("Plain", "s3:GetObject", "Bucket"), &[], "Allowed", "{object}");
    is(&project, ("Plain", "s3:ListBucket", "Bucket"), &[], "ImplicitlyDenied", "identity");
}

#[test]
fn wildcards_are_asked_action_by_action_where_the_resource_can_be_meant() {
    let answers = template().ask("Plain", "s3:Get*", "Bucket/a", &[]);
    assert!(answers.len() > 5, "{}", answers.len());
    let of = |name: &str| answers.iter().find(|answer| answer["action"] == name);
    assert_eq!(of("s3:GetObject").unwrap()["decision"], "Allowed");
    assert!(of("s3:GetJobTagging").is_none());
}

#[test]
fn the_organisations_policies_are_noted_as_left_out_and_can_be_given() {
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"NoS3","Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
    let nothing =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#;
    let full = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let project = Project::with(&[
        ("template.yaml", TEMPLATE),
        ("deny.json", deny),
        ("ec2.json", nothing),
        ("full.json", full),
    ]);
    let asked = ("Plain", "s3:GetObject", "Bucket/a");
    is(&project, asked, &[], "Allowed", "SCPs and RCPs");
    is(&project, asked, &["--scp", "deny.json"], "ExplicitlyDenied", "NoS3");
    is(&project, asked, &["--scp", "full.json", "--scp", "ec2.json"], "ImplicitlyDenied", "service control");
    is(&project, asked, &["--session", "ec2.json"], "ImplicitlyDenied", "session policy");
    is(&project, asked, &["--session", "ec2.json", "--session", "full.json"], "Allowed", "ReadAll");
    is(&project, asked, &["--rcp", "deny.json"], "ExplicitlyDenied", "NoS3");
}

#[test]
fn what_cannot_be_found_is_told_with_the_nearest_names() {
    let project = template();
    let run = |principal: &str, action: &str, resource: &str| {
        let args = ["iam", "simulate", "--principal", principal, "--action", action, "--resource", resource];
        let output = project.run(&args);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (asked, code, says) in [
        (("Plane", "s3:GetObject", "Bucket/a"), 3, "did you mean `Plain`"),
        (("Plain", "s3:GetObject", "Buckets"), 3, "`Bucket`"),
        (("Plain", "GetObject", "Bucket/a"), 2, "s3:GetObject"),
        (("Plain", "s3:GetObject", "Closed"), 2, "Closed is none"),
        (("Plain", "s3:Xyz*", "Bucket"), 2, "matches no action"),
        (("Plain", "s3:ListAllMyBuckets", "Bucket"), 2, "--resource '*'"),
    ] {
        let (told, text) = run(asked.0, asked.1, asked.2);
        assert_eq!(told, Some(code), "{asked:?}: {text}");
        assert!(text.contains(says), "{asked:?}: {text}");
    }
}

#[test]
fn an_expectation_that_is_not_met_exits_with_1() {
    let project = template();
    let run = |principal, expect| {
        let args = ["--action", "s3:GetObject", "--resource", "Bucket/a", "--expect", expect];
        project.run(&[&["iam", "simulate", "--principal", principal][..], &args].concat()).status.code()
    };
    assert_eq!(run("Plain", "allowed"), Some(0));
    assert_eq!(run("Plain", "denied"), Some(1));
    assert_eq!(run("Bounded", "denied"), Some(0));
    assert_eq!(run("Extended", "allowed"), Some(1));
    assert_eq!(run("Extended", "denied"), Some(1));
}

const TERRAFORM: &str = r#"
variable "prefix" {}
variable "other" {}
data "aws_caller_identity" "current" {}
resource "aws_s3_bucket" "data" { bucket = "${var.prefix}-data" }
resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "reader" {
  role = aws_iam_role.reader.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Own", Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${var.prefix}-data/*" },
    { Sid = "Maybe", Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::${var.other}-data/*" },
    { Sid = "Literal", Effect = "Allow", Action = "s3:DeleteObject", Resource = "arn:aws:s3:::acme-data/*" },
  ] })
}
"#;

#[test]
fn the_same_open_expression_is_the_same_text_and_another_is_not_known() {
    let project = Project::with(&[("main.tf", TERRAFORM)]);
    let role = "aws_iam_role.reader";
    let object = "aws_s3_bucket.data/x";
    is(&project, (role, "s3:GetObject", object), &[], "Allowed", "Own");
    is(&project, (role, "s3:PutObject", object), &[], "DependsOn", "var.other");
    is(&project, (role, "s3:DeleteObject", object), &[], "DependsOn", "var.prefix");
    is(&project, (role, "s3:ListBucket", "aws_s3_bucket.data"), &[], "ImplicitlyDenied", "identity");
}

#[test]
fn the_role_of_a_session_is_found_and_the_account_with_it() {
    let project = Project::with(&[("main.tf", TERRAFORM)]);
    let session = "arn:aws:sts::111111111111:assumed-role/reader/s";
    is(&project, (session, "s3:GetObject", "aws_s3_bucket.data/x"), &[], "Allowed", "Own");
    let nobody = "arn:aws:sts::111111111111:assumed-role/writer/s";
    is(&project, (nobody, "s3:GetObject", "aws_s3_bucket.data/x"), &[], "DependsOn", "writer");
}

#[test]
fn a_condition_of_the_source_is_tried_both_ways() {
    let text = r#"
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: !If [IsProd, Deny, Allow], Action: "s3:GetObject", Resource: "*"}
              - {Effect: Allow, Action: !If [IsProd, "s3:PutObject", "s3:*"], Resource: "*"}
  B: {Type: AWS::S3::Bucket}
"#;
    let project = Project::with(&[("t.yaml", text)]);
    is(&project, ("R", "s3:GetObject", "B/x"), &[], "DependsOn", "IsProd");
    is(&project, ("R", "s3:PutObject", "B/x"), &[], "Allowed", "identity");
}

#[test]
fn a_recorded_account_is_asked_as_source_is() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/orders/account/record.jsonl");
    let project = Project::with(&[]);
    let replay = ["--replay", example];
    let answer =
        project.decision("orders-prod-worker", "iam:CreateUser", "arn:aws:iam::123456789012:user/x", &replay);
    assert_eq!(answer.0, "Allowed", "{:#}", answer.1);
    assert!(answer.1["why"].as_str().unwrap().contains("AdministratorAccess"));
}

#[test]
fn the_text_names_decision_layer_statement_and_line() {
    let project = template();
    let args =
        ["iam", "simulate", "--principal", "ann", "--action", "s3:DeleteObject", "--resource", "Bucket/a"];
    let text = String::from_utf8(project.run(&args).stdout).unwrap();
    assert!(text.starts_with("ExplicitlyDenied: arn:aws:iam::000000000000:user/ann s3:DeleteObject on arn:aws:s3:::orders-data/a\n"), "{text}");
    assert!(
        text.contains("denied by statement `NoDelete` of inline policy `hold` of Team (identity policies)"),
        "{text}"
    );
    assert!(text.contains("--> template.yaml:"), "{text}");
}

#[test]
fn a_comparison_says_yes_no_with_a_witness_or_unknown() {
    let of = |action: &str, resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
        )
    };
    let (narrow, wide) = (of("s3:GetObject", "arn:aws:s3:::a/x/*"), of("s3:Get*", "arn:aws:s3:::a/*"));
    let project = Project::with(&[("narrow.json", &narrow), ("wide.json", &wide), ("bad.json", "{")]);
    let run = |inner, outer| {
        let output = project.run(&["iam", "compare", inner, outer, "-f", "json"]);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = run("narrow.json", "wide.json");
    assert_eq!(
        (code, serde_json::from_str::<Value>(&text).unwrap()["within"].as_str()),
        (Some(0), Some("yes"))
    );
    let (code, text) = run("wide.json", "narrow.json");
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, told["within"].as_str()), (Some(1), Some("no")));
    assert!(told["witness"]["resource"].as_str().unwrap().starts_with("arn:aws:s3:::a/"), "{told}");
    assert_eq!(run("bad.json", "narrow.json").0, Some(2));
    let words = project.run(&["iam", "compare", "wide.json", "narrow.json"]).stdout;
    assert!(String::from_utf8_lossy(&words).starts_with("no: wide.json allows s3:Get"));
}

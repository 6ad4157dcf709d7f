//! What may be in the table: reads of configuration, and nothing else.

use super::*;

/// Sent although its name is no read: it makes IAM write the credential report, which holds nothing that
/// reads of users would not tell, and changes nothing in the account.
const NOT_READ_BY_NAME: &[&str] = &["iam:GenerateCredentialReport"];

/// Reads by name that hand out data, secrets or credentials. `*` ends a prefix.
const NEVER: &[&str] = &[
    "apigateway:GetApiKey*",
    "athena:GetQueryResults",
    "cloudtrail:GetQueryResults",
    "codeartifact:GetAuthorizationToken",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken*",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ec2:GetConsole*",
    "ec2:GetPasswordData",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "kinesis:Get*",
    "kms:GenerateDataKey*",
    "kms:GenerateMac",
    "kms:GenerateRandom",
    "kms:GetParametersForImport",
    "lambda:GetFunction",
    "lambda:GetLayerVersion",
    "lambda:GetLayerVersionByArn",
    "logs:GetLogEvents",
    "logs:GetLogObject",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "redshift:GetClusterCredentials*",
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTorrent",
    "s3:ListMultipartUploads",
    "s3:ListObject*",
    "s3:ListParts",
    "s3control:GetDataAccess",
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter*",
    "sso:GetRoleCredentials",
    "sts:GetDelegatedAccessToken",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
    "sts:GetWebIdentityToken",
];

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

#[test]
fn every_line_of_the_table_is_read() {
    let table = Table::get();
    assert!(table.unread.is_empty(), "{:?}", table.unread);
    assert!(Operation::all().count() > 100);
    assert!(!botocore_version().is_empty());
}

#[test]
fn every_operation_that_can_be_sent_is_a_read_by_its_name() {
    for operation in Operation::all() {
        let id = format!("{}:{}", operation.service.name, operation.name);
        let read =
            ["Get", "List", "Describe", "BatchGet"].iter().any(|verb| operation.name.starts_with(verb));
        assert!(read || NOT_READ_BY_NAME.contains(&id.as_str()), "{id} is no read by its name");
    }
}

#[test]
fn no_operation_hands_out_data_secrets_or_credentials() {
    for operation in Operation::all() {
        let id = format!("{}:{}", operation.service.name, operation.name);
        assert!(!NEVER.iter().any(|pattern| matches(pattern, &id)), "{id} must never be sent");
    }
}

#[test]
fn services_of_paths_read_by_get_only() {
    for operation in Operation::all() {
        if matches!(operation.service.protocol, Protocol::RestJson | Protocol::RestXml) {
            // The account service posts its reads; everything else of this kind gets.
            let posts = operation.service.name == "account";
            assert_eq!(operation.method, if posts { "POST" } else { "GET" }, "{}", operation.name);
        }
    }
}

#[test]
fn every_shape_that_an_operation_reaches_is_in_the_table() {
    let table = Table::get();
    let has = |service: &str, kind: &Kind| match kind {
        Kind::Shape(key) => table.shape(service, key).is_some(),
        _ => true,
    };
    for (service, shapes) in &table.shapes {
        for (name, shape) in shapes {
            let fine = match shape {
                Shape::Structure { members, .. } => members.iter().all(|member| has(service, &member.kind)),
                Shape::List { item, .. } => has(service, item),
                Shape::Map { value, .. } => has(service, value),
            };
            assert!(fine, "{service} {name}");
        }
    }
    for operation in Operation::all() {
        for shape in [operation.input, operation.output].into_iter().flatten() {
            assert!(operation.shape(shape).is_some(), "{} {shape}", operation.name);
        }
    }
}

#[test]
fn actions_whose_names_differ_from_the_operation_are_known() {
    let action = |service, name| Operation::find(service, name).unwrap().action;
    assert_eq!(action("s3", "ListBuckets"), "s3:ListAllMyBuckets");
    assert_eq!(action("s3", "GetBucketEncryption"), "s3:GetEncryptionConfiguration");
    assert_eq!(action("s3control", "GetPublicAccessBlock"), "s3:GetAccountPublicAccessBlock");
    assert_eq!(action("s3", "GetPublicAccessBlock"), "s3:GetBucketPublicAccessBlock");
    assert_eq!(action("lambda", "GetPolicy"), "lambda:GetPolicy");
    assert_eq!(action("ec2", "DescribeInstances"), "ec2:DescribeInstances");
}

#[test]
fn a_write_or_an_unlisted_read_cannot_be_found() {
    for (service, name) in
        [("s3", "DeleteBucket"), ("s3", "GetObject"), ("iam", "CreateUser"), ("ec2", "RunInstances")]
    {
        assert!(Operation::find(service, name).is_none(), "{service} {name}");
        assert!(Operation::of_code(service, name).is_none(), "{service} {name}");
    }
}

#[test]
fn the_reads_of_code_are_these_two_and_no_scan_can_find_them() {
    let code =
        Table::get().code.iter().flat_map(|(service, held)| held.keys().map(move |name| (*service, *name)));
    assert_eq!(code.collect::<Vec<_>>(), [("lambda", "GetFunction"), ("lambda", "GetLayerVersion")]);
    for (service, name) in [("lambda", "GetFunction"), ("lambda", "GetLayerVersion")] {
        assert!(Operation::find(service, name).is_none(), "{service} {name}");
        assert!(
            !Operation::all().any(|operation| (operation.service.name, operation.name) == (service, name))
        );
        let operation = Operation::of_code(service, name).unwrap();
        assert_eq!((operation.method, operation.action), ("GET", format!("{service}:{name}").as_str()));
        assert!(operation.pages.is_none());
        let shapes = [operation.input, operation.output].into_iter().flatten();
        assert!(shapes.into_iter().all(|shape| operation.shape(shape).is_some()), "{name}");
    }
}

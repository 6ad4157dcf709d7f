//! Requests and answers of every protocol, as AWS and as moto write them.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn find(service: &str, name: &str) -> &'static Operation {
    Operation::find(service, name).unwrap_or_else(|| panic!("{service} {name}"))
}

fn request(service: &str, name: &str, params: Value) -> Request {
    encode(find(service, name), params.as_object().unwrap()).unwrap()
}

fn answer(service: &str, name: &str, body: &str) -> Value {
    Value::Object(decode(find(service, name), 200, &Vec::new(), body.as_bytes()).unwrap())
}

fn form(service: &str, name: &str, params: Value) -> String {
    String::from_utf8(request(service, name, params).body).unwrap()
}

#[test]
fn the_query_protocol_numbers_the_members_of_lists() {
    assert_eq!(
        form("iam", "GetAccountAuthorizationDetails", json!({"Filter": ["User", "Role"], "MaxItems": 1000})),
        "Action=GetAccountAuthorizationDetails&Version=2010-05-08&Filter.member.1=User&Filter.member.2=Role\
         &MaxItems=1000"
    );
}

#[test]
fn ec2_flattens_lists_and_uses_its_own_names() {
    assert_eq!(
        form(
            "ec2",
            "DescribeInstances",
            json!({
                "Filters": [{"Name": "vpc-id", "Values": ["vpc-1", "a&b=c d"]}],
                "InstanceIds": ["i-1"], "MaxResults": 5,
            })
        ),
        "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1\
         &Filter.1.Value.2=a%26b%3Dc%20d&InstanceId.1=i-1&MaxResults=5"
    );
}

#[test]
fn json_names_its_target_and_version() {
    let request = request("cloudtrail", "DescribeTrails", json!({"includeShadowTrails": false}));
    assert_eq!(header(&request.headers, "content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(
        header(&request.headers, "x-amz-target"),
        Some("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.DescribeTrails")
    );
    assert_eq!(request.body, br#"{"includeShadowTrails":false}"#);
}

#[test]
fn rest_puts_each_parameter_in_its_place() {
    let functions = request("lambda", "ListFunctions", json!({"MaxItems": 50, "Marker": "a/b="}));
    assert_eq!((functions.method, functions.path.as_str()), ("GET", "/2015-03-31/functions"));
    assert!(functions.query.split('&').any(|part| part == "Marker=a%2Fb%3D"), "{}", functions.query);
    assert!(functions.body.is_empty());
    let acl = request("s3", "GetBucketAcl", json!({"Bucket": "b", "ExpectedBucketOwner": "123456789012"}));
    assert_eq!((acl.path.as_str(), acl.query.as_str()), ("/b", "acl"));
    assert_eq!(header(&acl.headers, "x-amz-expected-bucket-owner"), Some("123456789012"));
    let block = request("s3control", "GetPublicAccessBlock", json!({"AccountId": "123456789012"}));
    assert_eq!(block.host_prefix, "123456789012.");
    assert_eq!(header(&block.headers, "x-amz-account-id"), Some("123456789012"));
    let regions = request("account", "ListRegions", json!({"RegionOptStatusContains": ["ENABLED"]}));
    assert_eq!((regions.method, regions.path.as_str()), ("POST", "/listRegions"));
    assert_eq!(regions.body, br#"{"RegionOptStatusContains":["ENABLED"]}"#);
}

#[test]
fn an_unknown_or_missing_parameter_is_never_sent() {
    let acl = find("s3", "GetBucketAcl");
    let encode = |params: Value| encode(acl, params.as_object().unwrap());
    assert_eq!(encode(json!({"Bukket": "b"})), Err(EncodeError::Unknown("Bukket".into())));
    assert_eq!(encode(json!({})), Err(EncodeError::Missing("Bucket")));
    assert_eq!(encode(json!({"Bucket": ""})), Err(EncodeError::Missing("Bucket")));
    assert_eq!(encode(json!({"Bucket": ["b"]})), Err(EncodeError::Form("Bucket".into())));
}

#[test]
fn an_account_id_that_is_no_label_cannot_change_the_host() {
    let operation = find("s3control", "GetPublicAccessBlock");
    let params = json!({"AccountId": "evil.example.org/"});
    assert!(encode(operation, params.as_object().unwrap()).is_err());
}

#[test]
fn iam_answers_are_read_inside_their_wrapper() {
    let body = "<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListUsersResult>
      <Users><member><UserName>ann</UserName><CreateDate>2024-02-29T12:00:00Z</CreateDate></member></Users>
      <IsTruncated>false</IsTruncated></ListUsersResult>
      <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListUsersResponse>";
    assert_eq!(
        answer("iam", "ListUsers", body),
        json!({"Users": [{"UserName": "ann", "CreateDate": "2024-02-29T12:00:00Z"}], "IsTruncated": false})
    );
    // An answer without the wrapper is read all the same.
    let bare = "<ListUsersResponse><Users/><IsTruncated>false</IsTruncated></ListUsersResponse>";
    assert_eq!(answer("iam", "ListUsers", bare), json!({"Users": [], "IsTruncated": false}));
}

#[test]
fn policies_of_the_authorization_details_become_json_text() {
    let body = "<R><GetAccountAuthorizationDetailsResult><RoleDetailList><member><RoleName>r</RoleName>
      <AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument>
      </member></RoleDetailList></GetAccountAuthorizationDetailsResult></R>";
    let roles = answer("iam", "GetAccountAuthorizationDetails", body);
    assert_eq!(roles["RoleDetailList"][0]["AssumeRolePolicyDocument"], r#"{"Version":"2012-10-17"}"#);
}

#[test]
fn a_summary_is_a_map() {
    let body = "<R><GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>3</value></entry>
      <entry><key>AccountMFAEnabled</key><value>1</value></entry></SummaryMap></GetAccountSummaryResult></R>";
    assert_eq!(
        answer("iam", "GetAccountSummary", body),
        json!({"SummaryMap": {"Users": 3, "AccountMFAEnabled": 1}})
    );
}

#[test]
fn the_credential_report_is_text() {
    let body = "<R><GetCredentialReportResult><Content>dXNlcixhcm4KYW5uLHgK</Content>
      <ReportFormat>text/csv</ReportFormat></GetCredentialReportResult></R>";
    assert_eq!(answer("iam", "GetCredentialReport", body)["Content"], "user,arn\nann,x\n");
}

#[test]
fn ec2_names_items_and_flags_are_read_as_botocore_does() {
    let body = r#"<?xml version="1.0"?><DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
      <requestId>r</requestId><securityGroupInfo><item><groupId>sg-1</groupId><groupDescription>a &amp; b</groupDescription>
      <ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort>
      <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges>
      <ipv6Ranges/></item></ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse>"#;
    let group = &answer("ec2", "DescribeSecurityGroups", body)["SecurityGroups"][0];
    assert_eq!(group["Description"], "a & b");
    let rule = &group["IpPermissions"][0];
    assert_eq!((&rule["FromPort"], &rule["Ipv6Ranges"]), (&json!(22), &json!([])));
    assert_eq!(rule["IpRanges"][1]["CidrIp"], "10.0.0.0/8");
}

#[test]
fn grants_keep_the_type_of_their_grantee_which_is_an_attribute() {
    let body = r#"<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant>
      <Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">
      <URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission>
      </Grant></AccessControlList></AccessControlPolicy>"#;
    assert_eq!(
        answer("s3", "GetBucketAcl", body)["Grants"],
        json!([{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
            "Permission": "READ"}])
    );
}

#[test]
fn a_location_is_the_root_itself_and_none_in_us_east_1() {
    let body = r#"<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>"#;
    assert_eq!(answer("s3", "GetBucketLocation", body), json!({"LocationConstraint": "eu-west-1"}));
    assert_eq!(answer("s3", "GetBucketLocation", "<LocationConstraint/>"), json!({}));
}

#[test]
fn a_bucket_policy_is_the_body_as_it_came() {
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    assert_eq!(answer("s3", "GetBucketPolicy", policy), json!({"Policy": policy}));
}

#[test]
fn payloads_and_flattened_lists_of_xml_are_read() {
    let block = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>
      <IgnorePublicAcls>False</IgnorePublicAcls></PublicAccessBlockConfiguration>";
    assert_eq!(
        answer("s3", "GetPublicAccessBlock", block),
        json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": true, "IgnorePublicAcls": false}})
    );
    let encryption = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>
      <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>
      </ServerSideEncryptionConfiguration>";
    assert_eq!(
        answer("s3", "GetBucketEncryption", encryption)["ServerSideEncryptionConfiguration"]["Rules"],
        json!([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}])
    );
}

#[test]
fn json_times_come_as_seconds_text_or_milliseconds_and_leave_as_one_form() {
    for written in ["1709208000.0", "\"2024-02-29T12:00:00Z\"", "1709208000", "\"1709208000\""] {
        let body = format!(r#"{{"KeyMetadata":{{"KeyId":"k","CreationDate":{written}}}}}"#);
        assert_eq!(
            answer("kms", "DescribeKey", &body)["KeyMetadata"]["CreationDate"],
            "2024-02-29T12:00:00Z"
        );
    }
    let lambda =
        answer("lambda", "GetFunctionConfiguration", r#"{"LastModified":"2024-02-29T12:00:00.000+0000"}"#);
    assert!(lambda["LastModified"].as_str().unwrap().starts_with("2024-02-29T12:00:00"));
}

#[test]
fn a_rest_json_answer_keeps_maps_and_lists() {
    let body = r#"{"Functions":[{"FunctionName":"f","Environment":{"Variables":{"A":"1"}},"Timeout":"30"}]}"#;
    assert_eq!(
        answer("lambda", "ListFunctions", body),
        json!({"Functions": [{"FunctionName": "f", "Environment": {"Variables": {"A": "1"}}, "Timeout": 30}]})
    );
    assert_eq!(answer("lambda", "GetFunctionConcurrency", "{}"), json!({}));
    assert_eq!(answer("lambda", "GetFunctionConcurrency", ""), json!({}));
}

fn error(status: u16, headers: &[(&str, &str)], body: &str) -> (String, String, String) {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let error = read_error(status, &headers, body.as_bytes());
    (error.code, error.message, error.request_id)
}

#[test]
fn errors_of_every_protocol_yield_code_message_and_request_id() {
    let expect = |found: (String, String, String), code: &str, message: &str, id: &str| {
        assert_eq!(found, (code.to_owned(), message.to_owned(), id.to_owned()));
    };
    expect(
        error(
            403,
            &[],
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no &lt;x&gt;</Message></Error><RequestId>r1</RequestId></ErrorResponse>",
        ),
        "AccessDenied",
        "no <x>",
        "r1",
    );
    expect(
        error(
            403,
            &[],
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>r2</RequestID></Response>",
        ),
        "UnauthorizedOperation",
        "no",
        "r2",
    );
    expect(
        error(
            404,
            &[("x-amz-request-id", "r3")],
            "<Error><Code>NoSuchBucketPolicy</Code><Message>none</Message><RequestId>r3</RequestId></Error>",
        ),
        "NoSuchBucketPolicy",
        "none",
        "r3",
    );
    expect(
        error(
            400,
            &[("x-amzn-requestid", "r4")],
            r#"{"__type":"com.amazonaws.kms#NotFoundException","message":"gone"}"#,
        ),
        "NotFoundException",
        "gone",
        "r4",
    );
    expect(
        error(404, &[("x-amzn-errortype", "ResourceNotFoundException:http://x/")], r#"{"Message":"gone"}"#),
        "ResourceNotFoundException",
        "gone",
        "",
    );
    expect(error(403, &[], ""), "AccessDenied", "HTTP status 403", "");
    expect(error(503, &[], "<html><body>busy</body></html>"), "ServiceUnavailable", "HTTP status 503", "");
    expect(error(500, &[], "not json"), "UnknownError", "HTTP status 500", "");
}

#[test]
fn documents_that_are_cut_short_or_too_deep_are_refused() {
    let operation = find("iam", "ListUsers");
    for body in ["", "<a", "<a><b>", "</a>", "<a></b>", "plain"] {
        assert!(decode(operation, 200, &Vec::new(), body.as_bytes()).is_err(), "{body}");
    }
    let deep = "<a>".repeat(100_000);
    assert!(decode(operation, 200, &Vec::new(), deep.as_bytes()).is_err());
    let deep = "[".repeat(100_000);
    assert!(decode(find("kms", "ListKeys"), 200, &Vec::new(), deep.as_bytes()).is_err());
}

/// Pieces of answers, shuffled: closer to what breaks a reader than random bytes.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        "</",
        "/>",
        "<Users>",
        "</Users>",
        "<member>",
        "</member>",
        "<item>",
        "</item>",
        "&amp;",
        "&#x110000;",
        "&",
        ";",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?xml",
        "?>",
        "xsi:type=\"",
        "\"",
        "=",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"Users\"",
        "\"KeyMetadata\"",
        "null",
        "1e999",
        "-0",
        "2024-02-29T12:00:00Z",
        "ä",
        "\u{0}",
        "\u{feff}",
        "<Error>",
        "<Code>",
        "</Code>",
        "</Error>",
        "%7B",
        "%",
        "true",
        "<ListUsersResult>",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

const SAMPLES: &[(&str, &str)] = &[
    ("iam", "ListUsers"),
    ("iam", "GetAccountAuthorizationDetails"),
    ("ec2", "DescribeInstances"),
    ("s3", "GetBucketAcl"),
    ("s3", "GetBucketLifecycleConfiguration"),
    ("s3", "GetBucketLocation"),
    ("lambda", "ListFunctions"),
    ("kms", "DescribeKey"),
    ("logs", "DescribeMetricFilters"),
];

proptest! {
    #[test]
    fn no_answer_makes_the_reader_panic(body in prop_oneof![soup(), prop::collection::vec(any::<u8>(), 0..300)],
                                        status in 0u16..700) {
        for (service, name) in SAMPLES {
            let _ = decode(find(service, name), status, &Vec::new(), &body);
        }
        let _ = read_error(status, &Vec::new(), &body);
    }

    #[test]
    fn any_text_of_a_path_or_a_query_arrives_as_it_was(text in "\\PC{1,40}") {
        let lambda = request("lambda", "ListAliases", json!({"FunctionName": text, "Marker": text}));
        prop_assert!(lambda.path.is_ascii() && lambda.query.is_ascii());
        let name = lambda.path.strip_prefix("/2015-03-31/functions/").and_then(|path| path.strip_suffix("/aliases"));
        prop_assert!(!name.unwrap().contains(['/', '?', '#', '+', ' ']));
        prop_assert_eq!(scalar::percent_decode(name.unwrap()), text.clone());
        prop_assert_eq!(scalar::percent_decode(lambda.query.strip_prefix("Marker=").unwrap()), text);
    }

    #[test]
    fn any_text_of_a_form_arrives_as_it_was(text in "\\PC{0,40}") {
        let body = form("iam", "GetUserPolicy", json!({"UserName": text, "PolicyName": "p"}));
        let sent = body.split('&').find_map(|pair| pair.strip_prefix("UserName=")).unwrap();
        prop_assert_eq!(scalar::percent_decode(sent), text);
    }
}

//! What the client puts on the wire and how it follows pages, without a network.

use super::*;
use serde_json::json;

fn find(service: &str, name: &str) -> &'static Operation {
    Operation::find(service, name).unwrap()
}

fn params(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn url(service: &str, name: &str, given: Value, base: &str, custom: bool) -> String {
    let given = params(given);
    let request = protocol::encode(find(service, name), &given).unwrap();
    place(find(service, name), &request, &given, base, custom)
}

const S3: &str = "https://s3.eu-west-1.amazonaws.com";

#[test]
fn a_bucket_goes_before_aws_s_host_only_where_its_name_is_a_label() {
    assert_eq!(
        url("s3", "GetBucketAcl", json!({"Bucket": "shop-logs"}), S3, false),
        "https://shop-logs.s3.eu-west-1.amazonaws.com/?acl"
    );
    assert_eq!(
        url("s3", "GetBucketAcl", json!({"Bucket": "shop.logs"}), S3, false),
        "https://s3.eu-west-1.amazonaws.com/shop.logs?acl"
    );
}

#[test]
fn nothing_is_ever_put_before_a_custom_endpoint_s_host() {
    let base = "http://127.0.0.1:5000";
    let bucket = url("s3", "GetBucketAcl", json!({"Bucket": "shop-logs"}), base, true);
    assert_eq!(bucket, "http://127.0.0.1:5000/shop-logs?acl");
    let account = json!({"AccountId": "123456789012"});
    assert_eq!(
        url("s3control", "GetPublicAccessBlock", account.clone(), base, true),
        "http://127.0.0.1:5000/v20180820/configuration/publicAccessBlock"
    );
    assert_eq!(
        url(
            "s3control",
            "GetPublicAccessBlock",
            account,
            "https://s3-control.eu-west-1.amazonaws.com",
            false
        ),
        "https://123456789012.s3-control.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock"
    );
}

#[test]
fn odd_characters_are_sent_encoded_once_and_signed() {
    let given = params(json!({"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:a b/ü"}));
    let operation = find("lambda", "GetFunctionConfiguration");
    let request = protocol::encode(operation, &given).unwrap();
    assert_eq!(
        request.path,
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aa%20b%2F%C3%BC/configuration"
    );
    let url = place(operation, &request, &given, "https://lambda.eu-west-1.amazonaws.com", false);
    let credentials = Credentials::for_tests();
    let headers = signed_headers(operation, &request, &url, "eu-west-1", &credentials, UNIX_EPOCH).unwrap();
    let authorization = &headers.iter().find(|(name, _)| name == "authorization").unwrap().1;
    assert!(authorization.contains("/19700101/eu-west-1/lambda/aws4_request"), "{authorization}");
}

#[test]
fn a_session_token_is_sent_and_signed() {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".into()), None, "test");
    let request = protocol::encode(find("sts", "GetCallerIdentity"), &Map::new()).unwrap();
    let url = "https://sts.us-east-1.amazonaws.com/";
    let headers = signed_headers(
        find("sts", "GetCallerIdentity"),
        &request,
        url,
        "us-east-1",
        &credentials,
        UNIX_EPOCH,
    )
    .unwrap();
    let get = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(get("x-amz-security-token"), Some("token"));
    assert!(get("authorization").unwrap().contains("x-amz-security-token"));
}

#[test]
fn s3_is_signed_with_the_hash_of_the_body() {
    let given = params(json!({"Bucket": "shop-logs"}));
    let request = protocol::encode(find("s3", "GetBucketAcl"), &given).unwrap();
    let url = "https://shop-logs.s3.eu-west-1.amazonaws.com/?acl";
    let credentials = Credentials::for_tests();
    let headers =
        signed_headers(find("s3", "GetBucketAcl"), &request, url, "eu-west-1", &credentials, UNIX_EPOCH)
            .unwrap();
    assert!(headers.iter().any(|(name, _)| name == "x-amz-content-sha256"));
}

fn pages(service: &str, name: &str) -> &'static Pages {
    find(service, name).pages.as_ref().unwrap()
}

#[test]
fn the_next_page_is_asked_for_only_where_there_is_one() {
    let iam = pages("iam", "ListUsers");
    let more = params(json!({"Users": [], "IsTruncated": true, "Marker": "m1"}));
    assert_eq!(next_page(iam, &more), Some(params(json!({"Marker": "m1"}))));
    // A marker without the flag is no page: moto and AWS both leave one behind.
    assert_eq!(next_page(iam, &params(json!({"Users": [], "IsTruncated": false, "Marker": "m1"}))), None);
    let ec2 = pages("ec2", "DescribeInstances");
    assert_eq!(next_page(ec2, &params(json!({"NextToken": ""}))), None);
    assert_eq!(next_page(ec2, &params(json!({"NextToken": "t"}))), Some(params(json!({"NextToken": "t"}))));
}

#[test]
fn pages_are_merged_list_by_list() {
    let pages = pages("iam", "GetAccountAuthorizationDetails");
    let mut body = params(json!({"UserDetailList": [1], "RoleDetailList": []}));
    append(&mut body, params(json!({"UserDetailList": [2], "RoleDetailList": [3], "Policies": [4]})), pages);
    let expected = json!({"UserDetailList": [1, 2], "RoleDetailList": [3], "Policies": [4]});
    assert_eq!(Value::Object(body), expected);
}

#[test]
fn a_host_that_does_not_exist_is_told_from_a_network_that_does_not_work() {
    let unknown =
        "dispatch failure: dns error: failed to lookup address information: Name or service not known";
    let broken = "dns error: failed to lookup address information: Temporary failure in name resolution";
    assert!(no_endpoint(find("lambda", "ListFunctions"), unknown).is_some());
    assert!(no_endpoint(find("lambda", "ListFunctions"), broken).is_none());
    assert!(no_endpoint(find("sts", "GetCallerIdentity"), unknown).is_none());
    assert!(no_endpoint(find("lambda", "ListFunctions"), "connection refused").is_none());
}

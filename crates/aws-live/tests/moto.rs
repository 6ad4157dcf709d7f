//! The client against a moto server: protocols, signing, pages, absent settings, evidence, record and replay.

// A test may panic anywhere, its helpers too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::Moto;
use tieout_aws_live::{
    Answer, CollectOptions, Collected, ConnectOptions, Failure, Operation, Replay, Session, collect,
};

const FILL: &str = r#"
import boto3, botocore.auth, botocore.awsrequest, io, json, os, urllib.request, zipfile

def account_block(body):
    # botocore puts the account's id before any host, 127.0.0.1 too: sign and send by hand.
    url = os.environ["AWS_ENDPOINT_URL"] + "/v20180820/configuration/publicAccessBlock"
    request = botocore.awsrequest.AWSRequest("PUT", url, data=body, headers={"x-amz-account-id": "123456789012", "Content-Type": "application/xml"})
    botocore.auth.S3SigV4Auth(boto3.Session().get_credentials(), "s3", "us-east-1").add_auth(request)
    sent = urllib.request.Request(url, data=body.encode(), headers=dict(request.headers.items()), method="PUT")
    urllib.request.urlopen(sent).read()

iam = boto3.client("iam")
for n in range(60):
    iam.create_user(UserName=f"user-{n:03}")
iam.create_access_key(UserName="user-000")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
iam.put_role_policy(RoleName="orders", PolicyName="inline + odd", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/%2F*"}]}))

s3 = boto3.client("s3")
s3.create_bucket(Bucket="plain")
s3.create_bucket(Bucket="shop.logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_bucket_versioning(Bucket="plain", VersioningConfiguration={"Status": "Enabled"})
s3.put_bucket_acl(Bucket="plain", ACL="public-read")
s3.put_bucket_policy(Bucket="plain", Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
account_block("<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>")

ec2 = boto3.client("ec2", region_name="eu-west-1")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
group = ec2.create_security_group(GroupName="web", Description="a & b <c>", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])

packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("app.py", "def handler(event, context): pass")
lam = boto3.client("lambda", region_name="eu-west-1")
lam.create_function(FunctionName="orders", Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()}, Environment={"Variables": {"DB_PASSWORD": "c0rrect-H0rse-battery-9staple", "STAGE": "prod"}})

lam.create_function_url_config(FunctionName="orders", AuthType="NONE")
lam.create_function(FunctionName="quiet", Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()})

s3.create_bucket(Bucket="trail-logs")
boto3.client("cloudtrail").create_trail(Name="main", S3BucketName="trail-logs", IsMultiRegionTrail=True)
boto3.client("kms").create_key(Description="orders")
"#;

fn options(moto: &Moto) -> ConnectOptions {
    // Tests run in a process each, so that the environment is theirs.
    ConnectOptions {
        endpoint_url: Some(moto.url()),
        region: Some("us-east-1".into()),
        credentials: Some(("AKIAIOSFODNN7EXAMPLE".into(), "test".into())),
        ..ConnectOptions::default()
    }
}

async fn ask(
    session: &Session,
    service: &str,
    name: &str,
    region: &str,
    params: Value,
) -> Result<Answer, Failure> {
    let mut call = Operation::find(service, name).unwrap().call(region);
    call.params = params.as_object().unwrap().clone();
    session.call(&call, &["NoSuchBucketPolicy", "NoSuchLifecycleConfiguration"]).await
}

async fn body(session: &Session, service: &str, name: &str, region: &str, params: Value) -> Arc<Value> {
    let answer = ask(session, service, name, region, params.clone()).await;
    answer.unwrap_or_else(|failure| panic!("{service} {name} {params}: {failure:?}")).body
}

#[tokio::test]
async fn an_account_is_read_through_every_protocol_and_replays_the_same() {
    let moto = Moto::start();
    moto.fill(FILL);
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = heard.clone();
    let on_progress = Box::new(move |progress: tieout_aws_live::Progress<'_>| {
        counter.fetch_max(progress.calls, Ordering::Relaxed);
    });
    let live = Session::connect(options(&moto), Some(on_progress)).await.unwrap();
    assert_eq!((live.account(), live.partition()), ("123456789012", "aws"));
    assert!(live.actor().starts_with("arn:aws:"), "{}", live.actor());

    let regions = live.regions(None).await.unwrap();
    assert!(regions.contains(&"eu-west-1".to_owned()) && regions.is_sorted(), "{regions:?}");
    let two = ["us-east-1".to_owned(), "eu-west-1".to_owned()];
    assert_eq!(live.regions(Some(&two)).await.unwrap(), ["eu-west-1", "us-east-1"]);

    read_account(&live).await;
    assert!(heard.load(Ordering::Relaxed) > 10);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.jsonl");
    live.write_record(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("H0rse"), "a secret was recorded");
    let replayed = Session::replay(&path).unwrap();
    read_account(&replayed).await;
    assert_eq!(replayed.account(), live.account());
    assert_eq!(replayed.actor(), live.actor());
    assert_eq!(replayed.regions(None).await.unwrap(), ["eu-west-1", "us-east-1"]);
    assert!(Replay::from_path(&path).unwrap().unknown_operations().is_empty());
    let of = |session: &Session| -> Vec<String> {
        let asked = session.evidence().into_iter();
        asked
            .filter(|e| !e.source.contains("Regions") && !e.source.contains("sts"))
            .map(|e| e.sha256)
            .collect()
    };
    assert_eq!(of(&live), of(&replayed));
}

/// Reads what [`FILL`] made and looks at it.
async fn read_account(session: &Session) {
    // Query, with pages.
    let users = body(session, "iam", "ListUsers", "us-east-1", json!({"MaxItems": 25})).await;
    assert_eq!(users["Users"].as_array().unwrap().len(), 60);
    assert!(users.get("Marker").is_none());
    let details = body(session, "iam", "GetAccountAuthorizationDetails", "us-east-1", json!({})).await;
    let role = details["RoleDetailList"]
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["RoleName"] == "orders")
        .unwrap();
    let trust: Value = serde_json::from_str(role["AssumeRolePolicyDocument"].as_str().unwrap()).unwrap();
    assert_eq!(trust["Statement"][0]["Principal"]["Service"], "lambda.amazonaws.com");
    let asked = json!({"RoleName": "orders", "PolicyName": "inline + odd"});
    let policy = body(session, "iam", "GetRolePolicy", "us-east-1", asked).await;
    let document: Value = serde_json::from_str(policy["PolicyDocument"].as_str().unwrap()).unwrap();
    assert_eq!(document["Statement"][0]["Resource"], "arn:aws:s3:::a/%2F*");
    let summary = body(session, "iam", "GetAccountSummary", "us-east-1", json!({})).await;
    assert_eq!(summary["SummaryMap"]["Users"], 60);

    // REST-XML, in the bucket's own region.
    let buckets = body(session, "s3", "ListBuckets", "us-east-1", json!({})).await;
    assert_eq!(buckets["Buckets"].as_array().unwrap().len(), 3);
    let versioning =
        body(session, "s3", "GetBucketVersioning", "us-east-1", json!({"Bucket": "plain"})).await;
    assert_eq!(versioning["Status"], "Enabled");
    let acl = body(session, "s3", "GetBucketAcl", "us-east-1", json!({"Bucket": "plain"})).await;
    let group =
        acl["Grants"].as_array().unwrap().iter().find(|grant| grant["Grantee"]["Type"] == "Group").unwrap();
    assert_eq!(group["Permission"], "READ");
    let place = body(session, "s3", "GetBucketLocation", "eu-west-1", json!({"Bucket": "shop.logs"})).await;
    assert_eq!(place["LocationConstraint"], "eu-west-1");
    let policy = body(session, "s3", "GetBucketPolicy", "us-east-1", json!({"Bucket": "plain"})).await;
    assert!(policy["Policy"].as_str().unwrap().contains("2012-10-17"));
    let absent = ask(session, "s3", "GetBucketPolicy", "eu-west-1", json!({"Bucket": "shop.logs"})).await;
    assert!(
        matches!(&absent, Err(Failure::Absent { code, .. }) if code == "NoSuchBucketPolicy"),
        "{absent:?}"
    );
    let asked = json!({"AccountId": "123456789012"});
    let block = body(session, "s3control", "GetPublicAccessBlock", "us-east-1", asked).await;
    let block = &block["PublicAccessBlockConfiguration"];
    assert_eq!((&block["BlockPublicAcls"], &block["BlockPublicPolicy"]), (&json!(true), &json!(false)));

    // EC2.
    let asked = json!({"Filters": [{"Name": "group-name", "Values": ["web"]}]});
    let groups = body(session, "ec2", "DescribeSecurityGroups", "eu-west-1", asked).await;
    assert_eq!(groups["SecurityGroups"].as_array().unwrap().len(), 1);
    let group = &groups["SecurityGroups"][0];
    assert_eq!(group["Description"], "a & b <c>");
    assert_eq!(group["IpPermissions"][0]["Ipv6Ranges"][0]["CidrIpv6"], "::/0");
    assert_eq!(group["IpPermissions"][0]["FromPort"], 22);
    let here = json!({"Filters": [{"Name": "group-name", "Values": ["web"]}]});
    let elsewhere = body(session, "ec2", "DescribeSecurityGroups", "us-east-1", here).await;
    assert_eq!(elsewhere["SecurityGroups"], json!([]));

    // REST-JSON, with a secret.
    let functions = body(session, "lambda", "ListFunctions", "eu-west-1", json!({})).await;
    let functions = functions["Functions"].as_array().unwrap();
    let orders = functions.iter().find(|function| function["FunctionName"] == "orders").unwrap();
    let variables = &orders["Environment"]["Variables"];
    assert_eq!(variables["STAGE"], "prod");
    assert!(variables["DB_PASSWORD"].as_str().unwrap().contains("secret:"), "{variables}");

    // JSON 1.1.
    let trails = body(session, "cloudtrail", "DescribeTrails", "us-east-1", json!({})).await;
    assert_eq!(trails["trailList"][0]["IsMultiRegionTrail"], true);
    let arn = trails["trailList"][0]["TrailARN"].clone();
    let status = body(session, "cloudtrail", "GetTrailStatus", "us-east-1", json!({"Name": arn})).await;
    assert_eq!(status["IsLogging"], false);
    let keys = body(session, "kms", "ListKeys", "us-east-1", json!({})).await;
    let key =
        body(session, "kms", "DescribeKey", "us-east-1", json!({"KeyId": keys["Keys"][0]["KeyId"]})).await;
    assert!(key["KeyMetadata"]["CreationDate"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn an_error_of_the_service_is_a_gap_that_names_the_call() {
    let moto = Moto::start();
    let live = Session::connect(options(&moto), None).await.unwrap();
    let failure =
        ask(&live, "s3", "GetBucketAcl", "us-east-1", json!({"Bucket": "nobody-s"})).await.unwrap_err();
    let Failure::Gap(gap) = failure else { panic!("{failure:?}") };
    assert!(gap.what.contains("s3:GetBucketAcl on nobody-s"), "{gap}");
    assert!(gap.what.contains("NoSuchBucket"), "{gap}");
    let failure = ask(&live, "s3", "GetBucketAcl", "us-east-1", json!({})).await.unwrap_err();
    let Failure::Gap(gap) = failure else { panic!("{failure:?}") };
    assert_eq!(gap.reason, tieout_model::Reason::Internal);
}

#[tokio::test]
async fn the_same_call_is_made_once_however_often_it_is_asked() {
    let moto = Moto::start();
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = heard.clone();
    let on_progress = Box::new(move |_: tieout_aws_live::Progress<'_>| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let live = Session::connect(options(&moto), Some(on_progress)).await.unwrap();
    let before = heard.load(Ordering::Relaxed);
    let (a, b, c) = tokio::join!(
        ask(&live, "iam", "GetAccountSummary", "us-east-1", json!({})),
        ask(&live, "iam", "GetAccountSummary", "eu-west-1", json!({})),
        ask(&live, "iam", "GetAccountSummary", "us-east-1", json!({})),
    );
    assert_eq!(heard.load(Ordering::Relaxed), before + 1);
    assert_eq!(a.unwrap().evidence, b.unwrap().evidence);
    assert!(c.is_ok());
}

#[tokio::test]
async fn an_endpoint_that_nobody_answers_at_is_an_error_and_no_empty_account() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let options = ConnectOptions {
        endpoint_url: Some(format!("http://127.0.0.1:{port}")),
        region: Some("us-east-1".into()),
        credentials: Some(("AKIAIOSFODNN7EXAMPLE".into(), "test".into())),
        attempts: Some(1),
        ..ConnectOptions::default()
    };
    let error = Session::connect(options, None).await.unwrap_err();
    assert!(error.to_string().contains("sts:GetCallerIdentity"), "{error}");
}

#[tokio::test]
async fn an_account_is_collected_whole_and_its_record_yields_the_same() {
    let moto = Moto::start();
    moto.fill(FILL);
    let live = Session::connect(options(&moto), None).await.unwrap();
    let regions = vec!["eu-west-1".to_owned(), "us-east-1".to_owned()];
    let wanted = CollectOptions { regions: Some(regions), ..CollectOptions::default() };
    let first = collect(&live, &wanted).await;
    assert_eq!(first.regions, ["eu-west-1", "us-east-1"]);
    let names = |type_name: &str, collected: &Collected| -> BTreeSet<String> {
        let of_type = collected.resources.iter().filter(|resource| &*resource.type_name == type_name);
        of_type.map(|resource| resource.local.to_string()).collect()
    };
    assert_eq!(names("AWS::IAM::User", &first).len(), 60);
    assert_eq!(
        names("AWS::S3::Bucket", &first),
        ["plain", "shop.logs", "trail-logs"].map(|name| format!("arn:aws:s3:::{name}")).into()
    );
    let functions =
        ["orders", "quiet"].map(|name| format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}"));
    assert_eq!(names("AWS::Lambda::Function", &first), functions.into());
    // Moto does not know the list of function URLs; each function is asked for its own.
    assert_eq!(names("AWS::Lambda::Url", &first).len(), 1);
    assert_eq!(names("AWS::CloudTrail::Trail", &first).len(), 1);
    assert!(names("AWS::IAM::Role", &first).contains("arn:aws:iam::123456789012:role/orders"));
    // What moto does not know is said to be so, and nothing else is missing.
    for missing in &first.population_gaps {
        assert_eq!(missing.gap.reason, tieout_model::Reason::Unsupported, "{missing:?}");
    }
    assert_eq!(first.gaps, []);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("account.jsonl");
    live.write_record(&path).unwrap();
    let replayed = Session::replay(&path).unwrap();
    // Without naming them again: the record knows the regions that it was made for.
    let second = collect(&replayed, &CollectOptions::default()).await;
    assert_eq!(first.regions, second.regions);
    let ids = |collected: &Collected| -> Vec<String> {
        let id =
            |one: &tieout_aws_state::Declared| format!("{} {} {:?}", one.type_name, one.local, one.region);
        collected.resources.iter().map(id).collect()
    };
    assert_eq!(ids(&first), ids(&second));
    for (live, replayed) in first.resources.iter().zip(&second.resources) {
        assert!(live == replayed, "{live:?}\nis not\n{replayed:?}");
    }
    assert_eq!(first.population_gaps, second.population_gaps);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("H0rse"));
    let known: BTreeSet<String> = replayed.evidence().into_iter().map(|evidence| evidence.sha256).collect();
    for resource in &second.resources {
        let mut check = |node: &tieout_model::Node| {
            if let tieout_model::Place::Cloud(place) = &node.at {
                assert!(known.contains(&*place.evidence), "{resource:?}");
            }
        };
        resource.properties.walk(&mut check);
        resource.live.as_ref().unwrap().walk(&mut check);
    }
    let mut open = BTreeSet::new();
    for resource in &first.resources {
        let mut note = |node: &tieout_model::Node| open.extend(node.gap().map(|gap| gap.to_string()));
        resource.properties.walk(&mut note);
        resource.live.as_ref().unwrap().walk(&mut note);
    }
    // Moto writes no row of root into the report, and breaks on what it does not know.
    let moto_s_own =
        ["unsupported: ", "not_collected: iam:GetCredentialReport", "unreadable: ec2:GetEbsDefaultKmsKeyId"];
    open.retain(|gap| !moto_s_own.iter().any(|known| gap.starts_with(known)));
    assert_eq!(open, BTreeSet::new());
}

const FILL_CODE: &str = r#"
import boto3, io, json, zipfile
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("app.py", "def handler(event, context): pass")
trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
role = boto3.client("iam").create_role(RoleName="orders", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
lam = boto3.client("lambda", region_name="eu-west-1")
layer = lam.publish_layer_version(LayerName="deps", Content={"ZipFile": packed.getvalue()})["LayerVersionArn"]
lam.create_function(FunctionName="orders", Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()}, Layers=[layer])
lam.create_function(FunctionName="image", PackageType="Image", Role=role, Code={"ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:1"})
"#;

/// moto names an address of AWS for a function's code and none that could be asked for a layer's: with its endpoint
/// neither may be followed.
#[tokio::test]
async fn code_is_led_to_by_the_api_and_nothing_outside_the_endpoint_is_asked() {
    let moto = Moto::start();
    moto.fill(FILL_CODE);
    let session = Session::connect(options(&moto), None).await.unwrap();
    let mut told = Vec::new();
    let mut take = |archive: tieout_aws_live::CodeArchive| {
        told.push((archive.arns.join(" "), archive.file.unwrap_err().what.to_string()));
    };
    session.function_code(&["eu-west-1".to_owned()], Default::default(), &mut take).await;
    let all = format!("{told:#?}");
    assert_eq!(told.len(), 3, "{all}");
    assert!(told[0].0.ends_with(":function:image") && told[0].1.ends_with("container image"), "{all}");
    assert!(told[1].0.ends_with(":function:orders") && told[1].1.contains("no host of AWS"), "{all}");
    assert!(told[2].0.ends_with(":layer:deps:1") && told[2].1.contains("no host of AWS"), "{all}");
}

//! What the client does when a service throttles, breaks, refuses, repeats itself or ends its credentials:
//! against a server of the test's own, which keeps every request.

// A test may panic anywhere, its helpers too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use tieout_aws_live::{Answer, ConnectOptions, Failure, Operation, Session};
use tieout_model::Reason;

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>\
    <UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

const ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
    <SessionToken>the-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
    </AssumeRoleResult></AssumeRoleResponse>";

/// A request as it came.
#[derive(Debug, Clone)]
struct Seen {
    line: String,
    headers: Vec<String>,
    body: String,
}

/// Status, one header, body.
type Scripted = (u16, &'static str, String);

/// A server that answers the identity and, to everything else, what the script says for the n-th request.
struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    fn start(script: impl Fn(usize, &Seen) -> Scripted + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let kept = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(request) = read(stream.as_ref().unwrap()) else { continue };
                let answer = if request.body.contains("Action=GetCallerIdentity") {
                    (200, "x-a: b", IDENTITY.to_owned())
                } else if request.body.contains("Action=AssumeRole") {
                    kept.lock().unwrap().push(request.clone());
                    (200, "content-type: text/xml", ROLE.to_owned())
                } else {
                    let count = kept.lock().unwrap().len();
                    kept.lock().unwrap().push(request.clone());
                    script(count, &request)
                };
                let (status, header, body) = answer;
                let text = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{header}\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.unwrap().write_all(text.as_bytes());
            }
        });
        Server { url, seen }
    }

    fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    async fn session(&self) -> Session {
        Session::connect(options(&self.url), None).await.unwrap()
    }
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_lowercase();
        if header.is_empty() {
            break;
        }
        headers.push(header);
    }
    let length =
        headers.iter().find_map(|header| header.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Seen { line: line.trim().to_owned(), headers, body: String::from_utf8(body).unwrap() })
}

fn options(url: &str) -> ConnectOptions {
    ConnectOptions {
        endpoint_url: Some(url.to_owned()),
        region: Some("us-east-1".into()),
        credentials: Some(("AKIAIOSFODNN7EXAMPLE".into(), "test".into())),
        ..ConnectOptions::default()
    }
}

fn error(code: &str) -> String {
    format!(
        "<ErrorResponse><Error><Code>{code}</Code><Message>it says {code}</Message></Error></ErrorResponse>"
    )
}

fn users(names: &[&str], marker: Option<&str>) -> String {
    let users: String =
        names.iter().map(|name| format!("<member><UserName>{name}</UserName></member>")).collect();
    let more = marker.map_or_else(
        || "<IsTruncated>false</IsTruncated>".to_owned(),
        |marker| format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"),
    );
    format!("<R><ListUsersResult><Users>{users}</Users>{more}</ListUsersResult></R>")
}

async fn list_users(session: &Session) -> Result<Answer, Failure> {
    session.call(&Operation::find("iam", "ListUsers").unwrap().call("us-east-1"), &[]).await
}

fn reason(failure: Failure) -> Reason {
    match failure {
        Failure::Gap(gap) => gap.reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_throttled_or_broken_call_is_made_again() {
    let server = Server::start(|count, _| match count {
        0 => (400, "x-a: b", error("Throttling")),
        1 => (500, "x-a: b", String::new()),
        2 => (503, "x-a: b", error("ServiceUnavailable")),
        _ => (200, "x-amzn-requestid: r-4", users(&["ann"], None)),
    });
    let session = server.session().await;
    let answer = list_users(&session).await.unwrap();
    assert_eq!(answer.body["Users"], json!([{"UserName": "ann"}]));
    assert_eq!(server.count(), 4);
    let evidence = session.evidence();
    let of_users = evidence.iter().find(|evidence| evidence.source == "aws:iam:ListUsers").unwrap();
    assert_eq!(of_users.request["request_id"], "r-4");
    assert_eq!(of_users.actor, "arn:aws:iam::123456789012:user/ann");
    assert_eq!(of_users.sha256, *answer.evidence);
}

#[tokio::test]
async fn a_call_that_stays_throttled_is_a_gap_in_the_end() {
    let server = Server::start(|_, _| (400, "x-a: b", error("Throttling")));
    let options = ConnectOptions { attempts: Some(3), ..options(&server.url) };
    let session = Session::connect(options, None).await.unwrap();
    assert_eq!(reason(list_users(&session).await.unwrap_err()), Reason::Throttled);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_refusal_is_not_repeated_and_names_the_action() {
    let server = Server::start(|_, _| (403, "x-a: b", error("AccessDenied")));
    let session = server.session().await;
    let Failure::Gap(gap) = list_users(&session).await.unwrap_err() else { panic!() };
    assert_eq!((gap.reason, &*gap.resolve_with), (Reason::AccessDenied, "allow iam:ListUsers"));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let server = Server::start(|_, request| {
        let marker = request.body.split('&').find_map(|pair| pair.strip_prefix("Marker="));
        match marker {
            None => (200, "x-a: b", users(&["a"], Some("m/1=="))),
            Some("m%2F1%3D%3D") => (200, "x-a: b", users(&["b"], Some("m2"))),
            Some("m2") => (200, "x-a: b", users(&["c"], None)),
            Some(other) => panic!("{other}"),
        }
    });
    let session = server.session().await;
    let answer = list_users(&session).await.unwrap();
    assert_eq!(*answer.body, json!({"Users": [{"UserName": "a"}, {"UserName": "b"}, {"UserName": "c"}]}));
    let evidence = session.evidence();
    assert!(evidence.iter().any(|evidence| evidence.request["pages"] == 3));
}

#[tokio::test]
async fn a_service_that_gives_the_same_token_again_does_not_hold_us_for_ever() {
    let server = Server::start(|_, _| (200, "x-a: b", users(&["a"], Some("same"))));
    let session = server.session().await;
    assert_eq!(reason(list_users(&session).await.unwrap_err()), Reason::Unreadable);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_page_that_is_refused_makes_the_whole_answer_unknown_and_not_shorter() {
    let server = Server::start(|count, _| match count {
        0 => (200, "x-a: b", users(&["a"], Some("m"))),
        _ => (403, "x-a: b", error("AccessDenied")),
    });
    let session = server.session().await;
    assert_eq!(reason(list_users(&session).await.unwrap_err()), Reason::AccessDenied);
}

#[tokio::test]
async fn credentials_that_end_are_renewed_once_and_then_nothing_more_is_asked() {
    let server = Server::start(|_, _| (403, "x-a: b", error("ExpiredToken")));
    let session = server.session().await;
    assert_eq!(reason(list_users(&session).await.unwrap_err()), Reason::ExpiredCredentials);
    assert_eq!(server.count(), 2);
    let next = session.call(&Operation::find("kms", "ListKeys").unwrap().call("us-east-1"), &[]).await;
    assert_eq!(reason(next.unwrap_err()), Reason::ExpiredCredentials);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn an_answer_that_is_cut_short_is_unreadable_and_not_empty() {
    let server = Server::start(|_, _| (200, "x-a: b", "<R><ListUsersResult><Users>".to_owned()));
    let session = server.session().await;
    assert_eq!(reason(list_users(&session).await.unwrap_err()), Reason::Unreadable);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_set_by_the_service_s_own() {
    let server = Server::start(|_, request| {
        let date = request.headers.iter().find_map(|header| header.strip_prefix("x-amz-date: ")).unwrap();
        match date.starts_with("2001") {
            true => (200, "x-a: b", users(&["ann"], None)),
            false => (403, "date: Mon, 01 Jan 2001 00:00:00 GMT", error("RequestTimeTooSkewed")),
        }
    });
    let session = server.session().await;
    assert!(list_users(&session).await.is_ok());
}

#[tokio::test]
async fn a_bucket_that_is_elsewhere_is_asked_there() {
    let server = Server::start(|_, request| {
        let region = request.headers.iter().any(|header| header.contains("/eu-west-1/s3/"));
        match region {
            true => (
                200,
                "x-a: b",
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>".into(),
            ),
            false => (301, "x-amz-bucket-region: eu-west-1", error("PermanentRedirect")),
        }
    });
    let session = server.session().await;
    let call = Operation::find("s3", "GetBucketVersioning").unwrap().call("us-east-1").with("Bucket", "shop");
    assert_eq!(session.call(&call, &[]).await.unwrap().body["Status"], "Enabled");
    let seen = server.seen.lock().unwrap();
    assert!(seen.iter().all(|request| request.line == "GET /shop?versioning HTTP/1.1"), "{seen:?}");
}

#[tokio::test]
async fn two_accounts_of_one_content_leave_records_that_differ_in_times_and_ids_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut texts = Vec::new();
    for id in ["x-amzn-requestid: r-1", "x-amzn-requestid: r-2"] {
        let server = Server::start(move |_, _| (200, id, users(&["ann"], None)));
        let session = server.session().await;
        list_users(&session).await.unwrap();
        let path = folder.path().join("record.jsonl");
        session.write_record(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let strip = |line: &str| {
            let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
            let map = line.as_object_mut().unwrap();
            ["at", "request_id", "recorded_at"].iter().for_each(|name| drop(map.shift_remove(*name)));
            line.to_string()
        };
        texts.push(text.lines().map(strip).collect::<Vec<_>>());
    }
    assert_eq!(texts[0], texts[1]);
    assert_eq!(texts[0].len(), 3);
}

#[tokio::test]
async fn a_role_is_assumed_with_its_external_id_and_the_code_of_the_mfa_device() {
    let server = Server::start(|_, _| (200, "x-a: b", users(&["ann"], None)));
    let options = ConnectOptions {
        role_arn: Some("arn:aws:iam::123456789012:role/audit".into()),
        external_id: Some("ext".into()),
        mfa_serial: Some("arn:aws:iam::123456789012:mfa/ann".into()),
        ask_token: Some(Box::new(|device| device.ends_with("mfa/ann").then(|| " 123456 ".to_owned()))),
        ..options(&server.url)
    };
    let session = Session::connect(options, None).await.unwrap();
    list_users(&session).await.unwrap();
    let seen = server.seen.lock().unwrap().clone();
    for sent in
        ["ExternalId=ext", "TokenCode=123456", "SerialNumber=arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Fann"]
    {
        assert!(seen[0].body.contains(sent), "{}", seen[0].body);
    }
    assert!(seen[1].headers.contains(&"x-amz-security-token: the-token".to_owned()), "{seen:?}");
}

#[tokio::test]
async fn a_role_that_wants_mfa_is_an_error_where_nobody_can_be_asked() {
    let server = Server::start(|_, _| (500, "x-a: b", String::new()));
    let options = ConnectOptions {
        role_arn: Some("arn:aws:iam::123456789012:role/audit".into()),
        mfa_serial: Some("arn:aws:iam::123456789012:mfa/ann".into()),
        ..options(&server.url)
    };
    let error = Session::connect(options, None).await.unwrap_err();
    assert!(error.to_string().contains("mfa/ann"), "{error}");
    assert_eq!(server.count(), 0);
}

/// Runs the ignored test below in a process of its own, with an environment of its own.
fn in_environment(folder: &std::path::Path, variables: &[(&str, &str)]) -> String {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]).env_clear().env("HOME", folder);
    let output = command.envs(variables.iter().copied()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
#[ignore = "it is the process that the tests of the environment start"]
async fn child() {
    let ask = |_: &str| Some("654321".to_owned());
    let options = ConnectOptions { ask_token: Some(Box::new(ask)), ..ConnectOptions::default() };
    match Session::connect(options, None).await {
        Ok(session) => {
            println!("home {}", session.home_region());
            match list_users(&session).await {
                Ok(answer) => println!("users {}", answer.body),
                Err(failure) => println!("failed {failure:?}"),
            }
        }
        Err(error) => println!("no session: {error}"),
    }
}

#[test]
fn keys_region_and_endpoints_come_from_the_environment_and_a_service_s_own_endpoint_goes_first() {
    let general = Server::start(|_, _| (403, "x-a: b", error("AccessDenied")));
    let of_iam = Server::start(|_, _| (200, "x-a: b", users(&["ann"], None)));
    let folder = tempfile::tempdir().unwrap();
    let told = in_environment(
        folder.path(),
        &[
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL", &general.url),
            ("AWS_ENDPOINT_URL_IAM", &of_iam.url),
        ],
    );
    assert!(told.contains("home eu-central-1") && told.contains("ann"), "{told}");
    assert_eq!((general.count(), of_iam.count()), (0, 1));
}

#[test]
fn a_profile_s_role_that_wants_mfa_is_assumed_from_its_source_profile() {
    let server = Server::start(|_, _| (200, "x-a: b", users(&["ann"], None)));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".aws")).unwrap();
    let config = "[profile audit]\nrole_arn = arn:aws:iam::123456789012:role/audit\nsource_profile = base\n\
        mfa_serial = arn:aws:iam::123456789012:mfa/ann\nregion = eu-north-1\nexternal_id = ext\n\
        [profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";
    std::fs::write(folder.path().join(".aws/config"), config).unwrap();
    let variables = [("AWS_PROFILE", "audit"), ("AWS_ENDPOINT_URL", server.url.as_str())];
    let told = in_environment(folder.path(), &variables);
    assert!(told.contains("home eu-north-1") && told.contains("ann"), "{told}");
    let seen = server.seen.lock().unwrap().clone();
    assert!(seen[0].body.contains("TokenCode=654321") && seen[0].body.contains("ExternalId=ext"), "{seen:?}");
    assert!(seen[1].headers.contains(&"x-amz-security-token: the-token".to_owned()));
}

#[test]
fn an_account_without_credentials_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let told =
        in_environment(folder.path(), &[("AWS_REGION", "us-east-1"), ("AWS_EC2_METADATA_DISABLED", "true")]);
    assert!(told.contains("no session: no AWS credentials"), "{told}");
    assert!(told.contains("aws sso login"), "{told}");
}

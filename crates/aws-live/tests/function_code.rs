//! Fetching functions' and layers' archives: against a server of the test's own that answers `GetFunction` and
//! `GetLayerVersion` in the shape that AWS documents, and serves the archives itself.

// A test may panic anywhere, its helpers too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tieout_aws_live::{CODE_ACTIONS, CodeArchive, ConnectOptions, DownloadLimits, Operation, Session};
use tieout_model::Reason;

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>\
    <UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const LAYER: &str = "arn:aws:lambda:eu-west-1:123456789012:layer:deps:3";
/// What makes an address a secret.
const SIGNATURE: &str = "X-Amz-Security-Token=t0k3n&X-Amz-Signature=5ecre7";

/// What the server does with the request of a path.
#[derive(Clone)]
enum Does {
    Json(u16, Value),
    Bytes(Vec<u8>),
    /// Says that there are more bytes than it sends.
    Short(Vec<u8>),
    /// Sends a byte and never goes on.
    Stalls,
    Redirects(String),
}

struct Server {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers by the row with the longest path that the request's begins with.
    fn start(rows: impl FnOnce(&str) -> Vec<(&'static str, Does)>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let rows = rows(&url);
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (rows, kept) = (rows.clone(), kept.clone());
                std::thread::spawn(move || serve(stream.unwrap(), &rows, &kept));
            }
        });
        Server { url, seen }
    }

    async fn session(&self) -> Session {
        let options = ConnectOptions {
            endpoint_url: Some(self.url.clone()),
            region: Some("eu-west-1".into()),
            credentials: Some(("AKIAIOSFODNN7EXAMPLE".into(), "test".into())),
            ..ConnectOptions::default()
        };
        Session::connect(options, None).await.unwrap()
    }

    async fn fetch(&self, limits: DownloadLimits) -> (Vec<CodeArchive>, Session) {
        let session = self.session().await;
        (fetch(&session, limits).await, session)
    }

    fn count(&self, path: &str) -> usize {
        self.seen.lock().unwrap().iter().filter(|seen| seen.starts_with(path)).count()
    }
}

async fn fetch(session: &Session, limits: DownloadLimits) -> Vec<CodeArchive> {
    let mut archives = Vec::new();
    session.function_code(&["eu-west-1".to_owned()], limits, &mut |archive| archives.push(archive)).await;
    archives
}

fn serve(mut stream: TcpStream, rows: &[(&'static str, Does)], kept: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let mut send = |status: u16, more: &str, length: usize, bytes: &[u8]| {
        let head =
            format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n");
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(bytes);
    };
    if String::from_utf8_lossy(&body).contains("Action=GetCallerIdentity") {
        return send(200, "", IDENTITY.len(), IDENTITY.as_bytes());
    }
    kept.lock().unwrap().push(path.clone());
    let row = rows.iter().filter(|(start, _)| path.starts_with(start)).max_by_key(|(start, _)| start.len());
    match row.map(|(_, does)| does) {
        Some(Does::Json(status, value)) => {
            let text = value.to_string();
            send(*status, "Content-Type: application/json\r\n", text.len(), text.as_bytes());
        }
        Some(Does::Bytes(bytes)) => send(200, "", bytes.len(), bytes),
        Some(Does::Short(bytes)) => send(200, "", bytes.len() + 100, bytes),
        Some(Does::Stalls) => {
            send(200, "", 1000, b"P");
            // Until the client goes away.
            let _ = reader.read(&mut [0]);
        }
        Some(Does::Redirects(to)) => send(302, &format!("Location: {to}\r\n"), 0, b""),
        None => send(404, "", 0, b""),
    }
}

fn sha256(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

fn arn(name: &str) -> String {
    format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}")
}

/// A function as `ListFunctions` lists it.
fn function(name: &str, bytes: &[u8]) -> Value {
    json!({"FunctionName": name, "FunctionArn": arn(name), "Runtime": "python3.13", "PackageType": "Zip",
        "CodeSha256": sha256(bytes), "CodeSize": bytes.len()})
}

fn list(functions: &[Value]) -> (&'static str, Does) {
    ("/2015-03-31/functions", Does::Json(200, json!({"Functions": functions})))
}

/// An answer of `GetFunction`, in the shape that AWS documents.
fn get_function(url: &str, listed: &Value, path: &str) -> Does {
    Does::Json(
        200,
        json!({"Configuration": listed,
            "Code": {"RepositoryType": "S3", "Location": format!("{url}{path}?{SIGNATURE}")}}),
    )
}

/// An answer of `GetLayerVersion`, in the shape that AWS documents.
fn get_layer(url: &str, bytes: &[u8], path: &str) -> Does {
    Does::Json(
        200,
        json!({"LayerVersionArn": LAYER, "Version": 3, "Content": {"CodeSha256": sha256(bytes),
            "CodeSize": bytes.len(), "Location": format!("{url}{path}?{SIGNATURE}")}}),
    )
}

fn bytes(archive: CodeArchive) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive.file.unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn denied() -> Does {
    Does::Json(403, json!({"__type": "AccessDeniedException", "Message": "no"}))
}

/// A server with one function, whose archive is served in some way.
fn one(does: impl FnOnce(&str) -> Does) -> Server {
    Server::start(|url| {
        let listed = function("orders", b"orders code");
        let code = get_function(url, &listed, "/code/orders");
        vec![list(&[listed]), ("/2015-03-31/functions/orders", code), ("/code/orders", does(url))]
    })
}

async fn gap_of(server: &Server, limits: DownloadLimits) -> tieout_model::Gap {
    let (mut archives, session) = server.fetch(limits).await;
    assert_eq!(archives.len(), 1);
    let gap = archives.remove(0).file.unwrap_err();
    assert!(gap.what.starts_with("lambda:GetFunction on orders in eu-west-1: "), "{}", gap.what);
    keeps_no_address(&session, &gap.to_string());
    gap
}

/// Neither evidence nor record nor any gap tells an address.
fn keeps_no_address(session: &Session, told: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    session.write_record(file.path()).unwrap();
    let record = std::fs::read_to_string(file.path()).unwrap();
    let evidence = serde_json::to_string(&session.evidence()).unwrap();
    for text in [record.as_str(), evidence.as_str(), told] {
        for secret in ["t0k3n", "5ecre7", "/code/", "X-Amz-"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    assert!(record.contains("GetFunction") && record.contains("CodeSha256"), "{record}");
}

#[tokio::test]
async fn each_archive_is_fetched_once_whoever_shares_it() {
    let server = Server::start(|url| {
        let mut listed =
            [function("orders", b"same code"), function("bills", b"same code"), function("other", b"other")];
        for function in &mut listed {
            function["Layers"] = json!([{"Arn": LAYER, "CodeSize": 5}]);
        }
        vec![
            list(&listed),
            ("/2015-03-31/functions/orders", get_function(url, &listed[0], "/code/same")),
            ("/2015-03-31/functions/bills", get_function(url, &listed[1], "/code/same")),
            ("/2015-03-31/functions/other", get_function(url, &listed[2], "/code/other")),
            ("/2018-10-31/layers/", get_layer(url, b"layer", "/code/layer")),
            ("/code/same", Does::Bytes(b"same code".to_vec())),
            ("/code/other", Does::Bytes(b"other".to_vec())),
            ("/code/layer", Does::Bytes(b"layer".to_vec())),
        ]
    });
    let (archives, session) = server.fetch(DownloadLimits::default()).await;
    let arns: Vec<Vec<String>> = archives.iter().map(|archive| archive.arns.clone()).collect();
    assert_eq!(arns, [vec![arn("bills"), arn("orders")], vec![arn("other")], vec![LAYER.to_owned()]]);
    let contents: Vec<Vec<u8>> = archives.into_iter().map(bytes).collect();
    assert_eq!(contents, [&b"same code"[..], b"other", b"layer"]);
    assert_eq!((server.count("/code/"), server.count("/2015-03-31/functions/")), (3, 2));
    keeps_no_address(&session, "");
    // The layer is named by its ARN: it may be another account's.
    let layers = server.seen.lock().unwrap().iter().find(|path| path.contains("/layers/")).cloned().unwrap();
    assert!(layers.contains("123456789012") && layers.ends_with("/versions/3"), "{layers}");
}

#[tokio::test]
async fn a_function_that_is_refused_is_a_gap_and_the_others_go_on() {
    let server = Server::start(|url| {
        let listed = [
            function("orders", b"a"),
            function("bills", b"b"),
            function("twin", b"a"),
            function("alone", b"c"),
        ];
        vec![
            list(&listed),
            ("/2015-03-31/functions/orders", denied()),
            ("/2015-03-31/functions/alone", denied()),
            ("/2015-03-31/functions/bills", get_function(url, &listed[1], "/code/b")),
            ("/2015-03-31/functions/twin", get_function(url, &listed[2], "/code/a")),
            ("/code/a", Does::Bytes(b"a".to_vec())),
            ("/code/b", Does::Bytes(b"b".to_vec())),
        ]
    });
    let (mut archives, _) = server.fetch(DownloadLimits::default()).await;
    assert_eq!(archives.len(), 3);
    let refused = archives.remove(0);
    assert_eq!(refused.arns, [arn("alone")]);
    let gap = refused.file.unwrap_err();
    assert_eq!((gap.reason, &*gap.resolve_with), (Reason::AccessDenied, "allow lambda:GetFunction"));
    // What one function's policy refuses, another of the same code may tell.
    assert_eq!(archives[1].arns, [arn("orders"), arn("twin")]);
    assert_eq!(archives.into_iter().map(bytes).collect::<Vec<_>>(), [b"b", b"a"]);
}

#[tokio::test]
async fn functions_that_cannot_be_listed_are_told_for_the_region() {
    let server = Server::start(|_| vec![("/2015-03-31/functions", denied())]);
    let (archives, _) = server.fetch(DownloadLimits::default()).await;
    assert_eq!(archives.len(), 1);
    assert_eq!(archives[0].arns, [arn("*")]);
    assert_eq!(archives[0].file.as_ref().unwrap_err().reason, Reason::AccessDenied);
}

#[tokio::test]
async fn an_image_is_told_and_other_languages_are_left_alone() {
    let server = Server::start(|_| {
        let mut image = function("image", b"");
        image["PackageType"] = json!("Image");
        let mut node = function("node", b"n");
        node["Runtime"] = json!("nodejs22.x");
        vec![list(&[image, node])]
    });
    let (archives, _) = server.fetch(DownloadLimits::default()).await;
    assert_eq!(archives.len(), 1);
    let gap = archives[0].file.as_ref().unwrap_err();
    assert_eq!((gap.reason, gap.what.ends_with("container image")), (Reason::Unsupported, true));
    assert_eq!(server.count("/2015-03-31/functions/"), 0);
}

#[tokio::test]
async fn bytes_of_another_hash_are_not_handed_on() {
    let server = one(|_| Does::Bytes(b"other code!".to_vec()));
    let gap = gap_of(&server, DownloadLimits::default()).await;
    assert!(gap.what.contains("another SHA-256"), "{}", gap.what);
}

#[tokio::test]
async fn code_that_was_changed_since_it_was_listed_is_told() {
    let server = Server::start(|url| {
        let newer = get_function(url, &function("orders", b"newer"), "/code/orders");
        vec![list(&[function("orders", b"older")]), ("/2015-03-31/functions/orders", newer)]
    });
    let gap = gap_of(&server, DownloadLimits::default()).await;
    assert!(gap.what.contains("changed while it was read"), "{}", gap.what);
    assert_eq!(server.count("/code/"), 0);
}

#[tokio::test]
async fn a_body_that_ends_early_is_asked_for_again_and_then_a_gap() {
    let server = one(|_| Does::Short(b"orders".to_vec()));
    assert_eq!(gap_of(&server, DownloadLimits::default()).await.reason, Reason::Network);
    assert_eq!(server.count("/code/"), 2);
}

#[tokio::test]
async fn a_body_that_never_comes_to_an_end_is_left() {
    let server = one(|_| Does::Stalls);
    let limits = DownloadLimits { time: Duration::from_millis(300), ..DownloadLimits::default() };
    let gap = gap_of(&server, limits).await;
    assert!(gap.what.contains("did not arrive within"), "{}", gap.what);
}

#[tokio::test]
async fn an_archive_above_the_limit_is_not_fetched_nor_read_to_its_end() {
    let limits = DownloadLimits { bytes: 10, ..DownloadLimits::default() };
    let server = one(|_| Does::Bytes(b"orders code".to_vec()));
    assert!(gap_of(&server, limits).await.what.contains("larger than the limit of 10 bytes"));
    assert_eq!(server.count("/code/"), 0);
    // One that says less than it is.
    let server = Server::start(|url| {
        let mut listed = function("orders", b"orders code");
        listed["CodeSize"] = json!(1);
        let code = get_function(url, &listed, "/code/orders");
        let served = Does::Bytes(b"orders code".to_vec());
        vec![list(&[listed]), ("/2015-03-31/functions/orders", code), ("/code/orders", served)]
    });
    assert!(gap_of(&server, limits).await.what.contains("larger than the limit of 10 bytes"));
}

#[tokio::test]
async fn no_redirect_is_followed_and_no_other_host_is_asked() {
    let elsewhere = Server::start(|_| vec![("/", Does::Bytes(b"orders code".to_vec()))]);
    let to = elsewhere.url.clone();
    let server = one(|_| Does::Redirects(format!("{to}/stolen")));
    assert!(gap_of(&server, DownloadLimits::default()).await.what.contains("answered 302"));
    let listed = function("orders", b"orders code");
    let code = get_function(&elsewhere.url, &listed, "/code/orders");
    let server = Server::start(|_| vec![list(&[listed]), ("/2015-03-31/functions/orders", code)]);
    assert!(gap_of(&server, DownloadLimits::default()).await.what.contains("no host of AWS"));
    assert!(elsewhere.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_without_an_address_says_what_lambda_says() {
    let server = Server::start(|_| {
        let listed = function("orders", b"a");
        let error = json!({"ErrorCode": "KMSAccessDeniedException", "Message": "the key may not be used"});
        let code = json!({"Configuration": listed, "Code": {"RepositoryType": "S3", "Error": error}});
        vec![list(&[listed]), ("/2015-03-31/functions/orders", Does::Json(200, code))]
    });
    let gap = gap_of(&server, DownloadLimits::default()).await;
    assert!(
        gap.what.ends_with("the key may not be used") && gap.resolve_with.contains("kms:Decrypt"),
        "{gap}"
    );
}

#[tokio::test]
async fn a_record_lists_the_functions_and_holds_no_code() {
    let server = one(|_| Does::Bytes(b"orders code".to_vec()));
    let (_, session) = server.fetch(DownloadLimits::default()).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    session.write_record(file.path()).unwrap();
    let asked = server.seen.lock().unwrap().len();
    let replay = tieout_aws_live::Replay::from_path(file.path()).unwrap();
    assert!(replay.unknown_operations().is_empty());
    let archives = fetch(&Session::from(replay), DownloadLimits::default()).await;
    assert_eq!(archives.len(), 1);
    let gap = archives[0].file.as_ref().unwrap_err();
    assert_eq!(gap.reason, Reason::NotCollected);
    assert!(gap.what.contains("holds no code") && gap.resolve_with.contains("--function-code"), "{gap}");
    assert_eq!(server.seen.lock().unwrap().len(), asked);
}

#[tokio::test]
async fn a_scan_never_asks_for_code() {
    let server = one(|_| Does::Bytes(b"orders code".to_vec()));
    let session = server.session().await;
    let options =
        tieout_aws_live::CollectOptions { regions: Some(vec!["eu-west-1".to_owned()]), actions: None };
    tieout_aws_live::collect(&session, &options).await;
    let seen = server.seen.lock().unwrap();
    assert!(seen.iter().any(|path| path.starts_with("/2015-03-31/functions")), "{seen:?}");
    let leads = |path: &&String| {
        let path = path.split('?').next().unwrap_or_default();
        let of_function = path
            .strip_prefix("/2015-03-31/functions/")
            .is_some_and(|rest| !rest.contains('/') && !rest.is_empty());
        let layer = path.split_once("/layers/").and_then(|(_, rest)| rest.split_once("/versions/"));
        of_function || layer.is_some_and(|(_, version)| !version.contains('/') && !version.is_empty())
    };
    assert_eq!(seen.iter().filter(leads).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(!seen.iter().any(|path| path.starts_with("/code/")));
    for action in CODE_ACTIONS.iter().filter(|action| !action.contains(":List")) {
        assert!(!Operation::all().any(|operation| operation.action == *action), "{action}");
    }
}

//! `tieout audit --function-code`: the packages inside an account's functions and layers, against a server of the
//! test's own that answers Lambda's calls in the shape that AWS documents and serves the archives itself.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic anywhere")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, BufReader, Cursor, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use zip::write::SimpleFileOptions;

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>\
    <UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const LAYER: &str = "arn:aws:lambda:eu-west-1:123456789012:layer:deps:3";
const ADVISORY: &str = r#"{"id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z",
    "summary": "a flaw", "aliases": ["CVE-2026-0001"], "database_specific": {"severity": "HIGH"}, "affected": [{"package":
    {"ecosystem": "PyPI", "name": "django"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "4.2.1"}]}]}]}"#;

type Rows = Vec<(String, u16, Vec<u8>)>;

struct Account {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

fn arn(name: &str) -> String {
    format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}")
}

/// A zip with these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An archive with one installed package.
fn installed(folder: &str, name: &str, version: &str) -> Vec<u8> {
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    archive(&[(&format!("{folder}{name}-{version}.dist-info/METADATA"), metadata.as_bytes())])
}

impl Account {
    /// An account with these functions, each with its archive; all use a layer with urllib3.
    fn with(functions: &[(&str, Vec<u8>)]) -> Account {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut rows: Rows = Vec::new();
        let mut listed = Vec::new();
        let location = |name: &str| format!("{url}/code/{name}?X-Amz-Signature=5ecre7");
        for (name, code) in functions {
            let function = json!({"FunctionName": name, "FunctionArn": arn(name), "Runtime": "python3.13",
                "PackageType": "Zip", "CodeSha256": sha256(code), "CodeSize": code.len(),
                "Layers": [{"Arn": LAYER}]});
            let answer = json!({"Configuration": function,
                "Code": {"RepositoryType": "S3", "Location": location(name)}});
            rows.push((format!("/2015-03-31/functions/{name}"), 200, answer.to_string().into_bytes()));
            rows.push((format!("/code/{name}"), 200, code.clone()));
            listed.push(function);
        }
        let layer = installed("python/", "urllib3", "2.0.0");
        let content =
            json!({"Location": location("layer"), "CodeSha256": sha256(&layer), "CodeSize": layer.len()});
        let answer = json!({"LayerVersionArn": LAYER, "Content": content}).to_string().into_bytes();
        rows.push(("/2018-10-31/layers/".to_owned(), 200, answer));
        rows.push(("/code/layer".to_owned(), 200, layer));
        let functions = json!({"Functions": listed}).to_string().into_bytes();
        rows.push(("/2015-03-31/functions".to_owned(), 200, functions));
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (rows, kept) = (rows.clone(), kept.clone());
                std::thread::spawn(move || serve(stream.unwrap(), &rows, &kept));
            }
        });
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("osv")).unwrap();
        std::fs::write(folder.path().join("osv/GHSA-aaaa-bbbb-cccc.json"), ADVISORY).unwrap();
        Account { url, seen, folder }
    }

    /// Runs the audit of the check of known flaws.
    fn audit(&self, more: &[&str]) -> Output {
        let check = "deps-package-no-known-vulnerabilities";
        Command::new(env!("CARGO_BIN_EXE_tieout"))
            .args(["audit", "--select", check, "--advisories", "osv", "-f", "json", "--as-of", "2026-01-15"])
            .args(more)
            .current_dir(self.folder.path())
            .env_clear()
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .output()
            .unwrap()
    }

    fn live(&self, more: &[&str]) -> Value {
        let live = ["--aws", "--endpoint-url", &self.url, "--regions", "eu-west-1"];
        json(&self.audit(&[&live, more].concat()))
    }

    fn asked_for_code(&self) -> bool {
        let leads = |path: &String| path.starts_with("/code/") || path.starts_with("/2015-03-31/functions/");
        self.seen.lock().unwrap().iter().any(leads)
    }
}

fn serve(mut stream: TcpStream, rows: &Rows, kept: &Mutex<Vec<String>>) {
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
    let is_identity = String::from_utf8_lossy(&body).contains("Action=GetCallerIdentity");
    let row = rows.iter().filter(|row| path.starts_with(&row.0)).max_by_key(|row| row.0.len());
    let (status, bytes) = match row {
        _ if is_identity => (200, IDENTITY.as_bytes()),
        Some((_, status, bytes)) => (*status, bytes.as_slice()),
        None => (404, &b""[..]),
    };
    kept.lock().unwrap().push(path);
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(bytes);
}

fn sha256(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

fn json(output: &Output) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
}

/// Status and file of each result, sorted.
fn results(found: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |result: &Value| (text(&result["status"]), text(&result["subject"]["file"]));
    let mut rows: Vec<_> = found["results"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

fn row(status: &str, file: String) -> (String, String) {
    (status.to_owned(), file)
}

#[test]
fn packages_in_functions_and_their_layer_are_judged_where_the_account_alone_is_audited() {
    let old = installed("", "django", "4.2");
    let account =
        Account::with(&[("orders", old.clone()), ("bills", old), ("fine", installed("", "django", "4.2.1"))]);
    let found = account.live(&["--function-code"]);
    let django = |name: &str, version: &str| format!("{}!/django-{version}.dist-info/METADATA", arn(name));
    let layer = format!("{LAYER}!/python/urllib3-2.0.0.dist-info/METADATA");
    let expected = [
        row("fail", django("bills", "4.2")),
        row("fail", django("orders", "4.2")),
        row("pass", django("fine", "4.2.1")),
        row("pass", layer.clone()),
    ];
    assert_eq!(results(&found), expected);
    let files: Vec<&str> = found["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| component["file"].as_str().unwrap())
        .collect();
    assert!(files.contains(&layer.as_str()) && files.len() == 4, "{files:?}");
    let text = found.to_string();
    assert!(!text.contains("5ecre7") && !text.contains("/code/"), "{text}");
    assert!(text.contains("aws:lambda:GetFunction"), "{text}");
    let fetched = account.seen.lock().unwrap().iter().filter(|path| path.starts_with("/code/")).count();
    assert_eq!(fetched, 3);
}

#[test]
fn without_the_flag_no_code_is_asked_for() {
    let account = Account::with(&[("orders", installed("", "django", "4.2"))]);
    assert!(results(&account.live(&[])).is_empty());
    assert!(!account.asked_for_code());
}

#[test]
fn a_function_s_packages_settle_nothing_of_the_project() {
    let account = Account::with(&[("orders", installed("", "django", "4.2"))]);
    std::fs::write(account.folder.path().join("requirements.txt"), "django>=4\n").unwrap();
    let found = account.live(&[".", "--function-code"]);
    let of_file = results(&found).into_iter().filter(|(_, file)| file == "requirements.txt");
    assert_eq!(of_file.collect::<Vec<_>>(), [row("not_assessed", "requirements.txt".to_owned())]);
}

#[test]
fn an_archive_that_explodes_or_is_none_is_told_and_the_others_go_on() {
    let zeros = vec![0; 40 << 20];
    let bomb = archive(&[("big-1.0.dist-info/METADATA", &zeros), ("app.py", b"pass")]);
    let functions = [
        ("bomb", bomb),
        ("broken", b"PK\x03\x04 no zip".to_vec()),
        ("fine", installed("", "django", "4.2.1")),
    ];
    let found = Account::with(&functions).live(&["--function-code"]);
    let told = results(&found);
    let unread: Vec<&str> =
        told.iter().filter(|(status, _)| status == "not_assessed").map(|(_, file)| file.as_str()).collect();
    assert_eq!(unread, [format!("{}!/big-1.0.dist-info/METADATA", arn("bomb")), arn("broken")]);
    assert_eq!(told.iter().filter(|(status, _)| status == "pass").count(), 2, "{told:?}");
    assert_eq!(found["complete"], false);
}

#[test]
fn a_record_keeps_no_code_and_a_replay_says_so() {
    let account = Account::with(&[("orders", installed("", "django", "4.2"))]);
    account.live(&["--function-code", "--record", "account.jsonl"]);
    let record = std::fs::read_to_string(account.folder.path().join("account.jsonl")).unwrap();
    assert!(!record.contains("5ecre7") && !record.contains("/code/"), "{record}");
    let found = json(&account.audit(&["--replay", "account.jsonl", "--function-code"]));
    let expected = [row("not_assessed", arn("orders")), row("not_assessed", LAYER.to_owned())];
    assert_eq!(results(&found), expected);
    let gap = &found["results"][0]["gap"];
    assert_eq!(gap["reason"], "not_collected");
    assert!(gap["resolve_with"].as_str().unwrap().contains("--function-code"), "{gap}");
}

#[test]
fn the_flag_without_an_account_is_a_mistake() {
    let account = Account::with(&[]);
    let output = account.audit(&["--function-code"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("add --aws"));
}

#[test]
fn the_policy_grants_reads_of_code_only_where_they_are_asked_for() {
    let policy = |more: &[&str]| {
        let args = ["policy", "--select", "lambda"];
        let output =
            Command::new(env!("CARGO_BIN_EXE_tieout")).args(args).args(more).env_clear().output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    for action in ["\"lambda:GetFunction\"", "\"lambda:GetLayerVersion\""] {
        assert!(!policy(&[]).contains(action), "{action}");
        assert!(policy(&["--function-code"]).contains(action), "{action}");
    }
}

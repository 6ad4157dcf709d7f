//! `tieout tls endpoint` and `tieout audit --endpoint` as a user runs them: the list, the reports, the exit codes. All servers
//! are on loopback.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a failure is the message")]

use serde_json::Value;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn tieout(folder: &tempfile::TempDir, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tieout")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// An `openssl s_server` with a certificate of its own in `cert.pem`, ended with the value.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `None` where this machine has no openssl: then the endpoint that nobody reaches is all that is tested.
fn server(folder: &tempfile::TempDir, flags: &[&str]) -> Option<Server> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    if !made.ok()?.success() {
        return None;
    }
    let port = free_port();
    let mut child = Command::new("openssl")
        .args(["s_server", "-www", "-cert", "cert.pem", "-key", "key.pem", "-accept", &port.to_string()])
        .args(flags)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until && child.try_wait().unwrap().is_none() {
        if TcpStream::connect(("localhost", port)).is_ok() {
            return Some(Server { child, port });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    panic!("openssl s_server does not start");
}

#[test]
fn an_endpoint_that_nobody_reaches_is_told_with_its_gap_and_fails_only_where_coverage_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let word = format!("127.0.0.1:{}", free_port());
    let output = tieout(&folder, &["tls", "endpoint", &word, &word, "-f", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let list = json(&output);
    assert_eq!(list.as_array().unwrap().len(), 2, "one object for each that was asked");
    let one = &list[0];
    assert_eq!((&one["endpoint"], &one["reachable"]), (&Value::from(word.as_str()), &Value::from(false)));
    assert_eq!(one["gaps"][0]["reason"], "network");
    assert!(one["gaps"][0]["results"].as_u64().unwrap() > 10);
    assert_eq!(one["findings"], Value::from(Vec::<Value>::new()));
    let output = tieout(&folder, &["tls", "endpoint", &word, "--require-coverage"]);
    assert_eq!(output.status.code(), Some(4));
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(page.contains("not reached") && page.contains("refused"), "{page}");
}

#[test]
fn a_word_that_names_no_endpoint_is_a_mistake_of_usage() {
    let folder = tempfile::tempdir().unwrap();
    for args in [&["http://a/"][..], &["a:0"], &[], &["a", "--timeout", "0"], &["a", "--ca", "none.pem"]] {
        let output = tieout(&folder, &[&["tls", "endpoint"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_server_is_told_as_the_output_contract_has_it_and_judged_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = server(&folder, &["-cipher", "DEFAULT:@SECLEVEL=0"]) else { return };
    let word = format!("localhost:{}", server.port);
    let output = tieout(&folder, &["tls", "endpoint", &word, "--timeout", "60", "-f", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let one = &json(&output)[0];
    let versions: Vec<&String> = one["versions"].as_object().unwrap().keys().collect();
    assert_eq!(versions, ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]);
    assert_eq!(one["certificate"]["problems"], serde_json::json!(["self_signed"]));
    assert_eq!(one["certificate"]["key"], serde_json::json!({"type": "RSA", "bits": 2048}));
    assert_eq!(one["preference"], "client");
    let old = one["findings"].as_array().unwrap().iter();
    let old = old.clone().find(|finding| finding["check"] == "tls-endpoint-old-versions-refused").unwrap();
    assert_eq!(old["locations"], serde_json::json!([{"endpoint": word}]));
    assert_eq!(old["subject"], serde_json::json!({"kind": "endpoint", "id": word}));

    let trusting = ["--ca", "cert.pem", "--select", "tls-endpoint-certificate-trusted", "--timeout", "60"];
    let output = tieout(&folder, &[&["tls", "endpoint", &word][..], &trusting].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let all = ["-o", "a.sarif", "-o", "a.csv", "-o", "a.xlsx", "-f", "sarif", "-f", "csv", "-f", "xlsx"];
    let output = tieout(&folder, &[&["tls", "endpoint", &word, "--timeout", "60"][..], &all].concat());
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let sarif = std::fs::read_to_string(folder.path().join("a.sarif")).unwrap();
    assert!(sarif.contains("tls-endpoint-certificate-trusted") && sarif.contains(&word));
}

#[test]
fn an_audit_takes_endpoints_into_its_assessment() {
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = server(&folder, &["-tls1_2"]) else { return };
    let word = format!("localhost:{}", server.port);
    let output = tieout(
        &folder,
        &[
            "audit",
            "--only",
            "iac",
            "--endpoint",
            &word,
            "--endpoint-ca",
            "cert.pem",
            "--persona",
            "auditor",
            "-f",
            "json",
        ],
    );
    let assessment = json(&output);
    assert_eq!(assessment["scope"]["endpoints"], serde_json::json!([word]));
    let results = assessment["results"].as_array().unwrap();
    let of = |check: &str| results.iter().find(|result| result["check"] == check).unwrap()["status"].clone();
    assert_eq!(of("tls-endpoint-certificate-trusted"), "pass");
    assert_eq!(of("tls-endpoint-old-versions-refused"), "pass");
    let output = tieout(&folder, &["audit", "--only", "iac", "--function-urls", "-f", "json"]);
    assert_eq!(output.status.code(), Some(3), "there is nothing else to audit here");
}

/// A Terraform state with the endpoints that these tests ask: a function's address, a database, names of a distribution.
fn state(port: u16) -> String {
    let resource = |kind: &str, attributes: Value| serde_json::json!({"mode": "managed", "type": kind, "name": "one", "provider": "aws", "instances": [{"attributes": attributes}]});
    let state = serde_json::json!({
        "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "a", "outputs": {},
        "resources": [
            resource("aws_lambda_function_url", serde_json::json!({"function_name": "f", "authorization_type": "NONE", "function_url": format!("https://localhost:{port}/")})),
            resource("aws_db_instance", serde_json::json!({"engine": "postgres", "address": "db.one.internal", "port": 5432})),
            resource("aws_cloudfront_distribution", serde_json::json!({
                "enabled": true, "aliases": ["*.shop.invalid", "--help", "a\u{1b}[2J.invalid", "169.254.169.254"], "domain_name": "d1.cloudfront.invalid"})),
        ],
    });
    serde_json::to_string_pretty(&state).unwrap()
}

#[test]
fn endpoints_of_a_state_are_listed_then_probed_and_each_says_what_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder, &["-cipher", "DEFAULT:@SECLEVEL=0"]);
    let port = server.as_ref().map_or_else(free_port, |server| server.port);
    std::fs::create_dir(folder.path().join("infra")).unwrap();
    std::fs::write(folder.path().join("infra/terraform.tfstate"), state(port)).unwrap();
    let word = format!("localhost:{port}");

    let output = tieout(&folder, &["tls", "endpoint", "--from", "infra", "--list"]);
    assert_eq!(output.status.code(), Some(0));
    let listed = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = listed.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(
        names,
        ["d1.cloudfront.invalid:443", "db.one.internal:5432", word.as_str(), "not"],
        "{listed}"
    );
    assert!(listed.contains("(PostgreSQL)  aws_db_instance.one (terraform.tfstate:"), "{listed}");

    let output = tieout(&folder, &["tls", "endpoint", "--from", "infra", "--timeout", "60", "-f", "json"]);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.contains(&format!("  {word}  aws_lambda_function_url.one (terraform.tfstate:")), "{said}");
    assert!(said.contains("are not asked") && !said.contains('\u{1b}'), "{said}");
    let list = json(&output);
    let of = |name: &str| list.as_array().unwrap().iter().find(|one| one["endpoint"] == name).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 4, "neither options nor addresses of the link are endpoints");
    for name in ["d1.cloudfront.invalid:443", "db.one.internal:5432", "*.shop.invalid:443"] {
        assert_eq!(of(name)["reachable"], false, "{name}");
        assert_eq!(of(name)["gaps"].as_array().unwrap().len(), 1, "{name}");
    }
    let by = &of(&word)["stated_by"][0];
    assert_eq!(
        (&by["resource"], &by["file"]),
        (&"aws_lambda_function_url.one".into(), &"terraform.tfstate".into())
    );
    if server.is_some() {
        assert_eq!(of(&word)["reachable"], true);
        let places = &of(&word)["findings"][0]["locations"];
        assert_eq!(
            (&places[0]["endpoint"], &places[1]["file"]),
            (&word.as_str().into(), &"terraform.tfstate".into())
        );
        assert_eq!(places[1]["line"], by["line"]);
    }
}

#[test]
fn an_account_names_its_functions_and_what_only_a_deployment_tells_is_a_gap_each_kind() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";
    let call = |operation: &str, params: Value, answer: Value| {
        serde_json::json!({"service": "lambda", "operation": operation, "region": "us-east-1", "params": params, "answer": answer}).to_string()
    };
    let function = serde_json::json!({"FunctionName": "orders", "FunctionArn": arn, "Runtime": "python3.13", "Handler": "a.b", "Role": "arn:aws:iam::123456789012:role/o", "PackageType": "Zip"});
    let url = serde_json::json!({"FunctionUrl": format!("https://localhost:{port}/"), "FunctionArn": arn, "AuthType": "NONE"});
    let record = [
        r#"{"tieout_record": 1}"#.to_owned(),
        call("ListFunctions", serde_json::json!({}), serde_json::json!({"Functions": [function]})),
        call(
            "ListFunctionUrlConfigs",
            serde_json::json!({"FunctionName": "orders"}),
            serde_json::json!({"FunctionUrlConfigs": [url]}),
        ),
    ];
    std::fs::write(folder.path().join("account.jsonl"), record.join("\n")).unwrap();
    let template = "Resources:\n  A: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql}}\n  B: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql}}\n  U: {Type: AWS::Lambda::Url, Properties: {AuthType: NONE, TargetFunctionArn: f}}\n";
    std::fs::write(folder.path().join("template.yaml"), template).unwrap();
    let word = format!("localhost:{port}");

    let output = tieout(&folder, &["tls", "endpoint", "--from", "--replay", "account.jsonl", "-f", "json"]);
    let list = json(&output);
    assert_eq!(
        list.as_array().unwrap().len(),
        1,
        "with an account the folder is not read unless it is named"
    );
    assert_eq!(list[0]["endpoint"], word.as_str());
    assert_eq!(list[0]["stated_by"][0]["resource"], format!("{arn}#url"));

    let output = tieout(&folder, &["tls", "endpoint", "--from", "template.yaml"]);
    assert_eq!(output.status.code(), Some(3), "nothing there is known before the deployment");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(
            "hosts of AWS::RDS::DBInstance are known after the deployment (Endpoint.Address): A, B"
        ),
        "{said}"
    );
    assert!(said.contains("hosts of AWS::Lambda::Url are known after") && said.contains("--aws"), "{said}");

    let audit = ["audit", "--replay", "account.jsonl", "--select", "tls-endpoint-*", "-f", "json"];
    for flag in ["--function-urls", "--stated-endpoints"] {
        let output = tieout(&folder, &[&audit[..], &[flag]].concat());
        assert_eq!(json(&output)["scope"]["endpoints"], serde_json::json!([word]), "{flag}");
    }
    let output = tieout(&folder, &[&audit[..], &["--stated-endpoints", "template.yaml"]].concat());
    let gaps = json(&output)["gaps"].to_string();
    assert!(gaps.contains("AWS::RDS::DBInstance are known after"), "{gaps}");
    let output = tieout(&folder, &[&audit[..], &["--function-urls", "template.yaml"]].concat());
    let gaps = json(&output)["gaps"].to_string();
    assert!(
        !gaps.contains("AWS::RDS::DBInstance are known after") && gaps.contains("AWS::Lambda::Url"),
        "{gaps}"
    );
}

//! `tieout tls python` as a user runs it, on the interpreters of this machine: what they accept is compared with what Python
//! itself says of its contexts, and what is turned off or hangs must come out as it is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a failure is the message"
)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The interpreters to try: the python3 of PATH, and the system's where it is another.
fn pythons() -> Vec<PathBuf> {
    let ask = |program: &str| {
        let answer = Command::new(program).args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
        Some(PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim()))
    };
    let mut all: Vec<PathBuf> =
        ["python3", "/usr/bin/python3"].iter().filter_map(|program| ask(program)).collect();
    all.dedup();
    assert!(!all.is_empty(), "these tests need a python3 on the PATH");
    all
}

fn run(args: &[&str], env: &[(&str, &Path)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tieout"))
        .args(["tls", "python", "--no-config", "-f", "json"])
        .args(args)
        .env_remove("OPENSSL_CONF")
        .envs(env.iter().copied())
        .output()
        .unwrap()
}

/// The report on an interpreter, and the exit code.
fn report(python: &Path, args: &[&str], env: &[(&str, &Path)]) -> (Value, i32) {
    let output = run(&[&[python.to_str().unwrap()], args].concat(), env);
    let value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code().unwrap())
}

fn client<'a>(report: &'a Value, name: &str) -> &'a Value {
    let clients = report["clients"].as_array().unwrap();
    clients.iter().find(|client| client["name"] == name).unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

const STANDARD: [&str; 3] = ["ssl.create_default_context", "http.client", "urllib.request"];

/// An `openssl.cnf` with settings for all programs.
fn conf(folder: &Path, settings: &str) -> PathBuf {
    let file = folder.join("openssl.cnf");
    let text = format!(
        "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = system\n[system]\n{settings}\n"
    );
    fs::write(&file, text).unwrap();
    file
}

/// An environment on the interpreter in which some lines run at each start.
fn environment(python: &Path, folder: &Path, lines: &str) -> PathBuf {
    let made = Command::new(python).args(["-m", "venv", "--without-pip"]).arg(folder.join("venv")).status();
    assert!(made.unwrap().success());
    let lib = folder.join("venv/lib");
    let packages = fs::read_dir(lib).unwrap().next().unwrap().unwrap().path().join("site-packages");
    fs::write(packages.join("tieout_test_lines.py"), lines).unwrap();
    fs::write(packages.join("lines.pth"), "import tieout_test_lines\n").unwrap();
    folder.join("venv")
}

/// What Python itself says: the least version of its default context where it names one.
fn own_minimum(python: &Path, conf: &Path) -> Option<String> {
    let program = "import ssl; print(ssl.create_default_context().minimum_version.name)";
    let answer = Command::new(python).args(["-c", program]).env("OPENSSL_CONF", conf).output().unwrap();
    let name = String::from_utf8(answer.stdout).unwrap().trim().replace('_', ".");
    name.starts_with("TLSv").then_some(name)
}

#[test]
fn the_defaults_of_an_interpreter_verify_everything_and_accept_only_1_2_and_1_3() {
    for python in pythons() {
        let (report, code) = report(&python, &[], &[]);
        assert_eq!((report["verdict"].as_str(), code), (Some("pass"), 0), "{report:#}");
        assert_eq!(report["gaps"], serde_json::json!([]), "{report:#}");
        for name in STANDARD {
            let client = client(&report, name);
            assert_eq!(client["accepts"], serde_json::json!(["TLSv1.2", "TLSv1.3"]), "{name}");
            assert_eq!((&client["minimum"], &client["prefers"]), (&"TLSv1.2".into(), &"TLSv1.3".into()));
            let all = serde_json::json!({"chain": true, "name": true, "expiry": true});
            assert_eq!(client["verifies"], all, "{name}");
            let ciphers = client["ciphers"].to_string();
            assert!(ciphers.contains("TLS_AES_256_GCM_SHA384") && !ciphers.contains("SCSV"), "{ciphers}");
            assert!(client["groups"].to_string().contains("x25519"), "{client:#}");
        }
        for (place, text) in report["enforce"].as_object().unwrap() {
            assert!(text.as_str().unwrap().contains("TLSv1"), "{place}");
        }
        assert!(report["openssl"].as_str().unwrap().starts_with("OpenSSL "));
    }
}

#[test]
fn a_minimum_in_openssl_cnf_counts_where_python_leaves_it_to_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let conf = conf(folder.path(), "MinProtocol = TLSv1.3");
    for python in pythons() {
        let (report, code) = report(&python, &["--min", "1.3"], &[("OPENSSL_CONF", &conf)]);
        assert_eq!(report["openssl_conf"], conf.to_str().unwrap());
        assert_eq!(report["openssl_settings"]["min_protocol"], "TLSv1.3");
        let expected = own_minimum(&python, &conf).unwrap_or_else(|| "TLSv1.3".to_owned());
        assert_eq!(client(&report, "http.client")["minimum"], expected.as_str(), "{}", python.display());
        assert_eq!(code, i32::from(expected != "TLSv1.3"), "{}", python.display());
    }
}

#[test]
fn security_level_0_lets_old_versions_in_where_python_leaves_ciphers_to_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let conf = conf(folder.path(), "MinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0");
    for python in pythons() {
        let (report, code) = report(&python, &[], &[("OPENSSL_CONF", &conf)]);
        assert_eq!(report["openssl_settings"]["security_level"], 0);
        let leaves_it = own_minimum(&python, &conf).is_none_or(|name| name == "TLSv1");
        let expected: &[&str] =
            if leaves_it { &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] } else { &["TLSv1.2", "TLSv1.3"] };
        assert_eq!(client(&report, "ssl.create_default_context")["accepts"], serde_json::json!(expected));
        assert_eq!(code, i32::from(leaves_it));
    }
}

#[test]
fn what_a_sitecustomize_turns_off_is_told_with_a_finding_and_fails() {
    let python = &pythons()[0];
    let folder = tempfile::tempdir().unwrap();
    let lines = "import ssl\nssl._create_default_https_context = ssl._create_unverified_context\n";
    let venv = environment(python, folder.path(), lines);
    let (report, code) = report(&venv, &[], &[]);
    assert_eq!((report["verdict"].as_str(), code), (Some("fail"), 1));
    let none = serde_json::json!({"chain": false, "name": false, "expiry": false});
    assert_eq!(client(&report, "urllib.request")["verifies"], none);
    assert_eq!(client(&report, "ssl.create_default_context")["verifies"]["chain"], true);
    let checks = report["findings"].to_string();
    assert!(checks.contains("tls-interpreter-certificates-verified"), "{checks}");
}

#[test]
fn names_that_are_not_looked_at_and_a_lowered_minimum_are_each_told() {
    let python = &pythons()[0];
    let folder = tempfile::tempdir().unwrap();
    let lines = "import ssl\nmake = ssl.create_default_context\n\
                 def lax(*args, **kwargs):\n    context = make(*args, **kwargs)\n    context.check_hostname = False\n    \
                 context.minimum_version = ssl.TLSVersion.TLSv1\n    context.set_ciphers('ALL:@SECLEVEL=0')\n    return context\n\
                 ssl.create_default_context = lax\n";
    let venv = environment(python, folder.path(), lines);
    let (report, code) = report(&venv, &[], &[]);
    let lax = client(&report, "ssl.create_default_context");
    assert_eq!(lax["accepts"], serde_json::json!(["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]));
    assert_eq!(lax["verifies"], serde_json::json!({"chain": true, "name": false, "expiry": true}));
    assert_eq!((lax["minimum"].as_str(), code), (Some("TLSv1"), 1));
    assert!(report["findings"].to_string().contains("tls-interpreter-weak-ciphers-not-offered"));
}

#[test]
fn a_client_that_hangs_is_a_gap_and_the_others_are_still_told() {
    let python = &pythons()[0];
    let folder = tempfile::tempdir().unwrap();
    let lines =
        "import http.client, time\nhttp.client.HTTPSConnection.connect = lambda self: time.sleep(600)\n";
    let venv = environment(python, folder.path(), lines);
    let (report, code) = report(&venv, &["--timeout", "8"], &[]);
    assert_eq!((&report["verdict"], code), (&Value::Null, 4), "{report:#}");
    assert_eq!(client(&report, "http.client")["accepts"], Value::Null);
    let fine = client(&report, "ssl.create_default_context");
    assert_eq!(fine["accepts"], serde_json::json!(["TLSv1.2", "TLSv1.3"]));
    assert!(report["gaps"].to_string().contains("within 8 seconds"), "{:#}", report["gaps"]);
}

#[test]
fn a_client_that_comes_back_with_less_after_a_refusal_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "import http.client, ssl\nold = http.client.HTTPSConnection.connect\n\
                 def connect(self):\n    try:\n        old(self)\n    except ssl.SSLError:\n        \
                 self._context.maximum_version = ssl.TLSVersion.TLSv1_2\n        old(self)\n\
                 http.client.HTTPSConnection.connect = connect\n";
    let venv = environment(&pythons()[0], folder.path(), lines);
    let (report, _) = report(&venv, &[], &[]);
    assert_eq!(client(&report, "http.client")["fallback"], true);
    assert_eq!(client(&report, "ssl.create_default_context")["fallback"], false);
}

#[test]
fn an_interpreter_that_never_answers_is_stopped_and_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let venv = environment(&pythons()[0], folder.path(), "import time\ntime.sleep(600)\n");
    let output = run(&[venv.to_str().unwrap(), "--timeout", "2"], &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did not answer in time"));
}

#[test]
fn a_client_that_ends_the_interpreter_is_a_gap() {
    let python = &pythons()[0];
    let folder = tempfile::tempdir().unwrap();
    let lines = "import os, urllib.request\nurllib.request.urlopen = lambda *args, **kwargs: os._exit(7)\n";
    let venv = environment(python, folder.path(), lines);
    let (report, code) = report(&venv, &[], &[]);
    assert_eq!((client(&report, "urllib.request")["accepts"].clone(), code), (Value::Null, 4));
    assert_eq!(client(&report, "http.client")["minimum"], "TLSv1.2");
}

#[test]
fn the_libraries_of_the_tests_environment_are_probed_with_their_own_defaults() {
    let Some(venv) = std::env::var_os("TIEOUT_VENV").map(PathBuf::from) else { return };
    let (report, code) = report(&venv, &[], &[]);
    assert_eq!(code, 0, "{report:#}");
    for name in ["urllib3", "requests", "httpx", "aiohttp", "botocore"] {
        let client = client(&report, name);
        assert!(client["version"].is_string(), "{client:#}");
        assert_eq!(client["accepts"], serde_json::json!(["TLSv1.2", "TLSv1.3"]), "{name}");
        assert_eq!(client["verifies"], serde_json::json!({"chain": true, "name": true, "expiry": true}));
    }
}

#[test]
fn what_is_no_interpreter_is_not_run_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = folder.path().join("deploy.sh");
    fs::write(&stranger, "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\n").unwrap();
    let output = run(&[stranger.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("ran").exists());
    assert_eq!(run(&["/no/such/python"], &[]).status.code(), Some(2));
    assert_eq!(run(&["--image-root", folder.path().to_str().unwrap()], &[]).status.code(), Some(3));
    let text = folder.path().join("python3");
    fs::write(&text, "no program").unwrap();
    assert_eq!(run(&[text.to_str().unwrap()], &[]).status.code(), Some(3));
}

#[test]
fn a_project_is_probed_by_its_environment() {
    let folder = tempfile::tempdir().unwrap();
    let venv = environment(&pythons()[0], folder.path(), "");
    let (report, code) = report(folder.path(), &[], &[]);
    assert_eq!(code, 0, "{report:#}");
    assert!(report["interpreter"].as_str().unwrap().starts_with(venv.to_str().unwrap()), "{report:#}");
    assert_eq!((&report["configured"], &report["gaps"]), (&serde_json::json!([]), &serde_json::json!([])));
}

/// A project with an environment of its own and some files.
fn project(folder: &Path, files: &[(&str, &str)]) {
    environment(&pythons()[0], folder, "");
    for (path, text) in files {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

/// The rows `PATH:LINE CLIENT`, each with what it accepts and verifies.
fn configured(report: &Value) -> Vec<String> {
    let rows = report["configured"].as_array().unwrap().iter().map(|row| {
        let place =
            format!("{}:{} {}", row["path"].as_str().unwrap(), row["line"], row["client"].as_str().unwrap());
        let accepts = row["accepts"].as_array().into_iter().flatten();
        let accepts: Vec<&str> = accepts.map(|one| one.as_str().unwrap()).collect();
        let verifies = ["chain", "name", "expiry"].map(|what| row["verifies"][what].to_string());
        format!("{place} {} {}", accepts.join(","), verifies.join(","))
    });
    rows.collect()
}

#[test]
fn clients_are_probed_as_the_code_of_the_project_configures_them() {
    let folder = tempfile::tempdir().unwrap();
    let code = "import ssl, urllib.request\n\
                open('ran', 'w').write('never')\n\
                strict = ssl.create_default_context()\n\
                strict.minimum_version = ssl.TLSVersion.TLSv1_3\n\
                urllib.request.urlopen('https://a', context=strict)\n\
                old = ssl.create_default_context()\n\
                old.minimum_version = ssl.TLSVersion.TLSv1\n\
                old.set_ciphers('DEFAULT@SECLEVEL=0')\n\
                lax = ssl.create_default_context()\n\
                lax.check_hostname = False\n\
                bad = ssl.SSLContext(ssl.PROTOCOL_SSLv3)\n\
                server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)\n";
    let test = "import ssl\nctx = ssl._create_unverified_context()\n";
    project(folder.path(), &[("app/tls.py", code), ("tests/test_tls.py", test)]);
    let (report, code) = report(folder.path(), &[], &[]);
    assert_eq!((report["verdict"].as_str(), code), (Some("fail"), 1), "{report:#}");
    let both = "TLSv1.2,TLSv1.3";
    assert_eq!(
        configured(&report),
        [
            "app/tls.py:5 urllib.request TLSv1.3 true,true,true".to_owned(),
            format!("app/tls.py:6 ssl TLSv1,TLSv1.1,{both} true,true,true"),
            format!("app/tls.py:9 ssl {both} true,false,true"),
            "app/tls.py:11 ssl  null,null,null".to_owned(),
            format!("tests/test_tls.py:2 ssl {both} false,false,false"),
        ]
    );
    let refused = report["configured"][3]["refused"].as_str().unwrap();
    assert!(refused.contains("PROTOCOL_SSLv3"), "{refused}");
    assert!(!folder.path().join("ran").exists() && report["gaps"] == serde_json::json!([]), "{report:#}");
    let findings = report["findings"].as_array().unwrap();
    let at: Vec<String> = findings
        .iter()
        .map(|one| format!("{} {} {}", one["check"], one["locations"][0]["line"], one["severity"]))
        .map(|words| words.replace('"', ""))
        .collect();
    assert_eq!(
        at,
        [
            "tls-configured-certificates-verified 9 critical",
            "tls-configured-minimum-version 6 high",
            "tls-configured-certificates-verified 2 low",
        ]
    );
}

#[test]
fn a_mark_lifts_a_configured_client_from_the_verdict_and_what_is_open_is_no_pass() {
    let folder = tempfile::tempdir().unwrap();
    let code = "import ssl\n\
                ctx = ssl.create_default_context()\n\
                ctx.check_hostname = False  # tieout: ignore[tls-configured-certificates-verified] a pinned peer\n";
    project(folder.path(), &[("app.py", code)]);
    let (marked, exit) = report(folder.path(), &[], &[]);
    assert_eq!((marked["verdict"].as_str(), exit), (Some("pass"), 0), "{marked:#}");
    assert_eq!(marked["findings"][0]["status"], "suppressed");
    fs::write(
        folder.path().join("app.py"),
        "import ssl, os\nctx = ssl.create_default_context()\nif os.getenv('LAX'):\n    ctx.check_hostname = False\n",
    )
    .unwrap();
    let (open, exit) = report(folder.path(), &[], &[]);
    assert_eq!((&open["verdict"], exit), (&Value::Null, 4), "{open:#}");
    assert!(open["gaps"].to_string().contains("app.py:2: "), "{:#}", open["gaps"]);
}

#[test]
fn the_libraries_of_the_tests_environment_are_probed_as_they_are_configured() {
    let Some(venv) = std::env::var_os("TIEOUT_VENV").map(PathBuf::from) else { return };
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(venv, folder.path().join(".venv")).unwrap();
    let code = "import requests, urllib3, boto3\n\
                requests.get('https://a', verify=False)\n\
                requests.get('https://a', verify=True)\n\
                session = requests.Session()\n\
                session.verify = False\n\
                urllib3.PoolManager(cert_reqs='CERT_NONE')\n\
                boto3.client('s3', verify=False)\n\
                boto3.client('s3', verify=True)\n";
    fs::write(folder.path().join("app.py"), code).unwrap();
    let (report, _) = report(folder.path(), &[], &[]);
    let both = "TLSv1.2,TLSv1.3";
    let (on, off) = ("true,true,true", "false,false,false");
    let expected = [
        (2, "requests", off),
        (3, "requests", on),
        (5, "requests", off),
        (6, "urllib3", off),
        (7, "botocore", off),
        (8, "botocore", on),
    ]
    .map(|(line, client, verifies)| format!("app.py:{line} {client} {both} {verifies}"));
    assert_eq!(configured(&report), expected, "{report:#}");
}

#[test]
fn the_recipe_prints_what_a_shell_can_read_and_takes_known_branches_only() {
    let recipe = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_tieout")).args(["tls", "recipe"]).args(args).output().unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("build.sh");
    fs::write(&script, recipe(&["--min", "1.3"]).stdout).unwrap();
    assert!(Command::new("sh").arg("-n").arg(&script).status().unwrap().success());
    assert!(fs::read_to_string(&script).unwrap().contains("no-tls1_2"));
    assert!(String::from_utf8(recipe(&["--dockerfile"]).stdout).unwrap().contains("FROM debian"));
    assert_eq!(recipe(&["--python", "2.7"]).status.code(), Some(2));
}

//! The binary as a user runs it: exit codes, formats, determinism, and that no secret gets out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a failure is the message")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SECRET: &str = "Tr4vel-Kettle-93x";

const TEMPLATE: &str = "\
Resources:
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Role: arn:aws:iam::123456789012:role/orders
      Code: {ZipFile: pass}
      Environment:
        Variables:
          DB_PASSWORD: Tr4vel-Kettle-93x
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: '=logs'
";

struct Project(tempfile::TempDir);

impl Project {
    fn with(files: &[(&str, &str)]) -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        fs::create_dir(project.path(".git")).unwrap();
        for (name, text) in files {
            fs::write(project.path(name), text).unwrap();
        }
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Output {
        run_in(self.0.path(), args)
    }
}

fn run_in(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tieout")).args(args).current_dir(folder).env_clear().output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

#[test]
fn findings_exit_with_1_and_a_higher_bar_with_0() {
    let project = Project::with(&[("template.yaml", TEMPLATE)]);
    assert_eq!(project.run(&["audit"]).status.code(), Some(1));
    let only = ["audit", "--select", "s3-bucket-versioning-enabled", "--fail-on", "high"];
    assert_eq!(project.run(&only).status.code(), Some(0));
}

#[test]
fn what_a_persona_does_not_see_does_not_fail_its_run() {
    let project = Project::with(&[("template.yaml", TEMPLATE)]);
    let auditors = ["audit", "--select", "s3-bucket-versioning-enabled", "--fail-on", "info"];
    assert_eq!(project.run(&auditors).status.code(), Some(0));
    let as_auditor = [&auditors[..], &["--persona", "auditor"]].concat();
    assert_eq!(project.run(&as_auditor).status.code(), Some(1));
}

#[test]
fn an_empty_folder_exits_with_3_and_says_what_to_do() {
    let project = Project::with(&[]);
    let output = project.run(&["audit"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("nothing to audit"), "{}", text(&output.stderr));
}

#[test]
fn mistakes_exit_with_2_and_a_suggestion() {
    let project = Project::with(&[("template.yaml", TEMPLATE), ("bad.toml", "selekt = []\n")]);
    for (args, says) in [
        (vec!["audit", "--select", "s3-bucket-versionning-enabled"], "s3-bucket-versioning-enabled"),
        (vec!["audit", "--config", "bad.toml"], "did you mean `select`?"),
        (vec!["audit", "--persna", "auditor"], "--persona"),
        (vec!["audit", "nowhere"], "no such file or folder"),
        (vec!["audit", "-f", "jason"], "json"),
        (vec!["explain", "s3-bucket-versioning-enable"], "did you mean"),
        (vec!["audit", "--as-of", "tomorrow"], "YYYY-MM-DD"),
        (vec!["audit", "-o", "x.doc"], "say which with -f"),
    ] {
        let output = project.run(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{args:?}: {}", text(&output.stderr));
    }
}

#[test]
fn incomplete_coverage_exits_with_4_only_where_it_was_asked_for() {
    let open = "Parameters:\n  V: {Type: String}\nResources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      VersioningConfiguration: {Status: !Ref V}\n";
    let project = Project::with(&[("template.yaml", open)]);
    let select = ["audit", "--select", "s3-bucket-versioning-enabled"];
    assert_eq!(project.run(&select).status.code(), Some(0));
    assert_eq!(project.run(&[&select[..], &["--require-coverage"]].concat()).status.code(), Some(4));
}

#[test]
fn no_secret_gets_out_in_any_format_or_command() {
    let project = Project::with(&[("template.yaml", TEMPLATE)]);
    let files = ["a.json", "a.jsonl", "a.csv", "a.sarif", "a.xlsx"];
    let mut args = vec!["audit", "--persona", "auditor"];
    files.iter().for_each(|file| args.extend(["-o", file]));
    project.run(&args);
    let mut outputs: Vec<(String, Vec<u8>)> =
        files.iter().map(|file| ((*file).to_owned(), fs::read(project.path(file)).unwrap())).collect();
    for args in [vec!["audit"], vec!["audit", "--persona", "pedantic", "-v"], vec!["dump"]] {
        let output = project.run(&args);
        outputs.push((format!("{args:?}"), [output.stdout, output.stderr].concat()));
    }
    for (name, bytes) in outputs {
        assert!(!bytes.is_empty(), "{name}");
        assert!(!text(&bytes).contains(SECRET), "{name} holds the secret");
    }
    // The workbook is compressed: what it says is rendered from the same Assessment as the JSON above.
    let found = json(&project.run(&["audit", "-f", "json"]));
    let checks: Vec<_> =
        found["findings"].as_array().unwrap().iter().map(|finding| &finding["check"]).collect();
    assert!(checks.contains(&&Value::from("lambda-function-environment-no-secrets")), "{checks:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let project = Project::with(&[("template.yaml", TEMPLATE)]);
    for format in ["json", "jsonl", "csv", "sarif", "xlsx", "terminal"] {
        let args = ["audit", "--as-of", "2026-01-15", "-f", format];
        assert_eq!(project.run(&args).stdout, project.run(&args).stdout, "{format}");
    }
}

#[test]
fn real_output_keeps_the_schema() {
    let project = Project::with(&[("template.yaml", TEMPLATE)]);
    let schema =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../report/schema/assessment.schema.json"))
            .unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let assessment = json(&project.run(&["audit", "-f", "json"]));
    let errors: Vec<String> = validator.iter_errors(&assessment).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn a_saved_assessment_renders_again_and_serves_as_a_baseline() {
    let project = Project::with(&[("template.yaml", TEMPLATE)]);
    project.run(&["audit", "-o", "saved.json"]);
    let again = project.run(&["report", "saved.json", "-f", "json"]);
    assert_eq!(again.stdout, fs::read(project.path("saved.json")).unwrap());
    let known = project.run(&["audit", "--baseline", "saved.json", "-f", "json"]);
    assert_eq!(known.status.code(), Some(0));
    let statuses: Vec<_> =
        json(&known)["findings"].as_array().unwrap().iter().map(|f| f["status"].clone()).collect();
    assert!(!statuses.is_empty() && statuses.iter().all(|status| status == "baseline"), "{statuses:?}");
}

#[test]
fn a_mark_in_a_comment_suppresses_and_an_idle_one_is_told() {
    let marked = "\
Resources:
  # tieout: ignore[s3-bucket-versioning-enabled] kept elsewhere
  Logs:
    Type: AWS::S3::Bucket
    # tieout: ignore[s3-bucket-encryption] nothing to silence
  Other:
    Type: AWS::S3::Bucket # checkov:skip=CKV_AWS_21:theirs
";
    let project = Project::with(&[("template.yaml", marked)]);
    let found = json(&project.run(&[
        "audit",
        "--select",
        "s3-bucket-versioning-enabled,s3-bucket-encryption",
        "-f",
        "json",
    ]));
    let findings = found["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings.iter().all(|finding| finding["status"] == "suppressed"), "{findings:?}");
    assert!(findings[0]["status_reason"].as_str().unwrap().contains("kept elsewhere"), "{findings:?}");
    let notices = found["notices"].as_array().unwrap();
    assert!(
        notices
            .iter()
            .any(|notice| notice.as_str().unwrap().contains("s3-bucket-encryption silences nothing")),
        "{notices:?}"
    );
}

#[test]
fn an_exception_excepts_until_it_expires_and_never_leaves_the_record() {
    let exceptions = "[[exception]]\ncheck = 's3-*'\nsubject = 'Logs'\nowner = 'ops'\nreason = 'accepted'\nexpires = '2026-06-30'\n";
    let project = Project::with(&[("template.yaml", TEMPLATE), ("exceptions.toml", exceptions)]);
    let at = |day: &str| {
        json(&project.run(&[
            "audit",
            "--select",
            "s3-bucket-versioning-enabled",
            "--exceptions",
            "exceptions.toml",
            "--as-of",
            day,
            "-f",
            "json",
        ]))
    };
    let before = at("2026-06-30");
    assert_eq!(before["findings"][0]["status"], "excepted");
    let after = at("2026-07-01");
    assert_eq!(after["findings"][0]["status"], "open");
    assert!(after["notices"][0].as_str().unwrap().contains("expired"), "{}", after["notices"]);
}

#[test]
fn one_bad_file_does_not_end_a_run_and_is_told() {
    let project = Project::with(&[
        ("template.yaml", TEMPLATE),
        ("broken.yaml", "Resources:\n  A: {Type: AWS::S3::Bucket\n   x: [\n"),
        ("broken.tf", "resource \"aws_s3_bucket\" {{{"),
    ]);
    let output = project.run(&["audit", "-f", "json"]);
    let found = json(&output);
    assert!(!found["results"].as_array().unwrap().is_empty());
    assert_eq!(found["complete"], false);
    let gaps = found["gaps"].to_string();
    assert!(gaps.contains("broken.yaml") && gaps.contains("broken.tf"), "{gaps}");
}

#[test]
fn a_mark_of_another_tool_on_a_credential_counts_where_it_names_the_rule() {
    for (mark, status) in [("noqa", "open"), ("noqa: E501", "open"), ("noqa: S105", "suppressed")] {
        let line = format!("password = 'Tr4vel-Kettle-93x'  # {mark}\n");
        let project = Project::with(&[("app.py", &line)]);
        let findings = json(&project.run(&["secrets", "-f", "json"]))["findings"].clone();
        assert_eq!(findings[0]["status"], status, "{mark}: {findings}");
    }
}

#[test]
fn what_is_excluded_is_read_by_no_part_and_is_named() {
    let settings = "password = 'Tr4vel-Kettle-93x'\n";
    let project = Project::with(&[("tieout.toml", "exclude = [\"/samples\"]\n"), ("app.py", "x = 1\n")]);
    for folder in ["samples", "vendor"] {
        fs::create_dir(project.path(folder)).unwrap();
        for (name, text) in
            [("template.yaml", TEMPLATE), ("settings.py", settings), ("requirements.txt", "flask==0.12\n")]
        {
            fs::write(project.path(folder).join(name), text).unwrap();
        }
    }
    let told = |args: &[&str]| {
        let assessment = json(&project.run(args));
        assert!(assessment["notices"].to_string().contains("`/samples`"), "{}", assessment["notices"]);
        assessment["findings"].to_string() + &assessment["gaps"].to_string()
    };
    for command in [&["audit"][..], &["secrets"], &["deps", "--offline"]] {
        let all = told(&[command, &["-f", "json"]].concat());
        assert!(all.contains("vendor/") && !all.contains("samples/"), "{command:?}: {all}");
        let args = [command, &["-f", "json", "--exclude", "vendor/"]].concat();
        let output = project.run(&args);
        assert!(!text(&output.stdout).contains("vendor/requirements.txt"), "{command:?}");
        assert!(!text(&output.stdout).contains("vendor/settings.py"), "{command:?}");
        assert!(!text(&output.stdout).contains("vendor/template.yaml"), "{command:?}");
    }
    let bad = project.run(&["audit", "--exclude", "a{"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(text(&bad.stderr).contains("`a{`"), "{}", text(&bad.stderr));
}

#[test]
fn every_command_has_help_with_a_purpose() {
    let project = Project::with(&[]);
    for command in ["audit", "checks", "explain", "report", "policy", "doctor", "dump", "completions", "man"]
    {
        let output = project.run(&[command, "--help"]);
        assert_eq!(output.status.code(), Some(0), "{command}");
        assert!(text(&output.stdout).contains("Usage:"), "{command}");
    }
    assert!(text(&project.run(&["--help"]).stdout).contains("Exit codes:"));
}

#[test]
fn the_policy_grants_what_the_chosen_checks_read_and_nothing_else() {
    let project = Project::with(&[]);
    let policy = json(&project.run(&["policy", "--select", "s3-bucket-versioning-enabled"]));
    let granted: Vec<String> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|statement| statement["Action"].as_array().unwrap())
        .map(|action| action.as_str().unwrap().to_owned())
        .collect();
    assert!(granted.contains(&"s3:GetBucketVersioning".to_owned()), "{granted:?}");
    assert!(!granted.iter().any(|action| action.starts_with("iam:")), "{granted:?}");
}

#[test]
fn a_recorded_account_is_judged_without_credentials() {
    let record = concat!(
        "{\"tieout_record\":1,\"recorded_at\":\"2026-01-15T00:00:00Z\",\"account\":\"123456789012\",\"partition\":\"aws\",\"actor\":\"arn:aws:iam::123456789012:user/a\",\"regions\":[\"us-east-1\"]}\n",
        "{\"service\":\"s3\",\"operation\":\"ListBuckets\",\"region\":\"us-east-1\",\"params\":{},\"answer\":{\"Buckets\":[{\"Name\":\"logs\"}]}}\n",
        "{\"service\":\"s3\",\"operation\":\"GetBucketVersioning\",\"region\":\"us-east-1\",\"params\":{\"Bucket\":\"logs\"},\"error\":{\"code\":\"AccessDenied\",\"message\":\"no\",\"status\":403}}\n",
    );
    let project = Project::with(&[("record.jsonl", record)]);
    let found = json(&project.run(&[
        "audit",
        "--replay",
        "record.jsonl",
        "--select",
        "s3-bucket-versioning-enabled",
        "-f",
        "json",
    ]));
    assert_eq!(found["as_of"], "2026-01-15");
    assert_eq!(found["scope"]["accounts"][0]["id"], "123456789012");
    let results = found["results"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{results:?}");
    assert_eq!(results[0]["status"], "not_assessed");
    assert_eq!(results[0]["gap"]["reason"], "access_denied");
}

#[test]
fn requests_are_decided_one_a_line_and_a_malformed_one_does_not_end_the_run() {
    let case = |secure: &str| {
        serde_json::json!({
            "id": secure,
            "request": {"principal": "arn:aws:iam::111122223333:role/api", "action": "s3:GetObject", "resource": "arn:aws:s3:::x/y", "resourceAccount": "111122223333", "context": {"aws:SecureTransport": secure}},
            "policies": {"identity": [{"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}]},
        })
        .to_string()
    };
    let cases = format!("{}\n{{\"id\": 7, \"request\"\n{}\n", case("true"), case("false"));
    let project = Project::with(&[("cases.jsonl", &cases)]);
    let output = project.run(&["iam", "simulate", "--jsonl", "cases.jsonl"]);
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["decision"], "Allowed");
    assert!(lines[1]["error"].is_string());
    assert_eq!(lines[2]["decision"], "ExplicitlyDenied");
}

#[test]
fn a_misspelt_action_is_linted_at_its_line() {
    let policy = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:GetObjekt\",\n    \"Resource\": \"*\"\n  }]\n}\n";
    let project = Project::with(&[("policy.json", policy)]);
    let output = project.run(&["iam", "lint", "policy.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("policy.json:5:"), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("s3:GetObject"), "{}", text(&output.stdout));
}

#[test]
fn the_long_version_names_the_date_of_each_table_and_so_does_the_assessment() {
    let project = Project::with(&[("template.yaml", TEMPLATE)]);
    let long = text(&project.run(&["--version"]).stdout);
    assert!(long.starts_with(&format!("tieout {}\n", env!("CARGO_PKG_VERSION"))), "{long}");
    for word in ["iam-data", "moto==", "botocore"] {
        assert!(long.contains(word), "{long}");
    }
    assert_eq!(text(&project.run(&["-V"]).stdout).lines().count(), 1);
    let data = &json(&project.run(&["audit", "-f", "json"]))["tool"]["data"];
    let date = data["iam"].as_str().unwrap();
    assert!(date.len() == 10 && long.contains(date), "{data}");
}

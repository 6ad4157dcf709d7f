//! `tieout deps` and `tieout advisories` as a user runs them: findings, reach, what could not be audited, exit codes, fixes,
//! the SBOM, and where advisories come from. No test asks the network.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests: a failure is the message")]

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

const FLAW: &str = r#"{"id": "TEST-1", "aliases": ["CVE-2000-1"], "modified": "2026-11-20T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "PyPI", "name": "leaky-lib"},
   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.4"}]}]}]}"#;

struct Project(tempfile::TempDir);

impl Project {
    /// A project with one made-up advisory beside it, in `advisories/`.
    fn with(files: &[(&str, &str)]) -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        for (name, text) in files.iter().chain([&("../advisories/TEST-1.json", FLAW)]) {
            let path = project.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        match name.strip_prefix("../") {
            Some(beside) => self.0.path().join(beside),
            None => self.0.path().join("project").join(name),
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_in(args, &[])
    }

    fn run_in(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tieout"))
            .args(args)
            .current_dir(self.path("."))
            .env_clear()
            .envs(env.iter().copied())
            .output()
            .unwrap()
    }

    /// `tieout deps -f json` with the made-up advisory.
    fn deps(&self, more: &[&str]) -> (Value, Option<i32>) {
        let args = [&["deps", "--advisories", "../advisories", "--as-of", "2026-11-25", "-f", "json"], more]
            .concat();
        let output = self.run(&args);
        let value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        (value, output.status.code())
    }
}

fn packages(assessment: &Value) -> Vec<&Value> {
    let findings = assessment["findings"].as_array().unwrap();
    findings.iter().filter(|finding| finding["package"].is_object()).collect()
}

fn statuses(assessment: &Value, check: &str) -> Vec<String> {
    let results = assessment["results"].as_array().unwrap().iter().filter(|result| result["check"] == check);
    results.map(|result| result["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_vulnerable_pin_is_one_finding_that_says_what_mends_it_and_where_the_code_uses_it() {
    let project = Project::with(&[
        ("requirements.txt", "Leaky_Lib==1.3.9\n"),
        ("app.py", "import leaky_lib\n\nleaky_lib.run()\n"),
    ]);
    let (assessment, code) = project.deps(&[]);
    assert_eq!(code, Some(1));
    let found = packages(&assessment);
    assert_eq!(found.len(), 1);
    let package = &found[0]["package"];
    assert_eq!(found[0]["severity"], "critical");
    assert_eq!(package["advisories"][0]["ids"], serde_json::json!(["CVE-2000-1", "TEST-1"]));
    assert_eq!((&package["fix"], &package["rank"]), (&"1.4".into(), &"called".into()));
    assert_eq!(found[0]["trace"][0]["file"], "app.py");
    assert_eq!(assessment["tool"]["data"]["advisories"], "2026-11-20");
}

#[test]
fn the_version_that_mends_and_a_package_of_a_similar_name_pass() {
    let project = Project::with(&[("requirements.txt", "leaky-lib==1.4\nleaky-lib-extras==1.0\n")]);
    let (assessment, code) = project.deps(&[]);
    assert_eq!((packages(&assessment).len(), code), (0, Some(0)));
    assert_eq!(statuses(&assessment, "deps-package-no-known-vulnerabilities"), ["pass", "pass"]);
}

#[test]
fn what_cannot_be_audited_is_said_and_fails_a_strict_run_only() {
    let project = Project::with(&[("requirements.txt", "leaky-lib>=1\n==broken==\n")]);
    let (assessment, code) = project.deps(&[]);
    assert_eq!(code, Some(0));
    let open = statuses(&assessment, "deps-package-no-known-vulnerabilities");
    assert_eq!(open, ["not_assessed", "not_assessed"]);
    assert_eq!(project.deps(&["--strict"]).1, Some(4));
    let in_ci = |more: &[&str]| {
        let args = [&["deps", "--advisories", "../advisories"], more].concat();
        project.run_in(&args, &[("CI", "true")]).status.code()
    };
    assert_eq!(in_ci(&[]), Some(4));
    assert_eq!(in_ci(&["--no-strict"]), Some(0));
}

#[test]
fn advisories_that_cannot_be_read_are_no_pass() {
    let project = Project::with(&[("requirements.txt", "leaky-lib==1.4\n")]);
    let output = project.run(&["deps", "--advisories", "../missing.zip", "-f", "json"]);
    assert_eq!(output.status.code(), Some(4));
    let assessment: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(statuses(&assessment, "deps-package-no-known-vulnerabilities"), ["not_assessed"]);
}

#[test]
fn without_a_cache_and_a_network_the_advisories_built_in_answer_and_say_how_old_they_are() {
    let project = Project::with(&[("requirements.txt", "pyyaml==5.3\n")]);
    let output = project.run(&["deps", "--offline"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("CVE-2020-14343") && text.contains("built into tieout") && text.contains("days old"),
        "{text}"
    );
    assert!(text.contains("CC-BY-4.0"), "{text}");
}

#[test]
fn an_ended_runtime_is_one_finding_with_its_dates_and_a_table_of_ones_own_changes_it() {
    let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api:\n    Type: AWS::Serverless::Function\n    \
                    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.8}\n";
    let own = "as_of = 2026-11-25\n[python]\nsource = \"our vendor\"\nseen = 2026-11-25\n[python.releases]\n\
               \"3.8\" = { end_of_life = 2029-01-01 }\n";
    let project = Project::with(&[
        ("Dockerfile", "FROM python:3.8-slim\n"),
        ("template.yaml", template),
        ("own.toml", own),
    ]);
    let runtimes = |assessment: &Value| -> Vec<(String, String, String)> {
        let findings = assessment["findings"].as_array().unwrap().iter();
        let told = findings.filter(|finding| finding["runtime"].is_object()).map(|finding| {
            let runtime = &finding["runtime"];
            let text = |name: &str| runtime[name].as_str().unwrap_or("").to_owned();
            (text("name"), text("version"), text("end_of_life"))
        });
        told.collect()
    };
    let (assessment, code) = project.deps(&[]);
    assert_eq!(code, Some(1));
    let python = |name: &str, version: &str| (name.to_owned(), version.to_owned(), "2024-10-07".to_owned());
    assert_eq!(runtimes(&assessment), [python("python", "3.8"), python("aws-lambda", "python3.8")]);
    let (assessment, _) = project.deps(&["--runtimes", "own.toml", "--select", "deps-runtime-supported"]);
    assert_eq!(statuses(&assessment, "deps-runtime-supported"), ["pass"]);
}

#[test]
fn a_module_that_cannot_be_followed_is_told_for_it_may_hold_functions() {
    let module =
        "module \"api\" {\n  source  = \"terraform-aws-modules/lambda/aws\"\n  runtime = \"python3.7\"\n}\n";
    let project = Project::with(&[("main.tf", module), ("requirements.txt", "leaky-lib==1.4\n")]);
    let (assessment, _) = project.deps(&[]);
    let gaps = assessment["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["what"].as_str().unwrap().contains("main.tf")), "{gaps:?}");
    assert_eq!(assessment["complete"], true);
}

#[test]
fn a_fix_changes_the_pin_alone_and_is_done_once() {
    let before = "# pins\r\nleaky-lib==1.3  # why\r\nother==2.0\r\n";
    let project = Project::with(&[("requirements.txt", before)]);
    let shown = project.run(&["deps", "--advisories", "../advisories", "--fix", "--diff"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("+leaky-lib==1.4  # why"));
    assert_eq!(fs::read_to_string(project.path("requirements.txt")).unwrap(), before);
    let (assessment, code) = project.deps(&["--fix"]);
    assert_eq!((packages(&assessment).len(), code), (0, Some(0)));
    let after = fs::read_to_string(project.path("requirements.txt")).unwrap();
    assert_eq!(after, before.replace("1.3", "1.4"));
    let again = project.run(&["deps", "--advisories", "../advisories", "--fix", "--diff"]);
    assert!(again.stdout.is_empty());
}

#[test]
fn a_secret_in_an_index_is_a_finding_and_its_text_is_nowhere() {
    let secret = "hV7kQz2mWq9xLr4t";
    let line = format!("--index-url https://build:{secret}@packages.example.com/simple/\nleaky-lib==1.4\n");
    let project = Project::with(&[("requirements.txt", &line)]);
    for format in ["json", "sarif", "csv", "terminal", "cyclonedx"] {
        let output =
            project.run(&["deps", "--advisories", "../advisories", "-f", format, "--persona", "auditor"]);
        let all = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&all).contains(secret), "{format}");
    }
    let (assessment, _) = project.deps(&[]);
    let secrets = assessment["findings"].as_array().unwrap().iter().filter(|one| one["secret"].is_object());
    assert_eq!(secrets.count(), 1);
}

#[test]
fn an_sbom_names_the_package_its_flaw_and_what_mends_it_and_is_the_same_twice() {
    let project = Project::with(&[("requirements.txt", "leaky-lib==1.3\n")]);
    let sbom = || {
        project
            .run(&["deps", "--advisories", "../advisories", "--as-of", "2026-11-25", "-f", "cyclonedx"])
            .stdout
    };
    let first = sbom();
    assert_eq!(first, sbom());
    let bom: Value = serde_json::from_slice(&first).unwrap();
    assert_eq!(bom["bomFormat"], "CycloneDX");
    assert_eq!(bom["components"][0]["purl"], "pkg:pypi/leaky-lib@1.3");
    assert_eq!(bom["vulnerabilities"][0]["id"], "CVE-2000-1");
}

#[test]
fn an_audit_takes_dependencies_in_and_can_leave_them_out() {
    let project = Project::with(&[("requirements.txt", "leaky-lib==1.3\n")]);
    let audit = |more: &[&str]| {
        let args = [&["audit", "--advisories", "../advisories", "-f", "json"], more].concat();
        project.run(&args)
    };
    let whole: Value = serde_json::from_slice(&audit(&[]).stdout).unwrap();
    assert_eq!(packages(&whole).len(), 1);
    assert_eq!(audit(&["--only", "iac"]).status.code(), Some(3));
}

#[test]
fn a_suppression_in_a_comment_and_an_empty_folder() {
    let line = "leaky-lib==1.3  # tieout: ignore[deps-package-no-known-vulnerabilities] not reachable\n";
    let project = Project::with(&[("requirements.txt", line)]);
    let (assessment, code) = project.deps(&[]);
    assert_eq!((packages(&assessment)[0]["status"].as_str(), code), (Some("suppressed"), Some(0)));
    let empty = Project::with(&[("notes.md", "")]);
    assert_eq!(empty.run(&["deps", "--offline"]).status.code(), Some(3));
}

#[test]
fn the_status_of_the_advisories_names_their_source_and_day() {
    let project = Project::with(&[("notes.md", "")]);
    let output = project.run(&["advisories", "status", "--advisories", "../advisories"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("2026-11-20") && text.contains("records   1"), "{text}");
}

//! SARIF: valid by the official schema, and every fail there with its rule, places and fingerprint.

use crate::fixture::{assessment, large};
use crate::json;
use serde_json::{Value, json as j};
use tieout_model::{FindingStatus, Persona};
use tieout_report::Format;

const SCHEMA: &str = include_str!("../data/sarif-2.1.0.schema.json");

fn run(persona: Persona) -> Value {
    json(Format::Sarif, &assessment(), persona)["runs"][0].clone()
}

fn validator() -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    // The published pattern for a language has a `]` too many, which no strict reader of patterns takes.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    jsonschema::validator_for(&schema).unwrap()
}

fn assert_valid(log: &Value) {
    let validator = validator();
    let errors: Vec<String> =
        validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_log_is_valid_for_every_persona_and_when_nothing_was_found() {
    for persona in [Persona::Engineer, Persona::Auditor, Persona::Pedantic] {
        assert_valid(&json(Format::Sarif, &assessment(), persona));
    }
    let mut empty = large(0);
    empty.checks.clear();
    empty.gaps.clear();
    empty.notices.clear();
    empty.tool.version = String::new();
    assert_valid(&json(Format::Sarif, &empty, Persona::Auditor));
}

#[test]
fn the_official_schema_does_refuse_what_is_wrong() {
    let validator = validator();
    let mut log = json(Format::Sarif, &assessment(), Persona::Engineer);
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = j!(0);
    assert!(!validator.is_valid(&log));
}

#[test]
fn only_fails_are_results_unless_an_auditor_asks() {
    let engineer = run(Persona::Engineer);
    let results = engineer["results"].as_array().unwrap();
    assert_eq!(results.len(), assessment().findings.len());
    assert!(results.iter().all(|result| result["kind"] == "fail"));
    let auditor = run(Persona::Auditor);
    let kinds = |kind: &str| {
        auditor["results"].as_array().unwrap().iter().filter(|result| result["kind"] == kind).count()
    };
    assert_eq!((kinds("fail"), kinds("pass"), kinds("open"), kinds("notApplicable")), (8, 3, 1, 1));
    for result in auditor["results"].as_array().unwrap().iter().filter(|result| result["kind"] != "fail") {
        assert_eq!(result["level"], "none");
    }
}

#[test]
fn a_rule_carries_help_weakness_severity_and_precision() {
    let run = run(Persona::Engineer);
    let rule = &run["tool"]["driver"]["rules"][1];
    assert_eq!(rule["id"], "ec2-security-group-no-open-admin-port");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert_eq!(rule["properties"]["precision"], "high");
    let tags = rule["properties"]["tags"].as_array().unwrap();
    assert!(tags.contains(&j!("external/cwe/cwe-284")) && tags.contains(&j!("external/cwe/cwe-319")));
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("## How to fix\n\n### Terraform"));
    assert!(rule["help"]["text"].as_str().unwrap().contains("Limit the rule"));
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}

#[test]
fn a_finding_in_a_file_has_region_address_fix_and_further_places() {
    let run = run(Persona::Engineer);
    let ssh = &run["results"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(
        ssh["locations"][0]["physicalLocation"],
        j!({
            "artifactLocation": { "uri": "infra/network.tf", "uriBaseId": "SRCROOT" },
            "region": { "startLine": 10, "startColumn": 20, "endLine": 10, "endColumn": 31 },
        })
    );
    assert!(run["originalUriBaseIds"]["SRCROOT"].is_object());
    assert_eq!(ssh["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "aws_security_group.web");
    assert_eq!(ssh["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 17);
    assert_eq!(ssh["partialFingerprints"]["tieout/v1"], assessment().findings[0].fingerprint.as_str());
    assert_eq!(
        ssh["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
        "\"10.0.0.0/8\""
    );
    assert_eq!(ssh["properties"]["cwe"], j!(["CWE-284"]));
    assert_eq!(
        run["results"][3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "infra/min%20%C3%BC%231.json"
    );
}

#[test]
fn a_trace_is_a_code_flow() {
    let run = run(Persona::Engineer);
    let steps = run["results"][1]["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0]["location"]["message"]["text"], "the request's argument");
    assert_eq!(steps[1]["location"]["physicalLocation"]["region"]["startLine"], 4);
    assert!(run["results"][0].get("codeFlows").is_none());
}

#[test]
fn a_finding_of_the_account_has_its_arn_as_logical_location_and_no_file() {
    let location = &run(Persona::Engineer)["results"][2]["locations"][0];
    assert!(location.get("physicalLocation").is_none());
    assert_eq!(
        location["logicalLocations"][0]["fullyQualifiedName"],
        "arn:aws:iam::123456789012:user/=cmd|' /C calc'!A0"
    );
    assert_eq!(location["logicalLocations"][0]["properties"]["pointer"], "/UserDetailList/3/MFADevices");
}

#[test]
fn what_was_set_aside_stays_with_its_justification() {
    let run = run(Persona::Engineer);
    assert_eq!(run["results"][3]["suppressions"][0]["kind"], "external");
    assert_eq!(
        run["results"][3]["suppressions"][0]["justification"],
        "accepted by Ada until 2027-01-01: public downloads"
    );
    assert_eq!(run["results"][4]["suppressions"][0]["kind"], "inSource");
    assert!(run["results"][0].get("suppressions").is_none());
}

#[test]
fn results_have_a_state_only_where_a_baseline_was_compared() {
    let run = run(Persona::Engineer);
    assert_eq!(run["results"][5]["baselineState"], "unchanged");
    assert_eq!(run["results"][0]["baselineState"], "new");
    let mut fresh = assessment();
    fresh.findings.retain(|finding| finding.status != FindingStatus::Baseline);
    let fresh = json(Format::Sarif, &fresh, Persona::Engineer);
    assert!(fresh["runs"][0]["results"][0].get("baselineState").is_none());
}

#[test]
fn gaps_and_notices_are_notifications_of_the_run() {
    let run = run(Persona::Engineer);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[0]["level"], "warning");
    let text = notes[0]["message"]["text"].as_str().unwrap();
    assert!(
        text.contains("(1 result not assessed)") && text.contains("To settle it: allow s3:GetBucketPolicy"),
        "{text}"
    );
    assert_eq!(notes[1]["level"], "note");
    assert!(
        invocation["toolConfigurationNotifications"][0]["message"]["text"]
            .as_str()
            .unwrap()
            .contains("unused suppression")
    );
}

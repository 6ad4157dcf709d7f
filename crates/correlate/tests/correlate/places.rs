//! One secret, one finding, all its places.

use crate::{assessment, at, finding, in_code};
use tieout_correlate::places;
use tieout_model::{
    Detail, Finding, FindingStatus, Location, SecretDetail, Severity, Status, Subject, SubjectKind,
};
use tieout_source::redact::classify_secret;

const PASSWORD: &str = "Tr4vel-Kettle-93x";
const OTHER: &str = "Rusty-Anvil-77q";

fn cloud(function: &str) -> Location {
    Location::Cloud { arn: function.to_owned(), pointer: "/Functions/0/Environment/Variables/X".to_owned() }
}

/// A finding about a function whose variables hold secrets: name, value, place.
fn function(name: &str, variables: &[(&str, &str, Location)]) -> Finding {
    let details = variables
        .iter()
        .map(|(name, value, _)| {
            let secret = classify_secret(name, value).unwrap();
            SecretDetail {
                kind: secret.kind.to_owned(),
                redacted: secret.shown,
                fingerprint: secret.fingerprint,
                name: Some((*name).to_owned()),
                ..SecretDetail::default()
            }
        })
        .collect();
    let mut subject = Subject::new(SubjectKind::Resource, name);
    subject.type_name = Some("AWS::Lambda::Function".to_owned());
    let locations = variables.iter().map(|(.., location)| location.clone()).collect();
    let mut found =
        finding("lambda-function-environment-no-secrets", subject, Detail::Secrets(details), locations);
    found.severity = Severity::Critical;
    found.cwe.push("CWE-312".to_owned());
    found
}

#[test]
fn a_secret_in_code_and_in_a_function_s_variable_is_one_finding_with_two_places() {
    let findings =
        vec![function("orders", &[("DB_PASSWORD", PASSWORD, cloud("orders"))]), in_code(PASSWORD, "a.py", 3)];
    let taken = findings[0].fingerprint.clone();
    let mut assessment = assessment(&[], findings);
    places(&mut assessment);
    assert_eq!(assessment.findings.len(), 1);
    let one = &assessment.findings[0];
    assert_eq!(one.check, "secrets-passwords-absent");
    assert_eq!(one.locations, [at("a.py", 3), cloud("orders")]);
    assert_eq!(one.severity, Severity::Critical);
    assert_eq!(one.cwe, ["CWE-798", "CWE-312"]);
    assert_eq!(one.joined[0].fingerprint, taken);
    assert!(one.message.contains("DB_PASSWORD of AWS::Lambda::Function orders"), "{}", one.message);
    let result = assessment.results.iter().find(|one| one.check.starts_with("lambda")).unwrap();
    assert_eq!((result.status, result.finding.as_ref()), (Status::Fail, Some(&one.fingerprint)));
    assert!(result.reason.contains("a.py:3"), "{}", result.reason);
}

#[test]
fn a_secret_of_two_functions_is_one_finding_with_three_places() {
    let mut assessment = assessment(
        &[],
        vec![
            function("orders", &[("DB_PASSWORD", PASSWORD, cloud("orders"))]),
            function("mails", &[("PGPASSWORD", PASSWORD, cloud("mails"))]),
            in_code(PASSWORD, "a.py", 3),
        ],
    );
    places(&mut assessment);
    assert_eq!(assessment.findings.len(), 1);
    assert_eq!(assessment.findings[0].locations.len(), 3);
    assert_eq!(assessment.findings[0].joined.len(), 2);
}

#[test]
fn two_secrets_of_one_function_keep_their_own_places() {
    let both = [("DB_PASSWORD", PASSWORD, cloud("orders/1")), ("API_TOKEN", OTHER, cloud("orders/2"))];
    let findings = vec![function("orders", &both), in_code(PASSWORD, "a.py", 3), in_code(OTHER, "b.py", 4)];
    let mut assessment = assessment(&[], findings);
    places(&mut assessment);
    let places: Vec<_> = assessment.findings.iter().map(|one| one.locations.clone()).collect();
    assert_eq!(places.len(), 2);
    assert!(places.contains(&vec![at("a.py", 3), cloud("orders/1")]));
    assert!(places.contains(&vec![at("b.py", 4), cloud("orders/2")]));
}

#[test]
fn a_function_that_holds_another_secret_too_keeps_its_finding() {
    let both = [("DB_PASSWORD", PASSWORD, cloud("orders/1")), ("API_TOKEN", OTHER, cloud("orders/2"))];
    let mut assessment = assessment(&[], vec![function("orders", &both), in_code(PASSWORD, "a.py", 3)]);
    places(&mut assessment);
    assert_eq!(assessment.findings.len(), 2);
    let code = assessment.findings.iter().find(|one| one.check.starts_with("secrets")).unwrap();
    assert_eq!(code.locations, [at("a.py", 3), cloud("orders/1")]);
    assert!(code.joined.is_empty());
    let function = assessment.findings.iter().find(|one| one.check.starts_with("lambda")).unwrap();
    assert!(function.message.contains("DB_PASSWORD stands in a.py:3"), "{}", function.message);
}

#[test]
fn a_literal_in_a_template_is_the_resource_s_finding_where_it_stands_nowhere_else() {
    let mut assessment = assessment(
        &[],
        vec![
            function("Orders", &[("DB_PASSWORD", PASSWORD, at("template.yaml", 9))]),
            in_code(PASSWORD, "template.yaml", 9),
        ],
    );
    places(&mut assessment);
    assert_eq!(assessment.findings.len(), 1);
    let one = &assessment.findings[0];
    assert_eq!(one.check, "lambda-function-environment-no-secrets");
    assert_eq!(one.locations, [at("template.yaml", 9)]);
    assert_eq!(one.joined[0].check, "secrets-passwords-absent");
    assert!(assessment.results.iter().all(|result| result.finding.as_ref() == Some(&one.fingerprint)));
}

#[test]
fn a_literal_in_a_template_and_in_code_is_one_finding_with_both_places() {
    let mut code = in_code(PASSWORD, "a.py", 3);
    code.locations.push(at("template.yaml", 9));
    let held = function("Orders", &[("DB_PASSWORD", PASSWORD, at("template.yaml", 9))]);
    let mut assessment = assessment(&[], vec![held, code]);
    places(&mut assessment);
    assert_eq!(assessment.findings.len(), 1);
    assert_eq!(assessment.findings[0].check, "secrets-passwords-absent");
    assert_eq!(assessment.findings[0].locations, [at("a.py", 3), at("template.yaml", 9)]);
}

#[test]
fn the_same_line_joins_what_the_engines_cut_out_differently() {
    let url = "mysql://app:Tr4vel-Kettle-93x@db/orders";
    let mut code = in_code("app:Tr4vel-Kettle-93x", "main.tf", 4);
    let held = || function("Orders", &[("DATABASE_URL", url, at("main.tf", 4))]);
    let mut one = assessment(&[], vec![held(), code.clone()]);
    places(&mut one);
    assert_eq!(one.findings.len(), 1);
    code.locations = vec![at("main.tf", 5)];
    let mut two = assessment(&[], vec![held(), code]);
    places(&mut two);
    assert_eq!(two.findings.len(), 2);
}

#[test]
fn other_secrets_are_left_alone() {
    let mut joined = assessment(
        &[],
        vec![function("orders", &[("DB_PASSWORD", PASSWORD, cloud("orders"))]), in_code(OTHER, "a.py", 3)],
    );
    let before = joined.clone();
    places(&mut joined);
    assert_eq!(joined, before);
}

#[test]
fn what_was_passed_over_in_one_place_still_counts_in_the_other() {
    let mut code = in_code(PASSWORD, "a.py", 3);
    code.status = FindingStatus::Suppressed;
    let mut assessment =
        assessment(&[], vec![function("orders", &[("DB_PASSWORD", PASSWORD, cloud("orders"))]), code]);
    places(&mut assessment);
    let open: Vec<_> = assessment.findings.iter().filter(|one| one.status == FindingStatus::Open).collect();
    assert_eq!((assessment.findings.len(), open.len()), (2, 1));
    assert!(open[0].message.contains("a.py:3"), "{}", open[0].message);
}

#[test]
fn joining_twice_changes_nothing_more_than_words() {
    let mut assessment = assessment(
        &[],
        vec![function("orders", &[("DB_PASSWORD", PASSWORD, cloud("orders"))]), in_code(PASSWORD, "a.py", 3)],
    );
    places(&mut assessment);
    let once = assessment.clone();
    places(&mut assessment);
    assert_eq!(assessment, once);
}

//! CycloneDX: valid by the official schema, every reference leads somewhere, and no claim that the findings do not bear.

use crate::fixture;
use crate::{hazards, json, text};
use proptest::prelude::*;
use serde_json::{Value, json as j};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use tieout_model::{
    AdvisoryHit, Assessment, Component, ComponentKind, Confidence, Detail, Finding, FindingStatus, GapCount,
    Outcome, PackageDetail, Persona, Rank, Reason, RuntimeDetail, Scope, Severity, Status, Subject,
    SubjectKind,
};
use tieout_report::Format;

static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let base = "http://cyclonedx.org/schema";
    let spdx = read(include_str!("../data/cyclonedx/spdx.SNAPSHOT.schema.json"));
    let jsf = read(include_str!("../data/cyclonedx/jsf-0.82.SNAPSHOT.schema.json"));
    let registry = jsonschema::Registry::new()
        .add(format!("{base}/spdx.SNAPSHOT.schema.json"), spdx)
        .unwrap()
        .add(format!("{base}/jsf-0.82.SNAPSHOT.schema.json"), jsf)
        .unwrap()
        .prepare()
        .unwrap();
    let bom = read(include_str!("../data/cyclonedx/bom-1.6.SNAPSHOT.schema.json"));
    jsonschema::options().with_registry(&registry).build(&bom).unwrap()
});

/// The document, valid, with references that are unique and lead somewhere.
fn valid(assessment: &Assessment) -> Value {
    let document = json(Format::Cyclonedx, assessment, Persona::Engineer);
    let errors: Vec<String> =
        VALIDATOR.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let list = |key: &str| document[key].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let mut refs = BTreeSet::new();
    let owners = list("components").iter().chain(list("vulnerabilities"));
    for item in owners.chain([&document["metadata"]["component"]]) {
        assert!(refs.insert(word(&item["bom-ref"])), "twice: {}", item["bom-ref"]);
    }
    let mut told = BTreeSet::new();
    for dependency in list("dependencies") {
        let from = word(&dependency["ref"]);
        assert!(refs.contains(&from) && told.insert(from.clone()), "{from}");
        for on in dependency["dependsOn"].as_array().into_iter().flatten() {
            assert!(refs.contains(&word(on)) && word(on) != from, "{on}");
        }
    }
    for affected in list("vulnerabilities").iter().flat_map(|one| one["affects"].as_array().unwrap()) {
        assert!(refs.contains(&word(&affected["ref"])), "{affected}");
    }
    document
}

fn bare() -> Assessment {
    Assessment {
        results: Vec::new(),
        findings: Vec::new(),
        gaps: Vec::new(),
        tables: Vec::new(),
        components: Vec::new(),
        evidence: Vec::new(),
        notices: Vec::new(),
        complete: true,
        scope: Scope { roots: vec!["services/orders/".to_owned()], ..Scope::default() },
        ..fixture::assessment()
    }
}

fn package(name: &str, version: Option<&str>, file: &str, line: u32) -> Component {
    let purl = version.map_or(format!("pkg:pypi/{name}"), |version| format!("pkg:pypi/{name}@{version}"));
    Component {
        kind: ComponentKind::Library,
        name: name.to_owned(),
        version: version.map(str::to_owned),
        purl,
        group: Some("prod".to_owned()),
        file: file.to_owned(),
        line,
        marker: None,
        marker_holds: None,
        chain: Vec::new(),
        requires: Vec::new(),
        hashes: Vec::new(),
        direct: Some(true),
        rank: None,
    }
}

fn requiring(component: Component, names: &[&str]) -> Component {
    Component { requires: names.iter().map(|name| format!("pkg:pypi/{name}")).collect(), ..component }
}

fn hit(ids: &[&str], rank: Option<Rank>) -> AdvisoryHit {
    AdvisoryHit {
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        severity: "high".to_owned(),
        cvss: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N".to_owned()),
        fixed: vec!["2.3.2".to_owned()],
        summary: "Session cookies leak".to_owned(),
        rank,
    }
}

fn found(component: &Component, rank: Option<Rank>, advisories: Vec<AdvisoryHit>) -> Finding {
    let subject = Subject {
        file: Some(component.file.clone()),
        line: Some(component.line),
        ..Subject::new(SubjectKind::Package, &*component.purl)
    };
    let detail = PackageDetail {
        name: component.name.clone(),
        version: component.version.clone().unwrap_or_default(),
        purl: component.purl.clone(),
        group: "prod".to_owned(),
        rank,
        advisories,
        fix: Some("3.0".to_owned()),
        fix_same_major: Some("2.3.2".to_owned()),
        chain: Vec::new(),
    };
    Finding {
        fingerprint: "f".repeat(64),
        check: "deps-package-no-known-vulnerabilities".to_owned(),
        subject,
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        status: FindingStatus::Open,
        status_reason: None,
        message: "flask is old".to_owned(),
        cwe: vec!["CWE-1395".to_owned()],
        controls: Vec::new(),
        locations: Vec::new(),
        trace: Vec::new(),
        fixes: Vec::new(),
        evidence: Vec::new(),
        detail: Some(Box::new(Detail::Package(detail))),
        joined: Vec::new(),
    }
}

/// An Assessment of one direct package with a lock file that says what requires what, and one finding about it.
fn one(rank: Option<Rank>, advisory: Option<Rank>) -> Assessment {
    let flask = requiring(package("flask", Some("2.0"), "uv.lock", 3), &["jinja2"]);
    let jinja2 = Component { direct: Some(false), ..package("jinja2", Some("3.1"), "uv.lock", 9) };
    let finding = found(&flask, rank, vec![hit(&["CVE-2023-30861", "GHSA-m2qf-hxjv-5gpq"], advisory)]);
    Assessment { components: vec![flask, jinja2], findings: vec![finding], ..bare() }
}

fn state(assessment: &Assessment) -> String {
    valid(assessment)["vulnerabilities"][0]["analysis"]["state"].as_str().unwrap().to_owned()
}

fn names(value: &Value, name: &str) -> Vec<String> {
    let all = value["properties"].as_array().into_iter().flatten();
    let ours = all.filter(|one| one["name"] == format!("tieout:{name}"));
    ours.map(|one| one["value"].as_str().unwrap().to_owned()).collect()
}

fn on(document: &Value, reference: &str) -> Option<Vec<String>> {
    let list = document["dependencies"].as_array().unwrap();
    let entry = list.iter().find(|one| one["ref"] == reference)?;
    let on = entry["dependsOn"].as_array().cloned().unwrap_or_default();
    Some(on.iter().map(|one| one.as_str().unwrap().to_owned()).collect())
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let mut document = valid(&one(None, None));
    document["components"][0]["scope"] = j!("always");
    assert!(!VALIDATOR.is_valid(&document));
    let mut document = valid(&one(None, None));
    document["components"][0]["hashes"] = j!([{ "alg": "sha256", "content": "00" }]);
    assert!(!VALIDATOR.is_valid(&document));
}

#[test]
fn nothing_the_fixture_and_thousands_are_valid() {
    valid(&fixture::assessment());
    let empty = valid(&bare());
    assert_eq!(empty["components"], j!([]));
    assert_eq!(empty["metadata"]["component"]["name"], "orders");
    assert_eq!(empty["metadata"]["timestamp"], "2026-11-23T00:00:00Z");
    assert_eq!(empty["dependencies"], j!([{ "ref": "tieout:project", "dependsOn": [] }]));
    let many = (0..5000).map(|at| {
        let one = package(&format!("p{at}"), Some("1"), "uv.lock", at);
        requiring(one, &[&format!("p{}", at + 1), &format!("p{}", at / 2)])
    });
    let document = valid(&Assessment { components: many.collect(), ..bare() });
    assert_eq!(document["components"].as_array().unwrap().len(), 5000);
    assert_eq!(on(&document, "pkg:pypi/p8@1").unwrap(), ["pkg:pypi/p4@1", "pkg:pypi/p9@1"]);
}

#[test]
fn the_same_assessment_gives_the_same_bytes_and_another_another_serial_number() {
    let assessment = one(None, None);
    let first = text(Format::Cyclonedx, &assessment, Persona::Engineer);
    assert_eq!(first, text(Format::Cyclonedx, &assessment, Persona::Pedantic));
    let mut other = assessment;
    other.components[1].line += 1;
    let serial = |text: &str| serde_json::from_str::<Value>(text).unwrap()["serialNumber"].clone();
    assert_ne!(serial(&first), serial(&text(Format::Cyclonedx, &other, Persona::Engineer)));
}

#[test]
fn one_package_in_several_files_is_one_component_with_all_its_places() {
    let components = vec![
        Component { group: Some("dev".into()), ..package("flask", Some("2.0"), "requirements-dev.txt", 1) },
        package("flask", Some("2.0"), "requirements.txt", 7),
        package("flask", Some("2.0"), "requirements.txt", 3),
        package("flask", None, "pyproject.toml", 5),
        package("flask", Some("2.1"), "other/requirements.txt", 1),
    ];
    let document = valid(&Assessment { components, ..bare() });
    let all = document["components"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    assert!(all[0].get("version").is_none());
    assert_eq!(
        all[1]["evidence"]["occurrences"],
        j!([
            { "location": "requirements-dev.txt", "line": 1 },
            { "location": "requirements.txt", "line": 3 },
            { "location": "requirements.txt", "line": 7 },
        ])
    );
    assert_eq!(all[1]["scope"], "required");
    assert_eq!(names(&all[1], "group"), ["dev", "prod"]);
}

#[test]
fn the_scope_is_the_widest_of_the_groups_and_a_marker_that_never_holds_excludes() {
    let scope = |entries: &[(&str, Option<&str>)]| {
        let components = entries.iter().enumerate().map(|(at, (group, holds))| Component {
            group: Some((*group).to_owned()),
            marker_holds: holds.map(str::to_owned),
            ..package("a", Some("1"), "f", at as u32)
        });
        valid(&Assessment { components: components.collect(), ..bare() })["components"][0]["scope"].clone()
    };
    assert_eq!(scope(&[("prod", None)]), "required");
    assert_eq!(scope(&[("optional:s3", None)]), "optional");
    assert_eq!(scope(&[("dev", None)]), "excluded");
    assert_eq!(scope(&[("build", None), ("optional:s3", None)]), "optional");
    assert_eq!(scope(&[("prod", Some("false"))]), "excluded");
    assert_eq!(scope(&[("prod", Some("false")), ("prod", Some("unknown"))]), "required");
}

#[test]
fn hashes_are_spelled_as_cyclonedx_does_and_no_other_is_lost() {
    let sha = "A".repeat(64);
    let hashes = [
        format!("sha256:{sha}"),
        format!("sha256:{}", sha.to_lowercase()),
        "md5:xyz".into(),
        format!("md5:{}", "0".repeat(32)),
        format!("sha224:{}", "1".repeat(56)),
    ];
    let one = Component { hashes: hashes.to_vec(), ..package("a", Some("1"), "f", 1) };
    let document = valid(&Assessment { components: vec![one], ..bare() });
    let component = &document["components"][0];
    assert_eq!(
        component["hashes"],
        j!([{ "alg": "MD5", "content": "0".repeat(32) }, { "alg": "SHA-256", "content": "a".repeat(64) }])
    );
    assert_eq!(names(component, "hash"), ["md5:xyz".to_owned(), format!("sha224:{}", "1".repeat(56))]);
}

#[test]
fn what_requires_what_is_settled_in_the_file_that_says_so() {
    let components = vec![
        requiring(package("a", Some("1"), "x/uv.lock", 1), &["b", "gone", "a"]),
        requiring(Component { direct: Some(false), ..package("b", Some("1"), "x/uv.lock", 2) }, &["a"]),
        package("b", Some("2"), "y/requirements.txt", 1),
        Component { direct: None, chain: vec!["a".into()], ..package("c", Some("1"), "x/uv.lock", 3) },
        requiring(package("d", Some("1"), "v/lib/site-packages/d-1.dist-info/METADATA", 1), &["e"]),
        Component {
            direct: None,
            ..package("e", Some("1"), "v/lib/site-packages/e-1.dist-info/METADATA", 1)
        },
        package("e", Some("9"), "requirements.txt", 1),
    ];
    let document = valid(&Assessment { components, ..bare() });
    assert_eq!(on(&document, "pkg:pypi/a@1").unwrap(), ["pkg:pypi/b@1", "pkg:pypi/c@1"]);
    assert_eq!(on(&document, "pkg:pypi/b@1").unwrap(), ["pkg:pypi/a@1"], "a loop stays a loop");
    assert_eq!(on(&document, "pkg:pypi/c@1").unwrap(), [""; 0], "its file says that it requires nothing");
    assert_eq!(on(&document, "pkg:pypi/b@2"), None, "nobody says what it requires");
    assert_eq!(on(&document, "pkg:pypi/d@1").unwrap(), ["pkg:pypi/e@1"], "the nearest file");
    let project = on(&document, "tieout:project").unwrap();
    assert_eq!(project, ["pkg:pypi/a@1", "pkg:pypi/b@2", "pkg:pypi/d@1", "pkg:pypi/e@9"]);
}

#[test]
fn a_vulnerability_names_all_ids_the_rating_and_what_to_do() {
    let document = valid(&one(None, None));
    let vulnerability = &document["vulnerabilities"][0];
    assert_eq!(vulnerability["id"], "CVE-2023-30861");
    assert_eq!(vulnerability["references"][0]["id"], "GHSA-m2qf-hxjv-5gpq");
    assert_eq!(vulnerability["source"]["url"], "https://nvd.nist.gov/vuln/detail/CVE-2023-30861");
    assert_eq!(
        vulnerability["ratings"],
        j!([{ "severity": "high", "score": 7.5, "method": "CVSSv31", "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" }])
    );
    assert_eq!(
        vulnerability["recommendation"],
        "Upgrade flask to 3.0 (within the same major version: 2.3.2)"
    );
    assert_eq!(
        vulnerability["affects"],
        j!([{ "ref": "pkg:pypi/flask@2.0", "versions": [{ "version": "2.0", "status": "affected" }] }])
    );
}

#[test]
fn vectors_of_every_version_say_their_method_and_odd_ones_say_nothing_false() {
    let rated = |vector: Option<&str>, severity: &str| {
        let mut assessment = one(None, None);
        let Some(Detail::Package(detail)) = assessment.findings[0].detail.as_deref_mut() else { panic!() };
        detail.advisories[0].cvss = vector.map(str::to_owned);
        detail.advisories[0].severity = severity.to_owned();
        valid(&assessment)["vulnerabilities"][0]["ratings"][0].clone()
    };
    assert_eq!(rated(Some("AV:N/AC:L/Au:N/C:P/I:N/A:N"), "medium")["method"], "CVSSv2");
    assert_eq!(rated(Some("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"), "critical")["method"], "CVSSv3");
    let v4 = rated(Some("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"), "critical");
    assert_eq!((&v4["method"], &v4["score"]), (&j!("CVSSv4"), &j!(10.0)));
    let odd = rated(Some("9.8"), "moderate");
    assert_eq!(odd, j!({ "severity": "unknown", "method": "other", "vector": "9.8" }));
    assert_eq!(rated(None, "unknown"), j!({ "severity": "unknown" }));
}

#[test]
fn not_affected_is_said_only_where_nothing_can_call_it() {
    use Rank::{Called, Declared, Imported, Installed};
    let stated = |package, advisory| state(&one(package, advisory));
    assert_eq!(stated(Some(Called), Some(Imported)), "not_affected");
    for (package, advisory) in [
        (Some(Called), Some(Called)),
        (Some(Called), None),
        // Imported and never called: the advisory may name nothing at all.
        (Some(Imported), Some(Imported)),
        // A server is installed, never imported, and runs.
        (Some(Installed), Some(Installed)),
        (Some(Called), Some(Installed)),
        (Some(Declared), Some(Declared)),
        (None, None),
        (None, Some(Imported)),
    ] {
        assert_eq!(stated(package, advisory), "in_triage", "{package:?} {advisory:?}");
    }
    let justified = valid(&one(Some(Called), Some(Imported)));
    let analysis = &justified["vulnerabilities"][0]["analysis"];
    assert_eq!(analysis["justification"], "code_not_reachable");
    // Somebody else may call it.
    let mut required = one(Some(Called), Some(Imported));
    required.components[1].requires = vec!["pkg:pypi/flask".to_owned()];
    assert_eq!(state(&required), "in_triage");
    // Nobody says what requires what.
    let mut unknown = one(Some(Called), Some(Imported));
    unknown.components[0].requires.clear();
    assert_eq!(state(&unknown), "in_triage");
    // One more file names it, and nothing is known of that one.
    let mut elsewhere = one(Some(Called), Some(Imported));
    elsewhere.components.push(package("flask", Some("2.0"), "requirements.txt", 1));
    assert_eq!(state(&elsewhere), "in_triage");
    // Another deployment calls it.
    let mut twice = one(Some(Called), Some(Imported));
    let again = found(
        &twice.components[0],
        Some(Called),
        vec![hit(&["CVE-2023-30861", "GHSA-m2qf-hxjv-5gpq"], Some(Called))],
    );
    twice.findings.push(again);
    let document = valid(&twice);
    assert_eq!(document["vulnerabilities"].as_array().unwrap().len(), 1);
    assert_eq!(document["vulnerabilities"][0]["analysis"]["state"], "in_triage");
}

#[test]
fn an_accepted_risk_is_exploitable_with_its_reason_and_an_open_twin_keeps_it_open() {
    let mut assessment = one(Some(Rank::Called), Some(Rank::Called));
    assessment.findings[0].status = FindingStatus::Excepted;
    assessment.findings[0].status_reason = Some("accepted by Ada until 2027-01-01".to_owned());
    let document = valid(&assessment);
    let analysis = &document["vulnerabilities"][0]["analysis"];
    assert_eq!((&analysis["state"], &analysis["response"]), (&j!("exploitable"), &j!(["will_not_fix"])));
    assert!(analysis["detail"].as_str().unwrap().contains("Decided: accepted by Ada"));
    assert_eq!(names(&document["vulnerabilities"][0], "status"), ["excepted"]);
    let mut twin = assessment.clone();
    twin.findings.push(Finding { status: FindingStatus::Baseline, ..assessment.findings[0].clone() });
    let document = valid(&twin);
    let analysis = &document["vulnerabilities"][0]["analysis"];
    assert_eq!(analysis["state"], "in_triage");
    assert!(analysis.get("response").is_none());
}

#[test]
fn a_malicious_package_is_to_be_removed_and_one_without_mend_has_no_recommendation() {
    let mut assessment = one(None, None);
    let Some(Detail::Package(detail)) = assessment.findings[0].detail.as_deref_mut() else { panic!() };
    (detail.fix, detail.fix_same_major) = (None, None);
    detail.advisories =
        vec![hit(&["MAL-2024-1"], None), AdvisoryHit { fixed: vec![], ..hit(&["PYSEC-1"], None) }];
    let document = valid(&assessment);
    let recommended = document["vulnerabilities"][0]["recommendation"].as_str().unwrap();
    assert!(recommended.starts_with("Remove flask"), "{recommended}");
    assert!(document["vulnerabilities"][1].get("recommendation").is_none());
}

#[test]
fn an_interpreters_advisories_are_about_the_runtime() {
    let python = Component {
        kind: ComponentKind::Platform,
        purl: "pkg:generic/python@3.8.10".to_owned(),
        group: None,
        direct: None,
        ..package("python", Some("3.8.10"), "Dockerfile", 1)
    };
    let mut finding = found(&python, None, Vec::new());
    finding.subject.kind = SubjectKind::Runtime;
    finding.detail = Some(Box::new(Detail::Runtime(RuntimeDetail {
        name: "python".to_owned(),
        version: "3.8".to_owned(),
        end_of_life: Some("2024-10-07".to_owned()),
        deprecated: None,
        blocked: None,
        advisories: vec![hit(&["CVE-2021-3737"], None)],
    })));
    let listed = Assessment { components: vec![python], findings: vec![finding.clone()], ..bare() };
    assert_eq!(valid(&listed)["vulnerabilities"][0]["affects"][0]["ref"], "pkg:generic/python@3.8.10");
    let unlisted = Assessment { findings: vec![finding], ..bare() };
    assert_eq!(valid(&unlisted)["vulnerabilities"][0]["affects"][0]["ref"], "pkg:generic/python@3.8");
}

#[test]
fn what_could_not_be_known_is_told() {
    let mut assessment = one(None, None);
    let mut result: Outcome = fixture::assessment().results[0].clone();
    result.status = Status::NotAssessed;
    result.reason = "any version may be installed".to_owned();
    result.subject = Subject::new(SubjectKind::Package, "pkg:pypi/jinja2@3.1");
    assessment.results = vec![result];
    assessment.gaps =
        vec![GapCount { reason: Reason::Unreadable, what: "x".into(), resolve_with: "y".into(), results: 1 }];
    assessment.notices = vec!["the advisories are 9 days old".to_owned()];
    let document = valid(&assessment);
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
    assert_eq!(names(&document["components"][1], "notAssessed"), ["any version may be installed"]);
    assert_eq!(names(&document["metadata"], "notAssessed"), ["1"]);
    assert_eq!(names(&document["metadata"], "notice"), ["the advisories are 9 days old"]);
    assert_eq!(valid(&one(None, None))["compositions"][0]["aggregate"], "unknown");
}

#[test]
fn odd_names_versions_and_summaries_stay_text() {
    let mut assessment = one(None, None);
    for (at, component) in assessment.components.iter_mut().enumerate() {
        component.name = format!("\u{1b}[31m\u{202e}\"}}{at}");
        component.purl = if at == 0 { String::new() } else { "tieout:project".to_owned() };
        component.version = Some("9".repeat(3000));
    }
    let Some(Detail::Package(detail)) = assessment.findings[0].detail.as_deref_mut() else { panic!() };
    detail.advisories[0].ids = vec!["../..?<script>".to_owned(), String::new()];
    detail.advisories[0].summary = "\u{1b}]0;x\u{7}</script>\u{200b}".to_owned();
    assessment.as_of = "yesterday\u{1b}".to_owned();
    let document = valid(&assessment);
    assert!(document["metadata"].get("timestamp").is_none());
    assert_eq!(
        document["vulnerabilities"][0]["source"]["url"],
        "https://osv.dev/vulnerability/..%2F..%3F%3Cscript%3E"
    );
    assert_eq!(hazards(&text(Format::Cyclonedx, &assessment, Persona::Engineer)), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_components_make_a_valid_document(
        entries in prop::collection::vec(
            ("[abc]", prop::option::of("[12]"), "[xy]", 0u32..3, prop::collection::vec("[abcd]", 0..3), prop::option::of("[abc]"), "\\PC{0,8}"),
            0..12,
        )
    ) {
        let components: Vec<Component> = entries.into_iter().map(|(name, version, file, line, requires, parent, odd)| {
            let requires: Vec<&str> = requires.iter().map(String::as_str).collect();
            let one = requiring(package(&name, version.as_deref(), &file, line), &requires);
            let purl = if line == 2 { odd.clone() } else { one.purl.clone() };
            Component { purl, chain: parent.into_iter().collect(), hashes: vec![odd], direct: None, ..one }
        }).collect();
        let findings = components.iter().map(|one| found(one, None, vec![hit(&["CVE-1"], None), hit(&["CVE-1", "PYSEC-2"], None)])).collect();
        valid(&Assessment { components, findings, ..bare() });
    }
}

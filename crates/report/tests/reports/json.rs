//! JSON and JSON Lines: the contract's words, and the way back.

use crate::fixture::{assessment, large};
use crate::{hazards, text};
use std::sync::LazyLock;
use tieout_model::{Cell, Persona};
use tieout_report::{Error, Format, read};

#[test]
fn a_saved_assessment_reads_back_the_same_and_renders_to_the_same_bytes() {
    let mut original = assessment();
    // JSON has no infinity: it comes back as not known.
    assert_eq!(original.tables[0].rows[2][2], Cell::Number(f64::INFINITY));
    let not_finite = Cell::Unknown("not a finite number".to_owned());
    original.tables[0].rows[2][2] = not_finite.clone();
    let with_infinity = read(text(Format::Json, &assessment(), Persona::Engineer).as_bytes()).unwrap();
    assert_eq!(with_infinity.tables[0].rows[2][2], not_finite);
    let saved = text(Format::Json, &original, Persona::Engineer);
    let again = read(saved.as_bytes()).unwrap();
    assert_eq!(again, original);
    assert_eq!(text(Format::Json, &again, Persona::Engineer), saved);
}

#[test]
fn the_document_has_the_contracts_keys_in_their_order() {
    let document = crate::json(Format::Json, &assessment(), Persona::Engineer);
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let contract =
        ["schema", "tool", "scope", "complete", "results", "findings", "gaps", "components", "evidence"];
    let present: Vec<&str> = keys.iter().copied().filter(|key| contract.contains(key)).collect();
    assert_eq!(present, contract);
    assert_eq!(document["results"][8]["status"], "pass");
    assert_eq!(document["results"][11]["status"], "not_assessed");
    assert_eq!(document["findings"][0]["subject"]["type"], "AWS::EC2::SecurityGroup");
    assert_eq!(document["gaps"][0]["reason"], "access_denied");
    assert_eq!(document["gaps"][0]["results"], 1);
    assert_eq!(document["findings"][2]["locations"][0]["pointer"], "/UserDetailList/3/MFADevices");
}

#[test]
fn no_persona_changes_the_saved_assessment() {
    let all = [Persona::Engineer, Persona::Auditor, Persona::Pedantic]
        .map(|who| text(Format::Json, &assessment(), who));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[1], all[2]);
}

#[test]
fn json_that_is_printed_carries_no_terminal_escape_and_loses_no_character() {
    for format in [Format::Json, Format::Jsonl, Format::Sarif] {
        let printed = text(format, &assessment(), Persona::Pedantic);
        assert_eq!(hazards(&printed), [], "{format}");
    }
    let document = crate::json(Format::Json, &assessment(), Persona::Engineer);
    assert!(document["findings"][1]["message"].as_str().unwrap().contains("\u{1b}[31m"));
}

#[test]
fn json_lines_are_the_results_one_a_line() {
    let assessment = assessment();
    let lines = text(Format::Jsonl, &assessment, Persona::Engineer);
    let parsed: Vec<tieout_model::Outcome> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(parsed, assessment.results);
    assert!(lines.ends_with("}\n"));
}

fn reason(document: &str) -> String {
    read(document.as_bytes()).unwrap_err().to_string()
}

#[test]
fn what_is_no_assessment_is_told_apart_from_what_is_damaged() {
    assert!(matches!(read(b"hello"), Err(Error::NoJson { line: 1, .. })));
    assert!(matches!(read(b"{\"schema\": "), Err(Error::NoJson { .. })));
    assert!(matches!(read(b""), Err(Error::NoJson { .. })));
    assert!(matches!(read(b"[1, 2]"), Err(Error::OtherDocument { .. })));
    assert!(reason("{}").contains("names no schema"), "{}", reason("{}"));
    assert!(reason("{\"schema\": 7}").contains("its schema is 7"));
    assert!(reason("{\"schema\": \"cyclonedx\"}").contains("cyclonedx"));
    assert!(reason("{\"runs\": [], \"version\": \"2.1.0\"}").contains("looks like SARIF"));
    let lines = text(Format::Jsonl, &large(3), Persona::Engineer);
    assert!(reason(&lines).contains("JSON Lines"), "{}", reason(&lines));
    assert!(reason(lines.lines().next().unwrap()).contains("JSON Lines"));
}

#[test]
fn another_number_of_the_schema_is_refused_with_both_numbers() {
    let message = reason("{\"schema\": \"tieout.assessment/2\", \"results\": \"whatever it means there\"}");
    assert!(
        message.contains("`tieout.assessment/2`") && message.contains("`tieout.assessment/1`"),
        "{message}"
    );
}

#[test]
fn a_damaged_assessment_is_answered_with_the_position_and_the_word() {
    let saved = text(Format::Json, &large(2), Persona::Engineer);
    let broken = saved.replacen("\"status\": \"pass\"", "\"status\": \"passed\"", 1);
    let line = broken.lines().position(|line| line.contains("\"passed\"")).unwrap() + 1;
    match read(broken.as_bytes()) {
        Err(Error::Damaged { line: at, reason, .. }) => {
            assert_eq!(at, line);
            assert!(reason.contains("passed") && reason.contains("not_assessed"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    let missing = saved.replacen("\"complete\": false,", "", 1);
    assert!(reason(&missing).contains("missing field `complete`"), "{}", reason(&missing));
}

#[test]
fn a_byte_order_mark_and_fields_of_later_versions_do_no_harm() {
    let saved = text(Format::Json, &large(2), Persona::Engineer);
    let newer = saved.replacen("\"complete\": false,", "\"complete\": false, \"mood\": {\"x\": [1]},", 1);
    assert_eq!(read(newer.as_bytes()).unwrap(), read(saved.as_bytes()).unwrap());
    assert!(read(format!("\u{feff}{saved}").as_bytes()).is_ok());
}

static SAVED: LazyLock<Vec<u8>> =
    LazyLock::new(|| text(Format::Json, &large(2), Persona::Engineer).into_bytes());

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, cut in 0usize..4_000) {
        let _ = read(&bytes);
        let mut broken = SAVED.clone();
        broken.truncate(cut);
        broken.extend(bytes);
        let _ = read(&broken);
    }
}

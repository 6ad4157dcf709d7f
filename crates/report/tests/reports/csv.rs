//! CSV: one row a verdict, quoted as RFC 4180 has it, and never a formula.

use crate::fixture::assessment;
use crate::{hazards, text};
use std::collections::BTreeMap;
use tieout_model::Persona;
use tieout_report::Format;

fn rows() -> Vec<BTreeMap<String, String>> {
    let report = text(Format::Csv, &assessment(), Persona::Engineer);
    let mut reader = ::csv::Reader::from_reader(report.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn every_verdict_is_a_row_with_its_finding_and_controls() {
    let rows = rows();
    let assessment = assessment();
    assert_eq!(rows.len(), assessment.results.len());
    let ssh = &rows[0];
    assert_eq!(ssh["check"], "ec2-security-group-no-open-admin-port");
    assert_eq!(ssh["severity"], "critical");
    assert_eq!((ssh["file"].as_str(), ssh["line"].as_str()), ("infra/network.tf", "10"));
    assert_eq!(ssh["finding"], assessment.findings[0].fingerprint);
    assert_eq!(ssh["finding_status"], "open");
    assert_eq!(ssh["controls"], "CIS-AWS-3.0:5.2");
    assert_eq!(rows[3]["finding_status"], "excepted");
    assert_eq!((rows[8]["status"].as_str(), rows[8]["finding"].as_str()), ("pass", ""));
    assert_eq!((rows[8]["account"].as_str(), rows[8]["region"].as_str()), ("123456789012", "eu-central-1"));
    assert_eq!(rows[9]["subject_name"], "naïve-日本");
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_stays_text() {
    let rows = rows();
    assert_eq!(rows[2]["subject_name"], "'=cmd|' /C calc'!A0");
    assert!(rows[2]["reason"].starts_with("'=HYPERLINK("));
    assert_eq!(rows[7]["reason"], "'+The account has no password policy");
    assert_eq!(rows[10]["subject_name"], "'-minus");
    assert_eq!(rows[8]["title"], "'=Buckets keep access logs");
    for cell in rows.iter().flat_map(|row| row.values()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
}

#[test]
fn quotes_commas_and_line_ends_stay_in_their_cell() {
    let report = text(Format::Csv, &assessment(), Persona::Engineer);
    assert!(report.contains("\"access logs go to \"\"logs\"\", allowed-by: target bucket\""));
    assert!(report.contains("\"a replica\nof another, bucket\""));
    assert!(report.starts_with("check,title,severity,status,"));
    assert_eq!(report.matches("\r\n").count(), assessment().results.len() + 1);
    assert_eq!(hazards(&report), []);
}

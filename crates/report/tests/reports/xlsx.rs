//! The workbook, as the XML that a spreadsheet reads: sheets, tables, charts, links, and text that stays text.

use crate::fixture::{assessment, large};
use crate::hazards;
use std::collections::BTreeMap;
use std::io::Read;
use tieout_model::{Assessment, Status};
use tieout_report::{Format, Options, render};

fn bytes(assessment: &Assessment) -> Vec<u8> {
    render(Format::Xlsx, assessment, &Options::default(), &|_| None).unwrap()
}

/// The parts of a workbook by name.
struct Book(BTreeMap<String, String>);

impl Book {
    fn new(assessment: &Assessment) -> Book {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes(assessment))).unwrap();
        let parts = (0..archive.len())
            .map(|at| {
                let mut part = archive.by_index(at).unwrap();
                let mut text = String::new();
                part.read_to_string(&mut text).unwrap();
                (part.name().unwrap().into_owned(), text)
            })
            .collect();
        Book(parts)
    }

    fn sheets(&self) -> Vec<String> {
        attributes(&self.0["xl/workbook.xml"], "<sheet ", "name")
    }

    /// The XML of a sheet.
    fn sheet(&self, name: &str) -> &str {
        let at = self.sheets().iter().position(|sheet| sheet == name).unwrap();
        &self.0[&format!("xl/worksheets/sheet{}.xml", at + 1)]
    }

    /// Rows of a sheet: every cell as it is typed and shown, by its column's letters.
    fn rows(&self, name: &str) -> Vec<BTreeMap<String, Cell>> {
        let shared: Vec<String> = self.0["xl/sharedStrings.xml"]
            .split("<si>")
            .skip(1)
            .map(|item| {
                let start = item.find('>').unwrap() + 1;
                unescape(&item[start..item.find("</t>").unwrap()])
            })
            .collect();
        self.sheet(name)
            .split("<row ")
            .skip(1)
            .map(|row| {
                row.split("<c ")
                    .skip(1)
                    .map(|cell| {
                        let head = &cell[..cell.find('>').unwrap()];
                        let reference = attribute(head, "r").unwrap();
                        let kind = attribute(head, "t").unwrap_or_default();
                        let value = between(cell, "<v>", "</v>").unwrap_or_default();
                        let text = match kind.as_str() {
                            "s" => shared[value.parse::<usize>().unwrap()].clone(),
                            _ => value.to_owned(),
                        };
                        let column = reference.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
                        (column, Cell { kind, text, style: attribute(head, "s").unwrap_or_default() })
                    })
                    .collect()
            })
            .collect()
    }

    /// Where each linked cell of a sheet leads.
    fn links(&self, name: &str) -> BTreeMap<String, String> {
        let sheet = self.sheet(name);
        let cells = attributes(sheet, "<hyperlink ", "ref");
        let targets = attributes(sheet, "<hyperlink ", "location");
        cells.into_iter().zip(targets).collect()
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Cell {
    /// `s` for text, `b` for yes and no, nothing for numbers and dates.
    kind: String,
    text: String,
    style: String,
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let from = text.find(start)? + start.len();
    Some(&text[from..from + text[from..].find(end)?])
}

fn attribute(head: &str, name: &str) -> Option<String> {
    between(&format!(" {head}"), &format!(" {name}=\""), "\"").map(unescape)
}

fn attributes(xml: &str, element: &str, name: &str) -> Vec<String> {
    xml.split(element).skip(1).filter_map(|head| attribute(&head[..head.find('>').unwrap()], name)).collect()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// The column of a heading.
fn column(rows: &[BTreeMap<String, Cell>], heading: &str) -> String {
    rows[0].iter().find(|(_, cell)| cell.text == heading).unwrap_or_else(|| panic!("no {heading}")).0.clone()
}

fn texts(rows: &[BTreeMap<String, Cell>], heading: &str) -> Vec<String> {
    let column = column(rows, heading);
    rows[1..].iter().map(|row| row.get(&column).cloned().unwrap_or_default().text).collect()
}

#[test]
fn the_sheets_are_those_an_auditor_expects_in_their_order() {
    let book = Book::new(&assessment());
    assert_eq!(
        book.sheets(),
        [
            "Summary",
            "Findings",
            "Checks",
            "Results",
            "Not assessed",
            "Users- MFA -and- keys - all of",
            "Users- MFA -and- keys - all (2)",
            "Evidence",
            "Catalogue",
            "Sign-off"
        ]
    );
}

#[test]
fn two_renderings_are_the_same_bytes_dated_by_the_assessment() {
    assert_eq!(bytes(&assessment()), bytes(&assessment()));
    let book = Book::new(&assessment());
    assert!(book.0["docProps/core.xml"].contains("2026-11-23T00:00:00Z"));
}

#[test]
fn nothing_in_the_book_is_a_formula_and_text_stays_as_it_is() {
    let book = Book::new(&assessment());
    for (name, part) in book.0.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")) {
        assert!(!part.contains("<f>") && !part.contains("<f "), "{name}");
    }
    let findings = book.rows("Findings");
    let wrong = column(&findings, "What is wrong");
    let message = &findings[3][&wrong];
    assert_eq!(message.text, "=HYPERLINK(\"http://evil\") signs in with a password and without MFA");
    assert_eq!(message.kind, "s");
    assert_eq!(texts(&book.rows("Results"), "Name")[10], "-minus");
    assert_eq!(texts(&book.rows("Results"), "Name")[9], "naïve-日本");
}

#[test]
fn no_part_carries_a_terminal_escape_or_a_character_xml_forbids() {
    let book = Book::new(&assessment());
    for (name, part) in &book.0 {
        assert_eq!(hazards(part), [], "{name}");
        assert!(!part.contains("_x001"), "{name}");
    }
    assert!(texts(&book.rows("Findings"), "What is wrong")[1].contains("\\x1b[31m"));
}

#[test]
fn findings_are_a_filtered_table_under_a_frozen_header_the_worst_first() {
    let book = Book::new(&assessment());
    let sheet = book.sheet("Findings");
    assert!(sheet.contains("<pane ySplit=\"1\"") && sheet.contains("state=\"frozen\""), "{sheet}");
    let table =
        book.0.values().find(|part| part.contains("<table ") && part.contains("name=\"Severity\"")).unwrap();
    assert!(table.contains("<autoFilter ref=\"A1:R9\"/>"), "{table}");
    let severities = texts(&book.rows("Findings"), "Severity");
    assert_eq!(severities, ["Critical", "High", "High", "Medium", "Medium", "Medium", "Low", "Info"]);
    let statuses = texts(&book.rows("Findings"), "Status");
    assert_eq!(statuses.iter().filter(|status| *status == "open").count(), 5);
    let styles: Vec<String> = book.rows("Findings")[1..].iter().map(|row| row["A"].style.clone()).collect();
    assert_ne!(styles[0], styles[1]);
    assert_eq!(styles[1], styles[2]);
}

#[test]
fn findings_link_to_their_check_and_evidence_and_results_to_their_finding() {
    let book = Book::new(&assessment());
    let links = book.links("Findings");
    assert_eq!(links["C2"], "'Catalogue'!A3");
    assert_eq!(texts(&book.rows("Catalogue"), "Check")[1], "ec2-security-group-no-open-admin-port");
    let evidence = texts(&book.rows("Evidence"), "Source");
    let row: usize = links["K4"].rsplit('A').next().unwrap().parse().unwrap();
    assert_eq!(evidence[row - 2], "aws:iam:GetAccountAuthorizationDetails");
    let results = book.links("Results");
    assert_eq!(results.len(), assessment().findings.len());
    // The second result is the SQL finding, which is the second row of the findings.
    assert_eq!(results["L3"], "'Findings'!A3");
}

#[test]
fn every_check_has_its_denominators() {
    let book = Book::new(&assessment());
    let rows = book.rows("Checks");
    let at = texts(&rows, "Check").iter().position(|id| id == "s3-bucket-logging").unwrap();
    let number = |heading: &str| texts(&rows, heading)[at].clone();
    assert_eq!(
        ["Subjects", "Passed", "Failed", "Not assessed", "Not applicable"].map(number),
        ["7", "3", "2", "1", "1"]
    );
    assert_eq!(texts(&rows, "Passed of judged")[at], "0.6");
    let mut idle = assessment();
    idle.results.clear();
    let rows = Book::new(&idle).rows("Checks");
    assert_eq!(rows.len(), 1 + idle.checks.len(), "a check without a subject is there, with zeros");
    assert!(texts(&rows, "Passed of judged").iter().all(String::is_empty));
}

#[test]
fn what_was_not_assessed_says_what_would_settle_it_and_who_waits() {
    let rows = Book::new(&assessment()).rows("Not assessed");
    assert_eq!(texts(&rows, "Results left open"), ["1", "0"]);
    assert_eq!(texts(&rows, "Class"), ["access denied", "unresolved"]);
    assert!(texts(&rows, "What would settle it")[0].starts_with("allow s3:GetBucketPolicy"));
    assert_eq!(texts(&rows, "Checks that wait for it"), ["s3-bucket-logging", ""]);
}

#[test]
fn an_evidence_table_has_typed_cells_and_says_what_is_not_known() {
    let rows = Book::new(&assessment()).rows("Users- MFA -and- keys - all of");
    let headings: Vec<&str> = rows[0].values().map(|cell| cell.text.as_str()).collect();
    assert_eq!(headings, ["User", "MFA", "Oldest key, days", "Created", "Verdict", "User (2)"]);
    assert_eq!((rows[1]["A"].kind.as_str(), rows[1]["A"].text.as_str()), ("s", "=1+1"));
    assert_eq!((rows[1]["B"].kind.as_str(), rows[1]["B"].text.as_str()), ("b", "0"));
    assert_eq!((rows[1]["C"].kind.as_str(), rows[1]["C"].text.as_str()), ("", "412"));
    assert_eq!(
        (rows[1]["D"].kind.as_str(), rows[1]["D"].text.as_str()),
        ("", "45937"),
        "2025-10-07 as Excel counts days"
    );
    assert_eq!(rows[1]["E"].text, "Fail");
    assert_eq!((rows[2]["D"].kind.as_str(), rows[2]["D"].text.as_str()), ("s", "no date"));
    assert!(rows[2]["F"].text.encode_utf16().count() <= 32_767);
    assert!(rows[2]["F"].text.ends_with("(cut; 40000 characters in all)"));
    assert_eq!(rows[3]["B"].text, "not known: the credential report was denied");
    assert_ne!(rows[3]["B"].style, rows[3]["A"].style);
    assert_eq!(rows[3]["C"].text, "not a finite number");
}

#[test]
fn the_summary_has_counts_two_native_charts_and_the_way_to_every_sheet() {
    let book = Book::new(&assessment());
    let charts: Vec<&String> =
        book.0.iter().filter(|(name, _)| name.starts_with("xl/charts/chart")).map(|(_, part)| part).collect();
    assert_eq!(charts.len(), 2);
    assert!(charts.iter().any(|chart| chart.contains("<c:doughnutChart>")));
    let bars = charts.iter().find(|chart| chart.contains("<c:barChart>")).unwrap();
    assert!(bars.contains("<c:grouping val=\"stacked\"/>"));
    assert_eq!(bars.matches("<c:ser>").count(), 5);
    let rows = book.rows("Summary");
    let all: Vec<Vec<String>> = rows
        .iter()
        .filter(|row| row.get("A").is_some_and(|cell| cell.text == "All"))
        .map(|row| row.values().map(|cell| cell.text.clone()).collect())
        .collect();
    assert_eq!(all[0][..6], ["All", "3", "8", "1", "1", "13"]);
    assert_eq!(all[1], ["All", "1", "2", "1", "0", "1", "5"]);
    assert!(rows.iter().any(|row| row.values().any(|cell| cell.text.starts_with("Incomplete"))));
    assert_eq!(book.links("Summary").len(), book.sheets().len() - 1);
}

#[test]
fn the_sign_off_sheet_is_blank_but_for_what_was_assessed() {
    let book = Book::new(&assessment());
    let rows = book.rows("Sign-off");
    let json = render(Format::Json, &assessment(), &Options::default(), &|_| None).unwrap();
    let digest = tieout_model::sha256_hex(&json);
    assert!(rows.iter().any(|row| row.get("B").is_some_and(|cell| cell.text == digest)));
    for label in ["Auditor's name", "Conclusion", "Date", "Auditor's signature"] {
        let row = rows.iter().find(|row| row.get("A").is_some_and(|cell| cell.text == label)).unwrap();
        assert_eq!(row["B"].text, "", "{label}");
    }
    assert!(book.sheet("Sign-off").contains("Satisfactory with exceptions"));
}

#[test]
fn an_empty_assessment_is_still_a_workbook() {
    let mut empty = large(0);
    empty.checks.clear();
    empty.gaps.clear();
    empty.tables.clear();
    empty.evidence.clear();
    empty.notices.clear();
    let book = Book::new(&empty);
    assert_eq!(book.sheets().len(), 8);
    assert_eq!(book.rows("Findings").len(), 1);
}

#[test]
fn many_results_are_all_there() {
    let assessment = large(2_000);
    let rows = Book::new(&assessment).rows("Results");
    assert_eq!(rows.len(), 2_001);
    let passed = assessment.results.iter().filter(|result| result.status == Status::Pass).count();
    assert_eq!(texts(&rows, "Status").iter().filter(|status| *status == "Pass").count(), passed);
    assert_eq!(texts(&rows, "Finding").iter().filter(|row| !row.is_empty()).count(), 1_000);
}

//! The workbook for an auditor: what was looked at and found, every verdict with denominators, what could not be
//! assessed, the evidence, and a sheet to sign. The same Assessment gives the same bytes.

mod findings;
mod grid;
mod names;
mod reference;
mod results;
mod sign_off;
mod style;
mod summary;
mod tables;

use crate::tally::Tally;
use crate::{Error, json};
use grid::{Address, SHEET_ROWS};
use names::Names;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::collections::BTreeMap;
use style::Styles;
use tieout_model::{Assessment, sha256_hex};

const COMPRESSION: u8 = 3;

/// Renders the workbook.
pub(crate) fn workbook(assessment: &Assessment) -> Result<Vec<u8>, Error> {
    with_sheets_of(assessment, SHEET_ROWS)
}

/// The same with a limit of rows for a sheet, so that a test can pass it without a million rows.
fn with_sheets_of(assessment: &Assessment, rows: usize) -> Result<Vec<u8>, Error> {
    // The digest takes as long as a large sheet does, and nothing waits for it but the last one.
    std::thread::scope(|scope| {
        let digest = scope.spawn(|| json::assessment(assessment).map(|json| sha256_hex(&json)));
        let digest = || match digest.join() {
            Ok(digest) => digest,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        sheets(assessment, rows, digest)
    })
}

/// Writes the sheets in their order; `digest` is asked for the assessment's SHA-256 before the last.
fn sheets(
    assessment: &Assessment,
    rows: usize,
    digest: impl FnOnce() -> Result<String, Error>,
) -> Result<Vec<u8>, Error> {
    let mut book = Book::new(assessment, rows);
    book.properties().map_err(wrong("the document properties"))?;
    summary::write(&mut book).map_err(wrong("Summary"))?;
    findings::write(&mut book).map_err(wrong("Findings"))?;
    results::checks(&mut book).map_err(wrong("Checks"))?;
    results::results(&mut book).map_err(wrong("Results"))?;
    results::not_assessed(&mut book).map_err(wrong("Not assessed"))?;
    for (at, table) in assessment.tables.iter().enumerate() {
        tables::write(&mut book, at, table).map_err(wrong(&table.title))?;
    }
    reference::evidence(&mut book).map_err(wrong("Evidence"))?;
    reference::catalogue(&mut book).map_err(wrong("Catalogue"))?;
    sign_off::write(&mut book, &digest()?).map_err(wrong("Sign-off"))?;
    book.workbook.save_to_buffer().map_err(wrong("the end"))
}

fn wrong(sheet: &str) -> impl FnOnce(XlsxError) -> Error {
    let sheet = sheet.to_owned();
    |source| Error::Workbook { sheet, source }
}

/// The workbook being written, and where things stand in it.
pub(crate) struct Book<'a> {
    pub(crate) assessment: &'a Assessment,
    pub(crate) tally: Tally<'a>,
    pub(crate) workbook: Workbook,
    pub(crate) styles: Styles,
    pub(crate) addresses: Addresses,
    /// By hash: the row in the index of evidence.
    pub(crate) evidence_rows: BTreeMap<&'a str, usize>,
    /// By id: the row in the catalogue.
    pub(crate) check_rows: BTreeMap<&'a str, usize>,
    /// Native tables so far; each needs a name of its own.
    pub(crate) tables: usize,
}

/// The sheets, known before the first is written, so that each can link to any.
pub(crate) struct Addresses {
    pub(crate) findings: Address,
    pub(crate) checks: Address,
    pub(crate) results: Address,
    pub(crate) not_assessed: Address,
    pub(crate) tables: Vec<Address>,
    pub(crate) evidence: Address,
    pub(crate) catalogue: Address,
    pub(crate) sign_off: Address,
}

impl<'a> Book<'a> {
    fn new(assessment: &'a Assessment, rows: usize) -> Book<'a> {
        let tally = Tally::new(assessment);
        let mut names = Names::default();
        names.take("Summary");
        let mut reserve = |title: &str, count: usize| Address::new(&mut names, title, count, rows);
        let addresses = Addresses {
            findings: reserve("Findings", assessment.findings.len()),
            checks: reserve("Checks", tally.by_check.len()),
            results: reserve("Results", assessment.results.len()),
            not_assessed: reserve("Not assessed", assessment.gaps.len()),
            evidence: reserve("Evidence", assessment.evidence.len()),
            catalogue: reserve("Catalogue", assessment.checks.len()),
            sign_off: reserve("Sign-off", 0),
            tables: assessment.tables.iter().map(|table| reserve(&table.title, table.rows.len())).collect(),
        };
        let evidence = assessment.evidence.iter().enumerate();
        let checks = assessment.checks.iter().enumerate();
        Book {
            assessment,
            tally,
            workbook: Workbook::new(),
            styles: Styles::new(),
            addresses,
            evidence_rows: evidence.map(|(at, evidence)| (evidence.sha256.as_str(), at)).collect(),
            check_rows: checks.map(|(at, check)| (check.id.as_str(), at)).collect(),
            tables: 0,
        }
    }

    /// Title, date and how hard to compress; the date is the Assessment's, never the clock's.
    fn properties(&mut self) -> Result<(), XlsxError> {
        let created =
            style::date(&self.assessment.as_of).map_or_else(|| ExcelDateTime::from_ymd(2000, 1, 1), Ok)?;
        let tool = &self.assessment.tool;
        let properties = DocProperties::new()
            .set_title("Security assessment")
            .set_subject("Findings, results with denominators, evidence")
            .set_author(format!("{} {}", tool.name, tool.version))
            .set_creation_datetime(&created);
        self.workbook.set_properties(&properties);
        // A tenth larger than at the usual level, and a third quicker to write.
        self.workbook.set_zip_compression_level(COMPRESSION);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use tieout_model::{Outcome, SCHEMA, Scope, Status, Subject, SubjectKind, Tool};

    fn outcome(at: usize) -> Outcome {
        Outcome {
            check: "c".to_owned(),
            subject: Subject::new(SubjectKind::Resource, format!("subject {at}")),
            status: Status::Pass,
            reason: "fine".to_owned(),
            finding: None,
            gap: None,
        }
    }

    #[test]
    fn rows_beyond_the_limit_go_on_in_a_further_sheet() {
        let assessment = Assessment {
            schema: SCHEMA.to_owned(),
            tool: Tool::default(),
            as_of: "nonsense".to_owned(),
            scope: Scope::default(),
            complete: true,
            checks: Vec::new(),
            results: (0..25).map(outcome).collect(),
            findings: Vec::new(),
            gaps: Vec::new(),
            tables: Vec::new(),
            components: Vec::new(),
            evidence: Vec::new(),
            notices: Vec::new(),
        };
        let bytes = with_sheets_of(&assessment, 10).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut xml = String::new();
        archive.by_name("xl/workbook.xml").unwrap().read_to_string(&mut xml).unwrap();
        for name in ["Results", "Results (2)", "Results (3)"] {
            assert!(xml.contains(&format!("name=\"{name}\"")), "{name} in {xml}");
        }
        assert!(!xml.contains("Results (4)"));
        xml.clear();
        archive.by_name("xl/sharedStrings.xml").unwrap().read_to_string(&mut xml).unwrap();
        assert!((0..25).all(|at| xml.contains(&format!(">subject {at}<"))));
    }
}

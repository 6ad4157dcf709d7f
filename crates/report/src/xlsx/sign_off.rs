//! The sheet that an auditor fills in and signs.

use super::Book;
use super::grid::{cell_text, print_setup};
use crate::text::counted;
use rust_xlsxwriter::{DataValidation, XlsxError};

/// What an auditor may conclude.
const CONCLUSIONS: [&str; 4] =
    ["Satisfactory", "Satisfactory with exceptions", "Not satisfactory", "No conclusion"];

/// Fields with the height of their row, in points.
const FIELDS: [(&str, u16); 10] = [
    ("Auditor's name", 22),
    ("Role and organisation", 22),
    ("Period or scope agreed", 44),
    ("Work done", 88),
    ("Exceptions noted", 88),
    ("Conclusion", 22),
    ("Date", 22),
    ("Auditor's signature", 44),
    ("Reviewer's name", 22),
    ("Reviewer's signature and date", 44),
];

/// Writes the sheet. `digest` is the SHA-256 of the assessment as `-f json` writes it.
pub(crate) fn write(book: &mut Book<'_>, digest: &str) -> Result<(), XlsxError> {
    let assessment = book.assessment;
    let results = &book.tally.results;
    let facts = [
        ("Assessment as of", assessment.as_of.clone()),
        ("Made with", format!("{} {}", assessment.tool.name, assessment.tool.version)),
        ("SHA-256 of the assessment (-f json)", digest.to_owned()),
        (
            "Results",
            format!(
                "{}: {} passed, {} failed, {} not assessed, {} not applicable",
                counted(results.total(), "result"),
                results.pass,
                results.fail,
                results.not_assessed,
                results.not_applicable
            ),
        ),
        ("Findings", counted(assessment.findings.len(), "finding")),
        ("Everything asked for was seen", if assessment.complete { "yes" } else { "no" }.to_owned()),
    ];
    let name = book.addresses.sign_off.sheet().to_owned();
    let styles = &book.styles;
    let sheet = book.workbook.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_column_width(0, 36)?;
    sheet.set_column_width(1, 80)?;
    sheet.set_screen_gridlines(false);
    print_setup(sheet);
    sheet.set_portrait();
    sheet.write_string_with_format(0, 0, "Sign-off", &styles.title)?;
    let mut row = 2;
    for (label, value) in facts {
        sheet.write_string_with_format(row, 0, label, &styles.label)?;
        sheet.write_string_with_format(row, 1, cell_text(&value), &styles.text)?;
        row += 1;
    }
    row += 1;
    for (label, height) in FIELDS {
        sheet.set_row_height(row, height)?;
        sheet.write_string_with_format(row, 0, label, &styles.label)?;
        sheet.write_blank(row, 1, &styles.field)?;
        if label == "Conclusion" {
            let list = DataValidation::new().allow_list_strings(&CONCLUSIONS)?;
            sheet.add_data_validation(row, 1, row, 1, &list)?;
        }
        row += 1;
    }
    Ok(())
}

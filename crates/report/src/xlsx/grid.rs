//! A sheet that holds one table: native (so that it filters and sorts), header frozen, over as many sheets as its
//! rows need; and cells, by kind. Text is always written as text, cut to what a cell can hold.

use super::Book;
use super::names::Names;
use super::style::{self, Styles};
use crate::text;
use rust_xlsxwriter::{Table, TableColumn, TableStyle, Url, Worksheet, XlsxError};
use std::borrow::Cow;
use std::collections::BTreeSet;
use tieout_model::{Severity, Status};

/// Rows of data that a sheet holds: Excel's limit less the header.
pub(crate) const SHEET_ROWS: usize = 1_048_575;
/// Excel opens no sheet with more links than this; further ones are plain text.
const MAX_LINKS: usize = 65_000;
/// What a cell can hold, in UTF-16 units.
const MAX_TEXT: usize = 32_767;
/// Excel's limit of a table's heading.
const MAX_HEADING: usize = 255;

/// A table's place in the book: a sheet, or several where it is too long for one.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// Names of the sheets, at least one.
    pub(crate) sheets: Vec<String>,
    rows: usize,
}

impl Address {
    /// Reserves sheets for a table of `count` rows, `rows` to a sheet.
    pub(crate) fn new(names: &mut Names, title: &str, count: usize, rows: usize) -> Address {
        let sheets = count.div_ceil(rows).max(1);
        Address { sheets: (0..sheets).map(|_| names.take(title)).collect(), rows }
    }

    /// The sheet it begins on.
    pub(crate) fn sheet(&self) -> &str {
        self.sheets.first().map(String::as_str).unwrap_or_default()
    }

    /// A link to its top.
    pub(crate) fn top(&self) -> String {
        link(self.sheet(), 1)
    }

    /// A link to a row of data, from 0.
    pub(crate) fn row(&self, row: usize) -> String {
        let sheet = self.sheets.get(row / self.rows).map_or(self.sheet(), String::as_str);
        link(sheet, row % self.rows + 2)
    }
}

fn link(sheet: &str, row: usize) -> String {
    format!("internal:'{}'!A{row}", sheet.replace('\'', "''"))
}

/// A column: its heading and its width in characters.
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) width: f64,
}

/// Columns from headings and widths.
pub(crate) fn columns(columns: &[(&str, u16)]) -> Vec<Column> {
    columns
        .iter()
        .map(|(title, width)| Column { title: (*title).to_owned(), width: f64::from(*width) })
        .collect()
}

/// What a cell shows.
pub(crate) enum Value<'a> {
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
    Count(usize),
    Percent(Option<f64>),
    Date(&'a str),
    Flag(bool),
    Severity(Severity),
    Status(Status),
    /// Not known, and why.
    Unknown(&'a str),
    /// Text that leads to another place of the book.
    Link {
        to: String,
        text: Cow<'a, str>,
    },
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Value<'a> {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Value<'a> {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<String> for Value<'a> {
    fn from(text: String) -> Value<'a> {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Value<'a> {
        text.as_ref().map_or(Value::Empty, Value::from)
    }
}

/// Writes a table to the sheets that were reserved for it.
pub(crate) fn write<'v>(
    book: &mut Book<'_>,
    address: &Address,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Value<'v>>>,
) -> Result<(), XlsxError> {
    let mut rows = rows.into_iter();
    for name in &address.sheets {
        book.tables += 1;
        let sheet = book.workbook.add_worksheet();
        sheet.set_name(name)?;
        frame(sheet, columns, &book.styles)?;
        let mut writer = Cells { sheet, styles: &book.styles, links: 0 };
        let mut last = 1;
        for (at, row) in rows.by_ref().take(address.rows).enumerate() {
            last = row_number(at + 1)?;
            for (column, value) in row.iter().take(columns.len()).enumerate() {
                writer.write(last, column_number(column)?, value)?;
            }
        }
        // A native table needs a row of data, which is left blank where there is none.
        let table = native(columns, &book.styles).set_name(format!("tieout_{}", book.tables));
        let right = column_number(columns.len().saturating_sub(1))?;
        sheet.add_table(0, 0, last, right, &table)?;
    }
    Ok(())
}

/// Widths, the base format of each column, the frozen header, and how the sheet prints.
fn frame(sheet: &mut Worksheet, columns: &[Column], styles: &Styles) -> Result<(), XlsxError> {
    for (at, column) in columns.iter().enumerate() {
        let at = column_number(at)?;
        sheet.set_column_width(at, column.width)?;
        sheet.set_column_format(at, &styles.text)?;
    }
    sheet.set_row_height(0, 30)?;
    sheet.set_freeze_panes(1, 0)?;
    print_setup(sheet);
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// A4, landscape, as wide as the paper, the sheet's name above and the page below.
pub(crate) fn print_setup(sheet: &mut Worksheet) {
    sheet.set_landscape();
    sheet.set_paper_size(9);
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_header("&L&A");
    sheet.set_footer("&RPage &P of &N");
}

fn native(columns: &[Column], styles: &Styles) -> Table {
    let mut taken = BTreeSet::new();
    let headings: Vec<TableColumn> = columns
        .iter()
        .map(|column| {
            let heading = heading(&column.title, &mut taken);
            TableColumn::new().set_header(heading).set_header_format(&styles.header)
        })
        .collect();
    Table::new().set_columns(&headings).set_style(TableStyle::Light1)
}

/// A heading that no other column of the table has, as Excel demands.
fn heading(title: &str, taken: &mut BTreeSet<String>) -> String {
    let title = if title.trim().is_empty() { "Column".to_owned() } else { text::line(title).into_owned() };
    let title = fit(&title, MAX_HEADING - 8).into_owned();
    let mut heading = title.clone();
    let mut count = 2;
    while !taken.insert(heading.to_lowercase()) {
        heading = format!("{title} ({count})");
        count += 1;
    }
    heading
}

/// Writes cells to a sheet, and counts its links.
pub(crate) struct Cells<'s> {
    pub(crate) sheet: &'s mut Worksheet,
    pub(crate) styles: &'s Styles,
    pub(crate) links: usize,
}

impl Cells<'_> {
    /// Writes one cell.
    pub(crate) fn write(&mut self, row: u32, column: u16, value: &Value<'_>) -> Result<(), XlsxError> {
        let (sheet, styles) = (&mut *self.sheet, self.styles);
        match value {
            Value::Empty | Value::Percent(None) => {}
            // The column's own format holds for text, which is most cells.
            Value::Text(text) => {
                sheet.write_string(row, column, cell_text(text))?;
            }
            Value::Number(number) if !number.is_finite() => {
                sheet.write_string_with_format(row, column, "not a finite number", &styles.unknown)?;
            }
            Value::Number(number) => {
                sheet.write_number_with_format(row, column, *number, &styles.number)?;
            }
            Value::Count(count) => {
                sheet.write_number_with_format(row, column, *count as f64, &styles.count)?;
            }
            Value::Percent(Some(share)) => {
                sheet.write_number_with_format(row, column, *share, &styles.percent)?;
            }
            Value::Date(text) => match style::date(text) {
                Some(date) => {
                    sheet.write_datetime_with_format(row, column, &date, &styles.date)?;
                }
                None => {
                    sheet.write_string(row, column, cell_text(text))?;
                }
            },
            Value::Flag(flag) => {
                sheet.write_boolean_with_format(row, column, *flag, &styles.text)?;
            }
            Value::Severity(severity) => {
                let word = crate::words::severity(*severity);
                sheet.write_string_with_format(row, column, word, styles.severity(*severity))?;
            }
            Value::Status(status) => {
                let word = style::status_word(*status);
                sheet.write_string_with_format(row, column, word, styles.status(*status))?;
            }
            Value::Unknown(why) => {
                let words = if why.is_empty() { "not known".to_owned() } else { format!("not known: {why}") };
                sheet.write_string_with_format(row, column, cell_text(&words), &styles.unknown)?;
            }
            Value::Link { to, text } => {
                if self.links >= MAX_LINKS || text.is_empty() {
                    sheet.write_string(row, column, cell_text(text))?;
                } else {
                    self.links += 1;
                    let url = Url::new(to.as_str()).set_text(cell_text(text));
                    sheet.write_url_with_format(row, column, url, &styles.link)?;
                }
            }
        }
        Ok(())
    }
}

/// Text fit for a cell: nothing that a reader acts on, not longer than a cell can be.
pub(crate) fn cell_text(text: &str) -> Cow<'_, str> {
    let visible = text::block(text);
    match visible {
        Cow::Borrowed(text) => fit(text, MAX_TEXT),
        Cow::Owned(text) => Cow::Owned(fit(&text, MAX_TEXT).into_owned()),
    }
}

/// Text cut to a number of UTF-16 units, with a word on what was cut.
fn fit(text: &str, max: usize) -> Cow<'_, str> {
    // A UTF-16 unit is never made of less than one byte.
    if text.len() <= max || text.encode_utf16().count() <= max {
        return Cow::Borrowed(text);
    }
    let mark = format!("… (cut; {} characters in all)", text.chars().count());
    let room = max.saturating_sub(mark.encode_utf16().count());
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= room
        })
        .collect();
    Cow::Owned(format!("{kept}{mark}"))
}

/// A row's number as the writer wants it.
pub(crate) fn row_number(row: usize) -> Result<u32, XlsxError> {
    u32::try_from(row).map_err(|_| XlsxError::RowColumnLimitError)
}

/// A column's number as the writer wants it.
pub(crate) fn column_number(column: usize) -> Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut_and_says_so() {
        let long = "é🚀".repeat(20_000);
        let cut = cell_text(&long);
        assert!(cut.encode_utf16().count() <= MAX_TEXT);
        assert!(cut.ends_with("… (cut; 40000 characters in all)"));
        let just = "x".repeat(MAX_TEXT);
        assert_eq!(cell_text(&just), just);
    }

    #[test]
    fn headings_are_unique_whatever_their_case() {
        let mut taken = BTreeSet::new();
        let headings: Vec<String> =
            ["User", "user", "", " ", "User"].map(|title| heading(title, &mut taken)).to_vec();
        assert_eq!(headings, ["User", "user (2)", "Column", "Column (2)", "User (3)"]);
    }

    #[test]
    fn an_address_leads_to_the_sheet_that_holds_the_row() {
        let address = Address::new(&mut Names::default(), "It's", 25, 10);
        assert_eq!(address.sheets, ["It's", "It's (2)", "It's (3)"]);
        assert_eq!(address.row(0), "internal:'It''s'!A2");
        assert_eq!(address.row(10), "internal:'It''s (2)'!A2");
        assert_eq!(address.row(24), "internal:'It''s (3)'!A6");
    }
}

//! Evidence tables, one a sheet: typed cells, and what is not known greyed with the reason.

use super::Book;
use super::grid::{self, Column, Value};
use rust_xlsxwriter::XlsxError;
use tieout_model::{Cell, ColumnKind, Table};

/// The widest and narrowest column, in characters.
const WIDTHS: (usize, usize) = (10, 50);

/// Writes the sheet of the table that stands at a place in the Assessment.
pub(crate) fn write(book: &mut Book<'_>, at: usize, table: &Table) -> Result<(), XlsxError> {
    let Some(address) = book.addresses.tables.get(at).cloned() else { return Ok(()) };
    let columns: Vec<Column> = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| Column { title: column.title.clone(), width: width(table, at, column.kind) })
        .collect();
    let rows = table.rows.iter().map(|row| row.iter().map(value).collect());
    if columns.is_empty() {
        return grid::write(book, &address, &grid::columns(&[("No columns", 20)]), Vec::new());
    }
    grid::write(book, &address, &columns, rows)
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Empty => Value::Empty,
        Cell::Text(text) => Value::from(text),
        Cell::Number(number) => Value::Number(*number),
        Cell::Date(date) => Value::Date(date),
        Cell::Flag(flag) => Value::Flag(*flag),
        Cell::Status(status) => Value::Status(*status),
        Cell::Unknown(why) => Value::Unknown(why),
    }
}

/// As wide as its content, within reason.
fn width(table: &Table, at: usize, kind: ColumnKind) -> f64 {
    let (least, most) = WIDTHS;
    let heading = table.columns.get(at).map_or(0, |column| column.title.chars().count() + 4);
    let content = match kind {
        ColumnKind::Text => {
            let longest = table.rows.iter().filter_map(|row| match row.get(at)? {
                Cell::Text(text) => text.lines().map(|line| line.chars().take(most).count()).max(),
                _ => None,
            });
            longest.max().unwrap_or(0) + 2
        }
        ColumnKind::Number | ColumnKind::Flag => least,
        ColumnKind::Date => 12,
        ColumnKind::Status => 15,
    };
    heading.max(content).clamp(least, most) as f64
}

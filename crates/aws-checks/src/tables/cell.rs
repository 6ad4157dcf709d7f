//! Cells out of settings: unknown is told apart from empty.

use tieout_model::time::Date;
use tieout_model::{Cell, Column, ColumnKind, Place, Setting};

/// A column.
pub fn column(title: &str, kind: ColumnKind) -> Column {
    Column { title: title.to_owned(), kind }
}

/// A text, empty where it is absent.
pub fn text(setting: &Setting<String>) -> Cell {
    match setting.known() {
        Ok(Some(value)) => Cell::Text(value.clone()),
        Ok(None) => Cell::Empty,
        Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

/// A number, empty where it is absent.
pub fn number(setting: &Setting<i64>) -> Cell {
    match setting.known() {
        Ok(Some(value)) => Cell::Number(*value as f64),
        Ok(None) => Cell::Empty,
        Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

/// Yes or no.
pub fn flag(value: bool) -> Cell {
    Cell::Flag(value)
}

/// A day.
pub fn date(day: Date) -> Cell {
    Cell::Date(day.to_string())
}

/// Where something stands: `file:line`, or nothing for an account.
pub fn place(place: &Place) -> Cell {
    place.file_line().map_or(Cell::Empty, |(file, line)| Cell::Text(format!("{file}:{line}")))
}

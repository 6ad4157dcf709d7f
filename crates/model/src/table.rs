//! Evidence tables: one topic as a yearly re-check prints it, passes too.

use serde::{Deserialize, Serialize};

/// What a column holds; reports choose width and format by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// Yes or no.
    Flag,
    /// `pass`, `fail`, `not_assessed`, `not_applicable`.
    Status,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Heading.
    pub title: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// A cell. Unknown is told apart from empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A date, `YYYY-MM-DD`.
    Date(String),
    /// Yes or no.
    Flag(bool),
    /// A verdict.
    Status(crate::Status),
    /// Not known, and why.
    Unknown(String),
}

/// One topic's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Stable id: `iam-users`.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it shows and what was asked.
    pub note: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, sorted; as many cells as columns.
    pub rows: Vec<Vec<Cell>>,
}

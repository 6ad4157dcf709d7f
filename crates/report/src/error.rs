//! What can go wrong when a report is written or a saved Assessment is read.

use crate::Format;
use tieout_model::SCHEMA;

/// Why a report could not be written, or a saved Assessment not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The format has no such name.
    #[error("`{word}` is no report format; {}use {}", hint(.suggestion), Format::names())]
    UnknownFormat {
        /// What was given.
        word: String,
        /// The nearest name, where one is near.
        suggestion: Option<&'static str>,
    },
    /// The Assessment could not be written as JSON.
    #[error("cannot write the {format} report: {source}")]
    Json {
        /// The format that was asked for.
        format: Format,
        /// The writer's reason.
        source: serde_json::Error,
    },
    /// The results could not be written as CSV.
    #[error("cannot write the CSV report: {0}")]
    Csv(String),
    /// The workbook could not be written.
    #[error("cannot write the workbook, at {sheet}: {source}")]
    Workbook {
        /// The sheet that was being written.
        sheet: String,
        /// The writer's reason.
        source: rust_xlsxwriter::XlsxError,
    },
    /// The bytes are no JSON.
    #[error("not a saved assessment: no JSON at line {line}, column {column}: {reason}")]
    NoJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// It is JSON, of something else.
    #[error("not a saved assessment: {found}; expected `\"schema\": \"{SCHEMA}\"` (save one with `-f json`)")]
    OtherDocument {
        /// What it is instead, as far as that can be told.
        found: String,
    },
    /// An Assessment of a schema that this program does not know.
    #[error(
        "the assessment has schema `{found}`, this program reads `{SCHEMA}`; \
         render it with the tieout that made it, or audit again"
    )]
    OtherSchema {
        /// The schema it names.
        found: String,
    },
    /// An Assessment that lacks something or has something wrong in it.
    #[error("the assessment is damaged at line {line}, column {column}: {reason}")]
    Damaged {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
}

fn hint(suggestion: &Option<&'static str>) -> String {
    suggestion.map(|name| format!("did you mean `{name}`? Otherwise ")).unwrap_or_default()
}

//! Reading a saved Assessment back, with an answer that tells what is wrong when it is none.

use crate::Error;
use serde::Deserialize;
use serde_json::error::Category;
use tieout_model::{Assessment, SCHEMA};

/// Only what tells one document from another.
#[derive(Deserialize)]
struct Head {
    schema: Option<serde_json::Value>,
    runs: Option<serde::de::IgnoredAny>,
    check: Option<serde::de::IgnoredAny>,
}

/// Reads an Assessment that `-f json` wrote.
///
/// # Errors
/// [`Error::NoJson`], [`Error::OtherDocument`], [`Error::OtherSchema`] or [`Error::Damaged`], each with what was
/// found and, where there is one, the position.
pub fn read(json: &[u8]) -> Result<Assessment, Error> {
    // Editors and PowerShell put a byte order mark before JSON that they save.
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    check_head(json)?;
    serde_json::from_slice(json).map_err(|error| Error::Damaged {
        line: error.line(),
        column: error.column(),
        reason: without_position(&error),
    })
}

fn check_head(json: &[u8]) -> Result<(), Error> {
    let head: Head = match serde_json::from_slice(json) {
        Ok(head) => head,
        Err(error) if error.classify() == Category::Data => {
            return Err(Error::OtherDocument {
                found: "it is JSON, but no object with a `schema`".to_owned(),
            });
        }
        Err(error) => {
            if is_json_lines(json) {
                return Err(Error::OtherDocument { found: "it is JSON Lines (`-f jsonl`)".to_owned() });
            }
            return Err(Error::NoJson {
                line: error.line(),
                column: error.column(),
                reason: without_position(&error),
            });
        }
    };
    let found = match head.schema {
        Some(serde_json::Value::String(schema)) if schema == SCHEMA => return Ok(()),
        Some(serde_json::Value::String(schema)) if schema.starts_with("tieout.assessment/") => {
            return Err(Error::OtherSchema { found: schema });
        }
        Some(other) => format!("its schema is {other}"),
        None if head.runs.is_some() => "it looks like SARIF".to_owned(),
        None if head.check.is_some() => "it is JSON Lines (`-f jsonl`)".to_owned(),
        None => "it names no schema".to_owned(),
    };
    Err(Error::OtherDocument { found })
}

/// True where the first line alone is an object of JSON: what `-f jsonl` writes.
fn is_json_lines(json: &[u8]) -> bool {
    let first = json.split(|byte| *byte == b'\n').next().unwrap_or_default();
    serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(first).is_ok()
}

/// serde_json ends its messages with the position, which our own messages put first.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text.get(..at).unwrap_or(&text).to_owned(),
        None => text,
    }
}

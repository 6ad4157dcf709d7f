//! OSV records (Open Source Vulnerability format, schema 1.7) as they are read: lenient, since each field but the id may
//! be missing, and fields that nobody needs here are passed over.

use serde::{Deserialize, Serialize};

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skipped {
    /// Its file in the archive, or its id.
    pub record: String,
    /// What is wrong with it.
    pub why: String,
}

/// A record.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) modified: Option<String>,
    #[serde(default)]
    pub(crate) withdrawn: Option<String>,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) details: String,
    #[serde(default)]
    pub(crate) severity: Vec<Severity>,
    #[serde(default)]
    pub(crate) affected: Vec<Affected>,
    #[serde(default)]
    pub(crate) database_specific: Specific,
}

/// A vector; its text tells the version of CVSS.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Severity {
    #[serde(default)]
    pub(crate) score: String,
}

/// What a record affects.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Affected {
    #[serde(default)]
    pub(crate) package: Option<Package>,
    #[serde(default)]
    pub(crate) severity: Vec<Severity>,
    #[serde(default)]
    pub(crate) ranges: Vec<OsvRange>,
    #[serde(default)]
    pub(crate) versions: Vec<String>,
    #[serde(default)]
    pub(crate) ecosystem_specific: Specific,
    #[serde(default)]
    pub(crate) database_specific: Specific,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Package {
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) ecosystem: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct OsvRange {
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) events: Vec<OsvEvent>,
}

/// One event has one of these.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OsvEvent {
    pub(crate) introduced: Option<String>,
    pub(crate) fixed: Option<String>,
    pub(crate) last_affected: Option<String>,
    pub(crate) limit: Option<String>,
}

/// Fields of the databases' own: GHSA's word for the severity, symbols. Of any shape, so that an odd one costs nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Specific {
    pub(crate) severity: Option<String>,
    pub(crate) symbols: Vec<String>,
}

impl<'de> Deserialize<'de> for Specific {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Specific, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let severity = value.get("severity").and_then(|word| word.as_str()).map(str::to_owned);
        let mut symbols = Vec::new();
        for key in ["symbols", "functions", "affected_functions"] {
            texts(value.get(key), &mut symbols);
        }
        for import in value.get("imports").and_then(|imports| imports.as_array()).into_iter().flatten() {
            let before = symbols.len();
            texts(import.get("symbols"), &mut symbols);
            if let Some(module) =
                import.get("attribute").or(import.get("path")).and_then(|path| path.as_str())
            {
                for symbol in symbols.iter_mut().skip(before) {
                    *symbol = format!("{module}.{symbol}");
                }
            }
        }
        Ok(Specific { severity, symbols })
    }
}

fn texts(value: Option<&serde_json::Value>, into: &mut Vec<String>) {
    let items = value.and_then(|value| value.as_array()).into_iter().flatten();
    into.extend(items.filter_map(|item| item.as_str()).map(str::to_owned));
}

impl Record {
    /// A record from its JSON.
    pub(crate) fn from_json(json: &[u8]) -> Result<Record, String> {
        let record: Record = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        record.checked()
    }

    /// A record from a tree (YAML, an API's answer).
    pub(crate) fn from_value(value: serde_json::Value) -> Result<Record, String> {
        let record: Record = serde_json::from_value(value).map_err(|error| error.to_string())?;
        record.checked()
    }

    fn checked(self) -> Result<Record, String> {
        if self.id.trim().is_empty() {
            return Err("it has no id".to_owned());
        }
        if self.withdrawn.is_none() && self.affected.is_empty() {
            return Err("it does not say what it affects".to_owned());
        }
        Ok(self)
    }
}

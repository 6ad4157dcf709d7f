//! The record of a session: every call with its answer or error, written as JSON Lines and read again as a
//! [`Replay`]. What is written has been redacted before.

use crate::call::{Answer, Call, Failure, ServiceError};
use crate::failure::explain;
use crate::{Operation, endpoint};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tieout_model::{Evidence, Gap, Reason, sha256_hex};

const DEFAULT_ACCOUNT: &str = "123456789012";
const DEFAULT_REGION: &str = "us-east-1";

/// The first line of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// The record's format: 1.
    pub tieout_record: u32,
    #[serde(default)]
    pub recorded_at: String,
    #[serde(default = "default_account")]
    pub account: String,
    #[serde(default = "default_partition")]
    pub partition: String,
    #[serde(default)]
    pub actor: String,
    #[serde(default = "default_regions")]
    pub regions: Vec<String>,
    /// True where the user named the regions; else they are all that were enabled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub regions_chosen: bool,
}

fn default_account() -> String {
    DEFAULT_ACCOUNT.to_owned()
}

fn default_partition() -> String {
    "aws".to_owned()
}

fn default_regions() -> Vec<String> {
    vec![DEFAULT_REGION.to_owned()]
}

fn default_region() -> String {
    DEFAULT_REGION.to_owned()
}

fn one() -> u32 {
    1
}

impl Default for Header {
    fn default() -> Header {
        Header {
            tieout_record: 1,
            recorded_at: String::new(),
            account: default_account(),
            partition: default_partition(),
            actor: String::new(),
            regions: default_regions(),
            regions_chosen: false,
        }
    }
}

/// A call and what came of it: an answer, a service's error, or a gap of the way there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub service: String,
    pub operation: String,
    #[serde(default = "default_region")]
    pub region: String,
    #[serde(default)]
    pub params: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Arc<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
    #[serde(default = "one")]
    pub pages: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
}

/// A service's error in a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ErrorEntry {
    pub code: String,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub status: u16,
}

impl Entry {
    /// An entry of a call, to be filled.
    pub(crate) fn of(call: &Call) -> Entry {
        Entry {
            service: call.operation().service.name.to_owned(),
            operation: call.operation().name.to_owned(),
            region: call.region.clone(),
            params: sorted_map(&call.params),
            answer: None,
            error: None,
            gap: None,
            request_id: String::new(),
            pages: 1,
            at: String::new(),
            sha256: String::new(),
            redacted: false,
        }
    }

    /// The hash of what came: of the answer's canonical JSON, or of the error's.
    pub(crate) fn hash(&self) -> String {
        let content = match (&self.answer, &self.error, &self.gap) {
            (Some(answer), ..) => canonical(answer),
            (None, Some(error), _) => canonical(&serde_json::to_value(error).unwrap_or_default()),
            (None, None, gap) => canonical(&serde_json::to_value(gap).unwrap_or_default()),
        };
        sha256_hex(content.as_bytes())
    }

    /// What the caller is told.
    pub(crate) fn outcome(&self, call: &Call, absent: &[&str]) -> Result<Answer, Failure> {
        if let Some(body) = &self.answer {
            return Ok(Answer { body: body.clone(), evidence: self.sha256.as_str().into() });
        }
        if let Some(gap) = &self.gap {
            return Err(Failure::Gap(gap.clone()));
        }
        let Some(error) = &self.error else { return Err(Failure::Gap(not_collected(call))) };
        if absent.contains(&error.code.as_str()) {
            return Err(Failure::Absent {
                code: error.code.clone(),
                message: error.message.clone(),
                evidence: self.sha256.as_str().into(),
            });
        }
        let error = ServiceError {
            code: error.code.clone(),
            message: error.message.clone(),
            status: error.status,
            request_id: self.request_id.clone(),
        };
        Err(explain(call, &error))
    }

    /// The evidence of it; none where nothing came back.
    pub(crate) fn evidence(&self, account: &str, actor: &str) -> Option<Evidence> {
        if self.answer.is_none() && self.error.is_none() {
            return None;
        }
        let mut request = Map::new();
        let mut put = |name: &str, value: Value| request.insert(name.to_owned(), value);
        put("account", account.into());
        put("region", self.region.as_str().into());
        put("params", Value::Object(self.params.clone()));
        put("pages", self.pages.into());
        if !self.request_id.is_empty() {
            put("request_id", self.request_id.as_str().into());
        }
        if let Some(error) = &self.error {
            put("error", error.code.as_str().into());
        }
        Some(Evidence {
            sha256: self.sha256.clone(),
            source: format!("aws:{}:{}", self.service, self.operation),
            actor: actor.to_owned(),
            at: self.at.clone(),
            request,
            redacted: self.redacted,
        })
    }
}

/// What names a call in a record: service, operation, region, canonical parameters.
pub(crate) type Key = (String, String, String, String);

/// The key of a call. Global services have one answer, wherever the question comes from.
pub(crate) fn key(service: &str, operation: &str, region: &str, params: &Map<String, Value>) -> Key {
    let known = Operation::find(service, operation).or_else(|| Operation::of_code(service, operation));
    let global = known.is_some_and(|known| endpoint::is_global(known.service, region));
    let region = if global { endpoint::partition_of(region).global } else { region };
    (service.to_owned(), operation.to_owned(), region.to_owned(), canonical(&Value::Object(params.clone())))
}

pub(crate) fn key_of(call: &Call) -> Key {
    key(call.operation().service.name, call.operation().name, &call.region, &call.params)
}

fn not_collected(call: &Call) -> Gap {
    Gap::new(
        Reason::NotCollected,
        call.describe(),
        "record the account again with this version of tieout, or audit the account itself",
    )
}

/// JSON with its keys sorted, at every depth, and no white space.
pub(crate) fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(sorted_map(map)),
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn sorted_map(map: &Map<String, Value>) -> Map<String, Value> {
    let ordered: BTreeMap<&String, &Value> = map.iter().collect();
    ordered.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect()
}

/// The text of a record: the header, then the calls sorted, one a line.
pub(crate) fn write(header: &Header, entries: &BTreeMap<Key, Arc<Entry>>) -> Result<String, RecordError> {
    let mut text = serde_json::to_string(header)?;
    text.push('\n');
    for entry in entries.values() {
        text.push_str(&serde_json::to_string(&**entry)?);
        text.push('\n');
    }
    Ok(text)
}

/// A record that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The file.
    #[error("the record {path} cannot be read or written: {source}")]
    File {
        /// Its path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The JSON.
    #[error("the record is no JSON Lines of calls: {0}")]
    Json(#[from] serde_json::Error),
    /// A newer format.
    #[error("the record's format is {0}, and this version of tieout reads 1; use a newer version")]
    Format(u32),
    /// An answer that is not what was recorded.
    #[error(
        "the answer of {0} is not the one that was recorded: its SHA-256 differs. \
         If you edited it on purpose, take `sha256` out of that line"
    )]
    Changed(String),
}

/// A recorded account: answers the calls that were made when it was recorded, and no others.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    pub(crate) header: Header,
    entries: BTreeMap<Key, Arc<Entry>>,
    unknown: Vec<String>,
}

impl Replay {
    /// Reads a record from a file.
    ///
    /// # Errors
    /// Where the file cannot be read or is no record.
    pub fn from_path(path: &Path) -> Result<Replay, RecordError> {
        let failed = |source| RecordError::File { path: path.display().to_string(), source };
        Replay::parse(&std::fs::read_to_string(path).map_err(failed)?)
    }

    /// Reads a record from text: JSON objects one after another, a line each or not. The header may be left
    /// out (account 123456789012, region us-east-1), and so may everything of a call but service, operation
    /// and answer or error.
    ///
    /// # Errors
    /// Where the text is no record, or an answer is not the one that was recorded.
    pub fn parse(text: &str) -> Result<Replay, RecordError> {
        let mut replay = Replay::default();
        for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
            let value = value?;
            if value.get("tieout_record").is_some() {
                replay.header = serde_json::from_value(value)?;
                if replay.header.tieout_record != 1 {
                    return Err(RecordError::Format(replay.header.tieout_record));
                }
                continue;
            }
            replay.add(serde_json::from_value(value)?)?;
        }
        Ok(replay)
    }

    fn add(&mut self, mut entry: Entry) -> Result<(), RecordError> {
        let name = format!("{} {}", entry.service, entry.operation);
        // A record may have been made by hand: what is handed on is redacted in any case.
        let mut body = entry.answer.take().map(|answer| Value::clone(&answer));
        if let Some(body) = body.as_mut() {
            entry.redacted |= crate::redaction::redact(body);
        }
        entry.answer = body.map(Arc::new);
        let hash = entry.hash();
        if !entry.sha256.is_empty() && entry.sha256 != hash {
            return Err(RecordError::Changed(name));
        }
        entry.sha256 = hash;
        let (service, operation) = (&entry.service, &entry.operation);
        if Operation::find(service, operation).or_else(|| Operation::of_code(service, operation)).is_none() {
            self.unknown.push(name);
        }
        let key = key(&entry.service, &entry.operation, &entry.region, &entry.params);
        self.entries.insert(key, Arc::new(entry));
        Ok(())
    }

    /// Calls of the record that this version does not know and never asks for: misspelt by hand, or made by a
    /// newer version.
    pub fn unknown_operations(&self) -> &[String] {
        &self.unknown
    }

    /// The recorded entry of a call.
    pub(crate) fn find(&self, call: &Call) -> Option<&Arc<Entry>> {
        self.entries.get(&key_of(call))
    }

    pub(crate) fn entry(&self, key: &Key) -> Option<&Arc<Entry>> {
        self.entries.get(key)
    }

    /// The record's text, as it would be written.
    pub(crate) fn text(&self) -> Result<String, RecordError> {
        write(&self.header, &self.entries)
    }

    pub(crate) fn missing(call: &Call) -> Failure {
        Failure::Gap(not_collected(call))
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;

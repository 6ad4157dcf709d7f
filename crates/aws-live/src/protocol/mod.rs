//! Writing requests and reading answers of AWS's five protocols, by the shapes of the table. Pure: bytes in,
//! bytes out. Reading is lenient: servers differ in wrappers, times, base64 and lists, and nothing they send
//! can make it panic.

mod error;
mod json;
mod query;
mod rest;
mod scalar;
mod xml;

pub(crate) use error::{read_error, request_id};
pub(crate) use scalar::decode_base64;

use crate::table::{Operation, Protocol};
use serde_json::{Map, Value};

/// A request before it has a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub method: &'static str,
    /// Percent-encoded path.
    pub path: String,
    /// Percent-encoded query without `?`; empty for none.
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// What AWS wants before its own hosts (`123456789012.`).
    pub host_prefix: String,
}

/// A parameter that cannot be sent: a defect of the caller's table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodeError {
    #[error("it has no parameter `{0}`")]
    Unknown(String),
    #[error("its parameter `{0}` is missing or empty")]
    Missing(&'static str),
    #[error("its parameter `{0}` has a form that cannot be sent")]
    Form(String),
}

/// An answer that is not what the protocol says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct DecodeError(pub String);

/// Headers of an answer, names in lower case.
pub(crate) type Headers = Vec<(String, String)>;

pub(crate) fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The request of an operation.
pub(crate) fn encode(operation: &Operation, params: &Map<String, Value>) -> Result<Request, EncodeError> {
    let members = operation.members(operation.input);
    if let Some(unknown) = params.keys().find(|name| !members.iter().any(|member| member.name == **name)) {
        return Err(EncodeError::Unknown(unknown.clone()));
    }
    match operation.service.protocol {
        Protocol::Query | Protocol::Ec2 => query::encode(operation, members, params),
        Protocol::Json(version) => Ok(json::encode(operation, version, params)),
        Protocol::RestJson | Protocol::RestXml => rest::encode(operation, members, params),
    }
}

/// The answer of an operation: an object in botocore's member names.
pub(crate) fn decode(
    operation: &Operation,
    status: u16,
    headers: &Headers,
    body: &[u8],
) -> Result<Map<String, Value>, DecodeError> {
    match operation.service.protocol {
        Protocol::Query => xml::decode_query(operation, body),
        Protocol::Ec2 => xml::decode_root(operation, body),
        Protocol::Json(_) => json::decode(operation, body),
        Protocol::RestJson | Protocol::RestXml => rest::decode(operation, status, headers, body),
    }
}

#[cfg(test)]
mod tests;

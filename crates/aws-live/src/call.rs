//! A call, its answer, and the ways in which there is none.

use crate::Operation;
use serde_json::{Map, Value};
use std::sync::Arc;
use tieout_model::Gap;

/// A call of a read operation in a region. It can only be made from an [`Operation`] of the table.
#[derive(Debug, Clone)]
pub struct Call {
    operation: &'static Operation,
    /// The region that is asked. For a global service it is where the question comes from.
    pub region: String,
    /// Parameters in botocore's member names.
    pub params: Map<String, Value>,
}

impl Call {
    pub(crate) fn new(operation: &'static Operation, region: String) -> Call {
        Call { operation, region, params: Map::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Call {
        self.params.insert(name.into(), value.into());
        self
    }

    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// `s3:GetBucketPolicy on shop-logs in eu-west-1`.
    pub fn describe(&self) -> String {
        let mut text = format!("{}:{}", self.operation.service.name, self.operation.name);
        let subject = self.params.values().find_map(Value::as_str);
        if let Some(subject) = subject {
            text.push_str(" on ");
            text.push_str(subject);
        }
        if !self.region.is_empty() {
            text.push_str(" in ");
            text.push_str(&self.region);
        }
        text
    }
}

/// A whole answer, its pages merged, in botocore's member names.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The answer: an object.
    pub body: Arc<Value>,
    /// SHA-256 (hex) of its canonical JSON, the key of its [`tieout_model::Evidence`].
    pub evidence: Arc<str>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// An error that the caller named as meaning "not configured".
    Absent {
        /// Its code: `NoSuchBucketPolicy`.
        code: String,
        /// What the service said.
        message: String,
        /// SHA-256 (hex) of the error, the key of its evidence.
        evidence: Arc<str>,
    },
    /// The service does not exist in the region: there is nothing there to audit.
    Unavailable {
        /// botocore's name of the service.
        service: &'static str,
        /// The region.
        region: String,
    },
    /// Not known.
    Gap(Gap),
}

/// An error answer of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceError {
    /// The code, without namespaces: `AccessDenied`.
    pub code: String,
    /// What the service said.
    pub message: String,
    /// HTTP status.
    pub status: u16,
    /// Request id, where one was given.
    pub request_id: String,
}

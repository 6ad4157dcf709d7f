//! What said so: a call of the AWS API or a file, with the hash of what was read.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One source of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// SHA-256 (hex) of the answer (canonical JSON) or the file.
    pub sha256: String,
    /// `aws:s3:GetBucketPolicy` or `file:template.yaml`.
    pub source: String,
    /// Who asked: the caller's ARN; empty for files.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actor: String,
    /// When, RFC 3339, for calls.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub at: String,
    /// The request: region, parameters, request id, pages; an empty object for files.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub request: serde_json::Map<String, serde_json::Value>,
    /// True where a part was taken out before it was kept.
    #[serde(default)]
    pub redacted: bool,
}

/// SHA-256 of bytes, in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

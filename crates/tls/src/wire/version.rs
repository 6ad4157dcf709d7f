//! Versions of the protocol.

use serde::{Deserialize, Serialize};

/// A version, from the oldest to the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Version {
    /// SSL 2.0: records of its own (RFC 6176 forbids it).
    #[serde(rename = "SSLv2")]
    Ssl2,
    /// SSL 3.0 (RFC 7568 forbids it).
    #[serde(rename = "SSLv3")]
    Ssl3,
    /// TLS 1.0 (RFC 8996 forbids it).
    #[serde(rename = "TLSv1")]
    Tls10,
    /// TLS 1.1 (RFC 8996 forbids it).
    #[serde(rename = "TLSv1.1")]
    Tls11,
    /// TLS 1.2.
    #[serde(rename = "TLSv1.2")]
    Tls12,
    /// TLS 1.3.
    #[serde(rename = "TLSv1.3")]
    Tls13,
}

impl Version {
    /// All, the oldest first.
    pub const ALL: [Version; 6] =
        [Version::Ssl2, Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13];

    /// The word of the output contract, which is OpenSSL's and Python's.
    pub fn as_str(self) -> &'static str {
        match self {
            Version::Ssl2 => "SSLv2",
            Version::Ssl3 => "SSLv3",
            Version::Tls10 => "TLSv1",
            Version::Tls11 => "TLSv1.1",
            Version::Tls12 => "TLSv1.2",
            Version::Tls13 => "TLSv1.3",
        }
    }

    /// From the word of the output contract.
    pub fn named(word: &str) -> Option<Version> {
        Version::ALL.into_iter().find(|version| version.as_str() == word)
    }

    /// The number on the wire.
    pub fn code(self) -> u16 {
        match self {
            Version::Ssl2 => 0x0002,
            Version::Ssl3 => 0x0300,
            Version::Tls10 => 0x0301,
            Version::Tls11 => 0x0302,
            Version::Tls12 => 0x0303,
            Version::Tls13 => 0x0304,
        }
    }

    /// From the number on the wire.
    pub fn of_code(code: u16) -> Option<Version> {
        Version::ALL.into_iter().find(|version| version.code() == code)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

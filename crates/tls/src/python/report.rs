//! What the probe tells: the object of `tieout tls python -f json` (`docs/output.md`), as far as it comes from the probe.

use crate::wire::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Pass or fail against the minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No client accepts less, and all verify.
    Pass,
    /// A client accepts less, or does not verify.
    Fail,
}

/// Everything about one interpreter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonReport {
    /// Its path.
    pub interpreter: String,
    /// Its version.
    pub python: Option<String>,
    /// From this day its branch gets no security patch.
    #[serde(default)]
    pub python_end_of_life: Option<String>,
    /// Its OpenSSL, in OpenSSL's own words.
    pub openssl: Option<String>,
    /// From this day OpenSSL's project mends nothing in that branch.
    #[serde(default)]
    pub openssl_end_of_life: Option<String>,
    /// The library that it has loaded, where the system tells.
    #[serde(default)]
    pub openssl_library: Option<String>,
    /// Where OpenSSL looks for its configuration.
    #[serde(default)]
    pub openssl_conf: Option<String>,
    /// What stands there; null where there is no such file, or where it cannot be read.
    #[serde(default)]
    pub openssl_settings: Option<OpensslSettings>,
    /// The minimum that was asked for.
    #[serde(with = "word")]
    pub minimum: Version,
    /// Null where a client could not be probed, and none fails.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// How to enforce the minimum, as exact text, by place.
    #[serde(default)]
    pub enforce: BTreeMap<String, String>,
    /// The clients, the standard library's first.
    pub clients: Vec<Client>,
}

/// What `openssl.cnf` sets for every program that reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpensslSettings {
    /// `MinProtocol`, as written.
    pub min_protocol: Option<String>,
    /// `MaxProtocol`, as written.
    pub max_protocol: Option<String>,
    /// `CipherString`, as written.
    pub cipher_string: Option<String>,
    /// `Ciphersuites`, as written.
    pub ciphersuites: Option<String>,
    /// `Options`, as written.
    pub options: Option<String>,
    /// The number of `@SECLEVEL=` in `CipherString`.
    pub security_level: Option<u8>,
}

/// One client of the interpreter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its name.
    pub name: String,
    /// Its version: the interpreter's for what is of the standard library.
    #[serde(default)]
    pub version: Option<String>,
    /// The versions at which a handshake succeeds; null where none could be tried.
    #[serde(default, with = "words")]
    pub accepts: Option<Vec<Version>>,
    /// The versions of which it could not be told.
    #[serde(default)]
    pub unknown: Vec<Unknown>,
    /// The versions that it offers and refuses only for a signature over SHA-1, while it offers ciphers that need none (RSA key
    /// exchange): a server with those may be accepted, and was not tried.
    #[serde(default, with = "list")]
    pub refuses_signature_only: Vec<Version>,
    /// The least accepted; null where it could not be told, or where none is accepted.
    #[serde(default, with = "maybe_word")]
    pub minimum: Option<Version>,
    /// What it settles on with a server that speaks all.
    #[serde(default, with = "maybe_word")]
    pub prefers: Option<Version>,
    /// Whether it comes back with less after a refusal.
    #[serde(default)]
    pub fallback: Option<bool>,
    /// What it looks at in a certificate.
    #[serde(default)]
    pub verifies: Verifies,
    /// The ciphers of its ClientHello.
    #[serde(default)]
    pub ciphers: Option<Vec<String>>,
    /// The groups of its ClientHello.
    #[serde(default)]
    pub groups: Option<Vec<String>>,
}

/// A version of which it could not be told whether a client accepts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The version.
    #[serde(with = "word")]
    pub version: Version,
    /// Why.
    pub why: String,
}

/// Whether a client refuses a server whose certificate is not as it should be; `None` where it could not be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verifies {
    /// That is self-signed.
    pub chain: Option<bool>,
    /// Of another name.
    pub name: Option<bool>,
    /// Expired.
    pub expiry: Option<bool>,
}

mod word {
    use super::{Deserialize, Version};
    use serde::{Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(version: &Version, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(version.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Version, D::Error> {
        let word = String::deserialize(from)?;
        Version::named(&word).ok_or_else(|| D::Error::custom(format!("`{word}` is no version")))
    }
}

mod maybe_word {
    use super::{Deserialize, Serialize, Version};
    use serde::{Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(version: &Option<Version>, to: S) -> Result<S::Ok, S::Error> {
        version.map(Version::as_str).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Version>, D::Error> {
        let word = Option::<String>::deserialize(from)?;
        let read = |word: String| {
            Version::named(&word).ok_or_else(|| D::Error::custom(format!("`{word}` is no version")))
        };
        word.map(read).transpose()
    }
}

mod words {
    use super::{Deserialize, Serialize, Version};
    use serde::{Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(versions: &Option<Vec<Version>>, to: S) -> Result<S::Ok, S::Error> {
        let words = versions.as_ref().map(|list| list.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        words.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Version>>, D::Error> {
        let Some(words) = Option::<Vec<String>>::deserialize(from)? else { return Ok(None) };
        let read = |word: &String| {
            Version::named(word).ok_or_else(|| D::Error::custom(format!("`{word}` is no version")))
        };
        words.iter().map(read).collect::<Result<_, _>>().map(Some)
    }
}

mod list {
    use super::Version;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(versions: &[Version], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(versions.iter().map(|version| version.as_str()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Version>, D::Error> {
        Ok(super::words::deserialize(from)?.unwrap_or_default())
    }
}

impl PythonReport {
    /// Judges every client against the minimum.
    pub fn judge(&mut self) {
        let minimum = self.minimum;
        let any_below = |client: &Client| {
            client.accepts.iter().flatten().any(|version| *version < minimum)
                || client.verifies.all().contains(&Some(false))
        };
        let is_known = |client: &Client| {
            client.accepts.is_some()
                && client.unknown.iter().all(|unknown| unknown.version >= minimum)
                && client.verifies.all().iter().all(Option::is_some)
        };
        self.verdict = if self.clients.iter().any(any_below) {
            Some(Verdict::Fail)
        } else if !self.clients.is_empty() && self.clients.iter().all(is_known) {
            Some(Verdict::Pass)
        } else {
            None
        };
    }
}

impl Verifies {
    /// Chain, name, expiry.
    pub fn all(&self) -> [Option<bool>; 3] {
        [self.chain, self.name, self.expiry]
    }
}

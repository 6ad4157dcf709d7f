//! What the probe tells: the object of `tieout tls python -f json` (`docs/output.md`), as far as it comes from the probe.

use super::configured::Configured;
use crate::wire::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tieout_model::{Gap, Reason};

/// The versions that there is a server for, the oldest first.
pub const VERSIONS: [Version; 5] =
    [Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13];

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
    #[serde(default)]
    pub interpreter: String,
    /// Its version.
    #[serde(default)]
    pub python: Option<String>,
    /// From this day its branch gets no security patch.
    #[serde(default)]
    pub python_end_of_life: Option<String>,
    /// Its OpenSSL, in OpenSSL's own words.
    #[serde(default)]
    pub openssl: Option<String>,
    /// From this day OpenSSL's project mends nothing in that branch.
    #[serde(default)]
    pub openssl_end_of_life: Option<String>,
    /// The library that it has loaded, where the system tells.
    #[serde(default)]
    pub openssl_library: Option<String>,
    /// The release of the system that the library is part of, and whose makers mend it (`debian 12`).
    #[serde(default)]
    pub openssl_system: Option<String>,
    /// Where OpenSSL looks for its configuration.
    #[serde(default)]
    pub openssl_conf: Option<String>,
    /// What stands there; null where there is no such file, or where it cannot be read.
    #[serde(default)]
    pub openssl_settings: Option<OpensslSettings>,
    /// The minimum that was asked for.
    #[serde(with = "word", default = "tls12")]
    pub minimum: Version,
    /// Null where a client could not be probed, and none fails.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// How to enforce the minimum, as exact text, by place.
    #[serde(default)]
    pub enforce: BTreeMap<String, String>,
    /// The clients, the standard library's first.
    #[serde(default)]
    pub clients: Vec<Client>,
    /// The clients as the project's code configures them, by path and line.
    #[serde(default)]
    pub configured: Vec<Configured>,
    /// Whether the code of the backend configures clients in a way that could not be told.
    #[serde(skip)]
    pub code_is_open: bool,
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
    /// What could not be told.
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

/// What could not be told of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// A version, `chain`, `name`, `expiry`, or `all`.
    pub what: String,
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

fn tls12() -> Version {
    Version::Tls12
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

    pub(super) fn serialize<S: Serializer>(
        versions: &Option<Vec<Version>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
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
    /// Judges every client against the minimum, also as the project's code configures it.
    pub fn judge(&mut self) {
        let minimum = self.minimum;
        let any_below = |client: &Client| {
            client.accepts.iter().flatten().any(|version| *version < minimum)
                || client.verifies.all().contains(&Some(false))
        };
        let is_known = |client: &Client| {
            client.accepts.is_some()
                && VERSIONS
                    .iter()
                    .all(|version| *version >= minimum || client.gap(version.as_str()).is_none())
                && client.verifies.all().iter().all(Option::is_some)
        };
        let all = || {
            let configured = self.configured.iter().filter(|row| row.counts()).map(|row| &row.seen);
            self.clients.iter().chain(configured)
        };
        self.verdict = if all().any(any_below) {
            Some(Verdict::Fail)
        } else if !self.clients.is_empty() && !self.code_is_open && all().all(is_known) {
            Some(Verdict::Pass)
        } else {
            None
        };
    }
}

impl Client {
    /// Whether it accepts a version.
    ///
    /// # Errors
    /// What stands in the way of an answer.
    pub fn accepts(&self, version: Version) -> Result<bool, Gap> {
        match (self.gap(version.as_str()), &self.accepts) {
            (Some(gap), _) => Err(gap),
            (None, Some(accepts)) => Ok(accepts.contains(&version)),
            (None, None) => Err(Gap::new(
                Reason::Unresolved,
                format!("whether {} accepts {version}", self.name),
                "probe it",
            )),
        }
    }

    /// What stands in the way of an answer; `what` as in [`Unknown`].
    pub fn gap(&self, what: &str) -> Option<Gap> {
        let unknown = self.unknown.iter().find(|unknown| unknown.what == what || unknown.what == "all")?;
        Some(self.gap_of(unknown))
    }

    /// All gaps.
    pub fn gaps(&self) -> impl Iterator<Item = Gap> {
        self.unknown.iter().map(|unknown| self.gap_of(unknown))
    }

    fn gap_of(&self, unknown: &Unknown) -> Gap {
        let (name, why) = (&self.name, &unknown.why);
        let what = match unknown.what.as_str() {
            "all" => format!("what {name} does: {why}"),
            "chain" => format!("whether {name} refuses a self-signed certificate: {why}"),
            "name" => format!("whether {name} refuses a certificate of another name: {why}"),
            "expiry" => format!("whether {name} refuses an expired certificate: {why}"),
            version => format!("whether {name} accepts {version}: {why}"),
        };
        let resolve =
            format!("run a request of {name} by itself in this interpreter to see what stands in the way");
        Gap::new(Reason::Unresolved, what, resolve)
    }
}

impl Verifies {
    /// Chain, name, expiry.
    pub fn all(&self) -> [Option<bool>; 3] {
        [self.chain, self.name, self.expiry]
    }
}

/// `3.11` of `3.11.7`.
pub fn python_branch(version: &str) -> Option<String> {
    let mut parts = version.split('.');
    Some(format!("{}.{}", parts.next()?, parts.next()?))
}

/// The branch of OpenSSL's own words: `3.0` of `OpenSSL 3.0.19 27 Jan 2026`, `1.1.1` of `OpenSSL 1.1.1w  11 Sep 2023`. `None`
/// for another library (LibreSSL, AWS-LC, BoringSSL).
pub fn openssl_branch(words: &str) -> Option<String> {
    let version = words.strip_prefix("OpenSSL ")?.split_whitespace().next()?;
    let mut parts = version.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    if major.parse::<u32>().ok()? >= 3 {
        return Some(format!("{major}.{minor}"));
    }
    let patch: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("{major}.{minor}.{patch}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_is_what_ends_on_a_day() {
        for (words, branch) in [
            ("OpenSSL 3.0.19 27 Jan 2026", Some("3.0")),
            ("OpenSSL 3.5.7-dev", Some("3.5")),
            ("OpenSSL 1.1.1w  11 Sep 2023", Some("1.1.1")),
            ("OpenSSL 1.0.2k-fips  26 Jan 2017", Some("1.0.2")),
            ("LibreSSL 3.3.6", None),
            ("AWS-LC 1.40.0", None),
            ("OpenSSL", None),
        ] {
            assert_eq!(openssl_branch(words).as_deref(), branch, "{words}");
        }
        assert_eq!(python_branch("3.11.7").as_deref(), Some("3.11"));
    }

    fn report(clients: &str) -> PythonReport {
        let mut report: PythonReport =
            serde_json::from_str(&format!("{{\"clients\": [{clients}]}}")).unwrap();
        report.judge();
        report
    }

    const GOOD: &str =
        r#""accepts": ["TLSv1.2", "TLSv1.3"], "verifies": {"chain": true, "name": true, "expiry": true}"#;

    #[test]
    fn the_verdict_is_fail_if_one_fails_pass_if_all_are_known_and_else_none() {
        let good = format!("{{\"name\": \"a\", {GOOD}}}");
        assert_eq!(report(&good).verdict, Some(Verdict::Pass));
        let old = good.replace("TLSv1.2", "TLSv1.1");
        assert_eq!(report(&format!("{good}, {old}")).verdict, Some(Verdict::Fail));
        let lax = good.replace("\"name\": true", "\"name\": false");
        assert_eq!(report(&lax).verdict, Some(Verdict::Fail));
        let open = |what: &str| {
            let unknown = format!("\"unknown\": [{{\"what\": \"{what}\", \"why\": \"x\"}}]");
            report(&format!("{{\"name\": \"a\", {GOOD}, {unknown}}}")).verdict
        };
        assert_eq!(open("TLSv1"), None);
        assert_eq!(open("TLSv1.3"), Some(Verdict::Pass));
        assert_eq!(report(r#"{"name": "a"}"#).verdict, None);
        assert_eq!(report("").verdict, None);
    }
}

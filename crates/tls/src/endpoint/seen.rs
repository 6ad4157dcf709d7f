//! What a probe saw of one endpoint: the record that checks judge and that `tieout tls endpoint -f json` prints. The field
//! names are the output contract's.

use crate::wire::{Cipher, Version};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tieout_model::{Gap, Location, Place};

/// An endpoint and all that was seen of it. Whatever is `None` could not be told, and `open` says why where it was asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Endpoint {
    /// `HOST:PORT`.
    pub endpoint: String,
    /// The address that answered.
    pub address: Option<String>,
    /// Whether it spoke TLS with us at all.
    pub reachable: bool,
    /// How the connection was made ready for TLS, where it was not at once: `smtp`, `postgres`, `mysql`, `ldap`.
    pub starttls: Option<String>,
    /// The versions that it goes through a handshake with, and at each what it chooses.
    pub versions: BTreeMap<Version, Offer>,
    /// Whose order decides.
    pub preference: Option<Preference>,
    /// Its certificate, and what is wrong with it.
    pub certificate: Option<Certificate>,
    /// Certificates that it shows to other clients, by their key: a server may have one of RSA and one of ECDSA.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_certificates: Vec<Certificate>,
    /// The protocol above TLS that it chooses out of `h2` and `http/1.1` (ALPN).
    pub alpn: Option<String>,
    /// The smallest prime of its ephemeral Diffie-Hellman, in bits.
    pub dh_bits: Option<u16>,
    /// Whether it compresses (CRIME).
    pub compression: Option<bool>,
    /// Whether it speaks secure renegotiation (RFC 5746).
    pub secure_renegotiation: Option<bool>,
    /// Whether it lets a client renegotiate.
    pub client_renegotiation: Option<bool>,
    /// Whether it refuses a fallback that is none of need (RFC 7507); `None` where it has one version alone.
    pub fallback_scsv: Option<bool>,
    /// Whether it asks for a client's certificate.
    pub client_certificate: Option<bool>,
    /// Whether it staples an OCSP response.
    pub ocsp_stapled: Option<bool>,
    /// What it says over HTTP; `None` where it speaks none.
    pub http: Option<Http>,
    /// The resources that state it, where it was taken from source or an account.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stated_by: Vec<StatedBy>,
    /// What could not be told, by what it is about: a version's word, `certificate`, `http`, `redirect`, ….
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<String, Gap>,
}

/// A resource that states an endpoint.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StatedBy {
    /// Its logical id, Terraform address or ARN.
    pub resource: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Where it states it.
    #[serde(flatten)]
    pub location: Option<Location>,
    /// The same, as findings take it.
    #[serde(skip)]
    pub at: Place,
}

/// What an endpoint chooses at one version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Offer {
    /// Ciphers, by their registered names, in the server's order where it prefers, else as they were offered.
    pub ciphers: Vec<String>,
    /// Groups, likewise.
    pub groups: Vec<String>,
}

/// Whose order of ciphers decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// The server's.
    Server,
    /// The client's.
    Client,
}

/// A certificate as the server sent it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    /// Its subject, RFC 4514's way.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The hosts that it is for: names, then addresses, as they stand.
    pub names: Vec<String>,
    /// First moment, RFC 3339.
    pub not_before: String,
    /// Last moment, RFC 3339.
    pub not_after: String,
    /// Its key.
    pub key: Key,
    /// How it is signed (`ecdsa-with-SHA256`).
    pub signature: String,
    /// SHA-256 of the whole certificate, hexadecimal.
    pub sha256: String,
    /// The subjects of all certificates that were sent, this one's first.
    pub chain: Vec<String>,
    /// Signed certificate timestamps inside it.
    pub timestamps: u32,
    /// Where its revocation can be asked for: OCSP and CRL addresses.
    pub revocation: Vec<String>,
    /// What is wrong with it for this host, in the order of the words.
    pub problems: Vec<CertificateProblem>,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// `RSA`, `EC`, `Ed25519`, `Ed448`, `DSA`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its length.
    pub bits: u32,
}

/// What may be wrong with a certificate; the words are the output contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateProblem {
    /// It or one of its chain is past its last day.
    Expired,
    /// Its first day is to come.
    NotYetValid,
    /// It is for other hosts.
    WrongName,
    /// It vouches for itself, and nobody trusts it.
    SelfSigned,
    /// Its chain ends at an authority that nobody trusts.
    Untrusted,
    /// A certificate between it and the authority was not sent.
    IncompleteChain,
    /// A key that can be broken.
    WeakKey,
    /// A signature that can be forged.
    WeakSignature,
}

/// What a server says over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Http {
    /// The status of `GET /`.
    pub status: u16,
    /// The headers that bear on security, by their names in small letters; several of one name are several values.
    pub headers: BTreeMap<String, Vec<String>>,
    /// What the plain HTTP port answers; `None` where it was not asked.
    pub redirect: Option<Redirect>,
}

/// What the plain HTTP port of the same host answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Redirect {
    /// Nothing listens there.
    Closed,
    /// It leads to HTTPS at once.
    ToHttps {
        /// Where to.
        location: String,
    },
    /// It leads somewhere else first.
    Elsewhere {
        /// Where to.
        location: String,
    },
    /// It answers in plain text.
    Plain {
        /// With this status.
        status: u16,
    },
}

impl Endpoint {
    /// An endpoint that could not be reached, and why.
    pub fn unreachable(endpoint: String, gap: Gap) -> Endpoint {
        Endpoint { endpoint, open: BTreeMap::from([(REACH.to_owned(), gap)]), ..Endpoint::default() }
    }

    /// Whether a version is accepted.
    ///
    /// # Errors
    /// The gap where that could not be told.
    pub fn accepts(&self, version: Version) -> Result<bool, Gap> {
        if self.versions.contains_key(&version) {
            return Ok(true);
        }
        self.told(version.as_str()).map(|()| false)
    }

    /// That a matter (`ciphers`, `groups`) could be told at every version, and each version itself.
    ///
    /// # Errors
    /// The first gap.
    pub fn told_all(&self, matter: &str) -> Result<(), Gap> {
        for version in Version::ALL {
            self.told(version.as_str())?;
            self.told(&format!("{version} {matter}"))?;
        }
        Ok(())
    }

    /// The registered ciphers that it accepts at any version, each once.
    pub fn ciphers(&self) -> Vec<Cipher> {
        let names = self.versions.values().flat_map(|offer| &offer.ciphers);
        let mut ciphers: Vec<Cipher> = names.filter_map(|name| Cipher::named(name)).collect();
        ciphers.sort_unstable();
        ciphers.dedup();
        ciphers
    }

    /// The certificates that it shows, the first one first.
    ///
    /// # Errors
    /// The gap where none could be seen.
    pub fn certificates(&self) -> Result<impl Iterator<Item = &Certificate>, Gap> {
        self.told("certificate")?;
        Ok(self.certificate.iter().chain(&self.other_certificates))
    }

    /// Whether it was named by an address.
    pub fn is_address(&self) -> bool {
        super::Address::parse(&self.endpoint).is_ok_and(|address| address.ip().is_some())
    }

    /// That a matter could be told.
    ///
    /// # Errors
    /// The gap where it could not.
    pub fn told(&self, matter: &str) -> Result<(), Gap> {
        self.open.get(matter).map_or(Ok(()), |gap| Err(gap.clone()))
    }
}

impl Http {
    /// The first value of a header, by its name in small letters.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|values| values.first()).map(String::as_str)
    }

    /// Whether the answer is a page (HTML).
    pub fn is_page(&self) -> bool {
        let kind = self.first("content-type").unwrap_or_default().to_ascii_lowercase();
        ["text/html", "application/xhtml+xml"].iter().any(|page| kind.starts_with(page))
    }
}

/// The matter of an endpoint that could not be reached.
pub const REACH: &str = "endpoint";

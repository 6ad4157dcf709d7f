//! Secrets in text: rules as data, one pass over the bytes, the context in which a value stands, offline checks. Nothing of a
//! secret leaves this crate but its kind, where it stands, its first and last characters, and a fingerprint. The command
//! line, and what a key opens in an account, live elsewhere.

mod advice;
mod aws;
mod binding;
pub mod checks;
mod detect;
mod document;
mod engine;
mod git;
pub mod history;
mod judge;
mod literal;
pub mod notebook;
mod pattern;
mod pem;
mod prefilter;
pub mod reading;
pub mod rule;
mod rules;
mod syntax;
mod text;
pub mod tracked;
pub mod tree;
mod url;
pub mod validate;

pub use aws::account_of;
pub use detect::scan;
pub use document::Document;
pub use engine::{SecretsCheck, info, run};
pub use rule::{Group, Rule, RuleError};
pub use rules::Rules;
pub use syntax::Syntax;

use std::fmt;
use std::ops::Range;
use tieout_model::Confidence;
use tieout_source::redact;

/// The engine's name in output.
pub const ENGINE: &str = "secrets";

/// A secret's text. It is never shown: `Debug` prints its first and last characters at most.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Secret {
        Secret(text)
    }

    /// First and last characters at most.
    pub fn redacted(&self) -> String {
        redact::shown(&self.0)
    }

    /// The same for the same secret; nothing leads back to it.
    pub fn fingerprint(&self) -> String {
        redact::fingerprint(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

/// A secret that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which rule it falls under, as [`Rules::rule`] takes it.
    pub rule: usize,
    /// The name that it is bound to; empty where there is none.
    pub name: String,
    /// Its text.
    pub secret: Secret,
    /// Where it stands, in bytes; for a pair, where its id stands.
    pub range: Range<usize>,
    /// Where the second part of a pair stands.
    pub second: Option<Range<usize>>,
    /// How sure it is.
    pub confidence: Confidence,
    /// The access key id, which opens nothing by itself.
    pub access_key_id: Option<String>,
    /// The account of the access key id.
    pub aws_account: Option<String>,
}

impl Found {
    /// Where its parts stand.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        std::iter::once(&self.range).chain(self.second.as_ref())
    }
}

//! Why something could not be known, and what would settle it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The class of a gap. The names are part of the output contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The service refused the call.
    AccessDenied,
    /// The service kept throttling after all retries.
    Throttled,
    /// An expression that is settled only elsewhere: a parameter without default, a data source.
    Unresolved,
    /// Something that tieout does not understand yet.
    Unsupported,
    /// A file or an answer that could not be read.
    Unreadable,
    /// The endpoint could not be reached.
    Network,
    /// Credentials ended during the run.
    ExpiredCredentials,
    /// A call that this run did not make (a region left out, a record without that call).
    NotCollected,
    /// A defect in tieout: a check that panicked.
    Internal,
}

impl Reason {
    /// The word used in machine-readable output.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::AccessDenied => "access_denied",
            Reason::Throttled => "throttled",
            Reason::Unresolved => "unresolved",
            Reason::Unsupported => "unsupported",
            Reason::Unreadable => "unreadable",
            Reason::Network => "network",
            Reason::ExpiredCredentials => "expired_credentials",
            Reason::NotCollected => "not_collected",
            Reason::Internal => "internal",
        }
    }
}

/// Something that could not be known: the reason, what it was, and what would settle it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// The class.
    pub reason: Reason,
    /// What is not known: the expression, the denied call, the file.
    pub what: Arc<str>,
    /// What the user can do to settle it.
    pub resolve_with: Arc<str>,
}

impl Gap {
    /// A gap of the given class.
    pub fn new(reason: Reason, what: impl Into<Arc<str>>, resolve_with: impl Into<Arc<str>>) -> Gap {
        Gap { reason, what: what.into(), resolve_with: resolve_with.into() }
    }

    /// An expression that is settled only at deployment or outside the audited files.
    pub fn unresolved(expression: impl fmt::Display) -> Gap {
        Gap::new(
            Reason::Unresolved,
            brief(&expression.to_string()),
            "give the value (a parameter default, a tfvars file, a plan), or audit the deployed account",
        )
    }

    /// Something that tieout does not understand.
    pub fn unsupported(what: impl fmt::Display) -> Gap {
        Gap::new(Reason::Unsupported, what.to_string(), "audit the deployed account, or report the construct")
    }
}

/// An expression on one line and not longer than a reader needs: a script of user data is an expression too.
fn brief(expression: &str) -> String {
    const MOST: usize = 120;
    let mut line = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(MOST) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.as_str(), self.what)
    }
}

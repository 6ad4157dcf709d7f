//! Advisories of Python packages: OSV records from an archive, a folder, an index or an API, merged by alias, looked up by
//! package, matched with versions as PEP 440 orders them. What a project installs is not known here.

mod advisory;
mod index;
mod load;
mod merge;
mod osv;
mod range;
mod severity;

pub use advisory::{Advisory, Fix, smallest_fix};
pub use index::Advisories;
pub use load::{LoadError, load};
pub use osv::Skipped;
pub use range::{End, Span};
pub use severity::Rating;

use serde::{Deserialize, Serialize};

/// Where advisories come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The index built into tieout.
    Embedded,
    /// The archive in the user's cache.
    Cache,
    /// A file or folder that the user named.
    File,
    /// An OSV API.
    Api,
}

/// What is known of the advisories as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Where they come from.
    pub kind: SourceKind,
    /// The file, folder or URL; for the embedded index the snapshot's name.
    pub label: String,
    /// The day of the newest record, `YYYY-MM-DD`; `None` where no record has one.
    pub date: Option<String>,
    /// How many records were taken in.
    pub records: usize,
    /// How many packages they are about.
    pub packages: usize,
    /// How many withdrawn records were left out.
    pub withdrawn: usize,
    /// Records that could not be read.
    pub skipped: Vec<Skipped>,
}

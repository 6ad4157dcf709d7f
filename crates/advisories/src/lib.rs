//! Advisories of Python packages: OSV records from an archive, a folder, an index or an API, merged by alias, looked up by
//! package, matched with versions as PEP 440 orders them. What a project installs is not known here.

mod advisory;
mod api;
mod cache;
mod embedded;
mod fetch;
mod index;
mod load;
mod merge;
mod osv;
mod range;
mod severity;

pub use advisory::{Advisory, Fix, smallest_fix};
pub use api::{Asked, from_api};
pub use cache::{cache_dir, open_or_build};
pub use embedded::{embedded, packed, unpacked};
pub use fetch::{ARCHIVE_URL, FetchError, Refreshed, Updated, cached, refresh_if_old, update};
pub use index::Advisories;
pub use load::{LoadError, load};
pub use merge::normalise;
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

impl Source {
    /// What the licences of the records ask to be said with them.
    pub fn attribution(&self) -> &'static str {
        match self.kind {
            SourceKind::Embedded => {
                "Advisories: Python Packaging Advisory Database (github.com/pypa/advisory-database), CC-BY-4.0, \
                 snapshot of 2024-10-10, converted and abridged."
            }
            SourceKind::Cache | SourceKind::File | SourceKind::Api => {
                "Advisories: records in the Open Source Vulnerability format as their databases publish them, among \
                 these the Python Packaging Advisory Database and the GitHub Advisory Database (CC-BY-4.0), abridged."
            }
        }
    }
}

//! Source text: walking a tree, reading files and archives, YAML, JSON and TOML with places, inline suppressions, redaction.
//! Knows nothing of AWS or of any dialect of infrastructure as code.

pub mod archive;
mod exclude;
mod interner;
pub mod json;
mod line_index;
pub mod redact;
pub mod suppress;
pub mod toml;
mod walk;
pub mod yaml;

pub use exclude::{Exclude, ExcludeError, Excluded};
pub(crate) use interner::Interner;
pub use line_index::LineIndex;
pub use walk::{ReadError, Unread, WalkError, WalkOptions, Walked, WalkedFile, decode, read_text, walk};

/// How deep lists and maps may nest. Deeper input is a problem, not an overflow of the stack.
pub const MAX_DEPTH: usize = 128;

/// Something in a file that could not be read as it stands, or that is odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub at: tieout_model::Place,
}

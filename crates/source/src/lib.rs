//! Source text: walking a tree, reading files, YAML and JSON with places, inline suppressions, redaction.
//! Knows nothing of AWS or of any dialect of infrastructure as code.

mod line_index;

pub use line_index::LineIndex;

//! Secrets in text.

mod git;
pub mod history;
pub mod tracked;
pub mod tree;

//! Python source: syntax trees with places, literals that a file states, imports, what names stand for, and the graph of
//! a project's modules. Nothing is ever run. What a call means, and whether it is dangerous, is not decided here.

pub mod literals;
mod module;
mod nesting;

pub use module::{Module, parse};

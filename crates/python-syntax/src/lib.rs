//! Python source: syntax trees with places, literals that a file states, imports, what names stand for, and the graph of
//! a project's modules. Nothing is ever run. What a call means, and whether it is dangerous, is not decided here.

pub mod literals;
mod module;
mod names;
mod nesting;
mod project;
mod shapes;

pub use module::{Module, parse};
pub use names::{Import, Names, Reference, When, names};
pub use project::{Entry, File, Project, Reached, Step};
pub use shapes::{bound_name, pairs};

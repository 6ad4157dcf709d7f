//! When runtimes end, and what is known of the interpreter's own flaws: facts as data, and the verdict on a declaration at a
//! day. Which file or resource declares a runtime is the engines' business, what is reported their checks'.

pub mod cpython;
mod declaration;
mod judge;
mod table;

pub use declaration::{Product, RuntimeDeclaration};
pub use judge::{RuntimeState, RuntimeVerdict, SOON_DAYS, judge};
pub use table::{Facts, Release, Table, TableError};

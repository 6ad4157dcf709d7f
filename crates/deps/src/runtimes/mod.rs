//! When runtimes end, and what is known of the interpreter's own flaws: facts as data, and the verdict on a declaration. Which
//! file declares a runtime is the parsers' business (`inputs`), what is reported the checks'.

pub mod cpython;
mod judge;
mod table;

pub use judge::{RuntimeState, RuntimeVerdict, SOON_DAYS, judge};
pub use table::{Facts, Release, Table, TableError};

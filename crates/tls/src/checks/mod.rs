//! The checks of endpoints and interpreters, two files each: what it asks and how it judges one subject, and its guide with
//! the examples that are its tests.

use crate::TlsCheck;

mod endpoint_old_versions_refused;

/// Every check, sorted by id.
pub static CHECKS: &[&TlsCheck] = &[
    // One a line.
    &endpoint_old_versions_refused::CHECK,
];

//! The checks of dependencies and runtimes, two files each: what it asks and how it judges one subject, and its guide with
//! the examples that are its tests.

use crate::DepsCheck;

mod index_credentials_absent;
mod index_no_confusion;
mod index_verified_tls;
mod manifest_hashed;
mod package_commit_pinned;
mod package_no_known_vulnerabilities;
mod package_pinned;
mod project_scanned_in_ci;
mod runtime_no_known_vulnerabilities;
mod runtime_supported;

/// Every check, sorted by id.
pub static CHECKS: &[&DepsCheck] = &[
    // One a line.
    &index_credentials_absent::CHECK,
    &index_no_confusion::CHECK,
    &index_verified_tls::CHECK,
    &manifest_hashed::CHECK,
    &package_commit_pinned::CHECK,
    &package_no_known_vulnerabilities::CHECK,
    &package_pinned::CHECK,
    &project_scanned_in_ci::CHECK,
    &runtime_no_known_vulnerabilities::CHECK,
    &runtime_supported::CHECK,
];

//! The checks of endpoints and interpreters, two files each: what it asks and how it judges one subject, and its guide with
//! the examples that are its tests.

use crate::TlsCheck;

mod endpoint_old_versions_refused;
mod interpreter_certificates_verified;
mod interpreter_minimum_version;
mod interpreter_old_versions_not_offered;
mod interpreter_openssl_supported;
mod interpreter_python_supported;
mod interpreter_weak_ciphers_not_offered;

/// Every check, sorted by id.
pub static CHECKS: &[&TlsCheck] = &[
    // One a line.
    &endpoint_old_versions_refused::CHECK,
    &interpreter_certificates_verified::CHECK,
    &interpreter_minimum_version::CHECK,
    &interpreter_old_versions_not_offered::CHECK,
    &interpreter_openssl_supported::CHECK,
    &interpreter_python_supported::CHECK,
    &interpreter_weak_ciphers_not_offered::CHECK,
];

//! The checks of secrets, two files each: what it asks, and its guide with the examples that are its tests. What tells a
//! secret is in `rules/`; a check takes a family of rules.

use crate::SecretsCheck;

mod aws_credentials_absent;
mod database_passwords_absent;
mod framework_keys_absent;
mod passwords_absent;
mod private_keys_absent;
mod tokens_absent;

/// Every check, sorted by id.
pub static CHECKS: &[&SecretsCheck] = &[
    // One a line.
    &aws_credentials_absent::CHECK,
    &database_passwords_absent::CHECK,
    &framework_keys_absent::CHECK,
    &passwords_absent::CHECK,
    &private_keys_absent::CHECK,
    &tokens_absent::CHECK,
];

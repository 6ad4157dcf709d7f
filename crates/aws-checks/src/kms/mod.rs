//! Checks of KMS: the keys that an account makes for itself.

use crate::AwsCheck;

mod key_policy_confused_deputy;
mod key_rotation_enabled;

/// Every check of this service.
pub static CHECKS: &[&dyn AwsCheck] = &[
    // One a line: `cargo xtask new-check` adds to them.
    &key_policy_confused_deputy::CHECK,
    &key_rotation_enabled::CHECK,
];

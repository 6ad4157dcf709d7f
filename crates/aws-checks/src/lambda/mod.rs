//! Checks of Lambda: functions, their URLs and who may invoke them.

use crate::AwsCheck;

mod function_environment_customer_key;
mod function_environment_no_secrets;
mod function_policy_not_public;
mod function_runtime_supported;
mod permission_names_source;
mod url_authenticated;
mod url_cors_restricted;

/// Every check of this service.
pub static CHECKS: &[&dyn AwsCheck] = &[
    &function_environment_customer_key::CHECK,
    &function_environment_no_secrets::CHECK,
    &function_policy_not_public::CHECK,
    &function_runtime_supported::CHECK,
    &permission_names_source::CHECK,
    &url_authenticated::CHECK,
    &url_cors_restricted::CHECK,
];

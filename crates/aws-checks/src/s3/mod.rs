//! Checks of S3: `AWS::S3::Bucket`, what belongs to it, and the account's settings for all buckets.

use crate::AwsCheck;

pub(crate) mod access;
mod account_public_access_block;
pub(crate) mod acl;
mod bucket_acl_grants;
mod bucket_acls_disabled;
pub(crate) mod bucket_encryption;
mod bucket_kms_encryption;
pub(crate) mod bucket_logging_enabled;
mod bucket_mfa_delete;
pub(crate) mod bucket_not_public;
mod bucket_policy_confused_deputy;
pub(crate) mod bucket_policy_denies_http;
mod bucket_policy_denies_old_tls;
mod bucket_policy_no_cross_account_wildcard;
pub(crate) mod bucket_public_access_block;
mod bucket_versioning_enabled;

/// Every check of this service.
pub static CHECKS: &[&dyn AwsCheck] = &[
    &account_public_access_block::CHECK,
    &bucket_acl_grants::CHECK,
    &bucket_acls_disabled::CHECK,
    &bucket_encryption::CHECK,
    &bucket_kms_encryption::CHECK,
    &bucket_logging_enabled::CHECK,
    &bucket_mfa_delete::CHECK,
    &bucket_not_public::CHECK,
    &bucket_policy_confused_deputy::CHECK,
    &bucket_policy_denies_http::CHECK,
    &bucket_policy_denies_old_tls::CHECK,
    &bucket_policy_no_cross_account_wildcard::CHECK,
    &bucket_public_access_block::CHECK,
    &bucket_versioning_enabled::CHECK,
];

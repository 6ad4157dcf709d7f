//! Checks of IAM: policies, users and their credentials, roles and whom they trust, the root user, passwords.

use crate::AwsCheck;

mod access_key_rotated;
mod access_key_unused;
pub(crate) mod age;
mod documents;
mod group_no_administrator_access;
mod holder;
pub(crate) mod keys;
mod password_policy_characters;
mod password_policy_expiry;
mod password_policy_length;
mod password_policy_reuse;
mod policy_no_administrator;
mod policy_no_service_wildcard;
mod policy_no_wildcard_resource;
mod role_no_administrator_access;
mod role_trust_confused_deputy;
mod role_trust_external_id;
mod role_trust_not_public;
mod root_hardware_mfa;
mod root_mfa_enabled;
mod root_no_access_keys;
mod root_not_used;
mod user_console_unused;
mod user_mfa_enabled;
mod user_no_administrator_access;
mod user_policies_via_groups;
mod user_single_active_key;

/// Every check of this service.
pub static CHECKS: &[&dyn AwsCheck] = &[
    &access_key_rotated::CHECK,
    &access_key_unused::CHECK,
    &group_no_administrator_access::CHECK,
    &password_policy_characters::CHECK,
    &password_policy_expiry::CHECK,
    &password_policy_length::CHECK,
    &password_policy_reuse::CHECK,
    &policy_no_administrator::CHECK,
    &policy_no_service_wildcard::CHECK,
    &policy_no_wildcard_resource::CHECK,
    &role_no_administrator_access::CHECK,
    &role_trust_confused_deputy::CHECK,
    &role_trust_external_id::CHECK,
    &role_trust_not_public::CHECK,
    &root_hardware_mfa::CHECK,
    &root_mfa_enabled::CHECK,
    &root_no_access_keys::CHECK,
    &root_not_used::CHECK,
    &user_console_unused::CHECK,
    &user_mfa_enabled::CHECK,
    &user_no_administrator_access::CHECK,
    &user_policies_via_groups::CHECK,
    &user_single_active_key::CHECK,
];

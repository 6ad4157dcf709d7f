//! Checks of CloudTrail: each trail, where it delivers to, and each region.

use crate::AwsCheck;

mod bucket;
pub(crate) mod coverage;
mod region_has_trail;
mod trail_bucket_logging;
mod trail_bucket_not_public;
mod trail_cloudwatch_logs;
mod trail_is_logging;
mod trail_kms_encrypted;
mod trail_log_validation;
mod trail_multi_region;

/// Every check of this service.
pub static CHECKS: &[&dyn AwsCheck] = &[
    &region_has_trail::CHECK,
    &trail_bucket_logging::CHECK,
    &trail_bucket_not_public::CHECK,
    &trail_cloudwatch_logs::CHECK,
    &trail_is_logging::CHECK,
    &trail_kms_encrypted::CHECK,
    &trail_log_validation::CHECK,
    &trail_multi_region::CHECK,
];

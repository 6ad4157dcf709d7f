//! Checks of S3: `AWS::S3::Bucket` and what belongs to it.

use crate::AwsCheck;

mod bucket_versioning_enabled;

/// Every check of this service.
pub static CHECKS: &[&dyn AwsCheck] = &[
    &bucket_versioning_enabled::CHECK,
];

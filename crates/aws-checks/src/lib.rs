//! The checks of AWS resources: one folder a service, two files a check, each written once for source code
//! and accounts alike. And the evidence tables of a yearly re-check, one topic a file in `tables/`.

pub mod cloudtrail;
mod deputy;
pub mod ec2;
mod engine;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod s3;
mod secret;
pub mod tables;

pub use engine::{AwsCheck, Cx, Each, Judge};

use tieout_aws_state::State;
use tieout_check::Ledger;
use tieout_model::CheckInfo;

/// The engine's name in output.
pub const ENGINE: &str = "aws";

/// Every check, by service.
static SERVICES: &[&[&dyn AwsCheck]] = &[
    // One a line: `cargo xtask new-check` adds to them.
    cloudtrail::CHECKS,
    ec2::CHECKS,
    iam::CHECKS,
    kms::CHECKS,
    lambda::CHECKS,
    s3::CHECKS,
];

/// Every check, sorted by id.
pub fn checks() -> Vec<&'static dyn AwsCheck> {
    let mut all: Vec<_> = SERVICES.iter().copied().flatten().copied().collect();
    all.sort_by_key(|check| check.about().id);
    all
}

/// A check as reports show it.
pub fn info(check: &dyn AwsCheck) -> CheckInfo {
    tieout_check::info(check.about(), ENGINE, &check.applies_to())
}

/// Runs the chosen checks on a state.
pub fn run(state: &State, checks: &[&dyn AwsCheck]) -> Ledger {
    checks.iter().fold(Ledger::default(), |mut ledger, check| {
        ledger.absorb(check.run(state));
        ledger
    })
}

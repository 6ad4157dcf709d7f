//! How a check is declared, run and tested: the ledger of verdicts, fingerprints, and the guide (Markdown)
//! with the examples that are its tests. Knows no engine.

mod examples;
mod guide;
#[cfg(feature = "harness")]
pub mod harness;
mod ledger;
mod safely;

pub use examples::{holds, is_complete};
pub use guide::{Example, Expect, GuideFile, GuideProblem, parse_guide};
pub use ledger::{Ledger, Record, fingerprint, info, sort_findings};
pub use safely::{judge_safely, quiet_panics};

//! How a check is declared, run and tested: the ledger of verdicts, fingerprints, and the guide (Markdown)
//! with the examples that are its tests. Knows no engine.

mod guide;
mod ledger;
mod safely;

pub use guide::{Example, Expect, GuideFile, GuideProblem, parse_guide};
pub use ledger::{Ledger, Record, fingerprint, info};
pub use safely::{judge_safely, quiet_panics};

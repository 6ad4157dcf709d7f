//! The baseline: a saved Assessment whose findings are known already.

use serde::Deserialize;
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use tieout_model::{Assessment, FindingStatus};

/// Fingerprints that are known.
#[derive(Debug, Default)]
pub struct Baseline {
    known: HashSet<String>,
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}; a baseline is an Assessment saved with `tieout audit -f json -o FILE`")]
pub struct BaselineError {
    file: String,
    message: String,
}

#[derive(Deserialize)]
struct Saved {
    schema: String,
    findings: Vec<SavedFinding>,
}

#[derive(Deserialize)]
struct SavedFinding {
    fingerprint: String,
    #[serde(default)]
    joined: Vec<SavedJoined>,
}

/// A finding that was counted with another one.
#[derive(Deserialize)]
struct SavedJoined {
    fingerprint: String,
}

impl Baseline {
    /// Reads a saved Assessment.
    ///
    /// # Errors
    /// Where it cannot be read or is no Assessment.
    pub fn load(path: &Path) -> Result<Baseline, BaselineError> {
        let wrong = |message: String| BaselineError { file: path.display().to_string(), message };
        let text = fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let saved: Saved = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        if !saved.schema.starts_with("tieout.assessment/") {
            return Err(wrong(format!("its schema is `{}`", saved.schema)));
        }
        let known = saved.findings.into_iter().flat_map(|finding| {
            let joined = finding.joined.into_iter().map(|joined| joined.fingerprint);
            std::iter::once(finding.fingerprint).chain(joined)
        });
        Ok(Baseline { known: known.collect() })
    }

    /// Gives open findings that are known the status *baseline*.
    pub fn apply(&self, assessment: &mut Assessment) {
        for finding in &mut assessment.findings {
            if finding.status == FindingStatus::Open && self.known.contains(&finding.fingerprint) {
                finding.status = FindingStatus::Baseline;
                finding.status_reason = Some("stands in the baseline".to_owned());
            }
        }
    }
}

//! What makes a finding count in a run: persona, severity, exceptions, baseline, and the day; flags over configuration.

use crate::cli::{OutputArgs, VerdictArgs};
use crate::plan::day;
use anyhow::Result;
use tieout_model::{Assessment, FindingStatus, Persona, Severity};
use tieout_report::sees;
use tieout_settings::{Baseline, Exceptions, Found};
use time::Date;

/// The rules of a run.
pub struct Rules {
    /// Whose view.
    pub persona: Persona,
    /// The day on which ages are judged, where the user said so.
    pub as_of: Option<Date>,
    /// Lowest severity that makes the exit code 1.
    fail_on: Severity,
    exceptions: Exceptions,
    baseline: Option<Baseline>,
}

impl Rules {
    /// Reads them; mistakes in the files are told before a long scan, not after it.
    pub fn new(args: &VerdictArgs, output: &OutputArgs, found: &Found) -> Result<Rules> {
        let config = &found.config;
        let named = config.exceptions.as_deref().map(|path| found.resolve(path));
        let mut exceptions = match args.exceptions.clone().or(named) {
            Some(file) => Exceptions::load(&file)?,
            None => Exceptions::default(),
        };
        let file = found.file.as_deref().map_or_else(String::new, |file| file.display().to_string());
        exceptions.add(&file, config.exception.clone())?;
        let named = config.baseline.as_deref().map(|path| found.resolve(path));
        Ok(Rules {
            persona: output.persona.or(config.persona).unwrap_or(Persona::Engineer),
            as_of: args.as_of.as_deref().or(config.as_of.as_deref()).map(day).transpose()?,
            fail_on: args.fail_on.or(config.fail_on).unwrap_or(Severity::Medium),
            exceptions,
            baseline: args.baseline.clone().or(named).map(|file| Baseline::load(&file)).transpose()?,
        })
    }

    /// Gives findings the status that exceptions and baseline give them; none leaves the record.
    pub fn apply(&self, assessment: &mut Assessment, as_of: Date) {
        self.exceptions.apply(assessment, as_of);
        if let Some(baseline) = &self.baseline {
            baseline.apply(assessment);
        }
    }

    /// True where an open finding that the persona sees is severe enough to fail the run.
    pub fn has_open(&self, assessment: &Assessment) -> bool {
        assessment
            .findings
            .iter()
            .filter(|finding| finding.status == FindingStatus::Open && finding.severity >= self.fail_on)
            .any(|finding| sees(self.persona, finding))
    }
}

//! Accepted findings: check, subject, owner, approver, reason, expiry. An exception changes a finding's
//! status, never the record; an expired one changes nothing and is told.

use crate::config::{ConfigError, EXCEPTIONS_FILE, deserialize, document, invalid};
use crate::keys;
use globset::{Glob, GlobMatcher};
use serde::Deserialize;
use std::fs;
use std::path::Path;
use tieout_model::{Assessment, FindingStatus};
use time::Date;
use time::macros::format_description;

/// One exception as written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Exception {
    /// Check id or glob.
    pub check: String,
    /// Subject's id, ARN or name, or a glob over them.
    pub subject: String,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    #[serde(default)]
    pub approver: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Until when, inclusive, `YYYY-MM-DD`.
    pub expires: String,
}

struct Ready {
    written: Exception,
    check: GlobMatcher,
    subject: GlobMatcher,
    expires: Date,
    file: String,
}

/// Every exception of a run, ready to be applied.
#[derive(Default)]
pub struct Exceptions {
    ready: Vec<Ready>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    exception: Vec<Exception>,
}

impl Exceptions {
    /// Reads an exceptions file: `[[exception]]` tables.
    ///
    /// # Errors
    /// Where it cannot be read, has unknown keys, or a glob or date that does not parse.
    pub fn load(path: &Path) -> Result<Exceptions, ConfigError> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable { file: file.clone(), message: error.to_string() })?;
        let document = document(&file, &text)?;
        keys::check(&file, &text, "", document.as_table(), EXCEPTIONS_FILE)?;
        let read: File = deserialize(&file, &text, None)?;
        let mut exceptions = Exceptions::default();
        exceptions.add(&file, read.exception)?;
        Ok(exceptions)
    }

    /// Adds exceptions that stand in `file`.
    ///
    /// # Errors
    /// Where a glob or a date does not parse.
    pub fn add(&mut self, file: &str, written: Vec<Exception>) -> Result<(), ConfigError> {
        for exception in written {
            let wrong = |message: String| {
                let what =
                    format!("the exception for `{}` on `{}`: {message}", exception.check, exception.subject);
                invalid(file, "", 0, what)
            };
            let glob = |text: &str| {
                Glob::new(text).map(|glob| glob.compile_matcher()).map_err(|error| wrong(error.to_string()))
            };
            let expires = Date::parse(&exception.expires, format_description!("[year]-[month]-[day]"))
                .map_err(|_| wrong(format!("`{}` is no date; write YYYY-MM-DD", exception.expires)))?;
            let (check, subject) = (glob(&exception.check)?, glob(&exception.subject)?);
            self.ready.push(Ready { check, subject, expires, file: file.to_owned(), written: exception });
        }
        Ok(())
    }

    /// Gives open findings that are covered the status *excepted*, and tells of exceptions that have expired
    /// or match nothing.
    pub fn apply(&self, assessment: &mut Assessment, today: Date) {
        for exception in &self.ready {
            let expired = exception.expires < today;
            let mut covered = 0usize;
            for finding in &mut assessment.findings {
                let subject = &finding.subject;
                let names = [Some(&subject.id), subject.arn.as_ref(), subject.name.as_ref()];
                let matches = exception.check.is_match(&finding.check)
                    && names.into_iter().flatten().any(|name| exception.subject.is_match(name));
                if !matches {
                    continue;
                }
                covered += 1;
                if !expired && finding.status == FindingStatus::Open {
                    finding.status = FindingStatus::Excepted;
                    finding.status_reason = Some(exception.reason());
                }
            }
            let Exception { check, subject, expires, owner, .. } = &exception.written;
            let file = &exception.file;
            if covered == 0 {
                assessment
                    .notices
                    .push(format!("{file}: the exception for {check} on {subject} matches nothing"));
            } else if expired {
                assessment.notices.push(format!(
                    "{file}: the exception for {check} on {subject} expired on {expires}; {covered} finding(s) are open again; ask {owner}"
                ));
            }
        }
    }
}

impl Ready {
    fn reason(&self) -> String {
        let approver =
            self.written.approver.as_deref().map(|name| format!(", approved by {name}")).unwrap_or_default();
        format!(
            "{} (owner {}{approver}, until {})",
            self.written.reason, self.written.owner, self.written.expires
        )
    }
}

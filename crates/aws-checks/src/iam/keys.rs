//! The access keys of a user, with age, status and last use.

use super::age::days;
use std::borrow::Cow;
use tieout_aws_state::types::User;
use tieout_model::time::Date;
use tieout_model::{Gap, Place};
use tieout_source::redact::classify_secret;

/// An access key.
#[derive(Debug)]
pub(crate) struct Key<'a> {
    /// Its id, or the little of it that a record has kept.
    pub(crate) id: Cow<'a, str>,
    /// True where it can be used.
    pub(crate) active: bool,
    /// Days since it was made; `None` where the account does not say.
    pub(crate) age: Option<i64>,
    /// Days since its last use; `None` where it was never used; the gap where the account does not say.
    pub(crate) unused_for: Result<Option<i64>, Gap>,
    /// Where the account tells of it.
    pub(crate) place: &'a Place,
}

impl Key<'_> {
    /// `AKIA… (active, 120 days old, last used 3 days ago)`.
    pub(crate) fn label(&self) -> String {
        let status = if self.active { "active" } else { "inactive" };
        let age = self.age.map_or("of unknown age".to_owned(), |age| format!("{age} days old"));
        let used = match &self.unused_for {
            Ok(Some(0)) => "last used today".to_owned(),
            Ok(Some(days)) => format!("last used {days} days ago"),
            Ok(None) => "never used".to_owned(),
            Err(_) => "last use not known".to_owned(),
        };
        format!("{} ({status}, {age}, {used})", self.id)
    }
}

/// A key's id as a report shows it: a record holds ids as marks of secrets, of which the shown part is left.
pub(crate) fn shown_id(id: &str) -> Cow<'_, str> {
    match classify_secret("", id).filter(|_| id.starts_with('⟦')) {
        Some(secret) => Cow::Owned(secret.shown),
        None => Cow::Borrowed(id),
    }
}

/// Every key of a user.
pub(crate) fn of(user: &User, as_of: Date) -> Result<Vec<Key<'_>>, Gap> {
    let keys = user.live.access_keys.items()?.iter().map(|key| {
        Ok(Key {
            id: shown_id(key.id.text()?),
            active: key.status.text()? == "Active",
            age: days(&key.created, as_of)?,
            unused_for: days(&key.last_used, as_of),
            place: key.id.place(),
        })
    });
    keys.collect()
}

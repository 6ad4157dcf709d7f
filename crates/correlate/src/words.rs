//! What is known of an access key, in words for a finding's message.

use std::fmt::Write as _;
use tieout_model::{KeyOpens, KeyStatus};

/// Of the ways that a key opens, so many stand in a message; all stand in the finding.
const SHOWN: usize = 3;

/// A part of a sentence, from its semicolon on.
pub(crate) fn sentence(id: &str, account: Option<&str>, opens: &KeyOpens) -> String {
    let account = account.unwrap_or("the audited account");
    match opens.status {
        KeyStatus::Active => format!("; {id} is an active key of {}{}", user(opens), allows(opens)),
        KeyStatus::Inactive => {
            format!(
                "; {id} is an inactive key of {}: it opens nothing until it is switched on again",
                user(opens)
            )
        }
        KeyStatus::Deleted => {
            format!("; no user of {account} has {id}, nor has root a key: it was deleted")
        }
        KeyStatus::RootOrDeleted => {
            format!("; no user of {account} has {id}: it is root's, or was deleted{}", not_known(opens))
        }
        // STS API Reference, GetSessionToken: DurationSeconds is at most 129,600.
        KeyStatus::Temporary => {
            format!("; {id} is a session's: it ends by itself, 36 hours after it was made at the latest")
        }
        KeyStatus::OtherAccount => {
            format!("; {account} was not audited: what {id} opens there is not known")
        }
        KeyStatus::Unknown if opens.user.is_some() => {
            format!("; {id} is a key of {}, and whether it is active is not known", user(opens))
        }
        KeyStatus::Unknown => format!("; what {id} opens is not known{}", not_known(opens)),
    }
}

fn user(opens: &KeyOpens) -> String {
    let mut said = opens.user.clone().unwrap_or_default();
    if let Some(age) = opens.age_days {
        let _ = write!(said, ", {age} days old");
    }
    match (&opens.last_used, opens.never_used) {
        (Some(day), _) => {
            let _ = write!(said, ", last used on {day}");
            if let Some(service) = &opens.last_used_service {
                let _ = write!(said, " with {service}");
            }
            if let Some(region) = &opens.last_used_region {
                let _ = write!(said, " in {region}");
            }
        }
        (None, Some(true)) => said.push_str(", never used"),
        (None, _) => {}
    }
    said
}

fn allows(opens: &KeyOpens) -> String {
    if opens.administrator == Some(true) {
        let by =
            opens.allows.first().and_then(|by| by.strip_prefix("everything: ")).unwrap_or("its policies");
        return format!(", an administrator by {by}");
    }
    let mut said = String::new();
    if let Some(actions) = opens.actions {
        let _ = write!(said, "; its policies allow {actions} actions");
    }
    if opens.boundary.is_some() {
        said.push_str(" within its boundary");
    }
    let ways: Vec<&str> = opens.allows.iter().filter_map(|way| way.strip_prefix("escalation: ")).collect();
    if let Some(shown) = ways.get(..ways.len().min(SHOWN)).filter(|shown| !shown.is_empty()) {
        let _ = write!(said, ", and open ways to more: {}", shown.join(" or "));
        if ways.len() > shown.len() {
            let _ = write!(said, " or {} other ways", ways.len() - shown.len());
        }
    }
    if opens.administrator.is_none() {
        said.push_str(", and whether it is an administrator is not known");
    }
    said
}

fn not_known(opens: &KeyOpens) -> String {
    match opens.not_known.first() {
        Some(first) => format!(" ({first})"),
        None => String::new(),
    }
}

//! What was left out of an archive: for each reason some entries by name, and how many more it befell.

use crate::Unread;
use std::collections::BTreeMap;

/// Reasons told of one run; more are told as one.
const MOST_REASONS: usize = 200;
/// Entries named for each reason.
const MOST_NAMED: usize = 8;

#[derive(Default)]
pub(super) struct Skips {
    /// By reason: the first entries, and how many more.
    by_reason: BTreeMap<String, (Vec<String>, usize)>,
}

impl Skips {
    pub(super) fn add(&mut self, path: &str, why: &str) {
        let why = if self.by_reason.len() < MOST_REASONS { why } else { "left out for further reasons" };
        let (named, more) = self.by_reason.entry(why.to_owned()).or_default();
        match named.len() < MOST_NAMED {
            true => named.push(path.to_owned()),
            false => *more += 1,
        }
    }

    pub(super) fn told(self) -> Vec<Unread> {
        let mut told = Vec::new();
        for (why, (named, more)) in self.by_reason {
            let last = named.len().saturating_sub(1);
            for (at, path) in named.into_iter().enumerate() {
                let message = match more {
                    more if more > 0 && at == last => format!("{why} (so it is with {more} more entries)"),
                    _ => why.clone(),
                };
                told.push(Unread { path: path.into(), message });
            }
        }
        told.sort();
        told
    }
}

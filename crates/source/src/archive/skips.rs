//! What was left out of an archive, told once for each reason, however many entries it befell.

use crate::Unread;
use std::collections::BTreeMap;

/// Reasons told of one run; more are told as one.
const MOST: usize = 200;

#[derive(Default)]
pub(super) struct Skips {
    /// By reason: how many, and the first.
    by_reason: BTreeMap<String, (usize, String)>,
}

impl Skips {
    pub(super) fn add(&mut self, path: &str, why: &str) {
        let why = if self.by_reason.len() < MOST { why } else { "left out for further reasons" };
        self.by_reason.entry(why.to_owned()).or_insert_with(|| (0, path.to_owned())).0 += 1;
    }

    pub(super) fn told(self) -> Vec<Unread> {
        let told = self.by_reason.into_iter().map(|(why, (many, first))| {
            let message = match many {
                1 => why,
                _ => format!("{why} (so it is with {many} entries, of which this is the first)"),
            };
            Unread { path: first.into(), message }
        });
        let mut told: Vec<Unread> = told.collect();
        told.sort();
        told
    }
}

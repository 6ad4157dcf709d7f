//! One copy of each short text of a file: keys and type names repeat a lot.

use std::collections::HashSet;
use std::sync::Arc;

/// Texts longer than this are seldom repeated.
const LONGEST: usize = 64;

/// Hands out one shared copy for equal short texts.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    known: HashSet<Arc<str>>,
}

impl Interner {
    /// A shared copy of the text.
    pub(crate) fn intern(&mut self, text: &str) -> Arc<str> {
        if text.len() > LONGEST {
            return text.into();
        }
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.known.insert(new.clone());
        new
    }
}

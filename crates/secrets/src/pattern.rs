//! Regular expressions over bytes, compiled when they are first needed.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::ops::Range;
use std::sync::OnceLock;

/// A regular expression that is compiled at its first use.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

/// Compiles a pattern: on bytes, ASCII classes, bounded in size.
///
/// # Errors
/// What is wrong with the pattern.
pub fn compile(text: &str) -> Result<Regex, String> {
    Regex::builder()
        .configure(Config::new().utf8_empty(false).nfa_size_limit(Some(4 << 20)))
        .syntax(syntax::Config::new().utf8(false).unicode(false))
        .build(text)
        .map_err(|error| error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string))
}

/// Where a pattern matched.
pub struct Matched {
    /// All of it.
    pub whole: Range<usize>,
    /// Its first group, or all of it.
    pub secret: Range<usize>,
}

impl Pattern {
    /// A pattern that was compiled once when its rule was read.
    pub fn new(text: String) -> Pattern {
        Pattern { text, compiled: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.text).ok()).as_ref()
    }

    fn search(&self, input: Input<'_>) -> Option<Matched> {
        let regex = self.regex()?;
        if regex.captures_len() == 1 {
            let whole = regex.search(&input)?.range();
            return Some(Matched { secret: whole.clone(), whole });
        }
        let mut captures: Captures = regex.create_captures();
        regex.search_captures(&input, &mut captures);
        let whole = captures.get_match()?.range();
        let secret = captures.get_group(1).map_or(whole.clone(), Range::from);
        Some(Matched { whole, secret })
    }

    /// The match that begins at the start of the range.
    pub fn at(&self, bytes: &[u8], range: Range<usize>) -> Option<Matched> {
        self.search(Input::new(bytes).range(range).anchored(Anchored::Yes))
    }

    /// The first match in the range.
    pub fn within(&self, bytes: &[u8], range: Range<usize>) -> Option<Matched> {
        self.search(Input::new(bytes).range(range))
    }

    /// True where the whole text matches.
    pub fn is_all(&self, text: &str) -> bool {
        self.at(text.as_bytes(), 0..text.len()).is_some_and(|found| found.whole.end == text.len())
    }
}

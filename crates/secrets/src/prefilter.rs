//! One pass over the bytes for the keywords of all rules. A table-driven automaton waits for memory at each byte, so that a long
//! text is gone through in four places at once.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::{Anchored, MatchError, MatchKind, PatternID, StartKind, dfa, nfa};
use std::ops::Range;
use std::sync::OnceLock;

/// Shorter texts are gone through in one place.
const SHORT: usize = 2048;

/// The automaton over all keywords: quick to build, and made quick to run when there is much to read.
#[derive(Debug)]
pub(crate) struct Prefilter {
    keywords: nfa::noncontiguous::NFA,
    table: OnceLock<Option<dfa::DFA>>,
    /// Bytes before a place that can be part of a keyword which ends in it.
    overlap: usize,
}

impl Prefilter {
    /// An automaton over keywords, compared without regard to ASCII case.
    pub(crate) fn new(keywords: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Prefilter, String> {
        let keywords = nfa::noncontiguous::Builder::new()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .prefilter(false)
            .build(keywords)
            .map_err(|error| error.to_string())?;
        let overlap = keywords.max_pattern_len();
        Ok(Prefilter { keywords, table: OnceLock::new(), overlap })
    }

    /// Makes the table, some milliseconds' work and megabytes of memory that pay where much is read.
    pub(crate) fn prepare(&self) {
        self.table.get_or_init(|| {
            dfa::Builder::new()
                .start_kind(StartKind::Unanchored)
                .prefilter(false)
                .build_from_noncontiguous(&self.keywords)
                .ok()
        });
    }

    /// Hands over each keyword that stands in the bytes, those that overlap too, in no order.
    pub(crate) fn each_hit(&self, bytes: &[u8], take: &mut impl FnMut(PatternID, Range<usize>)) {
        // The one error there is (an anchored search) cannot come up.
        let _ = match self.table.get() {
            Some(Some(table)) if bytes.len() >= SHORT => in_four(table, bytes, self.overlap, take),
            Some(Some(table)) => whole(table, bytes, take),
            _ => whole(&self.keywords, bytes, take),
        };
    }
}

/// Tells the keywords that end at a position, where the state says that some do.
#[inline]
fn tell<A: Automaton>(
    automaton: &A,
    state: StateID,
    end: usize,
    take: &mut impl FnMut(PatternID, Range<usize>),
) {
    if !automaton.is_match(state) {
        return;
    }
    for index in 0..automaton.match_len(state) {
        let keyword = automaton.match_pattern(state, index);
        take(keyword, end - automaton.pattern_len(keyword)..end);
    }
}

fn whole<A: Automaton>(
    automaton: &A,
    bytes: &[u8],
    take: &mut impl FnMut(PatternID, Range<usize>),
) -> Result<(), MatchError> {
    let mut state = automaton.start_state(Anchored::No)?;
    for (at, byte) in bytes.iter().enumerate() {
        state = automaton.next_state(Anchored::No, state, *byte);
        if automaton.is_special(state) {
            tell(automaton, state, at + 1, take);
        }
    }
    Ok(())
}

fn in_four<A: Automaton>(
    automaton: &A,
    bytes: &[u8],
    overlap: usize,
    take: &mut impl FnMut(PatternID, Range<usize>),
) -> Result<(), MatchError> {
    let quarter = bytes.len() / 4;
    let (first, rest) = bytes.split_at(quarter);
    let (second, rest) = rest.split_at(quarter);
    let (third, last) = rest.split_at(quarter);
    let start = automaton.start_state(Anchored::No)?;
    let step = |state: StateID, byte: u8| automaton.next_state(Anchored::No, state, byte);
    // A keyword may begin before a quarter and end in it.
    let before = |from: usize| {
        let lead = bytes.get(from.saturating_sub(overlap)..from).unwrap_or_default();
        lead.iter().fold(start, |state, byte| step(state, *byte))
    };
    let (mut a, mut b, mut c, mut d) = (start, before(quarter), before(2 * quarter), before(3 * quarter));
    for (at, (((w, x), y), z)) in first.iter().zip(second).zip(third).zip(last).enumerate() {
        a = step(a, *w);
        b = step(b, *x);
        c = step(c, *y);
        d = step(d, *z);
        if automaton.is_special(a)
            | automaton.is_special(b)
            | automaton.is_special(c)
            | automaton.is_special(d)
        {
            let end = at + 1;
            tell(automaton, a, end, take);
            tell(automaton, b, quarter + end, take);
            tell(automaton, c, 2 * quarter + end, take);
            tell(automaton, d, 3 * quarter + end, take);
        }
    }
    for (at, byte) in last.iter().enumerate().skip(quarter) {
        d = step(d, *byte);
        if automaton.is_special(d) {
            tell(automaton, d, 3 * quarter + at + 1, take);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hits(prefilter: &Prefilter, text: &[u8]) -> Vec<(usize, usize, usize)> {
        let mut hits = Vec::new();
        prefilter.each_hit(text, &mut |keyword, range| {
            hits.push((range.start, range.end, keyword.as_usize()));
        });
        hits.sort_unstable();
        hits
    }

    proptest! {
        #[test]
        fn a_text_has_the_same_keywords_in_one_place_and_in_four(
            pieces in prop::collection::vec(prop::sample::select(vec!["secret", "SEC", "akia", "ret", "a", "\n", "k", "token", "ken"]), 400..1500),
        ) {
            let keywords = ["secret", "akia", "token", "ken", "ret"];
            let plain = Prefilter::new(keywords).unwrap();
            let table = Prefilter::new(keywords).unwrap();
            table.prepare();
            let text = pieces.concat();
            prop_assert_eq!(hits(&plain, text.as_bytes()), hits(&table, text.as_bytes()));
        }
    }
}

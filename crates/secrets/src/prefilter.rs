//! One pass over the bytes for the keywords of all rules: by their first letters while there is little to read, by an automaton
//! when there is much. A table-driven automaton waits for memory at each byte, so that a long text is gone through in four
//! places at once.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::{Anchored, MatchError, MatchKind, PatternID, StartKind, dfa, nfa};
use std::ops::Range;
use std::sync::OnceLock;

/// Shorter texts are gone through in one place.
const SHORT: usize = 2048;

/// Buckets for the beginnings of keywords, a power of two.
const BUCKETS: usize = 1 << 12;

/// The search for all keywords: quick to set up, and quick to run once there is much to read.
#[derive(Debug)]
pub(crate) struct Prefilter {
    beginnings: Beginnings,
    table: OnceLock<Option<dfa::DFA>>,
    /// Bytes before a place that can be part of a keyword which ends in it.
    overlap: usize,
}

impl Prefilter {
    /// A search for keywords of at least three ASCII characters, compared without regard to case.
    pub(crate) fn new(keywords: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Prefilter {
        let beginnings = Beginnings::new(keywords);
        let overlap = beginnings.keywords.iter().map(|keyword| keyword.len()).max().unwrap_or_default();
        Prefilter { beginnings, table: OnceLock::new(), overlap }
    }

    /// Makes the table, some milliseconds' work and megabytes of memory that pay where much is read.
    pub(crate) fn prepare(&self) {
        self.table.get_or_init(|| {
            let automaton = nfa::noncontiguous::Builder::new()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(true)
                .prefilter(false)
                .build(&self.beginnings.keywords)
                .ok()?;
            dfa::Builder::new()
                .start_kind(StartKind::Unanchored)
                .prefilter(false)
                .build_from_noncontiguous(&automaton)
                .ok()
        });
    }

    /// Hands over each keyword that stands in the bytes, those that overlap too, in no order.
    pub(crate) fn each_hit(&self, bytes: &[u8], take: &mut impl FnMut(PatternID, Range<usize>)) {
        // The one error there is (an anchored search) cannot come up.
        let _ = match self.table.get() {
            Some(Some(table)) if bytes.len() >= SHORT => in_four(table, bytes, self.overlap, take),
            Some(Some(table)) => whole(table, bytes, take),
            _ => {
                self.beginnings.each_hit(bytes, take);
                Ok(())
            }
        };
    }
}

/// Keywords by their first three letters. An automaton takes longer to build than a few small files to read in this way.
#[derive(Debug)]
struct Beginnings {
    keywords: Vec<Box<[u8]>>,
    /// Keywords in the order of their buckets.
    sorted: Vec<PatternID>,
    /// Where each bucket begins in `sorted`, and where the last one ends.
    starts: Vec<u32>,
}

impl Beginnings {
    fn new(keywords: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Beginnings {
        let keywords: Vec<Box<[u8]>> =
            keywords.into_iter().map(|keyword| keyword.as_ref().to_ascii_lowercase().into()).collect();
        let bucket_of = |keyword: &[u8]| match keyword {
            [a, b, c, ..] => bucket(*a, *b, *c),
            _ => 0,
        };
        let mut sorted: Vec<(usize, PatternID)> = keywords
            .iter()
            .enumerate()
            .filter_map(|(index, keyword)| Some((bucket_of(keyword), PatternID::new(index).ok()?)))
            .collect();
        sorted.sort_unstable();
        let mut starts = vec![0_u32; BUCKETS + 1];
        for (bucket, _) in &sorted {
            if let Some(count) = starts.get_mut(bucket + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Beginnings { keywords, sorted: sorted.into_iter().map(|(_, keyword)| keyword).collect(), starts }
    }

    fn each_hit(&self, bytes: &[u8], take: &mut impl FnMut(PatternID, Range<usize>)) {
        for (at, three) in bytes.windows(3).enumerate() {
            let [a, b, c] = three else { continue };
            let bucket = bucket(a.to_ascii_lowercase(), b.to_ascii_lowercase(), c.to_ascii_lowercase());
            let Some([from, to]) = self.starts.get(bucket..bucket + 2) else { continue };
            for keyword in self.sorted.get(*from as usize..*to as usize).unwrap_or_default() {
                let Some(letters) = self.keywords.get(keyword.as_usize()) else { continue };
                let stands = bytes.get(at..at + letters.len());
                if stands.is_some_and(|stands| stands.eq_ignore_ascii_case(letters)) {
                    take(*keyword, at..at + letters.len());
                }
            }
        }
    }
}

fn bucket(a: u8, b: u8, c: u8) -> usize {
    ((usize::from(a) << 7) ^ (usize::from(b) << 4) ^ usize::from(c)) & (BUCKETS - 1)
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
        fn a_text_has_the_same_keywords_by_their_beginnings_and_by_the_table_in_one_place_and_in_four(
            pieces in prop::collection::vec(prop::sample::select(vec!["secret", "SEC", "akia", "ret", "a", "\n", "k", "token", "ken"]), 0..1500),
        ) {
            let keywords = ["secret", "akia", "token", "ken", "ret", "re\nt", "kenken"];
            let plain = Prefilter::new(keywords);
            let table = Prefilter::new(keywords);
            table.prepare();
            let text = pieces.concat();
            prop_assert_eq!(hits(&plain, text.as_bytes()), hits(&table, text.as_bytes()));
        }
    }
}

//! Stretches of affected versions: from the events of OSV's ranges to stretches that do not overlap, in PEP 440's
//! order. Local parts are left out: `1.0+cpu` is affected as `1.0` is.

use pep440_rs::Version;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::str::FromStr;

/// Where a stretch ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum End {
    /// Nowhere: later versions are affected too.
    #[serde(rename = "o")]
    Open,
    /// Before a version about which the record says nothing more (`limit`).
    #[serde(rename = "m")]
    Limit(Version),
    /// Before the version that mends it (`fixed`).
    #[serde(rename = "f")]
    Fixed(Version),
    /// At a version, itself included (`last_affected`).
    #[serde(rename = "l")]
    Last(Version),
}

/// A stretch of affected versions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first affected version; `None` where all from the first on are (`introduced: 0`).
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Version>,
    /// Its end.
    #[serde(rename = "e")]
    pub to: End,
}

impl Span {
    /// Whether a public version (without local part) is in it.
    pub(crate) fn contains(&self, version: &Version) -> bool {
        let begun = self.from.as_ref().is_none_or(|from| version >= from);
        begun
            && match &self.to {
                End::Open => true,
                End::Limit(end) | End::Fixed(end) => version < end,
                End::Last(end) => version <= end,
            }
    }
}

impl End {
    fn key(&self) -> (Option<&Version>, u8) {
        match self {
            End::Limit(version) => (Some(version), 0),
            End::Fixed(version) => (Some(version), 1),
            End::Last(version) => (Some(version), 2),
            End::Open => (None, 3),
        }
    }

    /// By how far it reaches; of a limit and a fix at the same version the fix counts, for it says more.
    fn compare(&self, other: &End) -> Ordering {
        let ((a, a_rank), (b, b_rank)) = (self.key(), other.key());
        match (a, b) {
            (Some(a), Some(b)) => a.cmp(b).then(a_rank.cmp(&b_rank)),
            _ => a_rank.cmp(&b_rank),
        }
    }
}

/// An event of a range, as written; an event has one of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    Introduced(&'a str),
    Fixed(&'a str),
    LastAffected(&'a str),
    Limit(&'a str),
}

/// What happens at a version. The order is that at one version: see [`spans`].
enum Turn {
    Begin,
    End(End),
}

/// The stretches of one range, by OSV's algorithm (ossf.github.io/osv-schema, Evaluation): events in the order of
/// versions, each turning "affected" on or off, up to the largest limit. Where a stretch ends and another begins at one
/// version, whether versions from there on are affected stays as it was before: `[1, 2)` and `[2, 3)` are `[1, 3)`,
/// and a stretch that is fixed where it begins is empty.
///
/// # Errors
/// What is wrong with the range, where an event's version cannot be read or nothing begins.
pub(crate) fn spans(events: &[Event<'_>]) -> Result<Vec<Span>, String> {
    let mut turns: Vec<(Option<Version>, Turn)> = Vec::with_capacity(events.len());
    let mut limit: Option<Version> = None;
    let mut limited = false;
    for event in events {
        match event {
            Event::Introduced("0") => turns.push((None, Turn::Begin)),
            Event::Introduced(text) => turns.push((Some(read("introduced", text)?), Turn::Begin)),
            Event::Fixed(text) => {
                let at = read("fixed", text)?;
                turns.push((Some(at.clone()), Turn::End(End::Fixed(at))));
            }
            Event::LastAffected(text) => {
                let at = read("last_affected", text)?;
                turns.push((Some(at.clone()), Turn::End(End::Last(at))));
            }
            Event::Limit("*") => {}
            Event::Limit(text) => {
                limited = true;
                limit = limit.max(Some(read("limit", text)?));
            }
        }
    }
    // A `*` beside other limits is the largest of them.
    if events.contains(&Event::Limit("*")) {
        limited = false;
    }
    if !turns.iter().any(|(_, turn)| matches!(turn, Turn::Begin)) {
        return Err("a range in which nothing is introduced".to_owned());
    }
    turns.sort_by(|a, b| a.0.cmp(&b.0));
    let mut spans = walk(turns);
    if limited && let Some(limit) = limit {
        spans.retain(|span| span.from.as_ref().is_none_or(|from| *from < limit));
        let cut = End::Limit(limit);
        for span in &mut spans {
            if cut.compare(&span.to) == Ordering::Less {
                span.to = cut.clone();
            }
        }
    }
    Ok(spans)
}

fn walk(turns: Vec<(Option<Version>, Turn)>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open: Option<Option<Version>> = None;
    let mut turns = turns.into_iter().peekable();
    while let Some((at, first)) = turns.next() {
        let mut begins = matches!(first, Turn::Begin);
        let mut end = if let Turn::End(end) = first { Some(end) } else { None };
        while let Some((_, turn)) = turns.next_if(|(next, _)| *next == at) {
            match turn {
                Turn::Begin => begins = true,
                Turn::End(other) => {
                    let further = end.as_ref().is_none_or(|end| end.compare(&other) == Ordering::Less);
                    end = if further { Some(other) } else { end };
                }
            }
        }
        match (open.is_some(), begins, end) {
            (false, true, None) => open = Some(at),
            (true, false, Some(end)) => spans.extend(open.take().map(|from| Span { from, to: end })),
            (false, true, Some(end @ End::Last(_))) => spans.push(Span { from: at, to: end }),
            _ => {}
        }
    }
    spans.extend(open.map(|from| Span { from, to: End::Open }));
    spans
}

fn read(event: &str, text: &str) -> Result<Version, String> {
    match Version::from_str(text) {
        Ok(version) => Ok(version.without_local()),
        Err(_) => {
            Err(format!("a range whose `{event}` is no version of PEP 440: {}", crate::osv::brief(text)))
        }
    }
}

/// The union: sorted, without overlap.
pub(crate) fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.to.compare(&b.to)));
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last) if touches(last, &span) => {
                if last.to.compare(&span.to) == Ordering::Less {
                    last.to = span.to;
                }
            }
            _ => out.push(span),
        }
    }
    out
}

/// Whether the second, which begins no earlier, begins in the first or where it ends.
fn touches(first: &Span, second: &Span) -> bool {
    let Some(from) = &second.from else { return true };
    match &first.to {
        End::Open => true,
        End::Limit(end) | End::Fixed(end) | End::Last(end) => from <= end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(events: &[Event<'_>], version: &str) -> bool {
        let version = Version::from_str(version).unwrap();
        spans(events).unwrap().iter().any(|span| span.contains(&version))
    }

    #[test]
    fn a_limit_ends_what_nothing_else_ended_and_the_largest_counts() {
        let events = [Event::Introduced("1"), Event::Limit("2"), Event::Limit("3")];
        assert!(within(&events, "2.5") && !within(&events, "3"));
        let events = [Event::Introduced("1"), Event::Limit("2"), Event::Limit("*")];
        assert!(within(&events, "99"));
        let events = [Event::Introduced("1"), Event::Fixed("1.5"), Event::Limit("2")];
        assert!(within(&events, "1.4") && !within(&events, "1.5") && !within(&events, "1.6"));
    }

    #[test]
    fn at_one_version_what_was_before_goes_on() {
        let both = |v| [Event::Introduced(v), Event::Fixed(v)];
        assert!(!within(&both("1"), "1") && !within(&both("1"), "2"));
        let joined = [Event::Introduced("2"), Event::Fixed("3"), Event::Introduced("1"), Event::Fixed("2.0")];
        assert!(within(&joined, "2") && within(&joined, "2.5") && !within(&joined, "3"));
        let single = [Event::LastAffected("1"), Event::Introduced("1.0")];
        assert!(within(&single, "1") && !within(&single, "1.0.1") && !within(&single, "0.9"));
    }

    #[test]
    fn a_range_that_cannot_be_read_says_why() {
        assert!(spans(&[]).unwrap_err().contains("nothing is introduced"));
        assert!(spans(&[Event::Fixed("1")]).is_err());
        let error = spans(&[Event::Introduced("0"), Event::Fixed("2019-09-12-x\u{1b}[2J")]).unwrap_err();
        assert!(error.contains("fixed") && !error.contains('\u{1b}'), "{error}");
    }

    #[test]
    fn a_union_has_no_overlap_and_adjacent_stretches_are_one() {
        let span = |from: &str, to: &str| Span {
            from: Some(Version::from_str(from).unwrap()),
            to: End::Fixed(Version::from_str(to).unwrap()),
        };
        let all = union(vec![span("3", "4"), span("1", "1.9"), span("1", "2"), span("2", "2.5")]);
        assert_eq!(all, [span("1", "2.5"), span("3", "4")]);
    }
}

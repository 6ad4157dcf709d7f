//! The actions of the tables that a pattern matches: a range of a service's sorted actions, and what is left to be
//! matched in it.

use super::{Action, ActionRow, Facts, ResourceType, ServiceRow, facts};
use crate::matcher::glob;
use crate::pattern::{Case, Pattern};
use std::cmp::Ordering;
use std::ops::Range;

impl Facts {
    /// The actions that a pattern matches. A pattern with a hole is taken for what it may match.
    pub fn matching<'p>(&'static self, pattern: &'p Pattern) -> Matching<'p> {
        Matching { pattern, ranges: self.ranges(pattern) }
    }

    /// Ranges of actions to look at, and what is still to be matched in each.
    fn ranges<'p>(&'static self, pattern: &'p Pattern) -> Ranges<'p> {
        if crate::action::is_all_actions(pattern) {
            return Ranges::One(Some((0..self.actions.len(), Rest::All)));
        }
        let Some((prefix, rest)) = pattern.plain().and_then(at_colon) else {
            return Ranges::One(Some((0..self.actions.len(), Rest::Open)));
        };
        if crate::glob::is_wild(prefix) {
            let services = self.services.iter().filter(|row| glob(prefix, row.prefix, Case::Ignore));
            return Ranges::Many(services.map(|row| self.narrowed(row, rest)).collect());
        }
        Ranges::One(self.service(prefix).map(|service| self.narrowed(service.row, rest)))
    }

    /// The part of a service's actions that starts as a pattern does.
    fn narrowed<'p>(&self, service: &ServiceRow, pattern: &'p str) -> (Range<usize>, Rest<'p>) {
        let range = service.actions.clone();
        let Some(at) = pattern.bytes().position(|byte| matches!(byte, b'*' | b'?')) else {
            let at = self.exact(service, pattern);
            return (at.map_or(range.start..range.start, |at| at..at + 1), Rest::All);
        };
        let head = pattern.get(..at).unwrap_or(pattern);
        let rows = self.actions.get(range.clone()).unwrap_or_default();
        let from = rows.partition_point(|row| compare_head(row.name, head) == Ordering::Less);
        let start = range.start + from;
        let within = |row: &ActionRow| compare_head(row.name, head) != Ordering::Greater;
        let end = start + rows.get(from..).unwrap_or_default().partition_point(within);
        match at {
            at if pattern.get(at..) == Some("*") => (start..end, Rest::All),
            _ => (start..end, Rest::Glob(pattern)),
        }
    }
}

/// The actions of the tables that a pattern matches: looked up once, walked as often as wanted.
#[derive(Debug)]
pub struct Matching<'p> {
    pattern: &'p Pattern,
    ranges: Ranges<'p>,
}

/// Nearly every pattern is of one service.
#[derive(Debug)]
enum Ranges<'p> {
    One(Option<(Range<usize>, Rest<'p>)>),
    Many(Vec<(Range<usize>, Rest<'p>)>),
}

impl<'p> Ranges<'p> {
    fn iter(&self) -> std::slice::Iter<'_, (Range<usize>, Rest<'p>)> {
        match self {
            Ranges::One(range) => range.as_slice().iter(),
            Ranges::Many(ranges) => ranges.iter(),
        }
    }
}

impl<'p> Matching<'p> {
    /// The pattern.
    pub fn pattern(&self) -> &'p Pattern {
        self.pattern
    }

    /// The actions, in the tables' order.
    pub fn iter(&self) -> impl Iterator<Item = Action> + '_ {
        let facts = facts();
        self.ranges.iter().flat_map(move |(range, rest)| {
            range
                .clone()
                .filter(move |index| self.is_match(*index, *rest))
                .map(move |index| Action { facts, index })
        })
    }

    /// The resource types of the actions; a type may come more than once.
    pub(crate) fn resource_types(&self) -> impl Iterator<Item = ResourceType> + '_ {
        let mut seen: Vec<(u16, &'static str)> = Vec::new();
        // Most actions of a service have the types of the one before.
        let fresh = self.iter().filter(move |action| {
            let types = (action.row().service, action.row().types);
            let fresh = !types.1.is_empty() && !seen.contains(&types);
            if fresh {
                seen.push(types);
            }
            fresh
        });
        fresh.flat_map(|action| action.resource_types())
    }

    /// Which of some actions match: positions in the list, which holds sorted positions of the tables.
    pub(crate) fn among<'s>(&'s self, indices: &'s [usize]) -> impl Iterator<Item = usize> + 's {
        self.ranges.iter().flat_map(move |(range, rest)| {
            let from = indices.partition_point(|index| *index < range.start);
            let to = indices.partition_point(|index| *index < range.end);
            let within = indices.get(from..to).unwrap_or_default().iter().enumerate();
            within.filter(move |(_, index)| self.is_match(**index, *rest)).map(move |(at, _)| from + at)
        })
    }

    /// Whether an action of one of the ranges matches what is left of the pattern there.
    fn is_match(&self, index: usize, rest: Rest<'_>) -> bool {
        let table = facts();
        let Some(row) = table.actions.get(index) else { return false };
        match rest {
            Rest::All => true,
            Rest::Glob(rest) => glob(rest, row.name, Case::Ignore),
            Rest::Open => table.services.get(usize::from(row.service)).is_some_and(|service| {
                let name = format!("{}:{}", service.prefix, row.name);
                self.pattern.matches(&name, Case::Ignore) != crate::answer::Tri::No
            }),
        }
    }

    /// True where no action of the tables matches.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// What is still to be matched within a range of actions.
#[derive(Debug, Clone, Copy)]
enum Rest<'p> {
    All,
    /// A pattern of the name.
    Glob(&'p str),
    /// The pattern as a whole: it has holes.
    Open,
}

/// A name's start against a text, as the tables are sorted.
fn compare_head(name: &str, head: &str) -> Ordering {
    compare(name.get(..head.len()).unwrap_or(name), head)
}

/// What stands before and after the first colon: near the start, so that no search is quicker than this.
fn at_colon(text: &str) -> Option<(&str, &str)> {
    let colon = text.bytes().position(|byte| byte == b':')?;
    Some((text.get(..colon)?, text.get(colon + 1..)?))
}

/// By letters without case, as the tables are sorted.
fn compare(a: &str, b: &str) -> Ordering {
    for (x, y) in a.bytes().zip(b.bytes()) {
        let (x, y) = (x.to_ascii_lowercase(), y.to_ascii_lowercase());
        if x != y {
            return x.cmp(&y);
        }
    }
    a.len().cmp(&b.len())
}

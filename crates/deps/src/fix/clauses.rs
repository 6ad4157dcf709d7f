//! A version specifier raised so that it forces a version: PEP 440's and Poetry's, with their blanks kept. Never wider than
//! before, and nothing where it cannot be so.

use crate::Pin;
use crate::inputs::{poetry_constraint, specifier};
use pep440_rs::{Operator, Version, VersionSpecifiers};
use std::ops::Range;

/// From which version to which.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Want {
    pub(super) from: Version,
    pub(super) to: Version,
}

/// How a specifier is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Pep440,
    Poetry,
}

/// What becomes of a specifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It lets no unwanted version in, or says nothing of versions.
    Keep,
    /// The new one.
    Raise(String),
    /// Why it must stay.
    Refuse(String),
}

/// What a specifier pins.
fn pin(written: &str, syntax: Syntax) -> Pin {
    match syntax {
        Syntax::Pep440 => specifier::pin_of(written),
        Syntax::Poetry => poetry_constraint::pin(written),
    }
}

/// Raises a specifier.
pub(super) fn raise(written: &str, syntax: Syntax, wants: &[Want]) -> Outcome {
    match pin(written, syntax) {
        Pin::Any | Pin::Unreadable(_) => Outcome::Keep,
        Pin::Exact(version) => {
            let target = wants.iter().filter(|want| want.from == version).map(|want| &want.to).max();
            target.map_or(Outcome::Keep, |to| exact(written, syntax, &version, to))
        }
        Pin::Range(range) => {
            let concerned: Vec<&Want> = wants.iter().filter(|want| range.contains(&want.from)).collect();
            if let Some(want) = concerned.iter().find(|want| !range.contains(&want.to)) {
                return Outcome::Refuse(format!(
                    "`{}` does not let {} in; widen it by hand if the code bears that version",
                    written.trim(),
                    want.to
                ));
            }
            let Some(to) = concerned.iter().map(|want| &want.to).max() else { return Outcome::Keep };
            ranged(written, syntax, &range, to, &concerned)
        }
    }
}

/// A clause as written: where its operator and its version stand.
struct Clause<'t> {
    operator: &'t str,
    version: &'t str,
    span: Range<usize>,
    version_span: Range<usize>,
}

/// The clauses; `None` where the text is more than clauses.
fn clauses(written: &str) -> Option<Vec<Clause<'_>>> {
    let is_gap = |c: char| c == ',' || c.is_whitespace();
    let mut clauses = Vec::new();
    let mut at = 0;
    while let Some(rest) = written.get(at..) {
        let skipped = rest.find(|c: char| !is_gap(c));
        let Some(skipped) = skipped else { break };
        let start = at + skipped;
        let rest = written.get(start..)?;
        let end = rest.find(|c: char| !"<>=!~^".contains(c))?;
        let (operator, after) = rest.split_at_checked(end)?;
        let blanks = after.len() - after.trim_start().len();
        let version_at = start + end + blanks;
        let after = written.get(version_at..)?;
        let length = after.find(is_gap).unwrap_or(after.len());
        let version = after.get(..length)?;
        if version.is_empty() {
            return None;
        }
        at = version_at + length;
        clauses.push(Clause { operator, version, span: start..at, version_span: version_at..at });
    }
    Some(clauses)
}

fn replaced(text: &str, span: Range<usize>, new: &str) -> Option<String> {
    Some(format!("{}{new}{}", text.get(..span.start)?, text.get(span.end..)?))
}

/// A pin gets the new version.
fn exact(written: &str, syntax: Syntax, version: &Version, to: &Version) -> Outcome {
    if version.is_local() {
        return Outcome::Refuse(format!(
            "`{}` is a local build: choose the build of {to} by hand",
            written.trim()
        ));
    }
    let candidate = clauses(written).and_then(|clauses| {
        let is_pin = |clause: &&Clause<'_>| {
            matches!(clause.operator, "" | "=" | "==" | "===")
                && clause.version.parse().ok().as_ref() == Some(version)
        };
        let mut pins = clauses.iter().filter(is_pin);
        let (pinned, None) = (pins.next()?, pins.next()) else { return None };
        replaced(written, pinned.version_span.clone(), &to.to_string())
    });
    let Some(candidate) = candidate else {
        return Outcome::Refuse(format!("`{}` is written in a way that is not edited", written.trim()));
    };
    let others_let_it_in = match syntax {
        Syntax::Pep440 if candidate.contains("===") => true,
        Syntax::Pep440 => specifiers(&candidate, syntax).is_some_and(|range| range.contains(to)),
        Syntax::Poetry => {
            candidate.contains("===")
                || specifiers(&candidate, syntax).is_some_and(|range| range.contains(to))
        }
    };
    if others_let_it_in && pin(&candidate, syntax) == Pin::Exact(to.clone()) {
        return Outcome::Raise(candidate);
    }
    Outcome::Refuse(format!("`{}` does not let {to} in beside its pin; edit it by hand", written.trim()))
}

/// The clauses as PEP 440's; `None` for alternatives, and where there are none.
fn specifiers(written: &str, syntax: Syntax) -> Option<VersionSpecifiers> {
    match syntax {
        Syntax::Pep440 => specifier::specifiers(written),
        Syntax::Poetry => match poetry_constraint::alternatives(written)?.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        },
    }
}

/// A range gets a new lower bound.
fn ranged(
    written: &str,
    syntax: Syntax,
    range: &VersionSpecifiers,
    to: &Version,
    concerned: &[&Want],
) -> Outcome {
    if specifiers(written, syntax).is_none() {
        return Outcome::Refuse(format!("`{}` has alternatives: raise it to {to} by hand", written.trim()));
    }
    let forces = |candidate: &String| {
        specifiers(candidate, syntax).is_some_and(|raised| {
            raised.contains(to)
                && concerned.iter().all(|want| !raised.contains(&want.from) || want.from >= *to)
        })
    };
    let parts = clauses(written).unwrap_or_default();
    let candidates = [
        bound(written, &parts, to),
        series(written, syntax, &parts, range, to),
        prefixed(written, &parts, to),
    ];
    match candidates.into_iter().flatten().find(forces) {
        Some(candidate) if candidate != written => Outcome::Raise(candidate),
        Some(_) => Outcome::Keep,
        None => Outcome::Refuse(format!("`{}`: raise it to {to} by hand", written.trim())),
    }
}

/// `>=1.0` and `>1.0`, the greatest of them.
fn bound(written: &str, parts: &[Clause<'_>], to: &Version) -> Option<String> {
    let lower = parts.iter().filter(|part| matches!(part.operator, ">=" | ">"));
    let version = |part: &&Clause<'_>| part.version.trim_end_matches(".*").parse::<Version>().ok();
    let lower = lower.max_by_key(version)?;
    let between = written.get(lower.span.start + lower.operator.len()..lower.version_span.start)?;
    replaced(written, lower.span.clone(), &format!(">={between}{to}"))
}

/// `~=1.4.2`, and Poetry's `^1.2`, `~1.2`, `1.*`, where one of them is all there is: the same form where that keeps the
/// upper bound, else both bounds in words.
fn series(
    written: &str,
    syntax: Syntax,
    parts: &[Clause<'_>],
    range: &VersionSpecifiers,
    to: &Version,
) -> Option<String> {
    let [part] = parts else { return None };
    let is_star = part.version.ends_with(".*");
    if part.operator == "~=" {
        let old: Version = part.version.parse().ok()?;
        let alike = old.release().len() == to.release().len();
        return if alike { replaced(written, part.version_span.clone(), &to.to_string()) } else { None };
    }
    if syntax == Syntax::Pep440 {
        return None;
    }
    if matches!(part.operator, "^" | "~") && !is_star {
        let candidate = replaced(written, part.version_span.clone(), &to.to_string())?;
        let upper = |range: &VersionSpecifiers| {
            range.iter().find(|one| *one.operator() == Operator::LessThan).map(|one| one.version().clone())
        };
        let raised = specifiers(&candidate, syntax)?;
        if upper(&raised) == upper(range) {
            return Some(candidate);
        }
    }
    let below = range.iter().find_map(|one| match one.operator() {
        Operator::LessThan => Some(one.version().clone()),
        Operator::EqualStar => {
            let mut next = one.version().release().to_vec();
            let last = next.last_mut()?;
            *last = last.checked_add(1)?;
            Some(Version::new(next).with_epoch(one.version().epoch()))
        }
        _ => None,
    })?;
    replaced(written, part.span.clone(), &format!(">={to},<{below}"))
}

/// A lower bound before all other clauses.
fn prefixed(written: &str, parts: &[Clause<'_>], to: &Version) -> Option<String> {
    let first = parts.first()?;
    let gap = if written.contains(", ") { ", " } else { "," };
    replaced(written, first.span.start..first.span.start, &format!(">={to}{gap}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn want(from: &str, to: &str) -> Want {
        Want { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn told(written: &str, syntax: Syntax, from: &str, to: &str) -> String {
        match raise(written, syntax, &[want(from, to)]) {
            Outcome::Keep => "keep".to_owned(),
            Outcome::Raise(new) => new,
            Outcome::Refuse(_) => "refuse".to_owned(),
        }
    }

    #[test]
    fn pins_and_ranges_of_pep_440_are_raised_and_never_widened() {
        for (written, from, to, expected) in [
            ("==1.0", "1.0", "1.2", "==1.2"),
            ("== 1.0", "1.0", "1.2", "== 1.2"),
            ("===1.0", "1.0", "1.2", "===1.2"),
            ("==1.0.0", "1.0", "1.2", "==1.2"),
            ("==1.0", "1.1", "1.2", "keep"),
            ("==1!1.0", "1!1.0", "1!1.2", "==1!1.2"),
            ("==1!1.0", "1.0", "1.2", "keep"),
            ("==1.0.post1", "1.0", "1.2", "keep"),
            ("==1.0.post1", "1.0.post1", "1.2", "==1.2"),
            ("==1.0+cu118", "1.0+cu118", "1.2", "refuse"),
            (">=0.9,==1.0", "1.0", "1.2", ">=0.9,==1.2"),
            ("==1.0,<1.1", "1.0", "1.2", "refuse"),
            (">=1.0,<2", "1.0", "1.5", ">=1.5,<2"),
            (">= 1.0 , < 2", "1.0", "1.5", ">= 1.5 , < 2"),
            ("<2,>=1.0", "1.0", "1.5", "<2,>=1.5"),
            (">1.0", "1.1", "1.5", ">=1.5"),
            (">=1.6", "1.0", "1.5", "keep"),
            (">=1.5", "1.0", "1.5", "keep"),
            ("<1.2", "1.0", "1.5", "refuse"),
            ("<1.5", "1.0", "1.5", "refuse"),
            ("<=1.5", "1.0", "1.5", ">=1.5,<=1.5"),
            ("~=1.0.0", "1.0.3", "1.1.0", "refuse"),
            ("~=1.0.0", "1.0.3", "1.0.5", "~=1.0.5"),
            ("~=1.4", "1.4.1", "1.5.2", ">=1.5.2,~=1.4"),
            ("==1.*", "1.0", "1.5", ">=1.5,==1.*"),
            ("==1.*", "1.0", "2.0", "refuse"),
            ("!=1.3", "1.0", "1.5", ">=1.5,!=1.3"),
            (">=1,!=1.5", "1.0", "1.5", "refuse"),
            (">=1, !=1.3, <2", "1.0", "1.5", ">=1.5, !=1.3, <2"),
            ("<2, !=1.3", "1.0", "1.5", ">=1.5, <2, !=1.3"),
            (">=2,<3", "1.0", "1.5", "keep"),
            ("<1", "2.0", "2.5", "keep"),
            ("", "1.0", "1.5", "keep"),
            ("==${V}", "1.0", "1.5", "keep"),
        ] {
            assert_eq!(told(written, Syntax::Pep440, from, to), expected, "{written} {from} {to}");
        }
    }

    #[test]
    fn poetrys_constraints_are_raised_in_their_own_words() {
        for (written, from, to, expected) in [
            ("1.0", "1.0", "1.2", "1.2"),
            ("==1.0", "1.0", "1.2", "==1.2"),
            ("=1.0", "1.0", "1.2", "=1.2"),
            ("^1.0", "1.0", "1.5", "^1.5"),
            ("^1.0", "1.0", "2.0", "refuse"),
            ("^0.2.3", "0.2.4", "0.2.9", "^0.2.9"),
            ("^0.2.3", "0.2.4", "0.3.0", "refuse"),
            ("^0", "0.1", "0.5", ">=0.5,<1"),
            ("~1.2", "1.2.0", "1.2.5", "~1.2.5"),
            ("~1", "1.0", "1.5", ">=1.5,<2"),
            ("1.*", "1.0", "1.5", ">=1.5,<2"),
            ("1.2.*", "1.2.0", "1.2.5", ">=1.2.5,<1.3"),
            (">=1.2 <2", "1.2", "1.5", ">=1.5 <2"),
            ("^1.2,!=1.3", "1.2", "1.5", ">=1.5,^1.2,!=1.3"),
            ("^1.0 || ^2.0", "1.0", "1.5", "refuse"),
            ("*", "1.0", "1.5", "keep"),
        ] {
            assert_eq!(told(written, Syntax::Poetry, from, to), expected, "{written} {from} {to}");
        }
    }

    #[test]
    fn of_several_wants_the_greatest_that_concerns_the_range_counts() {
        let wants = [want("1.0", "1.5"), want("2.0", "2.3"), want("4.0", "4.1")];
        assert_eq!(raise(">=1,<3", Syntax::Pep440, &wants), Outcome::Raise(">=2.3,<3".to_owned()));
        assert_eq!(raise("==2.0", Syntax::Pep440, &wants), Outcome::Raise("==2.3".to_owned()));
    }

    fn versions() -> Vec<Version> {
        let numbers =
            |major: u64| (0..4).flat_map(move |minor| (0..4).map(move |patch| [major, minor, patch]));
        (0..4).flat_map(numbers).map(Version::new).collect()
    }

    proptest! {
        #[test]
        fn a_raised_specifier_lets_nothing_new_in_and_no_unwanted_version(
            parts in prop::collection::vec("(>=|<=|<|>|!=|~=|==|\\^|~|) ?[0-3](\\.[0-3]){0,2}(\\.\\*)?", 1..4),
            gap in "(,|, | , )", poetry: bool, from in 0usize..64, to in 0usize..64,
        ) {
            let syntax = if poetry { Syntax::Poetry } else { Syntax::Pep440 };
            let written = parts.join(&gap);
            let all = versions();
            let (from, to) = (all[from.min(to)].clone(), all[from.max(to)].clone());
            prop_assume!(from < to);
            if let Outcome::Raise(new) = raise(&written, syntax, &[Want { from: from.clone(), to: to.clone() }]) {
                let (old, new_range) = (specifiers(&written, syntax).unwrap(), specifiers(&new, syntax).unwrap());
                prop_assert!(new_range.contains(&to) && !new_range.contains(&from), "{} -> {}", written, new);
                let pinned = matches!(pin(&written, syntax), Pin::Exact(_));
                for version in &all {
                    prop_assert!(pinned || !new_range.contains(version) || old.contains(version), "{} -> {}: {}", written, new, version);
                }
                prop_assert_eq!(raise(&new, syntax, &[Want { from, to }]), Outcome::Keep);
            }
        }

        #[test]
        fn no_specifier_panics(written in "([<>=!~^*|, .0-9a-z]|\\PC){0,24}", poetry: bool) {
            let syntax = if poetry { Syntax::Poetry } else { Syntax::Pep440 };
            let _ = raise(&written, syntax, &[want("1.0", "2.0")]);
        }
    }
}

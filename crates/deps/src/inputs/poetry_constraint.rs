//! Poetry's version constraints (`^1.2`, `~1.2`, `1.*`, `>=1 <2 || 3.*`) in PEP 440's words.
//!
//! Facts: Poetry's documentation, "Dependency specification".

use crate::Pin;
use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};
use std::str::FromStr;

/// The alternatives (`||`) of a constraint; an empty one lets in all. `None` where a part is no constraint.
pub(crate) fn alternatives(written: &str) -> Option<Vec<VersionSpecifiers>> {
    written.split('|').map(str::trim).filter(|part| !part.is_empty()).map(all_of).collect()
}

/// What a constraint pins. Alternatives become the span from the least to the greatest.
pub(crate) fn pin(written: &str) -> Pin {
    let written = written.trim();
    if let Some(arbitrary) = written.strip_prefix("===") {
        return super::specifier::exact(arbitrary);
    }
    let Some(alternatives) = alternatives(written) else { return Pin::Unreadable(written.to_owned()) };
    match alternatives.as_slice() {
        [] => Pin::Any,
        [one] => match one.iter().find(|part| *part.operator() == Operator::Equal) {
            Some(exact) => Pin::Exact(exact.version().clone()),
            None if one.is_empty() => Pin::Any,
            None => Pin::Range(one.clone()),
        },
        several => hull(several),
    }
}

/// The markers (PEP 508) of a constraint of Python.
pub(crate) fn python_marker(written: &str) -> Option<String> {
    let told: Vec<String> = alternatives(written)?
        .iter()
        .map(|alternative| {
            let parts: Vec<String> = alternative
                .iter()
                .map(|part| {
                    let full = part.version().release().len() > 2;
                    let key = if full { "python_full_version" } else { "python_version" };
                    let star = if part.operator().is_star() { ".*" } else { "" };
                    format!("{key} {} \"{}{star}\"", operator(part), part.version())
                })
                .collect();
            parts.join(" and ")
        })
        .collect();
    match told.as_slice() {
        [] => None,
        told if told.iter().any(String::is_empty) => None,
        [one] => Some(one.clone()),
        several => Some(several.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" or ")),
    }
}

fn operator(part: &VersionSpecifier) -> &'static str {
    match part.operator() {
        Operator::Equal | Operator::EqualStar | Operator::ExactEqual => "==",
        Operator::NotEqual | Operator::NotEqualStar => "!=",
        Operator::TildeEqual => "~=",
        Operator::LessThan => "<",
        Operator::LessThanEqual => "<=",
        Operator::GreaterThan => ">",
        Operator::GreaterThanEqual => ">=",
    }
}

/// Clauses that hold together: a comma or blanks between them.
fn all_of(written: &str) -> Option<VersionSpecifiers> {
    let mut parts = Vec::new();
    let mut rest = written.trim_start_matches([',', ' ', '\t']);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !"<>=!~^".contains(c)).unwrap_or(rest.len());
        let (operator, after) = rest.split_at_checked(end)?;
        let after = after.trim_start();
        let end = after.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(after.len());
        let (version, after) = after.split_at_checked(end)?;
        parts.extend(clause(operator, version)?);
        rest = after.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
    }
    Some(parts.into_iter().collect())
}

/// One clause; several specifiers where PEP 440 needs them.
fn clause(operator: &str, version: &str) -> Option<Vec<VersionSpecifier>> {
    if matches!(version, "*" | "x" | "X") {
        return matches!(operator, "" | "==" | "=" | ">=" | "^" | "~").then(Vec::new);
    }
    if let Some(stem) = version.strip_suffix(".*").or_else(|| version.strip_suffix(".x")) {
        // `1.*.*` is `1.*`.
        let stem = stem.trim_end_matches(".*");
        return match operator {
            "" | "=" | "==" => Some(vec![VersionSpecifier::from_str(&format!("=={stem}.*")).ok()?]),
            "!=" => Some(vec![VersionSpecifier::from_str(&format!("!={stem}.*")).ok()?]),
            ">=" | "<" | "^" | "~" => clause(operator, stem),
            _ => None,
        };
    }
    let parsed = Version::from_str(version).ok()?;
    match operator {
        "" | "=" | "==" => Some(vec![VersionSpecifier::equals_version(parsed)]),
        "^" => between(&parsed, caret(parsed.release())?),
        "~" => between(&parsed, tilde(parsed.release())?),
        "~=" | ">=" | "<=" | ">" | "<" | "!=" => {
            Some(vec![VersionSpecifier::from_str(&format!("{operator}{version}")).ok()?])
        }
        _ => None,
    }
}

fn between(least: &Version, below: Vec<u64>) -> Option<Vec<VersionSpecifier>> {
    let below = Version::new(below).with_epoch(least.epoch());
    Some(vec![
        VersionSpecifier::greater_than_equal_version(least.clone()),
        VersionSpecifier::less_than_version(below),
    ])
}

/// The first release after all that change nothing left of, and at, the first number that is not 0.
fn caret(release: &[u64]) -> Option<Vec<u64>> {
    let at = release.iter().position(|number| *number != 0).unwrap_or(release.len().checked_sub(1)?);
    let mut next: Vec<u64> = release.iter().copied().take(at + 1).collect();
    let last = next.last_mut()?;
    *last = last.checked_add(1)?;
    // `^0.2.3` is below 0.3.0, written with as many numbers.
    next.resize(release.len().max(next.len()), 0);
    Some(next)
}

/// `~1.2.3` and `~1.2` change the last number, `~1` the second.
fn tilde(release: &[u64]) -> Option<Vec<u64>> {
    let kept = release.len().min(2);
    let mut next: Vec<u64> = release.iter().copied().take(kept).collect();
    let last = next.last_mut()?;
    *last = last.checked_add(1)?;
    Some(next)
}

/// From the least lower bound to the greatest upper one.
fn hull(alternatives: &[VersionSpecifiers]) -> Pin {
    let least = alternatives.iter().map(lower).collect::<Option<Vec<_>>>();
    let most = alternatives.iter().map(upper).collect::<Option<Vec<_>>>();
    let least = least.and_then(|all| all.into_iter().min_by(|a, b| a.version().cmp(b.version())));
    let most = most.and_then(|all| all.into_iter().max_by(|a, b| a.version().cmp(b.version())));
    let specifiers: VersionSpecifiers = least.into_iter().chain(most).collect();
    if specifiers.is_empty() { Pin::Any } else { Pin::Range(specifiers) }
}

/// The greatest lower bound of clauses that hold together.
fn lower(all: &VersionSpecifiers) -> Option<VersionSpecifier> {
    let bounds = all.iter().filter_map(|part| match part.operator() {
        Operator::GreaterThan | Operator::GreaterThanEqual => Some(part.clone()),
        Operator::Equal | Operator::EqualStar | Operator::TildeEqual => {
            Some(VersionSpecifier::greater_than_equal_version(part.version().clone()))
        }
        _ => None,
    });
    bounds.max_by(|a, b| a.version().cmp(b.version()))
}

/// The least upper bound of clauses that hold together.
fn upper(all: &VersionSpecifiers) -> Option<VersionSpecifier> {
    let raised = |release: &[u64], keep: usize| {
        let mut next: Vec<u64> = release.iter().copied().take(keep).collect();
        let last = next.last_mut()?;
        *last = last.checked_add(1)?;
        Some(VersionSpecifier::less_than_version(Version::new(next)))
    };
    let bounds = all.iter().filter_map(|part| {
        let release = part.version().release();
        match part.operator() {
            Operator::LessThan | Operator::LessThanEqual => Some(part.clone()),
            Operator::Equal => Some(VersionSpecifier::less_than_equal_version(part.version().clone())),
            Operator::EqualStar => raised(release, release.len()),
            Operator::TildeEqual => raised(release, release.len().saturating_sub(1)),
            _ => None,
        }
    });
    bounds.min_by(|a, b| a.version().cmp(b.version()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(written: &str) -> String {
        match pin(written) {
            Pin::Exact(version) => format!("=={version}"),
            Pin::Range(range) => range.to_string().replace(' ', ""),
            Pin::Any => "any".to_owned(),
            Pin::Unreadable(_) => "?".to_owned(),
        }
    }

    #[test]
    fn constraints_are_translated_as_poetry_documents_them() {
        for (written, expected) in [
            ("^1.2.3", ">=1.2.3,<2.0.0"),
            ("^1.2", ">=1.2,<2.0"),
            ("^1", ">=1,<2"),
            ("^0.2.3", ">=0.2.3,<0.3.0"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1"),
            ("^1.0.0b1", ">=1.0.0b1,<2.0.0"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1.2", ">=1.2,<1.3"),
            ("~1", ">=1,<2"),
            ("*", "any"),
            ("", "any"),
            ("1.*", "==1.*"),
            ("1.2.*", "==1.2.*"),
            ("1.2.3", "==1.2.3"),
            ("=1.2.3", "==1.2.3"),
            ("== 1.2.3", "==1.2.3"),
            (">= 1.2, < 1.5", ">=1.2,<1.5"),
            (">=1.2 <1.5", ">=1.2,<1.5"),
            ("~=1.4.2", "~=1.4.2"),
            ("!=1.5", "!=1.5"),
            ("~2.7 || ^3.6", ">=2.7,<4.0"),
            ("^1.0 | ^3.0", ">=1.0,<4.0"),
            ("1.0 || 2.*", ">=1.0,<3"),
            ("<1 || >2", "any"),
            ("what", "?"),
            ("^1.x.y", "?"),
            ("^^1", "?"),
        ] {
            assert_eq!(told(written), expected, "{written}");
        }
    }

    #[test]
    fn a_constraint_of_python_becomes_a_marker() {
        assert_eq!(
            python_marker("^3.6").as_deref(),
            Some("python_version >= \"3.6\" and python_version < \"4.0\"")
        );
        let either = python_marker("~2.7 || >=3.6.2").unwrap();
        assert_eq!(
            either,
            "(python_version >= \"2.7\" and python_version < \"2.8\") or (python_full_version >= \"3.6.2\")"
        );
        assert_eq!(python_marker("*"), None);
    }

    proptest! {
        #[test]
        fn no_constraint_panics(text in "([<>=!~^*|, .0-9a-z]|\\PC){0,24}") {
            let _ = (pin(&text), python_marker(&text));
        }
    }
}

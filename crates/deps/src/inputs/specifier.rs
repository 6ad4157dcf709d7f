//! Version specifiers (PEP 440): what they pin, and which Python minors they let in.

use crate::{Pin, Product, RuntimeDeclaration};
use pep440_rs::{Operator, Version, VersionSpecifiers};
use std::str::FromStr;
use tieout_model::{Gap, Place, Reason};

/// What a specifier as written pins. `==1.0` is exact, `==1.*` a range; where a list has an exact part, that is the pin.
pub(crate) fn pin_of(written: &str) -> Pin {
    let written = trimmed(written);
    if written.is_empty() || written == "*" {
        return Pin::Any;
    }
    // Arbitrary equality compares texts; a version that PEP 440 knows is compared as one all the same.
    if let Some(version) = written.strip_prefix("===") {
        return exact(version);
    }
    match VersionSpecifiers::from_str(&modern(written)) {
        Ok(specifiers) => {
            let exact = specifiers
                .iter()
                .find(|specifier| matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual));
            match exact {
                Some(specifier) => Pin::Exact(specifier.version().clone()),
                None if specifiers.is_empty() => Pin::Any,
                None => Pin::Range(specifiers),
            }
        }
        Err(_) => Pin::Unreadable(written.to_owned()),
    }
}

/// The clauses of a specifier; `None` where it is none.
pub(crate) fn specifiers(written: &str) -> Option<VersionSpecifiers> {
    VersionSpecifiers::from_str(&modern(trimmed(written))).ok()
}

/// One version as written in a lock file or after `==`.
pub(crate) fn exact(version: &str) -> Pin {
    let version = version.trim();
    match Version::from_str(version) {
        Ok(version) => Pin::Exact(version),
        Err(_) => Pin::Unreadable(version.to_owned()),
    }
}

/// Without blanks, brackets and a comma too many around it.
fn trimmed(written: &str) -> &str {
    let written = written.trim();
    let inner = written.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(written);
    inner.trim().trim_matches(',').trim()
}

/// `>=1.*` and `<2.*` are older than PEP 440, which knows `.*` with `==` and `!=` alone; setuptools read them without it.
fn modern(written: &str) -> String {
    let parts = written.split(',').map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts
        .map(|part| match part.strip_suffix(".*") {
            Some(part) if part.starts_with(">=") || (part.starts_with('<') && !part.starts_with("<=")) => {
                part
            }
            _ => part,
        })
        .collect();
    parts.join(",")
}

/// The Python minors that there are, and a few that may come.
fn minors() -> impl Iterator<Item = (u64, u64)> {
    (6..=7).map(|minor| (2, minor)).chain((0..=40).map(|minor| (3, minor)))
}

/// True where the specifiers let in some patch of a minor.
fn lets_in(specifiers: &VersionSpecifiers, (major, minor): (u64, u64)) -> bool {
    // A specifier changes its mind only at the versions that it names; between them any patch stands for the others.
    let named = specifiers.iter().filter_map(|specifier| specifier.version().release().get(2).copied());
    let patches = named.flat_map(|patch| [patch, patch.saturating_add(1)]).chain([0, 1, 99]);
    patches.into_iter().any(|patch| specifiers.contains(&Version::new([major, minor, patch])))
}

/// The runtime that a Python specifier (`requires-python`, poetry's `python`, already translated) declares; `None` where
/// it says nothing (`*`).
pub(crate) fn python(written: &str, pin: &Pin, by: &str, at: Place) -> Option<RuntimeDeclaration> {
    let mut declaration = RuntimeDeclaration {
        product: Product::Python,
        release: Ok(String::new()),
        exact: None,
        at_least: false,
        written: written.trim().to_owned(),
        by: by.to_owned(),
        at,
    };
    let unread = |why: &str| {
        Gap::new(
            Reason::Unreadable,
            format!("Python `{}`: {why}", written.trim()),
            "write it as PEP 440 says: >=3.11",
        )
    };
    match pin {
        Pin::Any => return None,
        Pin::Unreadable(_) => declaration.release = Err(unread("no version specifier")),
        Pin::Exact(version) => match version.release() {
            [major, minor, rest @ ..] => {
                declaration.release = Ok(format!("{major}.{minor}"));
                declaration.exact = (!rest.is_empty()).then(|| version.to_string());
            }
            _ => declaration.release = Err(unread("no minor version")),
        },
        Pin::Range(specifiers) => {
            let let_in: Vec<(u64, u64)> = minors().filter(|minor| lets_in(specifiers, *minor)).collect();
            declaration.at_least = let_in.len() > 1;
            declaration.release = match let_in.first() {
                None => Err(unread("lets no Python in")),
                Some((2, 6)) => Err(unread("has no lower bound")),
                Some((major, minor)) => Ok(format!("{major}.{minor}")),
            };
        }
    }
    Some(declaration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn version(text: &str) -> Pin {
        Pin::Exact(Version::from_str(text).unwrap())
    }

    #[test]
    fn an_exact_part_pins_and_a_wildcard_is_a_range() {
        for (written, pinned) in [
            ("==1.0", "1.0"),
            (" == 1.0 ", "1.0"),
            ("===1.0", "1.0"),
            ("==1!2.0", "1!2.0"),
            ("==1.0.post1", "1.0.post1"),
            ("==1.0.dev3", "1.0.dev3"),
            ("==1.0+cu118", "1.0+cu118"),
            ("(==1.0)", "1.0"),
            (">=0.9,==1.0,", "1.0"),
            ("==v1.0", "1.0"),
        ] {
            assert_eq!(pin_of(written), version(pinned), "{written}");
        }
        for written in ["==1.*", ">=1,<2", "~=1.4.2", "!=1.5", ">=1.0.*", "<2.*"] {
            assert!(matches!(pin_of(written), Pin::Range(_)), "{written}");
        }
        assert_eq!(pin_of(""), Pin::Any);
        for written in ["===2004d-x", "=1.0", "==1.0-foo", "^1.0", "==${V}"] {
            assert!(matches!(pin_of(written), Pin::Unreadable(_)), "{written}");
        }
    }

    #[test]
    fn a_python_specifier_comes_down_to_the_least_minor_that_it_lets_in() {
        let told = |written: &str| {
            python(written, &pin_of(written), "x", Place::None).map(|d| (d.release.ok(), d.exact, d.at_least))
        };
        let some = |release: &str, exact: Option<&str>, at_least| {
            Some((Some(release.to_owned()), exact.map(str::to_owned), at_least))
        };
        assert_eq!(told(">=3.8"), some("3.8", None, true));
        assert_eq!(told(">3.8"), some("3.8", None, true));
        assert_eq!(told(">=3.8.1"), some("3.8", None, true));
        assert_eq!(told(">=3.8,<3.9"), some("3.8", None, false));
        assert_eq!(told("==3.8.*"), some("3.8", None, false));
        assert_eq!(told("~=3.8"), some("3.8", None, true));
        assert_eq!(told("~=3.8.2"), some("3.8", None, false));
        assert_eq!(told("==3.8.10"), some("3.8", Some("3.8.10"), false));
        assert_eq!(told("!=3.0.*,!=3.1.*,>=2.7"), some("2.7", None, true));
        assert_eq!(told(">=3.10"), some("3.10", None, true));
        assert_eq!(told("<4"), Some((None, None, true)));
        assert_eq!(told("*"), None);
    }

    proptest! {
        #[test]
        fn no_specifier_panics(text in "([<>=!~^*.0-9a-z, ]|\\PC){0,30}") {
            let pin = pin_of(&text);
            let _ = python(&text, &pin, "x", Place::None);
        }
    }
}

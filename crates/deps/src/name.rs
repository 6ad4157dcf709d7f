//! Names of packages, normalised as PEP 503 says.

use std::fmt;
use std::sync::Arc;

/// A normalised package name: lower case, each run of `-`, `_` and `.` one `-` (PEP 503).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(Arc<str>);

impl PackageName {
    /// Normalises a name as written.
    pub fn new(written: &str) -> PackageName {
        PackageName(tieout_advisories::normalise(written).into())
    }

    /// The normalised name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// True where a text may be the name of a package (PEP 508: letters, digits, `.`, `_`, `-`, with a letter or digit at
/// both ends).
pub fn is_name(text: &str) -> bool {
    let ends = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
    ends(text.chars().next())
        && ends(text.chars().next_back())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_equal() {
        for written in ["ruamel.yaml", "Ruamel_YAML", "ruamel--yaml", "RUAMEL._-yaml"] {
            assert_eq!(PackageName::new(written).as_str(), "ruamel-yaml");
        }
    }

    #[test]
    fn a_name_starts_and_ends_with_a_letter_or_digit() {
        assert!(is_name("a") && is_name("zope.interface") && is_name("3to2"));
        assert!(!is_name("-a") && !is_name("a.") && !is_name("") && !is_name("a b"));
    }
}

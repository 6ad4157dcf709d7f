//! One flaw of one package: all records of it merged. Which versions it affects, by OSV's algorithm with PEP 440's order, and
//! which version mends several at once.

use crate::Rating;
use crate::range::{End, Span};
use pep440_rs::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::str::FromStr;

/// A flaw of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// Ids of all its records and their aliases, sorted.
    pub ids: Vec<String>,
    /// What it says, in a line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// How bad.
    pub rating: Rating,
    /// The vector that the rating was computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cvss: Option<String>,
    /// Stretches of affected versions: the union of all its records' ranges, sorted, without overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Span>,
    /// Affected versions one by one, where the ranges do not say them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// Functions and classes that it is about, as its database names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<String>,
}

impl Advisory {
    /// True for a package that is malicious by itself (a `MAL-` record).
    pub fn is_malicious(&self) -> bool {
        self.ids.iter().any(|id| id.starts_with("MAL-"))
    }

    /// Whether a version is affected. A local version (`1.0+cpu`) is judged as its public one.
    pub fn affects(&self, version: &Version) -> bool {
        if !version.is_local() {
            return self.in_ranges(version) || self.names(version, version);
        }
        let public = version.clone().without_local();
        self.in_ranges(&public) || self.names(version, &public)
    }

    /// Whether a public version is in one of the stretches.
    pub(crate) fn in_ranges(&self, public: &Version) -> bool {
        self.ranges.iter().any(|span| span.contains(public))
    }

    fn names(&self, version: &Version, public: &Version) -> bool {
        self.versions.iter().any(|listed| match Version::from_str(listed) {
            Ok(listed) => listed == *public || listed == *version,
            Err(_) => *listed == version.to_string(),
        })
    }

    /// The versions that mend it, in order; one that another record holds for affected is none.
    pub fn fixes(&self) -> Vec<Version> {
        let fixed = self.ranges.iter().filter_map(|span| match &span.to {
            End::Fixed(version) => Some(version),
            _ => None,
        });
        fixed.filter(|version| !self.affects(version)).cloned().collect()
    }
}

/// What mends a version of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fix {
    /// The smallest later version that no advisory affects.
    pub any: Option<Version>,
    /// The smallest such version of the same major.
    pub same_major: Option<Version>,
}

/// The smallest versions, out of those that mend some advisory, that none of the package's advisories affects. `all` are all
/// advisories of the package, not only those that affect the version: a fix must not fall under another.
pub fn smallest_fix(version: &Version, all: &[Advisory]) -> Fix {
    let candidates: BTreeSet<Version> =
        all.iter().flat_map(Advisory::fixes).filter(|fixed| fixed > version).collect();
    let clean: Vec<Version> =
        candidates.into_iter().filter(|fixed| !all.iter().any(|advisory| advisory.affects(fixed))).collect();
    let same = |fixed: &&Version| {
        fixed.epoch() == version.epoch() && fixed.release().first() == version.release().first()
    };
    Fix { any: preferred(version, clean.iter()), same_major: preferred(version, clean.iter().filter(same)) }
}

/// The first that is no pre-release; who runs a pre-release, or has no other way out, takes one.
fn preferred<'v>(version: &Version, clean: impl Iterator<Item = &'v Version> + Clone) -> Option<Version> {
    let stable = |fixed: &&Version| version.any_prerelease() || !fixed.any_prerelease();
    clean.clone().find(stable).or_else(|| clean.clone().next()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::range::{Event, spans, union};

    fn version(text: &str) -> Version {
        Version::from_str(text).unwrap()
    }

    fn advisory(ranges: &[&[Event<'static>]], versions: &[&str]) -> Advisory {
        Advisory {
            ids: vec!["PYSEC-1".to_owned()],
            summary: String::new(),
            rating: Rating::Unknown,
            cvss: None,
            ranges: union(ranges.iter().flat_map(|range| spans(range).unwrap()).collect()),
            versions: versions.iter().map(|version| (*version).to_owned()).collect(),
            symbols: Vec::new(),
        }
    }

    fn from_to(from: &'static str, to: &'static str) -> Vec<Event<'static>> {
        vec![Event::Introduced(from), Event::Fixed(to)]
    }

    #[test]
    fn a_range_is_half_open_and_orders_as_pep_440_says() {
        let it = advisory(&[&from_to("0", "4.2")], &[]);
        for affected in ["0", "1.0", "4.2rc1", "4.2.dev0", "4.1.post9", "4.1+cpu", "0.0.0a1"] {
            assert!(it.affects(&version(affected)), "{affected}");
        }
        for mended in ["4.2", "4.2.0", "4.2.post1", "4.2+local", "1!0.1"] {
            assert!(!it.affects(&version(mended)), "{mended}");
        }
    }

    #[test]
    fn events_may_come_in_any_order_and_several_stretches_stand_in_one_range() {
        let events = [
            Event::Fixed("3.2.15"),
            Event::Introduced("4.0"),
            Event::Introduced("3.2"),
            Event::Fixed("4.0.6"),
        ];
        let it = advisory(&[&events], &[]);
        assert!(it.affects(&version("3.2.14")) && it.affects(&version("4.0")));
        assert!(
            !it.affects(&version("3.1")) && !it.affects(&version("3.2.15")) && !it.affects(&version("4.0.6"))
        );
    }

    #[test]
    fn the_last_affected_version_is_affected_and_the_next_is_not() {
        let it = advisory(&[&[Event::Introduced("0"), Event::LastAffected("1.8")]], &[]);
        assert!(it.affects(&version("1.8")) && it.affects(&version("1.8.0")));
        assert!(!it.affects(&version("1.8.1")) && !it.affects(&version("1.8.post1")));
    }

    #[test]
    fn a_version_that_is_fixed_and_introduced_at_once_is_affected_again() {
        let it = advisory(&[&[&from_to("1", "2")[..], &from_to("2", "3")[..]].concat()], &[]);
        assert!(it.affects(&version("2")) && !it.affects(&version("3")));
    }

    #[test]
    fn listed_versions_are_equal_as_versions_not_as_texts() {
        let it = advisory(&[], &["1.0", "2.0rc1", "odd version"]);
        assert!(
            it.affects(&version("1.0.0")) && it.affects(&version("2.0c1")) && it.affects(&version("1.0+x"))
        );
        assert!(!it.affects(&version("1.0.1")));
    }

    #[test]
    fn a_fix_falls_under_no_other_advisory() {
        let one = advisory(&[&from_to("0", "2.2.18")], &[]);
        let two = advisory(&[&[&from_to("2.2", "2.2.28")[..], &from_to("3.2", "3.2.13")[..]].concat()], &[]);
        let fix = smallest_fix(&version("2.2.1"), &[one.clone(), two]);
        assert_eq!(fix.any, Some(version("2.2.28")));
        assert_eq!(fix.same_major, Some(version("2.2.28")));
        let three = advisory(&[&from_to("0", "3.2.13")], &[]);
        let fix = smallest_fix(&version("2.2.1"), &[one, three]);
        assert_eq!((fix.any, fix.same_major), (Some(version("3.2.13")), None));
    }
}

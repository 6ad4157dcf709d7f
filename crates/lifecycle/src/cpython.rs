//! Advisories of CPython itself: which of the facts in `data/cpython.tsv` (with their source in its head) apply to a version.

use pep440_rs::Version;
use std::str::FromStr;
use std::sync::LazyLock;
use tieout_model::AdvisoryHit;
use time::Date;
use time::macros::date;

const DATA: &str = include_str!("../data/cpython.tsv");

/// The day until which the sources of `data/cpython.tsv` were read.
pub const AS_OF: Date = date!(2026 - 11 - 25);

static ADVISORIES: LazyLock<Vec<CpythonAdvisory>> =
    LazyLock::new(|| DATA.lines().filter(|line| !line.starts_with('#')).filter_map(read).collect());

/// A flaw of CPython.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpythonAdvisory {
    /// CVE and the PSF's id, where it has both.
    pub ids: Vec<&'static str>,
    /// `critical`, `high`, `medium`, `low` or `unknown`.
    pub severity: &'static str,
    /// True where it is of Windows only.
    pub windows_only: bool,
    /// What it is about, in few words of ours.
    pub summary: &'static str,
    introduced: Option<Version>,
    /// The first mended version of each branch, ascending.
    fixed: Vec<Version>,
}

impl CpythonAdvisory {
    /// True where the version has the flaw: it is not older than the flaw, and older than the mended version of its branch. A
    /// branch that never got a mended version has it as long as a newer branch got one; one newer than all never had it.
    pub fn affects(&self, version: &Version) -> bool {
        if self.introduced.as_ref().is_some_and(|introduced| version < introduced) {
            return false;
        }
        let branch = branch(version);
        match self.fixed.iter().find(|fixed| self::branch(fixed) == branch) {
            Some(fixed) => version < fixed,
            None => self.fixed.last().is_none_or(|newest| version < newest),
        }
    }

    /// The mended versions of the version's branch and of the newer ones, ascending.
    pub fn fixed_from(&self, version: &Version) -> impl Iterator<Item = &Version> {
        self.fixed.iter().filter(move |fixed| *fixed > version)
    }

    /// As reports show it.
    pub fn hit(&self, version: &Version) -> AdvisoryHit {
        let mut ids: Vec<String> = self.ids.iter().map(|id| (*id).to_owned()).collect();
        ids.sort();
        AdvisoryHit {
            ids,
            severity: self.severity.to_owned(),
            cvss: None,
            fixed: self.fixed_from(version).map(Version::to_string).collect(),
            summary: self.summary.to_owned(),
            rank: None,
        }
    }
}

/// The advisories that an exact version (`3.8.10`) falls under where it runs on Linux, as Lambda, Glue and images do: those of
/// Windows only are left out. `None` where the text is no version with three parts (`3.8` says no patch release).
pub fn affecting(exact: &str) -> Option<Vec<AdvisoryHit>> {
    let version = Version::from_str(exact).ok().filter(|version| version.release().len() > 2)?;
    let found = all().iter().filter(|one| !one.windows_only && one.affects(&version));
    Some(found.map(|one| one.hit(&version)).collect())
}

/// All that is known.
pub fn all() -> &'static [CpythonAdvisory] {
    &ADVISORIES
}

fn branch(version: &Version) -> (u64, u64) {
    let part = |index| version.release().get(index).copied().unwrap_or(0);
    (part(0), part(1))
}

fn read(line: &'static str) -> Option<CpythonAdvisory> {
    let mut cells = line.split('\t');
    let ids = cells.next()?.split(' ').collect();
    let severity = cells.next().filter(|word| !word.is_empty()).unwrap_or("unknown");
    let windows_only = cells.next()? == "windows";
    let introduced = Version::from_str(cells.next()?).ok();
    let fixed = cells.next()?.split(' ').filter_map(|version| Version::from_str(version).ok()).collect();
    Some(CpythonAdvisory { ids, severity, windows_only, summary: cells.next()?, introduced, fixed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn has(exact: &str, id: &str) -> bool {
        affecting(exact).unwrap().iter().any(|hit| hit.ids.iter().any(|one| one == id))
    }

    #[test]
    fn every_row_can_be_read_and_is_in_order() {
        let rows: Vec<&str> = DATA.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(rows.len(), all().len());
        assert!(DATA.contains(&format!("# as of {AS_OF}")));
        let mut seen = std::collections::BTreeSet::new();
        for (row, one) in rows.iter().zip(all()) {
            assert_eq!(row.split('\t').count(), 6, "{row}");
            assert!(["critical", "high", "medium", "low", "unknown"].contains(&one.severity), "{row}");
            let written: Vec<&str> = row.split('\t').nth(4).unwrap().split(' ').collect();
            assert_eq!(one.fixed.len(), written.len(), "{row}");
            assert!(one.fixed.windows(2).all(|pair| branch(&pair[0]) < branch(&pair[1])), "{row}");
            let introduced = row.split('\t').nth(3).unwrap();
            assert_eq!(one.introduced.is_some(), !introduced.is_empty(), "{row}");
            assert!(
                one.introduced.as_ref().is_none_or(|first| *first < one.fixed[0] || one.fixed.len() > 1),
                "{row}"
            );
            for id in &one.ids {
                assert!(id.starts_with("CVE-") || id.starts_with("PSF-"), "{row}");
                assert!(seen.insert(*id), "{id} stands twice");
            }
        }
    }

    #[test]
    fn a_version_is_mended_from_the_fix_of_its_own_branch() {
        // CVE-2024-6232: 3.8.20, 3.9.20, 3.10.15, 3.11.10, 3.12.6, 3.13.0
        for (version, expected) in [
            ("3.8.10", true),
            ("3.8.19", true),
            ("3.8.20", false),
            ("3.9.19", true),
            ("3.9.20", false),
            ("3.12.5", true),
            ("3.12.6", false),
            ("3.13.0", false),
            ("3.14.2", false),
            ("3.7.17", true),
            ("2.7.18", true),
            ("3.13.0rc1", true),
        ] {
            assert_eq!(has(version, "CVE-2024-6232"), expected, "{version}");
        }
    }

    #[test]
    fn a_branch_without_a_fix_stays_affected_between_branches_that_have_one() {
        // CVE-2021-29921: introduced 3.8.0, mended in 3.8.12 and 3.9.5; CVE-2024-5642: 3.9.24, 3.10.0, never in 3.8.
        assert!(!has("3.7.10", "CVE-2021-29921"));
        assert!(has("3.8.11", "CVE-2021-29921") && !has("3.8.12", "CVE-2021-29921"));
        assert!(has("3.8.20", "CVE-2024-5642") && !has("3.9.24", "CVE-2024-5642"));
        assert!(!has("3.10.0", "CVE-2024-5642"));
    }

    #[test]
    fn a_flaw_that_came_with_a_release_is_of_no_older_one() {
        assert!(has("3.12.0", "CVE-2023-6507") && !has("3.12.1", "CVE-2023-6507"));
        assert!(!has("3.11.4", "CVE-2023-6507"));
        assert!(has("3.14.10", "CVE-2026-119170"));
        for version in ["3.14.9", "3.14.11", "3.15.0", "3.13.18"] {
            assert!(!has(version, "CVE-2026-119170"), "{version}");
        }
    }

    #[test]
    fn pre_releases_are_older_than_their_release() {
        // CVE-2025-4516 is mended in 3.14.0b2.
        assert!(has("3.14.0b1", "CVE-2025-4516") && !has("3.14.0b2", "CVE-2025-4516"));
        assert!(!has("3.14.0rc1", "CVE-2025-4516") && !has("3.14.0", "CVE-2025-4516"));
        assert!(has("3.14.5a1", "CVE-2026-6100") && !has("3.14.5", "CVE-2026-6100"));
    }

    #[test]
    fn what_is_of_windows_only_is_left_out() {
        assert!(!has("3.8.10", "CVE-2024-3219"));
        assert!(all().iter().any(|one| one.windows_only && one.ids.contains(&"CVE-2024-3219")));
    }

    #[test]
    fn a_hit_names_its_ids_and_the_fixes_that_are_newer() {
        let hits = affecting("3.12.5").unwrap();
        let hit = hits.iter().find(|hit| hit.ids.contains(&"CVE-2024-8088".to_owned())).unwrap();
        assert_eq!(hit.ids, ["CVE-2024-8088", "PSF-2024-10"]);
        assert_eq!(hit.fixed, ["3.12.6", "3.13.0"]);
        assert_eq!(hit.severity, "high");
    }

    #[test]
    fn a_text_that_is_no_exact_version_is_not_judged() {
        for text in ["3.8", "3", "", "python3.8", "3.8.x", "pypy3.9-7.3"] {
            assert_eq!(affecting(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9a-c.rx+-]{0,16}|\\PC{0,12}") {
            let _ = affecting(&text);
        }

        #[test]
        fn within_a_branch_a_later_version_never_has_a_flaw_again(minor in 6u64..16, patch in 0u64..30) {
            for one in all() {
                let at = |patch| one.affects(&Version::new([3, minor, patch]));
                let introduced_here = one.introduced.as_ref().is_some_and(|first| branch(first) == (3, minor));
                prop_assert!(introduced_here || at(patch) || !at(patch + 1), "{:?} 3.{minor}.{patch}", one.ids);
            }
        }
    }
}

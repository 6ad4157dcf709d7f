//! Names of sheets as Excel allows them: at most 31 characters, none of `[]:*?/\`, unique whatever their case.

use crate::text;
use std::collections::BTreeSet;

/// The longest name, in UTF-16 units.
const MAX: usize = 31;

/// The names that are taken.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// A free name that is as near to the title as Excel allows.
    pub(crate) fn take(&mut self, title: &str) -> String {
        let clean = clean(title);
        let mut name = fit(&clean, MAX);
        let mut count = 2;
        while !self.0.insert(name.to_lowercase()) {
            let ending = format!(" ({count})");
            name = format!("{}{ending}", fit(&clean, MAX - ending.len()));
            count += 1;
        }
        name
    }
}

fn clean(title: &str) -> String {
    let line = text::line(title);
    let replaced: String = line
        .chars()
        .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { '-' } else { c })
        .collect();
    let trimmed = replaced.trim_matches(['\'', ' ']);
    // Excel keeps `History` for itself.
    match trimmed.to_lowercase().as_str() {
        "" => "Table".to_owned(),
        "history" => "History -".to_owned(),
        _ => trimmed.to_owned(),
    }
}

/// As much of the text as fits, without a quote or blank at its end.
fn fit(text: &str, max: usize) -> String {
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= max
        })
        .collect();
    kept.trim_end_matches(['\'', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_stay_readable_and_become_unique() {
        let mut names = Names::default();
        assert_eq!(names.take("Security groups: open [IPv4/IPv6]"), "Security groups- open -IPv4-IPv");
        assert_eq!(names.take("security groups: OPEN [ipv4/ipv6]"), "security groups- OPEN -ipv4 (2)");
        assert_eq!(names.take("'quoted'"), "quoted");
        assert_eq!(names.take(" "), "Table");
        assert_eq!(names.take(""), "Table (2)");
        assert_eq!(names.take("HISTORY"), "History -");
    }

    proptest! {
        #[test]
        fn every_title_gets_a_name_that_excel_takes(titles: Vec<String>) {
            let mut names = Names::default();
            let mut seen = BTreeSet::new();
            for title in titles.iter().flat_map(|title| [title, title]) {
                let name = names.take(title);
                prop_assert!((1..=MAX).contains(&name.encode_utf16().count()), "{name:?}");
                prop_assert!(!name.contains(['[', ']', ':', '*', '?', '/', '\\']));
                prop_assert!(!name.starts_with('\'') && !name.ends_with('\''));
                prop_assert!(seen.insert(name.to_lowercase()));
            }
        }
    }
}

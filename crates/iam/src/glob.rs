//! Comparing wildcard patterns as sets of texts, on bytes and without allocation where they are short. The
//! general case, with holes and variables, is [`crate::Pattern`]'s.

/// The longest pattern whose positions fit the bits below.
const LONGEST: usize = 127;

/// True where every text that `narrow` matches is matched by `wide`. `None` where a pattern is too long or not
/// plain ASCII.
pub(crate) fn covers(wide: &str, narrow: &str, ignore_case: bool) -> Option<bool> {
    if wide == "*" {
        return Some(true);
    }
    if !is_wild(wide) {
        // Nothing but itself is within a text.
        return Some(same_text(wide, narrow, ignore_case) && !is_wild(narrow));
    }
    if !(wide.is_ascii() && narrow.is_ascii()) {
        return None;
    }
    if !starts_alike(wide, narrow, ignore_case) {
        return Some(false);
    }
    let wide = positions(wide)?;
    let narrow = narrow.as_bytes();
    let mut reach = skip_stars(1, wide);
    for byte in narrow {
        let mut next = 0u128;
        for (at, want) in each(reach, wide) {
            match (want, byte) {
                (b'*', _) => next |= 1 << at,
                (b'?', b'*') => {}
                (b'?', _) => next |= 1 << (at + 1),
                (want, byte) if !matches!(byte, b'*' | b'?') && same(*want, *byte, ignore_case) => {
                    next |= 1 << (at + 1);
                }
                _ => {}
            }
        }
        reach = skip_stars(next, wide);
        if reach == 0 {
            return Some(false);
        }
    }
    Some(reach & (1 << wide.len()) != 0)
}

/// True where a text starts with the letters of a pattern before its first wildcard.
pub(crate) fn starts_alike(pattern: &str, text: &str, ignore_case: bool) -> bool {
    let mut head = pattern.bytes().take_while(|byte| !matches!(byte, b'*' | b'?'));
    let mut text = text.bytes();
    head.all(|want| text.next().is_some_and(|byte| same(want, byte, ignore_case)))
}

/// True where some text matches both. `None` where a pattern is too long or not plain ASCII.
pub(crate) fn meets(a: &str, b: &str, ignore_case: bool) -> Option<bool> {
    if a == "*" || b == "*" {
        return Some(true);
    }
    if a.is_ascii() && b.is_ascii() && !is_wild(a) && !is_wild(b) {
        return Some(same_text(a, b, ignore_case));
    }
    let b = positions(b)?;
    let a = a.is_ascii().then_some(a.as_bytes())?;
    let mut reach = skip_stars(1, b);
    for byte in a {
        let mut next = 0u128;
        if *byte == b'*' {
            // A star takes whatever the rest of the other pattern makes.
            next = u128::MAX << reach.trailing_zeros();
        } else {
            for (at, want) in each(reach, b) {
                match want {
                    b'*' => next |= 1 << at,
                    b'?' => next |= 1 << (at + 1),
                    want if *byte == b'?' || same(*want, *byte, ignore_case) => next |= 1 << (at + 1),
                    _ => {}
                }
            }
        }
        reach = skip_stars(next, b);
        if reach == 0 {
            return Some(false);
        }
    }
    Some(reach & (1 << b.len()) != 0)
}

/// True where a text has a wildcard.
pub(crate) fn is_wild(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'*' | b'?'))
}

fn positions(pattern: &str) -> Option<&[u8]> {
    (pattern.is_ascii() && pattern.len() < LONGEST).then_some(pattern.as_bytes())
}

/// The positions in a set, with the byte that stands at each.
fn each(set: u128, pattern: &[u8]) -> impl Iterator<Item = (usize, &u8)> {
    let mut rest = set;
    std::iter::from_fn(move || {
        loop {
            if rest == 0 {
                return None;
            }
            let at = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if let Some(byte) = pattern.get(at) {
                return Some((at, byte));
            }
        }
    })
}

/// A star may also take nothing.
fn skip_stars(set: u128, pattern: &[u8]) -> u128 {
    let mut out = set;
    for (at, byte) in pattern.iter().enumerate() {
        if *byte == b'*' && out & (1 << at) != 0 {
            out |= 1 << (at + 1);
        }
    }
    out
}

fn same(a: u8, b: u8, ignore_case: bool) -> bool {
    a == b || (ignore_case && a.eq_ignore_ascii_case(&b))
}

fn same_text(a: &str, b: &str, ignore_case: bool) -> bool {
    a == b || (ignore_case && a.eq_ignore_ascii_case(b))
}

/// Calls a comparison on each of the six fields of two ARNs; a missing field is `*`.
pub(crate) fn by_fields(a: &str, b: &str, compare: impl Fn(&str, &str) -> Option<bool>) -> Option<bool> {
    let (mut a, mut b) = (Some(a), Some(b));
    for index in 0..6 {
        if !compare(next_field(&mut a, index), next_field(&mut b, index))? {
            return Some(false);
        }
    }
    Some(true)
}

/// The text up to the next colon, or all of it for the last of six fields. Fields are short: no search is
/// quicker than this.
fn next_field<'t>(rest: &mut Option<&'t str>, index: usize) -> &'t str {
    let Some(text) = *rest else { return "*" };
    let colon = if index < 5 { text.bytes().position(|byte| byte == b':') } else { None };
    match colon.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?))) {
        Some((field, after)) => {
            *rest = Some(after);
            field
        }
        None => {
            *rest = None;
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, text: &str) -> bool {
        crate::matcher::glob(pattern, text, crate::pattern::Case::Exact)
    }

    fn texts() -> Vec<String> {
        let mut out = vec![String::new()];
        for length in 0..5 {
            let longer: Vec<String> = out
                .iter()
                .filter(|text| text.len() == length)
                .flat_map(|text| ["a", "b"].map(|c| format!("{text}{c}")))
                .collect();
            out.extend(longer);
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn covering_and_meeting_agree_with_matching(a in "[ab*?]{0,6}", b in "[ab*?]{0,6}") {
            let both = texts().iter().any(|text| matches(&a, text) && matches(&b, text));
            if both {
                prop_assert_eq!(meets(&a, &b, false), Some(true));
            }
            if covers(&a, &b, false) == Some(true) {
                prop_assert!(texts().iter().all(|text| !matches(&b, text) || matches(&a, text)));
            }
            prop_assert_eq!(meets(&a, &b, false), meets(&b, &a, false));
        }
    }

    #[test]
    fn patterns_that_share_nothing_do_not_meet() {
        assert_eq!(meets("ab*", "b*", false), Some(false));
        assert_eq!(meets("*a", "*b", false), Some(false));
        assert_eq!(meets("a*c", "ab*", false), Some(true));
        assert_eq!(meets("a?", "abc", false), Some(false));
        assert_eq!(covers("a*", "a?c*", false), Some(true));
        assert_eq!(covers("a?", "a*", false), Some(false));
        assert_eq!(covers("S3:*", "s3:Get*", true), Some(true));
    }
}

//! Inline suppressions: tieout's own mark and the marks of peers, as they stand in comments of a text.

use crate::Interner;
use std::sync::Arc;

/// A comment that asks for silence about some checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The checks: an id, and the tool whose id it is (`None` for tieout's own).
    pub ids: Vec<SuppressedId>,
    /// Why, in the author's words; empty where none are given.
    pub reason: String,
    /// The line of the mark, from 1.
    pub line: u32,
    /// The line of code that it applies to: its own, or the next line of code where it stands alone.
    pub applies_to: u32,
}

/// An id of a check in a mark.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SuppressedId {
    /// `checkov`, `trivy`, `tfsec`, `bandit`, `ruff`, …; `None` for tieout.
    pub tool: Option<Arc<str>>,
    /// The id as written; `*` for all.
    pub id: Arc<str>,
}

/// What peers write: after this text a list of ids, and how the reason follows.
struct Mark {
    text: &'static str,
    tool: &'static str,
    /// What separates ids from each other; the mark is repeated for each where it is empty.
    separators: &'static [char],
    /// Whether a mark without ids means every check of the tool.
    bare_means_all: bool,
}

const MARKS: &[Mark] = &[
    Mark { text: "checkov:skip=", tool: "checkov", separators: &[','], bare_means_all: false },
    Mark { text: "bridgecrew:skip=", tool: "checkov", separators: &[','], bare_means_all: false },
    Mark { text: "trivy:ignore:", tool: "trivy", separators: &[], bare_means_all: false },
    Mark { text: "tfsec:ignore:", tool: "tfsec", separators: &[], bare_means_all: false },
    Mark { text: "kics-scan ignore-line", tool: "kics", separators: &[], bare_means_all: true },
    Mark { text: "gitleaks:allow", tool: "gitleaks", separators: &[], bare_means_all: true },
    Mark { text: "pragma: allowlist secret", tool: "detect-secrets", separators: &[], bare_means_all: true },
    Mark { text: "pragma: whitelist secret", tool: "detect-secrets", separators: &[], bare_means_all: true },
    Mark {
        text: "pragma: allowlist nextline secret",
        tool: "detect-secrets",
        separators: &[],
        bare_means_all: true,
    },
    Mark { text: "nosec", tool: "bandit", separators: &[',', ' '], bare_means_all: true },
    Mark { text: "noqa", tool: "ruff", separators: &[',', ' '], bare_means_all: true },
    Mark { text: "nosemgrep", tool: "semgrep", separators: &[',', ' '], bare_means_all: true },
];

/// All suppressions in comments (`#`, `//`, `/*`, `--`) of a text, in its order.
pub fn suppressions(text: &str) -> Vec<Suppression> {
    if !text.contains("tieout:") && !MARKS.iter().any(|mark| text.contains(mark.text)) {
        return Vec::new();
    }
    let mut names = Interner::default();
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for comment in comments(line) {
            let mut ids = Vec::new();
            let mut reason = String::new();
            own(comment.text, &mut names, &mut ids, &mut reason);
            for mark in MARKS {
                peer(mark, comment.text, &mut names, &mut ids, &mut reason);
            }
            if ids.is_empty() {
                continue;
            }
            let for_next = comment.text.contains("nextline secret");
            let applies_to = if comment.alone || for_next { next_code(&lines, index) } else { index };
            let number = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
            found.push(Suppression { ids, reason, line: number(index), applies_to: number(applies_to) });
            break;
        }
    }
    found
}

struct Comment<'a> {
    text: &'a str,
    /// True where nothing but the comment is on its line.
    alone: bool,
}

/// Every place where a comment may begin. A `#` in a string may be one of them: then what follows is no mark.
fn comments(line: &str) -> impl Iterator<Item = Comment<'_>> {
    ["#", "//", "/*", "--"].into_iter().filter_map(move |opener| {
        let start = line.find(opener)?;
        let text = line.get(start + opener.len()..)?;
        let alone = line.get(..start).is_some_and(|before| before.trim().is_empty());
        Some(Comment { text, alone })
    })
}

/// The next line that is neither empty nor a comment; the mark's own where there is none.
fn next_code(lines: &[&str], from: usize) -> usize {
    let is_code = |line: &str| {
        let line = line.trim_start();
        !line.is_empty() && !["#", "//", "/*", "*/", "--"].iter().any(|opener| line.starts_with(opener))
    };
    lines.iter().enumerate().skip(from + 1).find(|(_, line)| is_code(line)).map_or(from, |(index, _)| index)
}

/// `tieout: ignore[check-id, other-id] reason`
fn own(comment: &str, names: &mut Interner, ids: &mut Vec<SuppressedId>, reason: &mut String) {
    let Some((_, after)) = comment.split_once("tieout:") else { return };
    let Some(list) = after.trim_start().strip_prefix("ignore") else { return };
    let Some((inside, rest)) = list.trim_start().strip_prefix('[').and_then(|list| list.split_once(']'))
    else {
        return;
    };
    for id in inside.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        let (tool, id) = match id.split_once(':') {
            Some((tool, id)) => (Some(names.intern(tool)), id),
            None => (None, id),
        };
        ids.push(SuppressedId { tool, id: names.intern(id) });
    }
    *reason = tidy(rest);
}

fn peer(mark: &Mark, comment: &str, names: &mut Interner, ids: &mut Vec<SuppressedId>, reason: &mut String) {
    let mut rest = comment;
    while let Some(start) = find_word(rest, mark.text) {
        let after = rest.get(start + mark.text.len()..).unwrap_or_default();
        // `nosec B105`, `noqa: S105`, `nosec: B105`: a colon may stand between.
        let list = after.strip_prefix(':').unwrap_or(after).trim_start();
        let before = ids.len();
        let mut end = 0;
        for piece in list.split_inclusive(|c: char| mark.separators.contains(&c) || c.is_whitespace()) {
            let id: &str =
                piece.trim_end_matches(|c: char| mark.separators.contains(&c) || c.is_whitespace());
            if id.is_empty() && ids.len() > before {
                end += piece.len();
                continue;
            }
            let (id, closes) = match id.split_once(':') {
                Some((id, _)) => (id, true),
                None => (id, false),
            };
            if !is_id(id) {
                break;
            }
            ids.push(SuppressedId { tool: Some(names.intern(mark.tool)), id: names.intern(id) });
            if closes {
                end += id.len();
                break;
            }
            end += piece.len();
            let goes_on = piece.ends_with(|c: char| mark.separators.contains(&c));
            if !goes_on {
                break;
            }
        }
        let words = list.get(end..).unwrap_or_default();
        if ids.len() == before {
            if !mark.bare_means_all {
                return;
            }
            ids.push(SuppressedId { tool: Some(names.intern(mark.tool)), id: names.intern("*") });
        }
        rest = words;
        if find_word(rest, mark.text).is_none() && reason.is_empty() {
            *reason = tidy(words);
        }
    }
}

/// Where a mark's text stands as a word of its own, not in the middle of another (`xnosec`).
fn find_word(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(start, _)| start).find(|start| {
        let before = text.get(..*start).and_then(|before| before.chars().next_back());
        let after = text.get(start + word.len()..).and_then(|after| after.chars().next());
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
        let open_ended = word.ends_with(['=', ':']);
        !inside(before) && (open_ended || !inside(after))
    })
}

/// Ids have a digit or a dash or an underscore in them (`CKV_AWS_1`, `B105`, `aws-s3-enable-versioning`).
fn is_id(text: &str) -> bool {
    let shaped = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '/'));
    let telling = text.chars().any(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '*'));
    !text.is_empty() && shaped && telling && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '*')
}

fn tidy(words: &str) -> String {
    let words = words
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | ',' | '–' | '—' | '#'));
    words.trim_end().trim_end_matches("*/").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One mark: its ids as `tool:id`, reason, line, and line that it applies to.
    fn one(text: &str) -> (Vec<String>, String, u32, u32) {
        let found = suppressions(text);
        assert_eq!(found.len(), 1, "{found:?}");
        let mark = &found[0];
        let ids = mark
            .ids
            .iter()
            .map(|id| format!("{}:{}", id.tool.as_deref().unwrap_or("tieout"), id.id))
            .collect();
        (ids, mark.reason.clone(), mark.line, mark.applies_to)
    }

    fn ids_of(text: &str) -> Vec<String> {
        one(text).0
    }

    #[test]
    fn our_own_mark_names_ids_and_a_reason() {
        let (ids, reason, line, applies_to) =
            one("a: 1\nb: 2 # tieout: ignore[s3-bucket-versioned, s3-bucket-logged] scratch data only\n");
        assert_eq!(ids, ["tieout:s3-bucket-versioned", "tieout:s3-bucket-logged"]);
        assert_eq!((reason.as_str(), line, applies_to), ("scratch data only", 2, 2));
        assert_eq!(ids_of("x = 1 // tieout: ignore[a-b]"), ["tieout:a-b"]);
        assert_eq!(ids_of("/* tieout:ignore[prowler:s3_bucket_acl] kept */"), ["prowler:s3_bucket_acl"]);
    }

    #[test]
    fn a_mark_on_a_line_of_its_own_applies_to_the_next_line_of_code() {
        let (_, _, line, applies_to) = one("# tieout: ignore[a-b] why\n\n  # more words\nResources:\n");
        assert_eq!((line, applies_to), (1, 4));
        let (_, _, line, applies_to) = one("a\n# tieout: ignore[a-b]");
        assert_eq!((line, applies_to), (2, 2));
    }

    #[test]
    fn peers_marks_are_read_with_their_reasons() {
        let (ids, reason, ..) =
            one("resource {\n  # checkov:skip=CKV_AWS_18:the log bucket itself\n  x = 1\n}");
        assert_eq!((ids, reason.as_str()), (vec!["checkov:CKV_AWS_18".to_owned()], "the log bucket itself"));
        assert_eq!(
            ids_of("#checkov:skip=CKV_AWS_1,CKV_AWS_2: both"),
            ["checkov:CKV_AWS_1", "checkov:CKV_AWS_2"]
        );
        assert_eq!(ids_of("#trivy:ignore:AVD-AWS-0089"), ["trivy:AVD-AWS-0089"]);
        assert_eq!(
            ids_of("#tfsec:ignore:aws-s3-enable-versioning tfsec:ignore:aws-s3-enable-logging"),
            ["tfsec:aws-s3-enable-versioning", "tfsec:aws-s3-enable-logging"]
        );
        assert_eq!(ids_of("#tfsec:ignore:aws-s3-x:exp:2025-01-01"), ["tfsec:aws-s3-x"]);
        assert_eq!(ids_of("p = 'x'  # nosec B105, B106 - test only"), ["bandit:B105", "bandit:B106"]);
        assert_eq!(ids_of("p = 'x'  # noqa: S105"), ["ruff:S105"]);
        assert_eq!(ids_of("p = 'x'  # nosec"), ["bandit:*"]);
        assert_eq!(ids_of("p = 'x'  # noqa"), ["ruff:*"]);
    }

    #[test]
    fn words_that_only_look_like_a_mark_are_none() {
        for text in [
            "# tieout: ignore everything",
            "# tieout: ignore[]",
            "# see the nosecurity page",
            "checkov:skip=CKV_AWS_1:not in a comment",
            "# checkov:skip=",
            "a: 1",
        ] {
            assert_eq!(suppressions(text), [], "{text}");
        }
    }
}

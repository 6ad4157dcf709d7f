//! A plan's edits as a unified diff.

use super::{FileEdit, Plan};
use crate::inputs::urls;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use tieout_source::redact::redact_secrets_in;

/// Lines around a change.
const CONTEXT: usize = 3;

/// The edits as a unified diff. Credentials in the lines around a change are taken out; where there are some, the diff
/// shows the change and cannot be applied by `patch`. Control characters stay: who prints it makes them visible.
pub fn diff(plan: &Plan) -> String {
    let mut out = String::new();
    for edit in &plan.edits {
        file(edit, &mut out);
    }
    out
}

fn file(edit: &FileEdit, out: &mut String) {
    let old: Vec<&str> = edit.old_text.split_inclusive('\n').collect();
    let new: Vec<&str> = edit.new_text.split_inclusive('\n').collect();
    // An edit keeps the lines in their order: they can be compared one by one.
    let changed: BTreeSet<usize> =
        old.iter().zip(&new).enumerate().filter(|(_, (old, new))| old != new).map(|(at, _)| at).collect();
    let _ = write!(out, "--- a/{0}\n+++ b/{0}\n", edit.path);
    for hunk in hunks(&changed, old.len()) {
        let (start, length) = (hunk.start + 1, hunk.len());
        let _ = writeln!(out, "@@ -{start},{length} +{start},{length} @@");
        let mut at = hunk.start;
        while at < hunk.end {
            if !changed.contains(&at) {
                line(' ', old.get(at), out);
                at += 1;
                continue;
            }
            let run = (at..hunk.end).take_while(|at| changed.contains(at)).count();
            (at..at + run).for_each(|at| line('-', old.get(at), out));
            (at..at + run).for_each(|at| line('+', new.get(at), out));
            at += run;
        }
    }
}

/// The spans of lines to show; those that touch are one.
fn hunks(changed: &BTreeSet<usize>, lines: usize) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for at in changed {
        let span = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines);
        match hunks.last_mut().filter(|last| last.end >= span.start) {
            Some(last) => last.end = span.end,
            None => hunks.push(span),
        }
    }
    hunks
}

fn line(sign: char, text: Option<&&str>, out: &mut String) {
    let text = text.copied().unwrap_or_default();
    out.push(sign);
    let words = text.split_inclusive(char::is_whitespace).map(|word| match word.contains("://") {
        true => urls::without_credentials(word),
        false => word.to_owned(),
    });
    out.push_str(&redact_secrets_in(&words.collect::<String>()));
    if !text.ends_with('\n') {
        out.push_str("\n\\ No newline at end of file\n");
    }
}

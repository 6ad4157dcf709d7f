//! What the three tools find in the same policies: by class of fault where the fault is known, and by question
//! on AWS's managed policies, where it is not.

use super::faults::{CLASSES, Class, Made};
use super::questions::{Peer, QUESTIONS};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// How many differences of a question and a side are named.
const NAMED: usize = 4;

/// What a tool found: kinds and details by file.
pub type Found = BTreeMap<String, Vec<(String, String)>>;

/// A line of a peer.
#[derive(Deserialize)]
struct Line {
    file: String,
    micros: f64,
    issues: Vec<(String, String)>,
}

/// A line of ours.
#[derive(Deserialize)]
struct OurLine {
    file: String,
    lints: Vec<(String, String)>,
    gaps: Vec<String>,
    audit: Vec<(String, String)>,
}

/// Reads a peer's lines: what it found, and its microseconds for each policy.
pub fn read_peer(path: &Path) -> Result<(Found, Vec<f64>)> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines: Vec<Line> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let micros = lines.iter().map(|line| line.micros).collect();
    Ok((lines.into_iter().map(|line| (line.file, line.issues)).collect(), micros))
}

/// Reads our lines; what is not assessed is found as `gap action`, `gap service` or `gap key`.
pub fn read_ours(text: &str) -> Result<Found> {
    let mut found = Found::new();
    for line in text.lines() {
        let line: OurLine = serde_json::from_str(line)?;
        let gaps = line.gaps.into_iter().map(|what| (gap_kind(&what).to_owned(), what));
        let all = line.lints.into_iter().chain(gaps).chain(line.audit).collect();
        found.insert(line.file, all);
    }
    Ok(found)
}

fn gap_kind(what: &str) -> &'static str {
    match what {
        _ if what.contains("condition key") || what.contains("no such key") => "gap key",
        _ if what.contains("knows no service") => "gap service",
        _ if what.contains("no such action") => "gap action",
        _ => "gap",
    }
}

/// A table of the classes: how many of each a tool finds, and for sound policies how many it finds fault with.
pub fn faults(made: &[Made], ours: &Found, parliament: &Found, cloudsplaining: &Found) -> String {
    let mut out =
        "| class | policies | tieout | parliament | cloudsplaining |\n|---|---:|---:|---:|---:|\n".to_owned();
    for (index, class) in CLASSES.iter().enumerate() {
        let files: Vec<&str> =
            made.iter().filter(|made| made.class == index).map(|made| made.file.as_str()).collect();
        let cells = [
            cell(class, class.ours, &files, ours),
            cell(class, class.parliament, &files, parliament),
            cell(class, class.cloudsplaining, &files, cloudsplaining),
        ];
        let _ = writeln!(out, "| {} | {} | {} |", class.name, files.len(), cells.join(" | "));
    }
    out
}

fn cell(class: &Class, words: &[&str], files: &[&str], found: &Found) -> String {
    let sound = class.name.starts_with("sound");
    if words.is_empty() && !sound {
        return "–".to_owned();
    }
    let hit = |file: &&&str| {
        let issues = found.get(**file).map(Vec::as_slice).unwrap_or_default();
        issues.iter().any(|(kind, _)| if sound { is_complaint(kind) } else { words.contains(&kind.as_str()) })
    };
    let hits = files.iter().filter(hit).count();
    if sound { format!("{hits} wrongly") } else { hits.to_string() }
}

/// Whether an issue says that a sound policy is wrong. Powers on some resources only are no complaint.
fn is_complaint(kind: &str) -> bool {
    kind != "audience" && !kind.ends_with(" limited") && !kind.ends_with(" if")
}

/// A table of the questions on policies whose faults are not known, and the differences with their reasons.
pub fn questions(ours: &Found, parliament: &Found, cloudsplaining: &Found) -> String {
    let mut table = "| question | both | theirs alone | ours alone |\n|---|---:|---:|---:|\n".to_owned();
    let mut reasons = String::new();
    for question in &QUESTIONS {
        let (name, found) = match question.peer {
            Peer::Parliament => ("parliament", parliament),
            Peer::Cloudsplaining => ("cloudsplaining", cloudsplaining),
        };
        let theirs = files_with(found, &[question.theirs]);
        let own = files_with(ours, question.ours);
        let alone: Vec<&&str> = theirs.difference(&own).collect();
        let ours_alone: Vec<&&str> = own.difference(&theirs).collect();
        let both = theirs.intersection(&own).count();
        let _ = writeln!(
            table,
            "| {name} {}: {} | {both} | {} | {} |",
            question.theirs,
            question.ours.join(", "),
            alone.len(),
            ours_alone.len()
        );
        if !alone.is_empty() || !ours_alone.is_empty() {
            let _ = writeln!(reasons, "**{name} {}.** {}\n", question.theirs, question.why);
            named(&mut reasons, name, &alone, found, &[question.theirs]);
            named(&mut reasons, "tieout", &ours_alone, ours, question.ours);
            reasons.push('\n');
        }
    }
    format!("{table}\n### Differences\n\n{reasons}")
}

fn files_with<'f>(found: &'f Found, words: &[&str]) -> BTreeSet<&'f str> {
    let has = |issues: &[(String, String)]| issues.iter().any(|(kind, _)| words.contains(&kind.as_str()));
    found.iter().filter(|(_, issues)| has(issues)).map(|(file, _)| file.as_str()).collect()
}

/// Names some of the policies of a side, with the first issue of each.
fn named(out: &mut String, side: &str, files: &[&&str], found: &Found, words: &[&str]) {
    for file in files.iter().take(NAMED) {
        let issues = found.get(**file).map(Vec::as_slice).unwrap_or_default();
        let detail = issues.iter().find(|(kind, _)| words.contains(&kind.as_str()));
        let text: String =
            detail.map(|(_, text)| text.as_str()).unwrap_or_default().chars().take(120).collect();
        let name = file.trim_end_matches(".json");
        let _ = writeln!(out, "- {side} alone: {name}: {}", text.replace('\n', " "));
    }
    if files.len() > NAMED {
        let _ = writeln!(out, "- {side} alone: and {} more", files.len() - NAMED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_told_apart_by_what_the_table_does_not_know() {
        assert_eq!(gap_kind("`a:B`: the table of 2026-09-26 knows no service `a`"), "gap service");
        assert_eq!(
            gap_kind("`s3:X`: the table of 2026-09-26 knows no such action of Amazon S3"),
            "gap action"
        );
        assert_eq!(
            gap_kind("`aws:X`: the table of 2026-09-26 knows no such global condition key"),
            "gap key"
        );
    }

    #[test]
    fn lines_are_read_and_a_question_counts_policies() {
        let ours =
            read_ours(r#"{"file": "a.json", "lints": [["wrong-resource", "x"]], "gaps": [], "audit": []}"#);
        let ours = ours.unwrap();
        assert_eq!(files_with(&ours, &["wrong-resource"]).len(), 1);
        assert_eq!(files_with(&ours, &["unknown-action"]).len(), 0);
        let text = questions(&ours, &Found::new(), &Found::new());
        assert!(text.contains("RESOURCE_MISMATCH: wrong-resource"), "{text}");
        assert!(text.contains("tieout alone: a: x"), "{text}");
    }
}

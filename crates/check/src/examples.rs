//! Whether the verdicts on an example of a guide are those that its section promises. How an example is read is each
//! engine's own.

use crate::guide::{Example, Expect, GuideFile};
use std::collections::BTreeSet;
use tieout_model::{Finding, Location, Outcome, Status};

impl Expect {
    /// The word in the name of a test.
    pub fn as_str(self) -> &'static str {
        match self {
            Expect::Passes => "passes",
            Expect::Fails => "fails",
            Expect::NotAssessed => "not_assessed",
        }
    }
}

/// A guide has every heading, a title, and an example of each outcome that a check must have.
///
/// # Errors
/// What is missing, a line each.
pub fn is_complete(guide: &GuideFile) -> Result<(), String> {
    let mut wrong: Vec<String> =
        guide.problems.iter().map(|problem| format!("line {}: {}", problem.line, problem.message)).collect();
    if guide.title.is_empty() {
        wrong.push("it has no title".to_owned());
    }
    for (expect, name) in [(Expect::Passes, "Passes"), (Expect::Fails, "Fails")] {
        if !guide.examples.iter().any(|example| example.expect == expect) {
            wrong.push(format!("it has no example under `## {name}`"));
        }
    }
    let texts = [
        ("What it checks", &guide.guide.what),
        ("Why it matters", &guide.guide.why),
        ("How to fix", &guide.guide.fix),
    ];
    for (name, _) in texts.iter().filter(|(_, text)| text.is_empty()) {
        wrong.push(format!("`## {name}` is empty"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Whether an example came out as its section promises.
///
/// # Errors
/// What is wrong, with every verdict.
pub fn holds(example: &Example, results: &[Outcome], findings: &[Finding]) -> Result<(), String> {
    let judged = match example.expect {
        Expect::Passes => passes(results),
        Expect::Fails => fails(results, findings, example),
        Expect::NotAssessed => not_assessed(results),
    };
    judged.map_err(|wrong| {
        let seen: Vec<String> = results
            .iter()
            .map(|result| format!("  {} {}: {}", result.status.as_str(), result.subject.id, result.reason))
            .collect();
        format!("line {} of the guide: {wrong}\nverdicts:\n{}", example.line, seen.join("\n"))
    })
}

fn has(results: &[Outcome], wanted: &[Status]) -> bool {
    results.iter().any(|result| wanted.contains(&result.status))
}

fn passes(results: &[Outcome]) -> Result<(), String> {
    if !has(results, &[Status::Pass, Status::NotApplicable]) {
        return Err("nothing was judged".to_owned());
    }
    if has(results, &[Status::Fail, Status::NotAssessed]) {
        return Err("not everything passes".to_owned());
    }
    Ok(())
}

fn fails(results: &[Outcome], findings: &[Finding], example: &Example) -> Result<(), String> {
    if !has(results, &[Status::Fail]) {
        return Err("nothing fails".to_owned());
    }
    let lines: BTreeSet<u32> = findings
        .iter()
        .flat_map(|finding| &finding.locations)
        .filter_map(|location| match location {
            Location::Text { line, .. } => Some(*line),
            _ => None,
        })
        .collect();
    let marked: BTreeSet<u32> = example.marked.iter().copied().collect();
    if !marked.is_empty() && marked != lines {
        return Err(format!("the findings point to lines {lines:?} of the example, marked are {marked:?}"));
    }
    Ok(())
}

fn not_assessed(results: &[Outcome]) -> Result<(), String> {
    match (has(results, &[Status::NotAssessed]), has(results, &[Status::Fail])) {
        (true, false) => Ok(()),
        (false, _) => Err("everything was assessed".to_owned()),
        (true, true) => Err("something fails".to_owned()),
    }
}

//! Every example of every guide, each one test named after its check, section, language and number:
//! `s3-bucket-versioning-enabled::fails::terraform::1`.

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::{BTreeMap, BTreeSet};
use tieout_aws_checks::AwsCheck;
use tieout_aws_live::{CollectOptions, Replay, Session, collect};
use tieout_aws_state::State;
use tieout_check::{Example, Expect, GuideFile, Ledger, parse_guide};
use tieout_iac::{Options, SourceFile, read_files};
use tieout_model::time::{Date, macros::date};
use tieout_model::{Finding, Location, Outcome, Status};

/// The day on which the examples' ages are judged.
const AS_OF: Date = date!(2026 - 01 - 15);

fn main() {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> = tieout_aws_checks::checks().into_iter().flat_map(trials_of).collect();
    if let Some(word) = &arguments.filter
        && !trials.iter().any(|trial| trial.name().contains(word))
    {
        eprintln!("no example of a registered check has `{word}` in its name: nothing is tested");
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials_of(check: &'static dyn AwsCheck) -> Vec<Trial> {
    let id = check.about().id;
    let guide = parse_guide(check.about().guide);
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for example in guide.examples.clone() {
        let section = match example.expect {
            Expect::Passes => "passes",
            Expect::Fails => "fails",
            Expect::NotAssessed => "not_assessed",
        };
        let group = format!("{id}::{section}::{}", example.language);
        let number = numbers.entry(group.clone()).or_default();
        *number += 1;
        trials.push(Trial::test(format!("{group}::{number}"), move || run(check, &example)));
    }
    trials.push(Trial::test(format!("{id}::guide"), move || complete(&guide)));
    trials
}

/// A guide has every heading, a title, and an example of each outcome that a check must have.
fn complete(guide: &GuideFile) -> Result<(), Failed> {
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
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn run(check: &dyn AwsCheck, example: &Example) -> Result<(), Failed> {
    let state = state_of(example, check)?;
    let mut ledger = Ledger::default();
    ledger.absorb(check.run(&state));
    let (results, findings, _) = ledger.finish();
    let judged = match example.expect {
        Expect::Passes => passes(&results),
        Expect::Fails => fails(&results, &findings, example),
        Expect::NotAssessed => not_assessed(&results),
    };
    judged.map_err(|wrong| {
        let seen: Vec<String> = results
            .iter()
            .map(|result| format!("  {} {}: {}", result.status.as_str(), result.subject.id, result.reason))
            .collect();
        format!("line {} of the guide: {wrong}\nverdicts:\n{}", example.line, seen.join("\n")).into()
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

fn state_of(example: &Example, check: &dyn AwsCheck) -> Result<State, Failed> {
    match example.language.as_str() {
        "aws" => from_account(&example.text, check),
        "terraform" => from_source("main.tf", &example.text),
        "cloudformation" | "sam" if example.text.trim_start().starts_with('{') => {
            from_source("template.json", &example.text)
        }
        "cloudformation" | "sam" => from_source("template.yaml", &example.text),
        other => Err(format!("examples in `{other}` are not run").into()),
    }
}

/// The account as the check sees it: only what it says it reads is asked.
fn from_account(record: &str, check: &dyn AwsCheck) -> Result<State, Failed> {
    let replay = Replay::parse(record).map_err(|error| error.to_string())?;
    if !replay.unknown_operations().is_empty() {
        return Err(format!("no such operations: {}", replay.unknown_operations().join(", ")).into());
    }
    let actions = check.about().reads.iter().map(ToString::to_string).collect();
    let options = CollectOptions { actions: Some(actions), ..CollectOptions::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let collected = runtime.block_on(collect(&Session::from(replay), &options));
    Ok(State::build(collected.resources, collected.population_gaps, AS_OF))
}

fn from_source(path: &str, text: &str) -> Result<State, Failed> {
    let file = SourceFile { path: path.into(), text: text.into() };
    let reading = read_files(&[file], &Options::default());
    let broken: Vec<String> = reading
        .gaps
        .iter()
        .filter(|(gap, _)| gap.reason == tieout_model::Reason::Unreadable)
        .map(|(gap, _)| gap.to_string())
        .collect();
    if !broken.is_empty() {
        return Err(format!("the example cannot be read: {}", broken.join("; ")).into());
    }
    Ok(State::build(reading.resources, Vec::new(), AS_OF))
}

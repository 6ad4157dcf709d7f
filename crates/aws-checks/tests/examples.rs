//! Every example of every guide, each one test named after its check, section, language and number:
//! `s3-bucket-versioning-enabled::fails::terraform::1`.

use libtest_mimic::Failed;
use std::process::ExitCode;
use tieout_aws_checks::AwsCheck;
use tieout_aws_live::{CollectOptions, Replay, Session, collect};
use tieout_aws_state::State;
use tieout_check::harness::{self, Said};
use tieout_check::{Example, Ledger};
use tieout_iac::{Options, SourceFile, read_files};
use tieout_model::time::{Date, macros::date};

/// The day on which the examples' ages are judged.
const AS_OF: Date = date!(2026 - 01 - 15);

fn main() -> ExitCode {
    let checks =
        tieout_aws_checks::checks().into_iter().map(|check| (check.about().id, check.about().guide, check));
    harness::main(checks, run)
}

fn run(check: &'static dyn AwsCheck, example: &Example, _: &str) -> Result<Said, Failed> {
    let state = state_of(example, check)?;
    let mut ledger = Ledger::default();
    ledger.absorb(check.run(&state));
    let (results, findings, _) = ledger.finish();
    Ok((results, findings))
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

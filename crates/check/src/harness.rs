//! The test program of an engine's examples: each one test, named after its check, section, language and number.

use crate::{Example, holds, is_complete, parse_guide};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::process::ExitCode;
use tieout_model::{Finding, Outcome};

/// What a check said of an example.
pub type Said = (Vec<Outcome>, Vec<Finding>);

/// Runs every example of every guide as the test `CHECK::SECTION::LANGUAGE::NUMBER`, and `CHECK::guide`, which asks that the
/// guide has all its sections. A check is given with its id and its guide's text; `judge` is told the test's name too.
pub fn main<C: Copy + Send + 'static>(
    checks: impl IntoIterator<Item = (&'static str, &'static str, C)>,
    judge: fn(C, &Example, &str) -> Result<Said, Failed>,
) -> ExitCode {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> =
        checks.into_iter().flat_map(|(id, guide, check)| trials_of(id, guide, check, judge)).collect();
    if let Some(word) = &arguments.filter
        && !trials.iter().any(|trial| trial.name().contains(word))
    {
        eprintln!("no example of a registered check has `{word}` in its name: nothing is tested");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials_of<C: Copy + Send + 'static>(
    id: &str,
    guide: &str,
    check: C,
    judge: fn(C, &Example, &str) -> Result<Said, Failed>,
) -> Vec<Trial> {
    let guide = parse_guide(guide);
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for example in guide.examples.clone() {
        let group = format!("{id}::{}::{}", example.expect.as_str(), example.language);
        let number = numbers.entry(group.clone()).or_default();
        *number += 1;
        let name = format!("{group}::{number}");
        trials.push(Trial::test(name.clone(), move || {
            let (results, findings) = judge(check, &example, &name)?;
            Ok(holds(&example, &results, &findings)?)
        }));
    }
    trials.push(Trial::test(format!("{id}::guide"), move || Ok(is_complete(&guide)?)));
    trials
}

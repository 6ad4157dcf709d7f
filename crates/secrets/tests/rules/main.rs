//! Every example of every rule, a family a test (a runner that starts a process a test would read the rules three thousand
//! times); what fails is told by its name, `vcs::github-token::positive::2`. The secrets in them are made anew from a seed,
//! several times (see `made`): a positive yields exactly one finding, of its rule; a negative none of any rule.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod made;

use libtest_mimic::{Arguments, Failed, Trial};
use made::{Random, expand};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use tieout_secrets::{Document, Rule, Rules, rule, scan};

/// How often an example is made anew.
const ROUNDS: u64 = 5;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let mut files: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    for file in files {
        let family = file.file_stem().unwrap().to_string_lossy().into_owned();
        trials.push(Trial::test(family.clone(), move || {
            let rules = rule::parse(&fs::read_to_string(&file)?).map_err(|error| error.to_string())?;
            let wrong: Vec<String> = rules.iter().flat_map(|rule| faults(&family, rule)).collect();
            if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
        }));
    }
    trials.push(Trial::test("all::ids-are-there-once", ids_are_there_once));
    libtest_mimic::run(&arguments, trials).exit();
}

/// What is wrong with a rule's examples, each with its name.
fn faults(family: &str, rule: &Rule) -> Vec<String> {
    let id = &rule.id;
    let mut faults = Vec::new();
    for (kind, examples, wanted) in [("positive", &rule.positive, 1), ("negative", &rule.negative, 0)] {
        for (number, (path, text)) in examples.iter().enumerate() {
            if let Err(wrong) = run(id, path, text, wanted) {
                faults.push(format!("{family}::{id}::{kind}::{}: {wrong}", number + 1));
            }
        }
    }
    if rule.detector.is_none() && (rule.positive.len() < 2 || rule.negative.len() < 2) {
        faults.push(format!("{family}::{id}: two examples of each are needed"));
    }
    faults
}

fn run(id: &str, path: &str, text: &str, wanted: usize) -> Result<(), String> {
    for round in 0..ROUNDS {
        let mut random = Random::new(&format!("{id} {path} {text} {round}"));
        let text = expand(text, &mut random)?;
        let found = scan(&RULES, &Document::new(path, text.as_bytes()));
        let ids: Vec<&str> =
            found.iter().map(|found| RULES.rule(found.rule).map_or("?", |rule| rule.id.as_str())).collect();
        if ids != vec![id; wanted] {
            return Err(format!("round {round}: found {ids:?} in {path}:\n{text}"));
        }
    }
    Ok(())
}

fn ids_are_there_once() -> Result<(), Failed> {
    let mut ids: Vec<&str> = RULES.all().iter().map(|rule| rule.id.as_str()).collect();
    let all = ids.len();
    ids.dedup();
    (ids.len() == all && all >= 220)
        .then_some(())
        .ok_or_else(|| format!("{} of {all} ids differ", ids.len()).into())
}

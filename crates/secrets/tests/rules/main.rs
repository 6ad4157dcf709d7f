//! Every example of every rule, as a test of its own: `vcs::github-token::positive::2`. The secrets in them are made anew
//! from a seed, several times (see `made`): a positive yields exactly one finding, of its rule; a negative none of any rule.

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
        match rule::parse(&fs::read_to_string(&file).unwrap()) {
            Ok(rules) => trials.extend(rules.iter().flat_map(|rule| trials_of(&family, rule))),
            Err(error) => {
                let message = error.to_string();
                trials.push(Trial::test(format!("{family}::is-read"), move || Err(message.into())));
            }
        }
    }
    trials.push(Trial::test("all::ids-are-there-once", ids_are_there_once));
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials_of(family: &str, rule: &Rule) -> Vec<Trial> {
    let of = |kind: &str, examples: &[(String, String)], wanted: usize| -> Vec<Trial> {
        examples
            .iter()
            .enumerate()
            .map(|(number, (path, text))| {
                let (id, path, text) = (rule.id.clone(), path.clone(), text.clone());
                let name = format!("{family}::{id}::{kind}::{}", number + 1);
                Trial::test(name, move || run(&id, &path, &text, wanted))
            })
            .collect()
    };
    let mut trials = of("positive", &rule.positive, 1);
    trials.extend(of("negative", &rule.negative, 0));
    if rule.detector.is_none() {
        let (id, positive, negative) = (rule.id.clone(), rule.positive.len(), rule.negative.len());
        trials.push(Trial::test(format!("{family}::{id}::has-examples"), move || {
            (positive >= 2 && negative >= 2).then_some(()).ok_or_else(|| "two of each are needed".into())
        }));
    }
    trials
}

fn run(id: &str, path: &str, text: &str, wanted: usize) -> Result<(), Failed> {
    for round in 0..ROUNDS {
        let mut random = Random::new(&format!("{id} {path} {text} {round}"));
        let text = expand(text, &mut random)?;
        let found = scan(&RULES, &Document::new(path, text.as_bytes()));
        let ids: Vec<&str> =
            found.iter().map(|found| RULES.rule(found.rule).map_or("?", |rule| rule.id.as_str())).collect();
        if ids != vec![id; wanted] {
            return Err(format!("round {round}: found {ids:?} in {path}:\n{text}").into());
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

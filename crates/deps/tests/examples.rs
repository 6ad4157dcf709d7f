//! Every example of every guide, each one test named after its check, section, language and number:
//! `deps-package-pinned::fails::requirements::1`.

use libtest_mimic::Failed;
use std::path::Path;
use std::process::ExitCode;
use tieout_check::Example;
use tieout_check::harness::{self, Said};
use tieout_deps::{Cx, DepsCheck, Locks, Tree, inputs};
use tieout_model::time::{Date, macros::date};

/// A few records, made for the examples.
const ADVISORIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/advisories");

/// The day on which the examples' ends of life are judged.
const AS_OF: Date = date!(2026 - 01 - 15);

fn main() -> ExitCode {
    let checks = tieout_deps::checks::CHECKS.iter().map(|check| (check.about.id, check.about.guide, *check));
    harness::main(checks, run)
}

/// The name of the file that a fence of a language stands for. A fence `files` holds several, each after a line
/// `--- NAME`.
fn file_of(language: &str) -> Option<&'static str> {
    Some(match language {
        "requirements" => "requirements.txt",
        "pyproject" => "pyproject.toml",
        "pipfile" => "Pipfile",
        "uv-lock" => "uv.lock",
        "poetry-lock" => "poetry.lock",
        "dockerfile" => "Dockerfile",
        "python-version" => ".python-version",
        "github-workflow" => ".github/workflows/ci.yml",
        "serverless" => "serverless.yml",
        _ => return None,
    })
}

fn tree_of(example: &Example) -> Result<Tree, Failed> {
    if example.language == "files" {
        let mut tree = Tree::default();
        for part in format!("\n{}", example.text).split("\n--- ").skip(1) {
            let (name, text) = part.split_once('\n').unwrap_or((part, ""));
            tree.add_text(name.trim().into(), text.into());
        }
        return Ok(tree);
    }
    match file_of(&example.language) {
        Some(file) => Ok(Tree::of_texts([(file, example.text.as_str())])),
        None => Err(format!("examples in `{}` are not run", example.language).into()),
    }
}

fn run(check: &'static DepsCheck, example: &Example, _: &str) -> Result<Said, Failed> {
    let tree = tree_of(example)?;
    let mut reading = inputs::read(&tree);
    inputs::judge_markers(&mut reading, &inputs::Target::default());
    let advisories = tieout_advisories::load(Path::new(ADVISORIES)).map_err(|error| error.to_string())?;
    let cx = Cx {
        locks: Locks::of(&reading),
        reading: &reading,
        advisories: Ok(&advisories),
        code: None,
        handlers: &[],
        scanning: Some(&tieout_deps::scanning::scanner_in_ci(&tree)),
        as_of: AS_OF,
    };
    let (results, findings, _) = tieout_deps::run(&cx, &[check]).finish();
    Ok((results, findings))
}

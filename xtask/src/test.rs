//! `cargo xtask test`: everything that CI runs, in the order in which it fails soonest.

use crate::python::{Venv, root, succeed};
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const HELP: &str = "\
cargo xtask test [--fast] [-- ARGS]

  --fast   the tests only: no format, lints, tidy or generated files
  ARGS     go to the test runner: `cargo xtask test --fast -- -p tieout-iam wildcard`
";

/// What to run.
#[derive(Debug, PartialEq)]
struct Choice {
    fast: bool,
    runner_args: Vec<String>,
}

impl Choice {
    fn parse(args: &[String]) -> Result<Choice> {
        let mut choice = Choice { fast: false, runner_args: Vec::new() };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--fast" => choice.fast = true,
                "--" => choice.runner_args = args.by_ref().cloned().collect(),
                other => bail!("`{other}` is no flag of this command\n\n{HELP}"),
            }
        }
        Ok(choice)
    }
}

/// Runs every step, stops at the first that fails, and says which.
pub fn run(args: &[String]) -> Result<()> {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let choice = Choice::parse(args)?;
    let mut steps = Steps::default();
    if !choice.fast {
        steps.run("format", || cargo(&["fmt", "--all", "--check"]))?;
        steps.run("tidy", || crate::tidy::run(&[]))?;
    }
    let venv = steps.run("Python packages for the tests", || {
        Venv::ensure("venv", &root().join("tests").join("requirements.txt"))
    })?;
    if !choice.fast {
        // The generated state needs no package and is part of tidy.
        steps.run("generated operations", || crate::operations::run(&["--check".to_owned()]))?;
        steps.run("published names", || crate::facts::run(&["--check".to_owned()]))?;
        steps.run("lints", || {
            cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
        })?;
    }
    // A filter is meant for the tests; documentation examples run when everything does. They come first, so that
    // the last count a reader (or CI) sees is that of the tests.
    if choice.runner_args.is_empty() {
        steps.run("documentation examples", || cargo(&["test", "--workspace", "--doc", "--quiet"]))?;
    }
    steps.run("tests", || succeed(&mut runner(&venv, &choice)))?;
    steps.summary();
    Ok(())
}

fn cargo(args: &[&str]) -> Result<()> {
    succeed(in_workspace().args(args))
}

fn in_workspace() -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    // This very run's package must not leak into the packages under test.
    command.current_dir(root()).env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_PKG_NAME");
    command
}

fn runner(venv: &Venv, choice: &Choice) -> Command {
    let mut command = in_workspace();
    if nextest_is_installed() {
        command.args(["nextest", "run"]);
        if std::env::var_os("CI").is_some() {
            command.args(["--profile", "ci"]);
        }
    } else {
        println!("cargo-nextest is not installed; `cargo test` runs the tests instead");
        command.args(["test", "--lib", "--bins", "--tests"]);
    }
    if !choice.runner_args.iter().any(|arg| arg == "-p" || arg == "--package") {
        command.arg("--workspace");
    }
    command
        .args(&choice.runner_args)
        .env("TIEOUT_VENV", venv.folder())
        .env("TIEOUT_MOTO", venv.program("moto_server"));
    command
}

fn nextest_is_installed() -> bool {
    in_workspace()
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The steps that have run, with their times.
#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    fn run<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n── {name} ──");
        let start = Instant::now();
        let outcome = step();
        let took = start.elapsed();
        self.done.push((name, took));
        match &outcome {
            Ok(_) => println!("── {name}: good, {:.1} s", took.as_secs_f64()),
            Err(_) => println!("── {name}: failed after {:.1} s", took.as_secs_f64()),
        }
        outcome.with_context(|| format!("the step `{name}` failed"))
    }

    fn summary(&self) {
        println!("\nEverything passes:");
        for (name, took) in &self.done {
            println!("  {name:<32} {:>7.1} s", took.as_secs_f64());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Choice> {
        Choice::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_follows_two_dashes_goes_to_the_runner() {
        let choice = parse(&["--fast", "--", "-p", "tieout-iam", "--fast"]).unwrap();
        assert_eq!(
            choice,
            Choice { fast: true, runner_args: ["-p", "tieout-iam", "--fast"].map(str::to_owned).to_vec() }
        );
    }

    #[test]
    fn an_unknown_flag_is_an_error_that_shows_the_help() {
        let error = parse(&["--fats"]).unwrap_err().to_string();
        assert!(error.contains("`--fats`") && error.contains("--fast"), "{error}");
    }

    #[test]
    fn a_step_that_fails_is_named_in_the_error() {
        let mut steps = Steps::default();
        let error = steps.run("lints", || -> Result<()> { bail!("no") }).unwrap_err();
        assert!(error.to_string().contains("`lints`"));
    }
}

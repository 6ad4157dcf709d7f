//! Developers' commands: `cargo xtask …`. Each command is a module with `run(args)`.

use anyhow::{Result, bail};
use std::process::ExitCode;

mod advisories;
mod bench;
mod facts;
mod iam_facts;
mod new_check;
mod operations;
mod python;
mod record_example;
mod state;
mod test;
mod tidy;

const HELP: &str = "\
Developers' commands of tieout.

  cargo xtask test [-- ARGS]         everything CI runs; installs what the tests need under target/
  cargo xtask tidy                   arrows, registration, ids, headings, generated files, file sizes
  cargo xtask new-check SERVICE NAME the two files of a new check, registered
  cargo xtask state [--check]        generate crates/aws-state/src/generated from crates/aws-state/tables
  cargo xtask operations [--check]   generate the table of read operations from a named botocore
  cargo xtask iam-facts [--check]    generate crates/iam/facts: actions, keys, managed policies
  cargo xtask advisories [--check] [ZIP] generate the index of advisories that is built in
  cargo xtask facts [--check]        refresh the published names that the tables are verified against
  cargo xtask record-example         the recorded account of examples/orders, from moto and its seed
  cargo xtask bench iac|account|iam|deps      measure against the peers, in one run, and print ratios
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match run(&command, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, rest: &[String]) -> Result<()> {
    match command {
        "test" => test::run(rest),
        "tidy" => tidy::run(rest),
        "new-check" => new_check::run(rest),
        "state" => state::run(rest),
        "operations" => operations::run(rest),
        "facts" => facts::run(rest),
        "iam-facts" => iam_facts::run(rest),
        "record-example" => record_example::run(rest),
        "advisories" => advisories::run(rest),
        "bench" => bench::run(rest),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("`{other}` is no command of xtask\n\n{HELP}"),
    }
}

//! The binary: command line, wiring, exit codes. Every engine and every report is a crate of its own.

mod account;
mod assess;
mod cli;
mod commands;
mod deps;
mod endpoints;
mod exit;
mod function_code;
mod output;
mod plan;
mod progress;
mod scrub;
mod secrets;
mod source;
mod suppress;
mod verdict;

use clap::Parser;
use cli::{Cli, Command};
use exit::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    tieout_check::quiet_panics();
    let cli = Cli::parse();
    let ran = std::panic::catch_unwind(|| run(&cli));
    match ran {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(error)) => {
            // One line, so that a script can read it, and nothing in it can pass for another.
            let message = format!("{error:#}").lines().map(str::trim).collect::<Vec<_>>().join("; ");
            eprintln!("tieout: {}", tieout_source::redact::escape_terminal(&message));
            exit::of_error(&error).into()
        }
        Err(_) => {
            eprintln!("tieout: internal error; please report it with the command that you ran");
            Exit::Internal.into()
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<Exit> {
    match &cli.command {
        Command::Audit(args) => commands::audit::run(cli, args),
        Command::Checks(args) => commands::catalogue::list(args),
        Command::Explain { id } => commands::catalogue::explain(cli, id),
        Command::Report(args) => commands::report::run(cli, args),
        Command::Policy(args) => commands::policy::run(args),
        Command::Doctor(args) => commands::doctor::run(cli, args),
        Command::Dump(args) => commands::dump::run(args),
        Command::Deps(args) => commands::deps::run(cli, args),
        Command::Secrets(args) => commands::secrets::run(cli, args),
        Command::Advisories { command } => commands::advisories::run(cli, command),
        Command::Tls { command } => commands::tls::run(cli, command),
        Command::Iam { command } => commands::iam::run(cli, command),
        Command::Completions { shell } => commands::shell::completions(*shell),
        Command::Man { out } => commands::shell::man(out.as_deref()),
    }
}

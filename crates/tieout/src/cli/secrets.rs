//! The command line of `tieout secrets`.

use super::{ChoiceArgs, ConfigArgs, ExcludeArgs, OutputArgs, VerdictArgs};
use clap::builder::FalseyValueParser;
use clap::{Args, ValueHint};
use std::path::PathBuf;

pub const SECRETS_EXAMPLES: &str = "\
Examples:
  tieout secrets                             this folder
  tieout secrets --history                   and everything that git remembers
  tieout secrets build/app.zip               what a Lambda package holds
  tieout secrets -f sarif -o secrets.sarif   for code scanning
  tieout secrets -f json -o known.json       a baseline …
  tieout secrets --baseline known.json       … against which only new secrets count
  tieout secrets --list-rules                what is looked for

All files are read but those that git ignores and does not track; files that are made to hold credentials (.env,
*.tfvars, *.tfstate, .netrc, …) are read although they are ignored. Archives and notebooks are looked into. Nothing
of a secret is shown but its first and last characters and a fingerprint; nothing leaves the machine.

A line is passed over with `# tieout: ignore[secrets-passwords-absent] reason`; the marks of detect-secrets
(`pragma: allowlist secret`), gitleaks (`gitleaks:allow`), Bandit and ruff are honoured too.";

#[derive(Debug, Args)]
pub struct SecretsArgs {
    /// Folders, files or archives [default: the current folder]
    #[arg(value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Print the rules: id, what it finds, severity
    #[arg(long)]
    pub list_rules: bool,
    #[command(flatten)]
    pub reading: SecretReadingArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub exclude: ExcludeArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    /// Exit with 4 if anything could not be read
    #[arg(long, env = "TIEOUT_REQUIRE_COVERAGE", value_parser = FalseyValueParser::new())]
    pub require_coverage: bool,
}

/// Where secrets are looked for, and by which rules.
#[derive(Debug, Clone, Args, Default)]
pub struct SecretReadingArgs {
    /// Look through the git history too: every branch, tag and stash, each blob once
    #[arg(long, env = "TIEOUT_HISTORY", value_parser = FalseyValueParser::new(), help_heading = "Secrets")]
    pub history: bool,
    /// Leave archives (zip, whl, tar, gz) closed
    #[arg(long, env = "TIEOUT_NO_ARCHIVES", value_parser = FalseyValueParser::new(), help_heading = "Secrets")]
    pub no_archives: bool,
    /// Rules of your own, over those built in (TOML; docs/secrets.md)
    #[arg(long, env = "TIEOUT_SECRET_RULES", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Secrets")]
    pub secret_rules: Vec<PathBuf>,
    /// The key of the fingerprints by which secrets are known again; the same everywhere without it
    #[arg(
        long,
        env = "TIEOUT_FINGERPRINT_KEY",
        value_name = "KEY",
        hide_env_values = true,
        help_heading = "Secrets"
    )]
    pub fingerprint_key: Option<String>,
}

//! The command line of `tieout deps` and `tieout advisories`.

use super::{ChoiceArgs, ConfigArgs, ExcludeArgs, OutputArgs, SourceArgs, VerdictArgs};
use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

pub const DEPS_EXAMPLES: &str = "\
Examples:
  tieout deps                                this folder
  tieout deps api/ --persona auditor         every verdict, and what could not be audited
  tieout deps requirements.txt               one file, and what it includes
  tieout deps .venv                          an environment, as installed
  tieout deps build/app.zip                  what a Lambda package holds
  tieout deps --fix                          raise pins to the smallest versions that mend everything
  tieout deps -f cyclonedx -o sbom.json      an SBOM, with what the code reaches as VEX
  tieout deps --advisories all.zip --offline from an archive of OSV's, asking nothing

Advisories come from OSV's archive of PyPI in your cache, which is refreshed when it is older than a day and the
network answers. Nothing but the archive is asked for: no package name leaves the machine. Without it, the index
built into tieout answers, and the report says how old it is.

Exit codes:
  0  nothing at or above --fail-on
  1  findings
  2  usage or configuration
  3  nothing to audit
  4  something could not be audited, with --strict (the default where CI is set), or no advisories at all";

#[derive(Debug, Args)]
pub struct DepsArgs {
    /// Folders, files, environments or archives [default: the current folder]
    #[arg(value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub data: AdvisoryArgs,
    /// Exit with 4 if anything could not be audited [default: on where CI is set]
    #[arg(long, env = "TIEOUT_STRICT", value_parser = FalseyValueParser::new(), overrides_with = "no_strict")]
    pub strict: bool,
    /// Let what could not be audited pass in CI too
    #[arg(long)]
    pub no_strict: bool,
    /// Raise pins in requirements and pyproject.toml to the smallest versions that mend everything; print the
    /// commands for lock files
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show what would change, and change nothing
    #[arg(long, requires = "fix")]
    pub diff: bool,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub exclude: ExcludeArgs,
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
}

/// Where advisories and ends of life come from.
#[derive(Debug, Clone, Args, Default)]
pub struct AdvisoryArgs {
    /// Advisories from this archive (OSV's PyPI/all.zip), folder or file in place of the cache
    #[arg(long, env = "TIEOUT_ADVISORIES", value_name = "PATH", value_hint = ValueHint::AnyPath, conflicts_with = "osv_url", help_heading = "Advisories")]
    pub advisories: Option<PathBuf>,
    /// Ask an OSV API in place of the archive: names and versions of packages are sent there
    #[arg(
        long,
        env = "TIEOUT_OSV_URL",
        value_name = "URL",
        conflicts_with = "offline",
        help_heading = "Advisories"
    )]
    pub osv_url: Option<String>,
    /// Ask nothing of the network
    #[arg(long, env = "TIEOUT_OFFLINE", value_parser = FalseyValueParser::new(), help_heading = "Advisories")]
    pub offline: bool,
    /// Ends of life of your own, over those built in (TOML; docs/deps.md)
    #[arg(long, env = "TIEOUT_RUNTIMES", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Advisories")]
    pub runtimes: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum AdvisoriesCommand {
    /// Fetch OSV's archive of advisories for PyPI into your cache, if it has changed
    #[command(
        after_long_help = "Examples:\n  tieout advisories update\n  tieout advisories update --url https://mirror.example.com/PyPI/all.zip"
    )]
    Update {
        /// A mirror of the archive
        #[arg(long, env = "TIEOUT_ADVISORIES_URL", value_name = "URL", value_hint = ValueHint::Url)]
        url: Option<String>,
    },
    /// Tell which advisories would be used, and how old they are
    Status(AdvisoryArgs),
}

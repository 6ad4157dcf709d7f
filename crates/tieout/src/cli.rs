//! The command line, declared once: parser, help, man pages and completions come from here.

mod deps;
mod secrets;
mod tls;

pub use deps::{AdvisoriesCommand, AdvisoryArgs, DepsArgs};
pub use secrets::{SecretReadingArgs, SecretsArgs};
pub use tls::{EndpointArgs, PythonArgs, RecipeArgs, Starttls, TlsCommand};

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;
use tieout_iam::lint::PolicyKind;
use tieout_model::{Persona, Severity};

/// Ties a Python backend on AWS out to its evidence: reads its infrastructure as code and its account, and
/// answers the auditor's checklist with pass, fail, or not assessed and why.
#[derive(Debug, Parser)]
#[command(name = "tieout", version, long_version = long_version(), propagate_version = true, max_term_width = 100, after_long_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, env = "TIEOUT_COLOR", value_name = "WHEN")]
    pub color: Color,
    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, env = "TIEOUT_QUIET", value_parser = FalseyValueParser::new())]
    pub quiet: bool,
}

/// The version, and the date or version of each table of facts that answers depend on.
fn long_version() -> &'static str {
    static TEXT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    TEXT.get_or_init(|| {
        let (date, source) = tieout_iam::facts::tables_source();
        format!(
            "{}\niam actions       {} ({})\nmanaged policies  {}\noperations        botocore {}",
            env!("CARGO_PKG_VERSION"),
            date,
            source,
            tieout_iam::facts::managed_policies_source(),
            tieout_aws_live::botocore_version(),
        )
    })
}

const EXIT_CODES: &str = "\
Exit codes:
  0   nothing at or above --fail-on
  1   findings
  2   usage or configuration
  3   nothing to audit
  4   incomplete, where --require-coverage asked for completeness
  70  internal error";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit a project's infrastructure as code, dependencies and secrets, and its account
    #[command(after_long_help = AUDIT_EXAMPLES)]
    Audit(Box<AuditArgs>),
    /// List the checks
    #[command(after_long_help = "Examples:\n  tieout checks\n  tieout checks --select s3,high -f json")]
    Checks(ChecksArgs),
    /// Explain a check: what it asks, why it matters, how to fix it
    #[command(
        after_long_help = "Examples:\n  tieout explain s3-bucket-versioning-enabled\n  tieout explain CKV_AWS_21"
    )]
    Explain {
        /// The check's id, or a peer's id for the same question
        id: String,
    },
    /// Render a saved assessment again, in other formats
    #[command(
        after_long_help = "Examples:\n  tieout report saved.json\n  tieout report saved.json -o audit.xlsx -o audit.sarif"
    )]
    Report(ReportArgs),
    /// Print the exact read-only IAM policy that a scan of an account needs
    #[command(
        after_long_help = "Examples:\n  tieout policy > tieout-read-only.json\n  tieout policy --function-code\n  tieout policy --select iam,cloudtrail"
    )]
    Policy(PolicyArgs),
    /// Tell who you are to AWS, which regions and calls are open to you, and what will not be assessed
    #[command(
        after_long_help = "Examples:\n  tieout doctor\n  tieout doctor --profile audit --regions eu-west-1"
    )]
    Doctor(DoctorArgs),
    /// Print the normalised resources of a project, one JSON object a line
    #[command(
        after_long_help = "Examples:\n  tieout dump .\n  tieout dump infra/ | jq -r 'select(.type == \"AWS::S3::Bucket\") | .id'"
    )]
    Dump(DumpArgs),
    /// Audit the dependencies and runtimes of a project
    #[command(after_long_help = deps::DEPS_EXAMPLES)]
    Deps(Box<DepsArgs>),
    /// Find secrets in files, archives and git history
    #[command(after_long_help = secrets::SECRETS_EXAMPLES)]
    Secrets(Box<SecretsArgs>),
    /// Fetch the advisories, or tell how old they are
    Advisories {
        #[command(subcommand)]
        command: AdvisoriesCommand,
    },
    /// Tell which TLS servers really accept
    Tls {
        #[command(subcommand)]
        command: TlsCommand,
    },
    /// Ask IAM policies by themselves: decide requests, lint documents
    Iam {
        #[command(subcommand)]
        command: IamCommand,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the man pages
    Man {
        /// Folder to write them into; the main page goes to standard output without it
        #[arg(long, value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
}

const AUDIT_EXAMPLES: &str = "\
Examples:
  tieout audit                               this folder, and the account that tieout.toml names
  tieout audit infra/ --only iac             the source alone
  tieout audit --aws --profile audit         the live account alone
  tieout audit . --aws -o audit.xlsx         both, into a workbook
  tieout audit --aws --function-code         the packages inside functions and layers too
  tieout audit --persona auditor             every verdict, passes and what could not be assessed too
  tieout audit --select s3,iam --fail-on high
  tieout audit -f sarif -o tieout.sarif -f json -o tieout.json
  tieout audit --aws --record account.jsonl  keep the answers, secrets taken out
  tieout audit --replay account.jsonl        judge them again without credentials
  tieout audit . --endpoint api.example.com  what a server really accepts too (tieout tls endpoint)";

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Folders or files to audit [default: the current folder, or none with --aws or --replay]
    #[arg(value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub account: AccountArgs,
    /// Read the packages inside the code of the live account's Python functions and of their layers too
    ///
    /// Each archive is fetched once (at most 250 MB), held against the SHA-256 that Lambda names, read without being
    /// unpacked, and kept nowhere. It needs lambda:GetFunction and lambda:GetLayerVersion, which nothing else of
    /// tieout uses: see `tieout policy --function-code`. A record (--record) does not hold the code.
    #[arg(long, env = "TIEOUT_FUNCTION_CODE", value_parser = FalseyValueParser::new(), help_heading = "Account")]
    pub function_code: bool,
    /// Probe a server's TLS too, as `tieout tls endpoint` does; several times for several
    #[arg(long, value_name = "HOST[:PORT]", help_heading = "Endpoints")]
    pub endpoint: Vec<String>,
    /// Probe the endpoints that the source and the account name too, as `tieout tls endpoint --from` does
    ///
    /// They are listed on stderr before anything is sent.
    #[arg(long, env = "TIEOUT_STATED_ENDPOINTS", value_parser = FalseyValueParser::new(), help_heading = "Endpoints")]
    pub stated_endpoints: bool,
    /// Of these endpoints, probe the addresses of Lambda functions (function URLs)
    ///
    /// They stand in an account, its record, or a Terraform state; other source knows none of them, and says so.
    #[arg(long, env = "TIEOUT_FUNCTION_URLS", value_parser = FalseyValueParser::new(), help_heading = "Endpoints")]
    pub function_urls: bool,
    /// Certificates of authorities (PEM) that endpoints may be trusted by besides the system's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Endpoints")]
    pub endpoint_ca: Vec<PathBuf>,
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',', env = "TIEOUT_ONLY", value_name = "PART")]
    pub only: Vec<Part>,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub exclude: ExcludeArgs,
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub advisories: AdvisoryArgs,
    #[command(flatten)]
    pub secrets: SecretReadingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    /// Exit with 4 if anything that was asked could not be assessed
    #[arg(long, env = "TIEOUT_REQUIRE_COVERAGE", value_parser = FalseyValueParser::new())]
    pub require_coverage: bool,
}

/// What makes a finding count, and on which day.
#[derive(Debug, Args, Default)]
pub struct VerdictArgs {
    /// Exit with 1 if an open finding is at least this severe [default: medium]
    #[arg(long, env = "TIEOUT_FAIL_ON", value_name = "SEVERITY")]
    pub fail_on: Option<Severity>,
    /// A saved assessment (-f json) whose findings are known already
    #[arg(long, env = "TIEOUT_BASELINE", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// A file of accepted exceptions, with owner, reason and expiry
    #[arg(long, env = "TIEOUT_EXCEPTIONS", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub exceptions: Option<PathBuf>,
    /// Judge ages and ends of life as of this day [default: today, or the day of the record]
    #[arg(long, env = "TIEOUT_AS_OF", value_name = "YYYY-MM-DD")]
    pub as_of: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Infrastructure as code
    Iac,
    /// Dependencies and runtimes
    Deps,
    /// Secrets in files and archives
    Secrets,
    /// The account, live or recorded
    Aws,
}

#[derive(Debug, Clone, Args, Default)]
pub struct AccountArgs {
    /// Audit the live account of the current AWS credentials
    #[arg(long, env = "TIEOUT_AWS", value_parser = FalseyValueParser::new(), help_heading = "Account")]
    pub aws: bool,
    /// Regions, comma-separated [default: all that are enabled]
    #[arg(
        long,
        value_delimiter = ',',
        env = "TIEOUT_REGIONS",
        value_name = "REGION",
        help_heading = "Account"
    )]
    pub regions: Vec<String>,
    /// Profile of the AWS configuration
    #[arg(long, env = "TIEOUT_PROFILE", help_heading = "Account")]
    pub profile: Option<String>,
    /// Role to assume first
    #[arg(long, env = "TIEOUT_ROLE_ARN", value_name = "ARN", help_heading = "Account")]
    pub role_arn: Option<String>,
    /// External id for that role
    #[arg(
        long,
        env = "TIEOUT_EXTERNAL_ID",
        value_name = "ID",
        requires = "role_arn",
        help_heading = "Account"
    )]
    pub external_id: Option<String>,
    /// Serial number of the MFA device that the role wants
    #[arg(
        long,
        env = "TIEOUT_MFA_SERIAL",
        value_name = "ARN",
        requires = "role_arn",
        help_heading = "Account"
    )]
    pub mfa_serial: Option<String>,
    /// Endpoint for every service, for example a moto server
    #[arg(long, env = "TIEOUT_ENDPOINT_URL", value_name = "URL", help_heading = "Account")]
    pub endpoint_url: Option<String>,
    /// Keep every answer in a file, secrets taken out
    #[arg(long, env = "TIEOUT_RECORD", value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "replay", help_heading = "Account")]
    pub record: Option<PathBuf>,
    /// Read a recorded account in place of a live one
    #[arg(long, env = "TIEOUT_REPLAY", value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "aws", help_heading = "Account")]
    pub replay: Option<PathBuf>,
}

#[derive(Debug, Args, Default)]
pub struct ChoiceArgs {
    /// Run only these checks: ids, globs, services, severities, peers' ids (prowler:…, CKV_…)
    #[arg(
        long,
        value_delimiter = ',',
        env = "TIEOUT_SELECT",
        value_name = "CHECK",
        help_heading = "Choice of checks"
    )]
    pub select: Vec<String>,
    /// Do not run these checks, in the same words
    #[arg(
        long,
        value_delimiter = ',',
        env = "TIEOUT_IGNORE",
        value_name = "CHECK",
        help_heading = "Choice of checks"
    )]
    pub ignore: Vec<String>,
}

#[derive(Debug, Args, Default)]
pub struct ConfigArgs {
    /// Configuration file [default: tieout.toml or pyproject.toml, here or above]
    #[arg(long, env = "TIEOUT_CONFIG", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, env = "TIEOUT_NO_CONFIG", value_parser = FalseyValueParser::new(), conflicts_with = "config")]
    pub no_config: bool,
}

#[derive(Debug, Args, Default)]
pub struct ExcludeArgs {
    /// Leave these paths unread: patterns as in .gitignore, besides `exclude` of the configuration
    #[arg(long, env = "TIEOUT_EXCLUDE", value_delimiter = ',', value_name = "PATTERN")]
    pub exclude: Vec<String>,
}

#[derive(Debug, Args, Default)]
pub struct SourceArgs {
    /// Terraform variable file
    #[arg(long = "var-file", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Source")]
    pub var_files: Vec<PathBuf>,
    /// CloudFormation parameter
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = name_value, help_heading = "Source")]
    pub parameters: Vec<(String, String)>,
}

fn name_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

#[derive(Debug, Args, Default)]
pub struct OutputArgs {
    /// Format: terminal, json, jsonl, csv, sarif, xlsx, cyclonedx; several with one -o each
    #[arg(long, short, action = ArgAction::Append, env = "TIEOUT_FORMAT", value_name = "FORMAT", help_heading = "Output")]
    pub format: Vec<tieout_report::Format>,
    /// File to write; its ending tells the format where -f does not
    #[arg(long, short, action = ArgAction::Append, env = "TIEOUT_OUTPUT", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub output: Vec<PathBuf>,
    /// Whose view: engineer (what to mend), auditor (every verdict), pedantic (everything) [default: engineer]
    #[arg(long, env = "TIEOUT_PERSONA", value_parser = persona, help_heading = "Output")]
    pub persona: Option<Persona>,
    /// Shorten nothing on the terminal
    #[arg(long, short, env = "TIEOUT_VERBOSE", value_parser = FalseyValueParser::new(), help_heading = "Output")]
    pub verbose: bool,
}

fn persona(word: &str) -> Result<Persona, String> {
    [Persona::Engineer, Persona::Auditor, Persona::Pedantic]
        .into_iter()
        .find(|persona| persona.as_str() == word)
        .ok_or_else(|| "use engineer, auditor or pedantic".to_owned())
}

#[derive(Debug, Args)]
pub struct ChecksArgs {
    #[command(flatten)]
    pub choice: ChoiceArgs,
    /// How to print them
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub enum IamCommand {
    /// Decide requests as AWS would, across all layers of policies
    #[command(after_long_help = SIMULATE_HELP)]
    Simulate(Box<SimulateArgs>),
    /// Tell whether all that one policy allows is allowed by another
    #[command(after_long_help = COMPARE_HELP)]
    Compare(CompareArgs),
    /// Find what is wrong or odd in policy documents
    #[command(
        after_long_help = "Exits with 1 where there is a warning or an error.\n\nExamples:\n  tieout iam lint policy.json\n  tieout iam lint --kind scp policies/*.json -f json"
    )]
    Lint(LintArgs),
}

const SIMULATE_HELP: &str = "\
The layers of policies are gathered from infrastructure as code or from an account: the principal's own, attached and
groups' policies, its permissions boundary, the resource's policy, S3 block public access. The organisation's policies
are not collected; give them with --scp and --rcp.

The decision is one of
  Allowed           every layer that must allow it does, and none denies it
  ExplicitlyDenied  a statement denies it
  ImplicitlyDenied  a layer that must allow it does not
  DependsOn         it hangs on context keys that were not given, or on what is not known; both are listed

With --jsonl the cases come from a file instead: one case a line in, one answer a line out (docs/iam.md).

Examples:
  tieout iam simulate --principal aws_iam_role.worker --action s3:GetObject --resource aws_s3_bucket.logs infra/
  tieout iam simulate --principal IntakeFunction --action 's3:Get*' --resource InvoiceBucket/invoices/1.pdf
  tieout iam simulate --principal orders-prod-api --action kms:Decrypt --resource alias/orders --replay account.jsonl
  tieout iam simulate --principal lambda.amazonaws.com --action sts:AssumeRole --resource orders-role --aws
  tieout iam simulate --principal anonymous --action s3:GetObject --resource Catalogue --expect denied
  tieout iam simulate --principal arn:aws:iam::111122223333:role/partner --action s3:PutObject --resource drop-box/in/1 \\
      --context aws:SourceIp=198.51.100.7 --scp scp/root.json --scp scp/workloads.json
  tieout iam simulate --jsonl cases.jsonl";

const COMPARE_HELP: &str = "\
Both files are policies of an identity. `no` comes with a request that the first policy allows and the second does not;
the evaluator has confirmed it. The answer is `unknown` where neither could be shown.

Exits with 0 for yes, 1 for no, 4 for unknown.

Examples:
  tieout iam compare proposed.json allowed.json
  tieout iam compare role.json boundary.json -f json";

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Folders or files of infrastructure as code [default: the current folder, or none with an account]
    #[arg(value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Who asks: an ARN, an address or logical id, a name, a function (for its role), a service, `anonymous`
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "jsonl")]
    pub principal: Option<String>,
    /// What for, comma-separated; wildcards stand for every action that they match
    #[arg(long, value_delimiter = ',', value_name = "ACTION", required_unless_present = "jsonl")]
    pub action: Vec<String>,
    /// On what: an ARN, an address or logical id, a name, BUCKET/KEY, `*`
    #[arg(long, value_name = "RESOURCE", required_unless_present = "jsonl")]
    pub resource: Option<String>,
    /// A context key of the request; several times for a list of values
    #[arg(long, value_name = "KEY=VALUE", value_parser = name_value, help_heading = "Request")]
    pub context: Vec<(String, String)>,
    /// Context keys that are not given are absent from the request, in place of unknown
    #[arg(long, help_heading = "Request")]
    pub exact_context: bool,
    /// The account that owns the resource, where its ARN does not say it
    #[arg(long, value_name = "ID", value_parser = account_id, help_heading = "Request")]
    pub resource_account: Option<String>,
    /// Service control policy; once a level, the root's first
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Request")]
    pub scp: Vec<PathBuf>,
    /// Resource control policy; once a level, the root's first
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Request")]
    pub rcp: Vec<PathBuf>,
    /// Policy with which the session was made; several are read together
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Request")]
    pub session: Vec<PathBuf>,
    /// The account of the deployment, where the source does not say it
    #[arg(long = "account", value_name = "ID", value_parser = account_id, help_heading = "Source")]
    pub deployment_account: Option<String>,
    /// The region of the deployment, where the source does not say it
    #[arg(long = "region", value_name = "REGION", help_heading = "Source")]
    pub deployment_region: Option<String>,
    /// Exit with 1 where a decision is another
    #[arg(long, value_enum, value_name = "DECISION")]
    pub expect: Option<Expect>,
    /// Cases, one JSON object a line; `-` reads standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["principal", "action", "resource", "paths"])]
    pub jsonl: Option<PathBuf>,
    #[command(flatten)]
    pub account: AccountArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub exclude: ExcludeArgs,
    #[command(flatten)]
    pub source: SourceArgs,
    /// How to print the decisions
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Expect {
    Allowed,
    /// By a statement or for want of one
    Denied,
}

fn account_id(text: &str) -> Result<String, String> {
    match text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("an account id has twelve digits".to_owned()),
    }
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The policy that should be within
    #[arg(value_name = "INNER", value_hint = ValueHint::FilePath)]
    pub inner: PathBuf,
    /// The policy within which it should be
    #[arg(value_name = "OUTER", value_hint = ValueHint::FilePath)]
    pub outer: PathBuf,
    /// How to print the answer
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Debug, Args)]
pub struct LintArgs {
    /// Policy documents in JSON
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// What the policies are for: identity, resource, trust, boundary, session, scp, rcp, vpce, key
    /// [default: by what stands in each]
    #[arg(long, value_parser = policy_kind)]
    pub kind: Option<PolicyKind>,
    /// How to print the lints
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

fn policy_kind(word: &str) -> Result<PolicyKind, String> {
    let all = PolicyKind::ALL;
    all.into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or_else(|| format!("use {}", all.map(PolicyKind::as_str).join(", ")))
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// An assessment saved with `tieout audit -f json -o FILE`; `-` reads standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub saved: PathBuf,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(flatten)]
    pub choice: ChoiceArgs,
    /// Grant what `tieout audit --function-code` needs too: the code of functions and layers
    ///
    /// That is lambda:GetFunction and lambda:GetLayerVersion. Without this flag the policy grants reads of configuration
    /// alone.
    #[arg(long)]
    pub function_code: bool,
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub account: AccountArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

#[derive(Debug, Args)]
pub struct DumpArgs {
    /// Folders or files
    #[arg(default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub exclude: ExcludeArgs,
    #[command(flatten)]
    pub source: SourceArgs,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

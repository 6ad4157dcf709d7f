//! The command line of `tieout tls`.

use super::{AccountArgs, ChoiceArgs, ConfigArgs, ExcludeArgs, OutputArgs, SourceArgs, VerdictArgs};
use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;
use tieout_tls::wire::Version;

#[derive(Debug, Subcommand)]
pub enum TlsCommand {
    /// Tell which TLS a Python interpreter's own clients accept, prefer, offer and verify
    #[command(after_long_help = PYTHON_HELP)]
    Python(Box<PythonArgs>),
    /// Print the script or Dockerfile that builds a Python which cannot speak older versions
    #[command(after_long_help = RECIPE_HELP)]
    Recipe(RecipeArgs),
    /// Tell which TLS a server accepts, and judge its certificate and headers
    #[command(after_long_help = ENDPOINT_HELP)]
    Endpoint(Box<EndpointArgs>),
}

const ENDPOINT_HELP: &str = "\
Each version is offered by itself with hello messages of tieout's own, so that the answer does not depend on what the
TLS library of this machine still speaks. Nothing is sent but hello messages, one handshake and one GET / each over
HTTPS and HTTP; it is some tens of connections to each endpoint.

Examples:
  tieout tls endpoint api.example.com
  tieout tls endpoint api.example.com:8443 '[2001:db8::1]:443' https://shop.example.com/
  tieout tls endpoint mail.example.com:25 db.example.com:5432
  tieout tls endpoint intranet.example:443 --ca corporate-root.pem --min 1.3
  tieout tls endpoint --from infra/ --list        the endpoints that the source names; nothing is sent
  tieout tls endpoint --from infra/ --from terraform.tfstate
  tieout tls endpoint --from --replay account.jsonl
  tieout tls endpoint api.example.com -f json | jq '.[0].versions'";

const PYTHON_HELP: &str = "\
The interpreter runs a probe of tieout's own, and nothing else: no code of a project is run or imported. Each client that
is installed (ssl, http.client, urllib.request, urllib3, requests, httpx, aiohttp, botocore) connects with its defaults to
servers on the loopback that speak one version each, and to some whose certificates are bad. Where a project is named, its
Python files are read for clients that they configure (verify=, contexts, adapters), and the probe builds these
configurations anew. The environment is cleared
but for what an interpreter needs to start; OPENSSL_CONF is kept, since it is part of how the interpreter is deployed, and
a sitecustomize stays in force. Each client has a limit (--timeout), whatever it does.

Examples:
  tieout tls python                            the python3 of PATH
  tieout tls python .venv                      a virtual environment
  tieout tls python services/api --min 1.3     a project: its virtual environment, else the python3 of PATH
  tieout tls python /opt/python/bin/python3.13
  OPENSSL_CONF=deploy/openssl.cnf tieout tls python
  tieout tls python --image-root rootfs/       an unpacked image
  tieout tls python -f json | jq -r '.enforce.botocore'

Exit codes:
  0  every client refuses what is below --min, and verifies certificates
  1  a client accepts less, or does not verify
  2  usage or configuration
  3  no interpreter found, or it cannot be run
  4  not everything could be told, and nothing fails";

const RECIPE_HELP: &str = "\
The script (or Dockerfile) builds OpenSSL without the older versions, and a Python on it. Each source archive is checked
against its SHA-256 before anything is built.

Examples:
  tieout tls recipe > build-python.sh
  tieout tls recipe --min 1.3 --python 3.14 --dockerfile > Dockerfile";

/// The least version that counts as good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Minimum {
    /// TLS 1.2
    #[value(name = "1.2")]
    Tls12,
    /// TLS 1.3
    #[value(name = "1.3")]
    Tls13,
}

impl From<Minimum> for Version {
    fn from(minimum: Minimum) -> Version {
        match minimum {
            Minimum::Tls12 => Version::Tls12,
            Minimum::Tls13 => Version::Tls13,
        }
    }
}

/// What to say before TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Starttls {
    /// By the port: 25 and 587 SMTP, 5432 PostgreSQL, 3306 MySQL, 389 LDAP, else nothing
    Auto,
    Smtp,
    Postgres,
    Mysql,
    Ldap,
    /// Nothing: TLS from the first byte
    None,
}

#[derive(Debug, Args)]
pub struct EndpointArgs {
    /// Servers: HOST, HOST:PORT, [ADDRESS]:PORT or https://HOST/ (port 443 where none is given)
    #[arg(required_unless_present = "from", value_name = "HOST[:PORT]")]
    pub endpoints: Vec<String>,
    /// Probe the endpoints that infrastructure as code names too, or with --aws or --replay those of the account
    ///
    /// PATH is a folder or file (CloudFormation, SAM, CDK, Terraform, a plan or state); without it, the current folder, or
    /// none with an account. The endpoints are listed on stderr before anything is sent.
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "", value_parser = path, value_hint = ValueHint::AnyPath)]
    pub from: Vec<PathBuf>,
    /// Print the endpoints and what names them, and send nothing
    #[arg(long)]
    pub list: bool,
    /// The least version that a server may accept
    #[arg(long, value_enum, default_value = "1.2", value_name = "VERSION")]
    pub min: Minimum,
    /// Certificates of authorities (PEM) to trust besides the system's
    #[arg(long = "ca", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca: Vec<PathBuf>,
    /// What to say before TLS to the servers that are given by name
    #[arg(long, value_enum, default_value = "auto", value_name = "PROTOCOL")]
    pub starttls: Starttls,
    /// Seconds for each endpoint
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    pub timeout: u64,
    /// The port of plain HTTP that should lead to HTTPS [default: 80 for an endpoint on 443, else none]
    #[arg(long, value_name = "PORT")]
    pub http_port: Option<u16>,
    /// Exit with 4 if anything that was asked could not be assessed
    #[arg(long, env = "TIEOUT_REQUIRE_COVERAGE", value_parser = FalseyValueParser::new())]
    pub require_coverage: bool,
    #[command(flatten)]
    pub account: AccountArgs,
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub exclude: ExcludeArgs,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
}

/// A path; an empty word stands for none.
fn path(word: &str) -> Result<PathBuf, std::convert::Infallible> {
    Ok(PathBuf::from(word))
}

#[derive(Debug, Args)]
pub struct PythonArgs {
    /// Interpreter, virtual environment, or project [default: the python3 of PATH]
    #[arg(value_hint = ValueHint::AnyPath)]
    pub path: Option<PathBuf>,
    /// The root folder of an unpacked image: its interpreter, with its own libraries and openssl.cnf
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "path")]
    pub image_root: Option<PathBuf>,
    /// The least version that a client may accept
    #[arg(long, value_enum, default_value = "1.2", value_name = "VERSION")]
    pub min: Minimum,
    /// Seconds for each client
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    pub timeout: u64,
    #[command(flatten)]
    pub choice: ChoiceArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
}

#[derive(Debug, Args)]
pub struct RecipeArgs {
    /// The least version that the build speaks
    #[arg(long, value_enum, default_value = "1.2", value_name = "VERSION")]
    pub min: Minimum,
    /// The branch of Python [default: the newest that is known]
    #[arg(long, value_name = "X.Y")]
    pub python: Option<String>,
    /// A Dockerfile in place of a shell script
    #[arg(long)]
    pub dockerfile: bool,
}

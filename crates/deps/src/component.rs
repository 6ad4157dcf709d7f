//! A package that some file of the project names: which version, from where, for what, and under which condition.

use crate::PackageName;
use crate::reading::FileKind;
use pep440_rs::{Version, VersionSpecifiers};
use tieout_model::Place;

/// What is known of the version before anything is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// One version: `==1.2`, `===1.2`, a lock file's or an installed one.
    Exact(Version),
    /// Versions from which the installer chooses: `>=1,<2`, `==1.*`, `^1.2` (translated).
    Range(VersionSpecifiers),
    /// Any version.
    Any,
    /// A version that PEP 440 does not know, as written: it can be compared with nothing.
    Unreadable(String),
}

/// Where the package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A package index; `Some` where the file says which (credentials taken out).
    Index(Option<String>),
    /// An archive at a URL (credentials taken out).
    Url(String),
    /// A repository: kind (`git`), URL (credentials taken out) and the commit, tag or branch as written.
    Vcs {
        /// `git`, `hg`, `svn`, `bzr`.
        kind: String,
        /// Without credentials.
        url: String,
        /// As written after `@`; in lock files the commit.
        revision: Option<String>,
    },
    /// A folder or archive beside the project, editable or not.
    Path(String),
    /// A conda channel.
    Conda(Option<String>),
}

/// For what the package is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Group {
    /// What the backend runs on.
    #[default]
    Prod,
    /// An extra of the project (`[project.optional-dependencies]`), by name.
    Optional(String),
    /// Development, test, documentation (a PEP 735 group, `dev-packages`, requirements-dev.txt).
    Dev,
    /// Needed to build only (`[build-system] requires`).
    Build,
}

impl Group {
    /// The word used in output.
    pub fn label(&self) -> String {
        match self {
            Group::Prod => "prod".to_owned(),
            Group::Optional(name) => format!("optional:{name}"),
            Group::Dev => "dev".to_owned(),
            Group::Build => "build".to_owned(),
        }
    }
}

/// Whether an environment marker holds where the project runs (Linux, CPython, the Python it declares).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerVerdict {
    /// It holds.
    Holds,
    /// It does not hold on any environment that the project runs in.
    Never,
    /// It depends on what the project does not say (the Python version, an extra).
    Unknown,
}

impl MarkerVerdict {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            MarkerVerdict::Holds => "true",
            MarkerVerdict::Never => "false",
            MarkerVerdict::Unknown => "unknown",
        }
    }
}

/// An environment marker (PEP 508).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// As written.
    pub text: String,
    /// Whether it holds; set by [`crate::inputs::judge_markers`] once the whole project is read.
    pub verdict: MarkerVerdict,
}

/// The packages that pulled one in, the direct dependency first, without itself; empty for a direct one.
pub type Chain = Vec<PackageName>;

/// A package that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Normalised.
    pub name: PackageName,
    /// The version, as far as it is known.
    pub pin: Pin,
    /// The version or specifier as written: `==2.0`, `^1.2`, `2.0`; empty where none is.
    pub written: String,
    /// Extras that are asked for, normalised and sorted.
    pub extras: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// For what it is there. A lock file that does not say takes the group of what pulled it in; prod if in doubt.
    pub group: Group,
    /// Its environment marker.
    pub marker: Option<Marker>,
    /// The line that names it.
    pub at: Place,
    /// What kind of file names it.
    pub kind: FileKind,
    /// True where a manifest of the project names it itself; `None` where the file does not say.
    pub direct: Option<bool>,
    /// What pulled it in, where the file says so.
    pub chain: Chain,
    /// What it requires, by name, where the file says so; sorted.
    pub requires: Vec<PackageName>,
    /// Hashes of its archives, `sha256:HEX`, sorted.
    pub hashes: Vec<String>,
}

impl Component {
    /// A direct production dependency on the index, of any version: what a parser fills in further.
    pub fn new(name: &str, kind: FileKind, at: Place) -> Component {
        Component {
            name: PackageName::new(name),
            pin: Pin::Any,
            written: String::new(),
            extras: Vec::new(),
            origin: Origin::Index(None),
            group: Group::Prod,
            marker: None,
            at,
            kind,
            direct: None,
            chain: Vec::new(),
            requires: Vec::new(),
            hashes: Vec::new(),
        }
    }

    /// The one version, where it is known.
    pub fn version(&self) -> Option<&Version> {
        match &self.pin {
            Pin::Exact(version) => Some(version),
            _ => None,
        }
    }

    /// The file that names it and the line.
    pub fn file_line(&self) -> (&str, u32) {
        self.at.file_line().unwrap_or(("", 0))
    }

    /// Package URL (purl specification, types `pypi` and `conda`).
    pub fn purl(&self) -> String {
        let kind = if matches!(self.origin, Origin::Conda(_)) { "conda" } else { "pypi" };
        match &self.pin {
            Pin::Exact(version) => {
                // A purl writes `+` of a local version and `!` of an epoch percent-encoded.
                let version = version.to_string().replace('+', "%2B").replace('!', "%21");
                format!("pkg:{kind}/{}@{version}", self.name)
            }
            _ => format!("pkg:{kind}/{}", self.name),
        }
    }
}

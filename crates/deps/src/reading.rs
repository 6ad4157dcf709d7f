//! What reading a project yields: packages, runtimes, indexes, and what could not be read or audited.

use crate::{Component, RuntimeDeclaration};
use std::sync::Arc;
use tieout_model::{Gap, Place};

/// The kinds of file that name packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// requirements*.txt, *.in
    Requirements,
    /// A constraints file (`-c`): it limits versions and installs nothing by itself.
    Constraints,
    /// pyproject.toml (PEP 621, PEP 735, poetry, pdm, hatch).
    Pyproject,
    /// poetry.lock
    PoetryLock,
    /// Pipfile
    Pipfile,
    /// Pipfile.lock
    PipfileLock,
    /// uv.lock
    UvLock,
    /// pdm.lock
    PdmLock,
    /// pylock.toml, pylock.NAME.toml (PEP 751)
    Pylock,
    /// A script with inline metadata (PEP 723).
    Script,
    /// setup.py
    SetupPy,
    /// setup.cfg
    SetupCfg,
    /// environment.yml
    CondaEnvironment,
    /// conda-lock.yml, an explicit `@EXPLICIT` list
    CondaLock,
    /// `dist-info` or `egg-info` of an installed package
    Installed,
    /// A package inside an archive (zip, wheel) of a function or layer.
    Archive,
    /// Dockerfile, Containerfile
    Dockerfile,
    /// A file that declares runtimes and no packages (`.python-version`, serverless.yml).
    Runtime,
}

impl FileKind {
    /// True where the file says which versions are, or will be, installed, with all that they require.
    pub fn is_lock(self) -> bool {
        matches!(
            self,
            FileKind::PoetryLock
                | FileKind::PipfileLock
                | FileKind::UvLock
                | FileKind::PdmLock
                | FileKind::Pylock
                | FileKind::CondaLock
                | FileKind::Installed
                | FileKind::Archive
        )
    }
}

/// A file that was read for packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Relative to the audited root.
    pub path: Arc<str>,
    /// What it is.
    pub kind: FileKind,
    /// SHA-256 (hex) of its bytes.
    pub sha256: String,
    /// True where it asks for hashes of everything that is installed (`--require-hashes`, or a hash on every entry).
    pub hashed: bool,
}

/// How an index is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexKind {
    /// `--index-url`, a default source: in place of PyPI.
    Only,
    /// `--extra-index-url`, or a source that is asked beside another: whoever registers a name on one of them is
    /// installed (dependency confusion).
    Extra,
    /// A source to which named packages are bound, and no others.
    Explicit,
    /// `--find-links`
    Links,
    /// `--trusted-host`, `verify_ssl = false`: no check of the certificate.
    Trusted,
    /// The URL of one requirement (`name @ URL`, `git+https://…`): taken in only where credentials stand in it.
    Direct,
}

/// An index, or a way to weaken one, that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexUse {
    /// How.
    pub kind: IndexKind,
    /// The URL or host; credentials taken out.
    pub url: String,
    /// Credentials in the URL: the user, and the secret in the form that may be shown
    /// (`tieout_source::redact::shown`). `None` where there are none, or where they come from the environment (`${TOKEN}`).
    pub credentials: Option<Credentials>,
    /// Where.
    pub at: Place,
}

/// Credentials that stand in a URL, redacted at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// First and last characters at most.
    pub redacted: String,
    /// A hash that tells one secret from another, and leads back to none.
    pub fingerprint: String,
}

/// An entry, or a whole file, that could not be audited: it is told, and never passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unaudited {
    /// The entry as written, redacted; the file's name for a whole file.
    pub what: String,
    /// Why, and what would resolve it.
    pub gap: Gap,
    /// Where.
    pub at: Place,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Files that were read, sorted by path.
    pub manifests: Vec<Manifest>,
    /// Packages, in the order of files and lines.
    pub components: Vec<Component>,
    /// Runtimes that are declared.
    pub runtimes: Vec<RuntimeDeclaration>,
    /// Indexes and what weakens them.
    pub indexes: Vec<IndexUse>,
    /// What could not be audited.
    pub unaudited: Vec<Unaudited>,
}

impl Reading {
    /// True where no file said anything.
    pub fn is_empty(&self) -> bool {
        self.manifests.is_empty() && self.runtimes.is_empty() && self.unaudited.is_empty()
    }

    /// Takes over what another reading holds.
    pub fn absorb(&mut self, other: Reading) {
        self.manifests.extend(other.manifests);
        self.components.extend(other.components);
        self.runtimes.extend(other.runtimes);
        self.indexes.extend(other.indexes);
        self.unaudited.extend(other.unaudited);
    }
}

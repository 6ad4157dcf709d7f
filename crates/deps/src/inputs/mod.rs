//! Reading a project: which file is read by which parser, and what is settled once all are read (which file includes which,
//! constraints, markers). What a format means is in its own file.

pub mod archive;
mod chalice;
mod conda;
mod discover;
mod dockerfile;
mod graph;
mod image;
mod includes;
mod install;
mod installed;
mod lock;
mod markers;
mod pdm_lock;
mod pipfile;
mod pipfile_lock;
mod poetry;
pub(crate) mod poetry_constraint;
mod poetry_lock;
mod pylock;
mod pyproject;
mod python_version;
mod requirement;
mod requirements;
mod runtime_txt;
mod script;
mod serverless;
mod setup_cfg;
mod setup_py;
mod shell;
pub(crate) mod specifier;
mod tool_versions;
mod tox;
pub(crate) mod urls;
mod uv_lock;
mod zappa;

pub use discover::{DiscoverError, discover};
pub use markers::{Target, judge_markers};
pub(crate) use urls::is_archive;

use crate::{FileKind, Group, IndexKind, IndexUse, Manifest, Reading, Tree, Unaudited};
use includes::Include;
use std::collections::BTreeMap;
use std::sync::Arc;
use tieout_model::{Gap, Place, Position, Reason, sha256_hex};

/// A parser of one kind of file: adds what the file says to the reading. It never fails: what it cannot read is
/// [`Unaudited`].
type Parser = fn(&mut Cx<'_>);

/// Whether a file is a parser's own, by its path and its name (without folder).
type IsTheirs = fn(&str, &str) -> bool;

/// What a parser works on.
pub(crate) struct Cx<'a> {
    /// The project, for files that name others.
    pub(crate) tree: &'a Tree,
    /// The file.
    pub(crate) path: Arc<str>,
    /// What it is.
    pub(crate) kind: FileKind,
    /// Its text; empty for an archive.
    pub(crate) text: Arc<str>,
    /// What has been read so far.
    pub(crate) out: &'a mut Reading,
    /// Which files name which others as requirements or constraints.
    includes: &'a mut Vec<Include>,
}

/// The parsers, each with the question whether a path or file name (without folder) is its own. The first that says yes
/// reads the file.
const PARSERS: &[(FileKind, IsTheirs, Parser)] = &[
    // (kind, |path, name| …, parser): one a line.
    (FileKind::Archive, archive::is_theirs, archive::parse),
    (FileKind::CondaEnvironment, conda::is_environment, conda::environment),
    (FileKind::CondaLock, conda::is_lock, conda::locked),
    (FileKind::Constraints, requirements::is_constraints, requirements::parse),
    (FileKind::Dockerfile, dockerfile::is_dockerfile, dockerfile::parse),
    (FileKind::Installed, installed::is_theirs, installed::parse),
    (FileKind::Installed, installed::is_venv, installed::venv),
    (FileKind::PdmLock, pdm_lock::is_theirs, pdm_lock::parse),
    (FileKind::Pipfile, pipfile::is_theirs, pipfile::parse),
    (FileKind::PipfileLock, pipfile_lock::is_theirs, pipfile_lock::parse),
    (FileKind::PoetryLock, poetry_lock::is_theirs, poetry_lock::parse),
    (FileKind::Pylock, pylock::is_theirs, pylock::parse),
    (FileKind::Pyproject, pyproject::is_pyproject, pyproject::parse),
    (FileKind::Requirements, requirements::is_requirements, requirements::parse),
    (FileKind::Runtime, chalice::is_chalice, chalice::parse),
    (FileKind::Runtime, python_version::is_python_version, python_version::parse),
    (FileKind::Runtime, runtime_txt::is_runtime_txt, runtime_txt::parse),
    (FileKind::Runtime, serverless::is_serverless, serverless::parse),
    (FileKind::Runtime, tool_versions::is_mise, tool_versions::parse_mise),
    (FileKind::Runtime, tool_versions::is_tool_versions, tool_versions::parse),
    (FileKind::Runtime, tox::is_tox, tox::parse),
    (FileKind::Runtime, zappa::is_zappa, zappa::parse),
    (FileKind::Script, script::is_script, script::parse),
    (FileKind::SetupCfg, setup_cfg::is_setup_cfg, setup_cfg::parse),
    (FileKind::SetupPy, setup_py::is_setup_py, setup_py::parse),
    (FileKind::UvLock, uv_lock::is_theirs, uv_lock::parse),
];

/// The kind of a file and its parser, by its name.
fn parser_of(path: &str) -> Option<(FileKind, Parser)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    PARSERS.iter().find(|(_, is_theirs, _)| is_theirs(path, name)).map(|(kind, _, parser)| (*kind, *parser))
}

/// Reads every file of the tree that names packages or runtimes.
pub fn read(tree: &Tree) -> Reading {
    let mut out = Reading::default();
    let mut includes = Vec::new();
    let mut done: BTreeMap<Arc<str>, FileKind> = BTreeMap::new();
    for path in tree.paths() {
        if let Some((kind, parser)) = parser_of(path) {
            done.insert(path.clone(), kind);
            read_file(tree, path, kind, parser, &mut out, &mut includes);
        }
    }
    // Files that others name with `-r` and `-c` may have any name; they may name further ones.
    let mut next = 0;
    while let Some(include) = includes.get(next).cloned() {
        next += 1;
        if done.contains_key(&include.to) || !tree.contains(&include.to) {
            continue;
        }
        let kind = if include.constraint { FileKind::Constraints } else { FileKind::Requirements };
        done.insert(include.to.clone(), kind);
        read_file(tree, &include.to, kind, requirements::parse, &mut out, &mut includes);
    }
    includes::settle(&mut out, &includes);
    out.manifests.sort_by(|a, b| a.path.cmp(&b.path));
    // Stable: within a file the order of its lines stays.
    out.components.sort_by(|a, b| a.file_line().0.cmp(b.file_line().0));
    out
}

fn read_file(
    tree: &Tree,
    path: &Arc<str>,
    kind: FileKind,
    parser: Parser,
    out: &mut Reading,
    includes: &mut Vec<Include>,
) {
    let whole = Place::text(path, Position::START, Position::START);
    // An archive is no text: its parser opens it, and adds the manifest itself.
    let text = match kind {
        FileKind::Archive => Ok("".into()),
        FileKind::Requirements | FileKind::Constraints | FileKind::Installed => {
            requirements::text(tree, path)
        }
        _ => tree.text(path),
    };
    let text: Arc<str> = match text {
        Ok(text) => text,
        Err(gap) => {
            out.unaudited.push(Unaudited { what: path.to_string(), gap, at: whole });
            return;
        }
    };
    let before = said(out);
    // A file that declares runtimes only names no packages: it is no manifest.
    if !matches!(kind, FileKind::Archive | FileKind::Runtime) {
        let sha256 = String::new();
        out.manifests.push(Manifest { path: path.clone(), kind, sha256, hashed: false });
    }
    parser(&mut Cx { tree, path: path.clone(), kind, text: text.clone(), out, includes });
    // A Python file or a workflow that names no package is no manifest.
    let says_something = before != said(out);
    let optional = matches!(kind, FileKind::Script);
    if let Some(at) = out.manifests.iter().rposition(|manifest| manifest.path == *path) {
        if optional && !says_something {
            out.manifests.remove(at);
        } else if let Some(manifest) = out.manifests.get_mut(at)
            && manifest.sha256.is_empty()
        {
            manifest.sha256 = sha256_hex(text.as_bytes());
        }
    }
}

/// How much a reading holds.
fn said(out: &Reading) -> [usize; 4] {
    [out.components.len(), out.runtimes.len(), out.indexes.len(), out.unaudited.len()]
}

impl Cx<'_> {
    /// Says that an entry could not be audited; secrets in it are taken out here.
    pub(crate) fn unaudited(&mut self, what: &str, gap: Gap, at: Place) {
        let what = urls::without_secrets(what.trim());
        let gap = Gap { what: urls::without_secrets(&gap.what).into(), ..gap };
        self.out.unaudited.push(Unaudited { what, gap, at });
    }

    /// An entry that is not as its format says.
    pub(crate) fn unreadable(&mut self, what: &str, why: &str, at: Place) {
        let gap = Gap::new(
            Reason::Unreadable,
            format!("`{}`: {why}", what.trim()),
            format!("correct the entry in {}", self.path),
        );
        self.unaudited(what, gap, at);
    }

    /// A file whose format is broken: nothing of it can be audited.
    pub(crate) fn broken(&mut self, problem: tieout_source::Problem) {
        let gap = Gap::new(Reason::Unreadable, problem.message, format!("correct {}", self.path));
        let what = self.path.clone();
        self.unaudited(&what, gap, problem.at);
    }

    /// Takes in a requirement as PEP 508 writes it (pip's paths and URLs too), with the group. False where it is
    /// [`Unaudited`] or the project itself.
    pub(crate) fn require(&mut self, text: &str, group: Group, at: Place) -> bool {
        requirement::push(self, text, group, at)
    }

    /// Takes in an index, credentials taken out.
    pub(crate) fn index(&mut self, kind: IndexKind, url: &str, at: Place) {
        let urls::Clean { url, credentials } = urls::clean(url);
        self.out.indexes.push(IndexUse { kind, url, credentials, at });
    }

    /// Tells credentials that stand in the URL of one requirement.
    pub(crate) fn direct_credentials(&mut self, url: &str, at: &Place) {
        if urls::clean(url).credentials.is_some() {
            self.index(IndexKind::Direct, url, at.clone());
        }
    }

    /// Says whether this file asks for the hashes of all that it installs.
    pub(crate) fn set_hashed(&mut self, hashed: bool) {
        if let Some(manifest) = self.out.manifests.iter_mut().rfind(|manifest| manifest.path == self.path) {
            manifest.hashed = hashed;
        }
    }

    /// Another file of the project that is installed (`-r`) or constrains (`-c`) with what `from` names: this file, or
    /// a command of it. Where there is none, or where it cannot be known, the entry is unaudited.
    pub(crate) fn include(&mut self, from: Arc<str>, written: &str, constraint: bool, at: Place) {
        match includes::target(self.tree, &self.path, written) {
            Ok(to) => self.includes.push(Include { from, to, constraint }),
            Err(gap) => self.unaudited(written, gap, at),
        }
    }

    /// The same where the file has been found already.
    pub(crate) fn include_path(&mut self, from: Arc<str>, to: Arc<str>, constraint: bool) {
        self.includes.push(Include { from, to, constraint });
    }
}

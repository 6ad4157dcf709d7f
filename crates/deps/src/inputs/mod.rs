//! Reading a project: which file is read by which parser, and what is settled once all are read (which file includes which,
//! constraints, markers). What a format means is in its own file.

pub mod archive;
mod conda;
mod graph;
mod includes;
mod installed;
mod lock;
mod pdm_lock;
mod pipfile;
mod pipfile_lock;
mod poetry_lock;
mod pylock;
mod requirement;
mod requirements;
mod specifier;
mod urls;
mod uv_lock;

use crate::{Component, FileKind, Group, IndexKind, IndexUse, Manifest, Reading, Tree, Unaudited};
use includes::Include;
use std::collections::BTreeMap;
use std::sync::Arc;
use tieout_model::{Gap, Place, Position, Reason, sha256_hex};

/// A parser of one kind of file: adds what the file says to the reading. It never fails: what it cannot read is
/// [`Unaudited`].
type Parser = fn(&mut Cx<'_>);

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
const PARSERS: &[(FileKind, fn(&str, &str) -> bool, Parser)] = &[
    // (kind, |path, name| …, parser): one a line.
    (FileKind::UvLock, uv_lock::is_theirs, uv_lock::parse),
    (FileKind::PoetryLock, poetry_lock::is_theirs, poetry_lock::parse),
    (FileKind::PdmLock, pdm_lock::is_theirs, pdm_lock::parse),
    (FileKind::Pipfile, pipfile::is_theirs, pipfile::parse),
    (FileKind::PipfileLock, pipfile_lock::is_theirs, pipfile_lock::parse),
    (FileKind::CondaEnvironment, conda::is_environment, conda::environment),
    (FileKind::CondaLock, conda::is_lock, conda::locked),
    (FileKind::Installed, installed::is_theirs, installed::parse),
    (FileKind::Installed, installed::is_venv, installed::venv),
    (FileKind::Archive, archive::is_theirs, archive::parse),
    (FileKind::Pylock, pylock::is_theirs, pylock::parse),
    (FileKind::Constraints, requirements::is_constraints, requirements::parse),
    (FileKind::Requirements, requirements::is_requirements, requirements::parse),
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
    let before = (out.components.len(), out.unaudited.len(), out.indexes.len());
    if kind != FileKind::Archive {
        let sha256 = String::new();
        out.manifests.push(Manifest { path: path.clone(), kind, sha256, hashed: false });
    }
    parser(&mut Cx { tree, path: path.clone(), kind, text: text.clone(), out, includes });
    // A Python file or a workflow that names no package is no manifest.
    let says_something = before != (out.components.len(), out.unaudited.len(), out.indexes.len());
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

    /// Takes in a requirement as PEP 508 writes it (pip's paths and URLs too), with the group. False where it is
    /// [`Unaudited`] or the project itself.
    pub(crate) fn require(&mut self, text: &str, group: Group, at: Place) -> bool {
        requirement::push(self, text, group, at).is_some()
    }

    /// Takes in a requirement and hands back the component, for a parser that knows more of it.
    pub(crate) fn require_mut(&mut self, text: &str, group: Group, at: Place) -> Option<&mut Component> {
        let index = requirement::push(self, text, group, at)?;
        self.out.components.get_mut(index)
    }

    /// Takes in an index, credentials taken out.
    pub(crate) fn index(&mut self, kind: IndexKind, url: &str, at: Place) {
        let urls::Clean { url, credentials } = urls::clean(url);
        self.out.indexes.push(IndexUse { kind, url, credentials, at });
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
}

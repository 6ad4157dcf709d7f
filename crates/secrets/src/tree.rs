//! The files of a tree in which secrets are looked for: all, but what git ignores and does not track; files made to hold
//! credentials are taken although they are ignored. Never through a link. No file is opened here but git's own.

use rayon::prelude::*;
use rules::{Repository, Rules};
use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tieout_source::{Exclude, Excluded, Unread, WalkError};

mod kinds;
mod rules;
#[cfg(test)]
mod tests;

pub use kinds::{is_credentials, is_media};

/// How deep folders are followed.
const MAX_DEPTH: usize = 200;

/// A file of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkedFile {
    /// Relative to the root; the file's own name where the root is the file.
    pub path: Box<Path>,
    /// True where a repository holds the folder, and its index does not name the file.
    pub untracked: bool,
}

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// The files to read, sorted by the names on their path.
    pub files: Vec<WalkedFile>,
    /// What should have been read and was not, sorted: folders that cannot be opened, what is no file.
    pub unread: Vec<Unread>,
    /// Images, fonts, sound and films: left out by the ending of their names.
    pub media: usize,
    /// Files and folders left out since git ignores and does not track them.
    pub ignored: usize,
    /// Links, not followed.
    pub links: usize,
}

impl Tree {
    fn absorb(&mut self, mut other: Tree) {
        self.files.append(&mut other.files);
        self.unread.append(&mut other.unread);
        self.media += other.media;
        self.ignored += other.ignored;
        self.links += other.links;
    }

    fn unread(&mut self, path: &[u8], message: String) {
        self.unread.push(Unread { path: String::from_utf8_lossy(path).into(), message });
    }
}

/// The files below a folder, or the one file that the root is. Where no repository holds the folder, git ignores
/// nothing and all files are taken; so are they where the root itself is ignored. What the user leaves out is not taken.
///
/// # Errors
/// Where the root is not there or cannot be opened.
pub fn walk(root: &Path, exclude: &Exclude) -> Result<Tree, WalkError> {
    let failed = |source| WalkError::Root { path: root.to_owned(), source };
    let kind = std::fs::metadata(root).map_err(failed)?;
    let mut tree = Tree::default();
    if !kind.is_dir() {
        let name = root.file_name().unwrap_or_default();
        match kind.is_file() {
            true => tree.files.push(WalkedFile { path: Path::new(name).into(), untracked: false }),
            false => tree.unread(name.as_encoded_bytes(), NO_FILE.to_owned()),
        }
        return Ok(tree);
    }
    std::fs::read_dir(root).map_err(failed)?;
    let (repository, rules) = rules::above(root, &mut tree);
    let folder = Folder {
        full: root.to_owned(),
        path: PathBuf::new(),
        repository,
        rules,
        excluded: exclude.below(root).into(),
        is_ignored: false,
        depth: 0,
    };
    tree.absorb(folder.walk());
    tree.unread.sort();
    Ok(tree)
}

const NO_FILE: &str = "it is no file (a pipe, a socket or a device) and was not opened";

/// A folder on the way.
struct Folder {
    full: PathBuf,
    /// Relative to the root of the walk.
    path: PathBuf,
    repository: Option<Arc<Repository>>,
    rules: Option<Arc<Rules>>,
    excluded: Arc<Excluded>,
    /// True in a folder that git ignores: only what is tracked, or made to hold credentials, is taken.
    is_ignored: bool,
    depth: usize,
}

impl Folder {
    fn walk(mut self) -> Tree {
        let mut tree = Tree::default();
        let names = match self.names(&mut tree) {
            Ok(names) => names,
            Err(error) => {
                tree.unread(self.bytes(), format!("the folder cannot be read: {error}"));
                return tree;
            }
        };
        let holds = |name: &str| names.binary_search_by(|(other, _)| other.as_os_str().cmp(OsStr::new(name)));
        let kind = |name: &str| holds(name).ok().and_then(|at| names.get(at)).map(|(_, kind)| *kind);
        // A virtual environment, whatever its name.
        if self.is_ignored && kind("pyvenv.cfg").is_some() {
            tree.ignored += 1;
            return tree;
        }
        if self.depth > 0
            && !self.is_ignored
            && kind(".git").is_some()
            && let Some(nested) = rules::nested(&self.full, &self.path, &mut tree)
        {
            (self.repository, self.rules) = nested;
        }
        if self.repository.is_some() && kind(".gitignore").is_some_and(|kind| kind.is_file()) {
            let file = self.full.join(".gitignore");
            let own = self
                .repository
                .as_ref()
                .map_or_else(PathBuf::new, |repository| repository.own(&self.path).into());
            self.rules = Rules::read(&file, &own, self.rules.clone(), &mut tree);
        }
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for (name, kind) in names {
            if !self.excluded.is_empty() && self.excluded.hides(&self.path.join(&name), kind.is_dir()) {
                continue;
            }
            match kind.is_dir() {
                true if name == ".git" => files.extend(self.configuration()),
                // How many files come before it.
                true => folders.extend(self.folder(&name, &mut tree).map(|folder| (files.len(), folder))),
                false => files.extend(self.file(&name, kind, &mut tree)),
            }
        }
        // Folders below are walked on several threads; what they hold comes in the order of names.
        let walked: Vec<(usize, Tree)> =
            folders.into_par_iter().map(|(before, folder)| (before, folder.walk())).collect();
        let mut files = files.into_iter();
        let mut taken = 0;
        for (before, below) in walked {
            tree.files.extend(files.by_ref().take(before - taken));
            taken = before;
            tree.absorb(below);
        }
        tree.files.extend(files);
        tree
    }

    fn names(&self, tree: &mut Tree) -> std::io::Result<Vec<(OsString, FileType)>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.full)? {
            let entry = entry?;
            match entry.file_type() {
                Ok(kind) => names.push((entry.file_name(), kind)),
                Err(error) => tree.unread(
                    self.path.join(entry.file_name()).as_os_str().as_encoded_bytes(),
                    error.to_string(),
                ),
            }
        }
        names.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(names)
    }

    fn bytes(&self) -> &[u8] {
        self.path.as_os_str().as_encoded_bytes()
    }

    fn file(&self, name: &OsStr, kind: FileType, tree: &mut Tree) -> Option<WalkedFile> {
        if kind.is_symlink() {
            tree.links += 1;
            return None;
        }
        let path = self.path.join(name);
        if !kind.is_file() {
            tree.unread(path.as_os_str().as_encoded_bytes(), NO_FILE.to_owned());
            return None;
        }
        let untracked = self.repository.as_ref().is_some_and(|repository| !repository.tracks(&path));
        if untracked && self.ignores(&path, false) && !self.is_credentials(name) {
            tree.ignored += 1;
            return None;
        }
        if is_media(name.as_encoded_bytes()) {
            tree.media += 1;
            return None;
        }
        Some(WalkedFile { path: path.into_boxed_path(), untracked })
    }

    fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        let by_rule = |repository: &Arc<Repository>| {
            Rules::ignore(self.rules.as_ref(), &repository.own(path), is_folder)
        };
        self.is_ignored || self.repository.as_ref().is_some_and(by_rule)
    }

    fn is_credentials(&self, name: &OsStr) -> bool {
        let folder = self.full.file_name().unwrap_or_default().as_encoded_bytes();
        is_credentials(folder, name.as_encoded_bytes())
    }

    /// Addresses of remotes hold passwords; the rest of `.git` is the history's.
    fn configuration(&self) -> Option<WalkedFile> {
        let is_file = std::fs::symlink_metadata(self.full.join(".git/config")).ok()?.is_file();
        let path = self.path.join(".git/config").into_boxed_path();
        is_file.then_some(WalkedFile { path, untracked: true })
    }

    fn folder(&self, name: &OsStr, tree: &mut Tree) -> Option<Folder> {
        let (full, path) = (self.full.join(name), self.path.join(name));
        if self.depth >= MAX_DEPTH {
            tree.unread(
                path.as_os_str().as_encoded_bytes(),
                format!("folders are followed {MAX_DEPTH} deep"),
            );
            return None;
        }
        let is_ignored = self.ignores(&path, true);
        let holds_tracked =
            || self.repository.as_ref().is_some_and(|repository| repository.tracks_below(&path));
        if is_ignored && kinds::is_filled(name.as_encoded_bytes()) && !holds_tracked() {
            tree.ignored += 1;
            return None;
        }
        Some(Folder {
            full,
            path,
            repository: self.repository.clone(),
            rules: self.rules.clone(),
            excluded: Arc::clone(&self.excluded),
            is_ignored,
            depth: self.depth + 1,
        })
    }
}

//! What git ignores in one place of a tree: the repository that holds it, its index, and the files of patterns from the
//! place upwards. Patterns that stand outside of the repository (a user's own) are not read: an audit depends on the tree only.

use super::Tree;
use crate::git::GitError;
use crate::tracked::{Tracked, tracked};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// More of a file of patterns is not read; in bytes.
const MOST_PATTERNS: u64 = 4 << 20;

/// A repository, as paths of the walk see it.
pub(super) struct Repository {
    tracked: Tracked,
    /// The repository's root in the walk; empty where it stands at the walk's root or above.
    below: PathBuf,
    /// The walk's root in the repository.
    above: PathBuf,
}

impl Repository {
    /// True for a file that the index names.
    pub(super) fn tracks(&self, path: &Path) -> bool {
        self.tracked.holds(self.own(path).as_os_str().as_encoded_bytes())
    }

    /// True for a folder in which the index names files.
    pub(super) fn tracks_below(&self, folder: &Path) -> bool {
        self.tracked.holds_below(self.own(folder).as_os_str().as_encoded_bytes())
    }

    /// A path of the walk as the index has it.
    pub(super) fn own<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let path = path.strip_prefix(&self.below).unwrap_or(path);
        match self.above.as_os_str().is_empty() {
            true => path.into(),
            false => self.above.join(path).into(),
        }
    }
}

/// Patterns of one file, and those of the files above it.
pub(super) struct Rules {
    patterns: Gitignore,
    above: Option<Arc<Rules>>,
}

impl Rules {
    /// Whether git ignores a path of the repository. Whether a folder above it is ignored is not asked.
    pub(super) fn ignore(rules: Option<&Arc<Rules>>, own: &Path, is_folder: bool) -> bool {
        let mut next = rules;
        while let Some(rules) = next {
            let matched = rules.patterns.matched(own, is_folder);
            if !matched.is_none() {
                return matched.is_ignore();
            }
            next = rules.above.as_ref();
        }
        false
    }

    /// The rules of a folder of the repository whose patterns stand in `file`. Where they cannot be read, those above
    /// hold alone.
    pub(super) fn read(
        file: &Path,
        own: &Path,
        above: Option<Arc<Rules>>,
        tree: &mut Tree,
    ) -> Option<Arc<Rules>> {
        // Git follows no link to patterns, and a pipe would never end.
        if !std::fs::symlink_metadata(file).is_ok_and(|data| data.is_file()) {
            return above;
        }
        let mut hides_nothing = |error: String| {
            let message = format!("its patterns hide nothing: {error}");
            tree.unread(file.as_os_str().as_encoded_bytes(), message);
        };
        let mut text = Vec::new();
        let read = std::fs::File::open(file).and_then(|file| file.take(MOST_PATTERNS).read_to_end(&mut text));
        if let Err(error) = read {
            hides_nothing(error.to_string());
            return above;
        }
        let mut builder = GitignoreBuilder::new(own);
        for line in String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').lines() {
            // A pattern that is none hides nothing, in git as here.
            builder.add_line(None, line).ok();
        }
        match builder.build() {
            Ok(patterns) if patterns.is_empty() => above,
            Ok(patterns) => Some(Arc::new(Rules { patterns, above })),
            Err(error) => {
                hides_nothing(error.to_string());
                above
            }
        }
    }
}

type Found = (Option<Arc<Repository>>, Option<Arc<Rules>>);

/// The repository that holds the walk's root, and the rules above the root.
pub(super) fn above(root: &Path, tree: &mut Tree) -> Found {
    let Some(tracked) = index(root, Path::new(""), tree) else { return (None, None) };
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let (Some(full), Some(top)) = (real(root), real(&tracked.root)) else { return (None, None) };
    let Ok(above) = full.strip_prefix(&top).map(Path::to_owned) else { return (None, None) };
    let mut rules = Rules::read(&tracked.exclude, Path::new(""), None, tree);
    let mut folder = PathBuf::new();
    for name in above.components() {
        rules = Rules::read(&top.join(&folder).join(".gitignore"), &folder, rules, tree);
        folder.push(name);
        if Rules::ignore(rules.as_ref(), &folder, true) {
            // The root is ignored, and yet it is asked for.
            rules = None;
            break;
        }
    }
    (Some(Arc::new(Repository { tracked, below: PathBuf::new(), above })), rules)
}

/// A repository in a folder below the walk's root: its own rules hold there, and no others. `None` where what is called
/// `.git` is no repository, or none that can be opened.
pub(super) fn nested(full: &Path, below: &Path, tree: &mut Tree) -> Option<Found> {
    let tracked = index(full, below, tree)?;
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    if real(full) != real(&tracked.root) {
        return None;
    }
    let rules = Rules::read(&tracked.exclude, Path::new(""), None, tree);
    Some((Some(Arc::new(Repository { tracked, below: below.to_owned(), above: PathBuf::new() })), rules))
}

fn index(folder: &Path, below: &Path, tree: &mut Tree) -> Option<Tracked> {
    match tracked(folder) {
        Ok(tracked) => Some(tracked),
        Err(GitError::None(_)) => None,
        Err(error) => {
            let message = format!("{error}; all files are read, since what git ignores is not known");
            tree.unread(below.join(".git").as_os_str().as_encoded_bytes(), message);
            None
        }
    }
}

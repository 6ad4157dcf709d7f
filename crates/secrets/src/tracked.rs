//! What git tracks: the paths of a repository's index. What it ignores stands in `tree`.

use crate::git::{self, GitError};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// The paths in the index of a repository, as hashes: tens of thousands of them fit a megabyte.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tracked {
    /// The folder that the index's paths start from.
    pub root: PathBuf,
    /// Patterns that git ignores in this clone only: `.git/info/exclude`.
    pub exclude: PathBuf,
    files: HashSet<u64>,
    /// Folders that hold files at any depth.
    folders: HashSet<u64>,
}

/// Reads the index of the repository that a folder belongs to; a repository without one tracks nothing.
///
/// # Errors
/// Where no repository holds the folder, where it has no working tree, or where its index cannot be read.
pub fn tracked(folder: &Path) -> Result<Tracked, GitError> {
    let repository = git::open(folder)?.to_thread_local();
    let Some(root) = repository.workdir().map(Path::to_owned) else {
        return Err(GitError::None(folder.display().to_string()));
    };
    let exclude = repository.common_dir().join("info/exclude");
    let mut tracked = Tracked { root, exclude, ..Tracked::default() };
    let failed = |why| GitError::Unopened { folder: folder.display().to_string(), why };
    let options = gix::index::decode::Options {
        thread_limit: Some(1),
        alloc_limit_bytes: Some(git::MOST_ALLOCATED),
        ..Default::default()
    };
    // Its checksum tells of broken disks; what is read is judged by its shape.
    let read = || {
        let hash = repository.object_hash();
        gix::index::File::at_or_default(repository.index_path(), hash, true, options)
    };
    let index = git::guarded(read).map_err(failed)?.map_err(|error| failed(error.to_string()))?;
    let paths = index.path_backing();
    let mut last: &[u8] = &[];
    for entry in index.entries() {
        let path: &[u8] = entry.path_in(paths);
        tracked.files.insert(hash(path));
        tracked.folders_of(path, last);
        last = path;
    }
    Ok(tracked)
}

impl Tracked {
    /// True for a path (relative to the root, `/`-separated) that the index names.
    pub fn holds(&self, path: &[u8]) -> bool {
        self.files.contains(&hash(path))
    }

    /// True for a folder that holds a file that the index names, at any depth.
    pub fn holds_below(&self, folder: &[u8]) -> bool {
        self.folders.contains(&hash(folder))
    }

    /// Adds the folders of a path that the path before it did not have.
    fn folders_of(&mut self, path: &[u8], before: &[u8]) {
        let shared = path.iter().zip(before).take_while(|(one, other)| one == other).count();
        for at in memchr::memchr_iter(b'/', path).filter(|at| *at >= shared) {
            self.folders.insert(hash(path.get(..at).unwrap_or_default()));
        }
    }
}

fn hash(path: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(path);
    hasher.finish()
}

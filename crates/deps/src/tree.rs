//! The files of a project, by path: on disk, read when asked for, or in memory (tests, examples, archives). Bounded, never
//! through a link, never outside the root.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tieout_model::{Gap, Reason};

/// Larger files are not read, and said to be unread; in bytes. A lock file of thousands of packages has a few MB.
pub const MAX_FILE: u64 = 64 * 1024 * 1024;

#[derive(Debug, Clone)]
enum Content {
    Disk(PathBuf),
    Text(Arc<str>),
}

/// The files of a project by path (relative to the root, `/`-separated), sorted.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    files: BTreeMap<Arc<str>, Content>,
}

impl Tree {
    /// A tree of texts.
    pub fn of_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Tree {
        let files = files.into_iter().map(|(path, text)| (path.into(), Content::Text(text.into())));
        Tree { files: files.collect() }
    }

    /// Adds a file on disk. The caller has made sure that no link leads there.
    pub fn add(&mut self, path: Arc<str>, full: PathBuf) {
        self.files.insert(path, Content::Disk(full));
    }

    /// Adds a text.
    pub fn add_text(&mut self, path: Arc<str>, text: Arc<str>) {
        self.files.insert(path, Content::Text(text));
    }

    /// Takes over the files of another tree, below a folder (`""` for the root).
    pub fn absorb(&mut self, folder: &str, other: Tree) {
        for (path, content) in other.files {
            let path =
                if folder.is_empty() || folder == "." { path } else { format!("{folder}/{path}").into() };
            self.files.insert(path, content);
        }
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.keys()
    }

    /// The paths below a folder (`""` for the root), sorted.
    pub fn below<'t>(&'t self, folder: &'t str) -> impl Iterator<Item = &'t Arc<str>> {
        self.files.keys().filter(move |path| {
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// True where there is such a file.
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The path on disk; `None` for a text in memory.
    pub fn full(&self, path: &str) -> Option<&PathBuf> {
        match self.files.get(path)? {
            Content::Disk(full) => Some(full),
            Content::Text(_) => None,
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// The gap, where it is not in the tree, too large, or no text.
    pub fn text(&self, path: &str) -> Result<Arc<str>, Gap> {
        let unread = |why: String| {
            Gap::new(Reason::Unreadable, format!("{path}: {why}"), "make the file readable, or exclude it")
        };
        match self.files.get(path) {
            None => Err(unread("there is no such file in the project".to_owned())),
            Some(Content::Text(text)) => Ok(text.clone()),
            Some(Content::Disk(full)) => {
                let size = std::fs::metadata(full).map_err(|error| unread(error.to_string()))?.len();
                if size > MAX_FILE {
                    return Err(unread(format!("{size} bytes is more than the limit of {MAX_FILE}")));
                }
                tieout_source::read_text(full).map(Into::into).map_err(|error| unread(error.to_string()))
            }
        }
    }

    /// The path of `relative` as seen from the folder of `from`, `..` resolved; `None` where it leads out of the root.
    pub fn resolve(from: &str, relative: &str) -> Option<String> {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        if relative.starts_with('/') {
            return None;
        }
        for part in relative.split(['/', '\\']) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_resolved_from_its_file_and_never_leaves_the_root() {
        assert_eq!(Tree::resolve("a/b/r.txt", "../c.txt").as_deref(), Some("a/c.txt"));
        assert_eq!(Tree::resolve("r.txt", "./sub/c.txt").as_deref(), Some("sub/c.txt"));
        assert_eq!(Tree::resolve("r.txt", "../c.txt"), None);
        assert_eq!(Tree::resolve("r.txt", "/etc/passwd"), None);
    }
}

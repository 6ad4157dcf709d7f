//! The paths that the user leaves out: patterns as in `.gitignore`, against whatever walks a tree.

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// A pattern that is none.
#[derive(Debug, Error)]
#[error(
    "`{pattern}` is no pattern of paths: {message}; write it as in .gitignore, such as `tests/fixtures/`"
)]
pub struct ExcludeError {
    /// As written.
    pub pattern: String,
    /// What is wrong with it.
    pub message: String,
}

/// Patterns of the user, and the folder to which those with a `/` in them are relative.
#[derive(Debug, Clone, Default)]
pub struct Exclude {
    sets: Vec<Set>,
}

#[derive(Debug, Clone)]
struct Set {
    /// Resolved; none for patterns that are relative to each root that is walked.
    folder: Option<PathBuf>,
    patterns: Arc<Gitignore>,
}

/// The patterns as they hold below one root.
#[derive(Debug, Clone, Default)]
pub struct Excluded {
    /// Each with the way from its folder to the root.
    sets: Vec<(PathBuf, Arc<Gitignore>)>,
}

impl Exclude {
    /// Adds patterns that are relative to a folder, or to each root that is walked.
    ///
    /// # Errors
    /// Where a pattern does not parse.
    pub fn add(&mut self, folder: Option<&Path>, patterns: &[String]) -> Result<(), ExcludeError> {
        if patterns.is_empty() {
            return Ok(());
        }
        let failed = |pattern: &str, error: &ignore::Error| ExcludeError {
            pattern: pattern.to_owned(),
            message: error.to_string(),
        };
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder.add_line(None, pattern).map_err(|error| failed(pattern, &error))?;
        }
        let built = builder.build().map_err(|error| failed(&patterns.join(" "), &error))?;
        let folder = folder.map(|folder| resolved(folder).unwrap_or_else(|| folder.to_owned()));
        self.sets.push(Set { folder, patterns: built.into() });
        Ok(())
    }

    /// The patterns below a root. A root outside the folder of a set is taken for that folder.
    #[must_use]
    pub fn below(&self, root: &Path) -> Excluded {
        if self.sets.is_empty() {
            return Excluded::default();
        }
        let root = if root.is_file() { root.parent().unwrap_or(root) } else { root };
        let root = resolved(root).unwrap_or_else(|| root.to_owned());
        let way = |set: &Set| {
            let folder = set.folder.as_ref()?;
            root.strip_prefix(folder).ok().map(Path::to_owned)
        };
        Excluded {
            sets: self
                .sets
                .iter()
                .map(|set| (way(set).unwrap_or_default(), Arc::clone(&set.patterns)))
                .collect(),
        }
    }
}

impl Excluded {
    /// True where a pattern names this entry itself. A walk that asks on its way down reads nothing below a folder that
    /// is left out; a folder that the user names as the root is read, whatever is said of the folders above it.
    #[must_use]
    pub fn hides(&self, path: &Path, is_folder: bool) -> bool {
        self.sets.iter().any(|(way, patterns)| patterns.matched(way.join(path), is_folder).is_ignore())
    }

    /// True where a pattern names this entry or a folder on the way to it from the root.
    #[must_use]
    pub fn hides_with_parents(&self, path: &Path, is_folder: bool) -> bool {
        !self.is_empty()
            && path
                .ancestors()
                .enumerate()
                .any(|(index, path)| !path.as_os_str().is_empty() && self.hides(path, index > 0 || is_folder))
    }

    /// True where nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }
}

fn resolved(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn excluded(patterns: &[&str]) -> Excluded {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        let mut exclude = Exclude::default();
        exclude.add(None, &patterns).unwrap();
        exclude.below(Path::new("."))
    }

    #[test]
    fn patterns_read_as_in_gitignore() {
        for (patterns, path, hidden) in [
            (&["vendor"][..], "vendor/a.tf", true),
            (&["vendor"], "src/vendor/a.tf", true),
            (&["/vendor"], "src/vendor/a.tf", false),
            (&["vendor/"], "vendor", false),
            (&["tests/fixtures"], "tests/fixtures/a/b.py", true),
            (&["tests/fixtures"], "src/tests/fixtures/a.py", false),
            (&["**/fixtures"], "src/tests/fixtures/a.py", true),
            (&["*.tfstate"], "a/b.tfstate", true),
            (&["*.env", "!prod.env"], "prod.env", false),
            (&["*.env", "!prod.env"], "dev.env", true),
            (&[], "a", false),
        ] {
            assert_eq!(
                excluded(patterns).hides_with_parents(Path::new(path), false),
                hidden,
                "{patterns:?} {path}"
            );
        }
    }

    #[test]
    fn patterns_of_a_folder_hold_below_it_wherever_the_walk_begins() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("src/gen")).unwrap();
        let mut exclude = Exclude::default();
        exclude.add(Some(folder.path()), &["src/gen/*.json".to_owned(), "src".to_owned()]).unwrap();
        let inside = exclude.below(&folder.path().join("src"));
        assert!(inside.hides_with_parents(Path::new("gen/a.json"), false));
        assert!(
            !inside.hides_with_parents(Path::new("gen/a.yml"), false),
            "the folder that the user names is read"
        );
        assert!(exclude.below(folder.path()).hides(Path::new("src"), true));
    }

    #[test]
    fn a_pattern_that_is_none_is_named() {
        let error = Exclude::default().add(None, &["a{".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("`a{`"), "{error}");
    }

    proptest! {
        #[test]
        fn no_pattern_and_no_path_panic(pattern in "\\PC{0,20}", path in "[a-z/.*]{0,20}") {
            let mut exclude = Exclude::default();
            if exclude.add(None, &[pattern]).is_ok() {
                let excluded = exclude.below(Path::new("."));
                let _ = excluded.hides_with_parents(Path::new(path.trim_start_matches('/')), false);
            }
        }
    }
}

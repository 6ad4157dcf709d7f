//! Which files of a project on disk are taken in: those that a parser, a reader of runtimes or the look for scanners can use, by
//! name. Never through a link. Nothing is read here but requirements files and Dockerfiles, for the files that they name.

use super::requirements::named_files;
use super::{FileKind, includes, parser_of};
use crate::{Tree, Unaudited};
use ignore::WalkBuilder;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use tieout_model::{Gap, Place, Position, Reason};
use tieout_source::{Exclude, Excluded};

/// Why a root cannot be taken in at all.
#[derive(Debug, Error)]
pub enum DiscoverError {
    /// Nothing is there, or it cannot be opened.
    #[error("`{path}` cannot be read: {source}")]
    Root {
        /// The root as given.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Folders that hold nothing of the project's own.
const SKIPPED: [&str; 13] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    ".terraform",
    "__pycache__",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".eggs",
    ".terragrunt-cache",
];

/// Folders below the root in which virtual environments are looked for although git ignores them.
const VENV_DEPTH: usize = 4;

/// What tells of an installed package: files of `dist-info` and of `egg-info`.
const DIST_INFO: [&str; 6] =
    ["METADATA", "RECORD", "top_level.txt", "direct_url.json", "INSTALLER", "REQUESTED"];
const EGG_INFO: [&str; 3] = ["PKG-INFO", "top_level.txt", "requires.txt"];
/// The same of an egg that was unpacked, as setuptools installed for long.
const EGG: [&str; 2] = ["EGG-INFO/PKG-INFO", "EGG-INFO/top_level.txt"];

/// The files of a project, and what of it cannot be read. The root is a folder, a virtual environment, a folder of installed
/// packages, or one file; what the user leaves out is not taken in.
///
/// # Errors
/// Where the root itself is not there or cannot be opened.
pub fn discover(root: &Path, exclude: &Exclude) -> Result<(Tree, Vec<Unaudited>), DiscoverError> {
    let failed = |source| DiscoverError::Root { path: root.to_owned(), source };
    let data = fs::metadata(root).map_err(failed)?;
    let mut found = Found {
        root: root.to_owned(),
        excluded: exclude.below(root),
        tree: Tree::default(),
        unaudited: Vec::new(),
    };
    if data.is_file() {
        // Files that it names stand beside it.
        found.root = root.parent().map(Path::to_owned).unwrap_or_default();
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.tree.add(name.into(), root.to_owned());
    } else {
        fs::read_dir(root).map_err(failed)?;
        found.folder();
    }
    found.named();
    found.unaudited.sort_by(|a, b| (&a.what, &a.gap).cmp(&(&b.what, &b.gap)));
    found.unaudited.dedup();
    Ok((found.tree, found.unaudited))
}

struct Found {
    root: PathBuf,
    excluded: Excluded,
    tree: Tree,
    unaudited: Vec<Unaudited>,
}

impl Found {
    fn folder(&mut self) {
        let root = self.root.clone();
        if is_venv(&root) {
            return self.venv(&root);
        }
        // `venv/lib/python3.9/site-packages` itself, wherever the command was started.
        let named = root.canonicalize().unwrap_or_else(|_| root.clone());
        if is_packages(&named) {
            return self.packages(&root);
        }
        let (venvs, packages) = self.walk();
        for folder in venvs {
            self.venv(&folder);
        }
        for folder in packages {
            self.packages(&folder);
        }
    }

    /// The ordinary files; and the virtual environments and folders of installed packages that were met on the way.
    fn walk(&mut self) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>) {
        let met = Arc::new(Mutex::new((ignored_venvs(&self.root), BTreeSet::new())));
        let seen = met.clone();
        let (root, excluded) = (self.root.clone(), self.excluded.clone());
        let mut builder = WalkBuilder::new(&self.root);
        builder.follow_links(false).hidden(false).require_git(false).git_global(false);
        builder.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if entry.depth() == 0 {
                return true;
            }
            if excluded.hides(entry.path().strip_prefix(&root).unwrap_or(entry.path()), is_folder) {
                return false;
            }
            if !is_folder {
                return true;
            }
            if entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name)) {
                return false;
            }
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if is_packages(entry.path()) {
                seen.1.insert(entry.path().to_owned());
                return false;
            }
            if is_venv(entry.path()) {
                seen.0.insert(entry.path().to_owned());
                return false;
            }
            true
        });
        for entry in builder.build() {
            match entry {
                Ok(entry) if entry.depth() > 0 => self.entry(&entry),
                Ok(_) => {}
                Err(error) => self.unread(".", error.to_string()),
            }
        }
        let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut venvs, packages) = (std::mem::take(&mut met.0), std::mem::take(&mut met.1));
        venvs.retain(|venv| {
            !self.excluded.hides_with_parents(venv.strip_prefix(&self.root).unwrap_or(venv), true)
        });
        (venvs, packages)
    }

    fn entry(&mut self, entry: &ignore::DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        if kind.is_dir() {
            return;
        }
        let Some(path) = self.relative(entry.path()) else { return };
        if !is_wanted(&path) {
            return;
        }
        if kind.is_file() {
            self.tree.add(path, entry.path().to_owned());
        } else if kind.is_symlink() && !path.ends_with(".py") && self.leads_out(entry.path()) {
            self.unread(&path, "it is a link that leads out of the project, and is not followed".to_owned());
        }
    }

    /// True for a link to something that is not read by itself.
    fn leads_out(&self, link: &Path) -> bool {
        match (link.canonicalize(), self.root.canonicalize()) {
            (Ok(target), Ok(root)) => !target.starts_with(root),
            _ => true,
        }
    }

    /// The path below the root, `/`-separated.
    fn relative(&self, path: &Path) -> Option<Arc<str>> {
        let below = path.strip_prefix(&self.root).ok()?;
        let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Some(parts.join("/").into())
    }

    fn unread(&mut self, path: &str, why: String) {
        let gap = Gap::new(Reason::Unreadable, format!("{path}: {why}"), "make it readable, or exclude it");
        let at = Place::text(&path.into(), Position::START, Position::START);
        self.unaudited.push(Unaudited { what: path.to_owned(), gap, at });
    }

    /// The installed packages of a virtual environment: `lib/pythonX.Y/site-packages`, on Windows `Lib/site-packages`.
    fn venv(&mut self, folder: &Path) {
        self.file(&folder.join("pyvenv.cfg"));
        for library in ["lib", "lib64", "Lib"].map(|name| folder.join(name)) {
            if !is_folder(&library) {
                continue;
            }
            for folder in [library.clone()].into_iter().chain(folders(&library)) {
                for name in ["site-packages", "dist-packages"] {
                    let packages = folder.join(name);
                    if is_folder(&packages) {
                        self.packages(&packages);
                    }
                }
            }
        }
    }

    /// What tells of the packages installed in a folder. What these packages have vendored is theirs.
    fn packages(&mut self, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let path = self.relative(folder).unwrap_or_default();
                return self.unread(&path, error.to_string());
            }
        };
        let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        names.sort();
        for path in names {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // What pip left of a removal that was interrupted: pip ignores it, and nothing can import it.
            if name.starts_with('~') {
                continue;
            }
            let files: &[&str] = match name.rsplit_once('.').map(|(_, end)| end) {
                Some("dist-info") => &DIST_INFO,
                Some("egg-info") => &EGG_INFO,
                Some("egg") => &EGG,
                _ => continue,
            };
            // Very old ones are one file.
            self.file(&path);
            for file in files {
                self.file(&path.join(file));
            }
        }
    }

    /// Adds a file where it is one and no link.
    fn file(&mut self, path: &Path) {
        if fs::symlink_metadata(path).is_ok_and(|data| data.is_file())
            && let Some(relative) = self.relative(path)
        {
            self.tree.add(relative, path.to_owned());
        }
    }

    /// The files that requirements files (and Dockerfiles, pyproject.toml, setup.py) name, whatever their own names.
    fn named(&mut self) {
        let mut open: Vec<Arc<str>> = self.tree.paths().cloned().collect();
        let mut seen: BTreeSet<Arc<str>> = BTreeSet::new();
        while let Some(path) = open.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let kind = parser_of(&path).map(|(kind, _)| kind);
            let taken_in = kind.is_none() && !is_wanted(&path);
            let named = match kind {
                Some(FileKind::Requirements | FileKind::Constraints) => self.requirements_of(&path),
                None if taken_in => self.requirements_of(&path),
                Some(
                    FileKind::CondaEnvironment
                    | FileKind::Dockerfile
                    | FileKind::Pyproject
                    | FileKind::SetupPy
                    | FileKind::SetupCfg,
                ) => self.mentioned(&path),
                _ => continue,
            };
            for file in named {
                let full = self.root.join(&*file);
                if self.tree.contains(&file) || !self.is_inside(&file) {
                    continue;
                }
                if fs::symlink_metadata(&full).is_ok_and(|data| data.is_file()) {
                    self.tree.add(file.clone(), full);
                    open.push(file);
                }
            }
        }
    }

    fn requirements_of(&self, path: &str) -> Vec<Arc<str>> {
        let Ok(text) = super::requirements::text(&self.tree, path) else { return Vec::new() };
        let written = named_files(&text);
        written.iter().filter_map(|written| Some(Tree::resolve(path, written)?.into())).collect()
    }

    /// Words of a file that look like names of lists of requirements: `deps.txt`, `requirements/base.pip`.
    fn mentioned(&self, path: &str) -> Vec<Arc<str>> {
        let Ok(text) = self.tree.text(path) else { return Vec::new() };
        let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')));
        let listed = |word: &&str| {
            [".txt", ".in", ".pip", ".list", ".reqs"].iter().any(|end| word.ends_with(end))
                && word.len() < 256
        };
        let mut found = BTreeSet::new();
        for word in words.filter(listed) {
            found.extend(includes::candidates(path, word));
        }
        found.into_iter().map(Arc::from).collect()
    }

    /// True where no folder on the way is a link.
    fn is_inside(&self, file: &str) -> bool {
        let mut full = self.root.clone();
        let folders = file.rsplit_once('/').map_or("", |(folders, _)| folders);
        folders.split('/').filter(|part| !part.is_empty()).all(|part| {
            full.push(part);
            is_folder(&full)
        })
    }
}

/// True for a folder, and no link to one.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| data.is_dir())
}

fn is_venv(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").is_file()
}

fn is_packages(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "site-packages" || name == "dist-packages")
}

/// The folders in a folder, links left out, sorted.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Virtual environments near the root, whatever git ignores.
fn ignored_venvs(root: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut level = vec![root.to_owned()];
    for _ in 0..VENV_DEPTH {
        let mut next = Vec::new();
        for folder in level.iter().flat_map(|folder| folders(folder)) {
            let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if SKIPPED.contains(&name) || is_packages(&folder) {
                continue;
            }
            if is_venv(&folder) {
                found.insert(folder);
            } else {
                next.push(folder);
            }
        }
        level = next;
    }
    found
}

/// True where some parser, reader of runtimes or the look for scanners uses a file of this path.
fn is_wanted(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = folder.rsplit('/').next().unwrap_or_default();
    if parent.ends_with(".dist-info") {
        return DIST_INFO.contains(&name) && !is_vendored(folder);
    }
    if parent.ends_with(".egg-info") {
        return EGG_INFO.contains(&name) && !is_vendored(folder);
    }
    parser_of(path).is_some() || is_known(folder, name)
}

/// What an installed package has vendored is part of it.
fn is_vendored(folder: &str) -> bool {
    folder.split('/').any(|part| matches!(part, "_vendor" | "_vendored"))
}

/// Names beside those of the parsers.
fn is_known(folder: &str, name: &str) -> bool {
    const NAMES: [&str; 28] = [
        ".python-version",
        ".python-versions",
        "runtime.txt",
        "tox.ini",
        "noxfile.py",
        "Makefile",
        "makefile",
        "GNUmakefile",
        "justfile",
        "Taskfile.yml",
        ".pre-commit-config.yaml",
        ".pre-commit-config.yml",
        ".gitlab-ci.yml",
        ".travis.yml",
        ".tool-versions",
        "mise.toml",
        ".mise.toml",
        "serverless.yml",
        "serverless.yaml",
        "serverless.json",
        "renovate.json",
        "renovate.json5",
        ".renovaterc",
        ".renovaterc.json",
        "bitbucket-pipelines.yml",
        "azure-pipelines.yml",
        "Jenkinsfile",
        "apprunner.yaml",
    ];
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    NAMES.contains(&name)
        || name.ends_with(".py")
        || name.ends_with(".zip")
        || name.ends_with(".whl")
        || name.starts_with("zappa_settings.")
        || (yaml && (name.starts_with("buildspec") || name.starts_with("dependabot")))
        || (yaml
            && (folder == ".github"
                || folder.ends_with(".github/workflows")
                || folder.ends_with(".gitlab/ci")))
        || (folder.ends_with(".circleci") && yaml)
        || (folder == ".github" || folder == ".gitlab") && name.starts_with("renovate")
        || (folder.ends_with(".chalice") && name == "config.json")
        || (folder.ends_with(".mise") || folder.ends_with(".config/mise")) && name.ends_with(".toml")
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;

//! Which import names the installed packages of a tree provide, and which files are theirs: by RECORD (PEP 376, PEP 427), else
//! by top_level.txt.

use crate::{PackageName, Tree};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Folders whose code is never the project's own.
const FOREIGN: &[&str] = &[
    "site-packages",
    "dist-packages",
    "node_modules",
    "__pycache__",
    "__pypackages__",
    ".tox",
    ".nox",
    ".venv",
    ".git",
];

/// The installed packages of a tree.
#[derive(Debug, Default)]
pub(super) struct Installed {
    names: BTreeMap<PackageName, BTreeSet<String>>,
    files: HashSet<String>,
    /// Folders of virtual environments.
    environments: Vec<String>,
}

impl Installed {
    pub(super) fn read(tree: &Tree) -> Installed {
        let mut installed = Installed::default();
        for path in tree.paths() {
            let Some((folder, name)) = path.rsplit_once('/') else { continue };
            match name {
                "RECORD" if folder.ends_with(".dist-info") => installed.record(tree, path, folder),
                "top_level.txt" if folder.ends_with(".dist-info") || is_egg(folder) => {
                    installed.top_level(tree, path, folder);
                }
                "pyvenv.cfg" => installed.environments.push(format!("{folder}/")),
                _ => {}
            }
        }
        installed
    }

    /// True for a file of an installed package.
    pub(super) fn owns(&self, path: &Arc<str>) -> bool {
        self.files.contains(&**path)
            || path.split('/').any(|part| FOREIGN.contains(&part))
            || self.environments.iter().any(|folder| path.starts_with(&**folder))
    }

    /// What a package provides, where it is installed.
    pub(super) fn provides(&self, package: &PackageName) -> Option<&BTreeSet<String>> {
        self.names.get(package)
    }

    fn record(&mut self, tree: &Tree, path: &Arc<str>, folder: &str) {
        let Ok(text) = tree.text(path) else { return };
        let Some(package) = package_of(folder) else { return };
        let site = folder.rsplit_once('/').map_or("", |(site, _)| site);
        let files: Vec<&str> = text.lines().map(first_field).filter(|file| is_module(file)).collect();
        if !files.is_empty() {
            self.names.entry(package).or_default().extend(provided(&files));
        }
        for file in files {
            self.files.insert(if site.is_empty() { file.to_owned() } else { format!("{site}/{file}") });
        }
    }

    fn top_level(&mut self, tree: &Tree, path: &Arc<str>, folder: &str) {
        let Ok(text) = tree.text(path) else { return };
        let Some(package) = package_of(folder) else { return };
        // RECORD knows better, and may have been read before or may be after.
        if tree.contains(&format!("{folder}/RECORD")) {
            return;
        }
        let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
        self.names.entry(package).or_default().extend(names.map(|name| name.replace('/', ".")));
    }
}

fn is_egg(folder: &str) -> bool {
    folder.ends_with(".egg-info") || folder.ends_with(".egg/EGG-INFO")
}

/// The package of `site/foo_bar-1.0.dist-info`.
fn package_of(folder: &str) -> Option<PackageName> {
    let folder = folder.strip_suffix("/EGG-INFO").unwrap_or(folder);
    let last = folder.rsplit('/').next()?;
    let stem = [".dist-info", ".egg-info", ".egg"].iter().find_map(|suffix| last.strip_suffix(suffix))?;
    let name = stem.split('-').next().filter(|name| !name.is_empty())?;
    Some(PackageName::new(name))
}

/// The path of a line of RECORD, which is CSV: a path with a comma is quoted.
fn first_field(line: &str) -> &str {
    match line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => line.split(',').next().unwrap_or_default(),
    }
}

fn is_module(file: &str) -> bool {
    let code = [".py", ".so", ".pyd"].iter().any(|end| file.ends_with(end));
    code && !file.starts_with("..")
        && !file.starts_with('/')
        && !file.contains(".data/")
        && !file.contains(".dist-info/")
}

/// The import names of a package's files: each top package, below the folders that are only namespaces, and each module
/// beside them.
fn provided(files: &[&str]) -> BTreeSet<String> {
    let packages: HashSet<&str> = files.iter().filter_map(|file| file.strip_suffix("/__init__.py")).collect();
    let mut names = BTreeSet::new();
    for file in files {
        let ends = file.match_indices('/').map(|(end, _)| end);
        let package = ends.filter_map(|end| file.get(..end)).find(|folder| packages.contains(folder));
        let (folder, last) = file.rsplit_once('/').unwrap_or(("", file));
        let name = match package {
            Some(package) => package.to_owned(),
            // `six.py`, `_cffi.cpython-312-x86_64-linux-gnu.so`, or a module of a namespace.
            None => {
                let stem = last.split('.').next().unwrap_or(last);
                if folder.is_empty() { stem.to_owned() } else { format!("{folder}/{stem}") }
            }
        };
        names.insert(name.replace('/', "."));
    }
    names
}

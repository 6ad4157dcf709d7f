//! How closely the project's code touches each package: called, imported, installed, or only declared; for the whole project,
//! or for what one deployed handler reaches. Reach lowers a rank, and never hides a finding. Nothing is run.
//!
//! Tests, documentation and build scripts are development code: they speak for development dependencies alone. Code of
//! installed packages is not the project's: a package that only another package imports is installed, and its chain
//! says by what. Where a file could not be parsed, or modules are imported by names that only running settles, a rank
//! below called may be too low: [`Ranked::uncertain`] says so.

mod installed;
mod rank;
mod tables;
mod uses;

pub use rank::{Evidence, Handler, Ranked};

use crate::Tree;
use installed::Installed;
use std::sync::Arc;
use tieout_model::Place;
use tieout_python_syntax::Project;
use uses::Uses;

/// The Python code of a project.
#[derive(Debug, Default)]
pub struct Code {
    project: Project,
    installed: Installed,
    uses: Uses,
    /// Files that could not be read, or not in whole.
    broken: Vec<Arc<str>>,
    /// Imports whose module only running settles: file and place.
    unknown_imports: Vec<(usize, Place)>,
}

impl Code {
    /// Reads the project's own `*.py` files.
    pub fn read(tree: &Tree) -> Code {
        let installed = Installed::read(tree);
        let mut sources = Vec::new();
        let mut broken = Vec::new();
        for path in tree.paths().filter(|path| path.ends_with(".py") && !installed.owns(path)) {
            match tree.text(path) {
                Ok(text) => sources.push((path.clone(), text)),
                Err(_) => broken.push(path.clone()),
            }
        }
        let project = Project::read(&sources);
        let uses = Uses::of(&project);
        let mut unknown_imports = Vec::new();
        for (number, file) in project.files().iter().enumerate() {
            if file.names.broken {
                broken.push(file.path.clone());
            }
            unknown_imports.extend(file.names.unknown_imports.iter().map(|at| (number, at.clone())));
        }
        broken.sort();
        Code { project, installed, uses, broken, unknown_imports }
    }

    /// True where the project has no Python code of its own: then nothing can be said of reach.
    pub fn is_empty(&self) -> bool {
        self.project.files().is_empty()
    }

    /// Files that could not be parsed in whole.
    pub fn broken(&self) -> &[Arc<str>] {
        &self.broken
    }
}

#[cfg(test)]
mod tests;

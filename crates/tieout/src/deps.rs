//! The dependencies part of a run: reading the files, finding the advisories, judging, and what of it the Assessment
//! keeps.

use crate::plan::Checks;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use tieout_check::Ledger;
use tieout_deps::{Cx, Locks, Reading, Tree, inputs};
use tieout_model::{Component, Evidence};
use time::Date;

/// What was read.
pub struct Read {
    /// The files.
    pub tree: Tree,
    /// What they say.
    pub reading: Reading,
    /// The folder that paths are relative to.
    pub root: PathBuf,
}

/// Reads folders, files, environments and archives; paths are relative to the one folder, or to the current one.
pub fn read(paths: &[PathBuf]) -> Result<Read> {
    let (root, prefixed): (PathBuf, Vec<(&Path, String)>) = match paths {
        [folder] if folder.is_dir() => (folder.clone(), vec![(folder, String::new())]),
        [file] => {
            let parent = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            (parent.unwrap_or(Path::new(".")).to_owned(), vec![(file, String::new())])
        }
        several => (PathBuf::from("."), several.iter().map(|path| (path.as_path(), shown(path))).collect()),
    };
    let mut tree = Tree::default();
    let mut unaudited = Vec::new();
    for (path, prefix) in prefixed {
        let (found, unread) =
            inputs::discover(path).with_context(|| format!("reading {}", path.display()))?;
        tree.absorb(&prefix, found);
        unaudited.extend(unread);
    }
    let mut reading = inputs::read(&tree);
    reading.unaudited.extend(unaudited);
    Ok(Read { tree, reading, root })
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.trim_start_matches("./").trim_end_matches('/').to_owned()
}

//! Writing a plan's edits: each file whole or not at all, inside the root alone, never through a link.

use super::{FileEdit, Plan};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// Why an edit was not written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The path leads out of the root, or is none.
    #[error("{path}: leads out of the audited folder")]
    Outside {
        /// As planned.
        path: String,
    },
    /// A part of the path is a link, or the file is no file.
    #[error("{path}: a link or no plain file; it is not written through")]
    Link {
        /// As planned.
        path: String,
    },
    /// The file is not what the plan was made for.
    #[error("{path}: has changed since it was read; run it again")]
    Changed {
        /// As planned.
        path: String,
    },
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// As planned.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// Writes the edits below the root and gives the paths that were written. All are checked before the first is written.
///
/// # Errors
/// The first edit that may not, or cannot, be written; files written before it stay written.
pub fn apply(plan: &Plan, root: &Path) -> Result<Vec<String>, ApplyError> {
    let targets = plan
        .edits
        .iter()
        .map(|edit| target(edit, root).map(|full| (edit, full)))
        .collect::<Result<Vec<_>, _>>()?;
    let mut written = Vec::new();
    for (edit, full) in targets {
        let io = |source| ApplyError::Io { path: edit.path.to_string(), source };
        replace(&full, edit.new_text.as_bytes()).map_err(io)?;
        written.push(edit.path.to_string());
    }
    Ok(written)
}

/// The file to write, once it is sure that it is the one that was read.
fn target(edit: &FileEdit, root: &Path) -> Result<PathBuf, ApplyError> {
    let path = || edit.path.to_string();
    let io = |source| ApplyError::Io { path: path(), source };
    let parts: Vec<Component<'_>> = Path::new(&*edit.path).components().collect();
    if parts.is_empty() || !parts.iter().all(|part| matches!(part, Component::Normal(_))) {
        return Err(ApplyError::Outside { path: path() });
    }
    let mut full = root.to_owned();
    for (number, part) in parts.iter().enumerate() {
        full.push(part);
        let kind = fs::symlink_metadata(&full).map_err(io)?.file_type();
        let is_last = number + 1 == parts.len();
        if !(if is_last { kind.is_file() } else { kind.is_dir() }) {
            return Err(ApplyError::Link { path: path() });
        }
    }
    if fs::read(&full).map_err(io)? != edit.old_text.as_bytes() {
        return Err(ApplyError::Changed { path: path() });
    }
    Ok(full)
}

/// Puts new bytes in the place of a file at once: a new file beside it, with its mode, takes its name.
fn replace(full: &Path, bytes: &[u8]) -> io::Result<()> {
    let mode = fs::metadata(full)?.permissions();
    let name = full.file_name().unwrap_or_default().to_string_lossy();
    let beside = full.with_file_name(format!(".{name}.tieout-{}", std::process::id()));
    // Fails where there is such a file already, link or not.
    let file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let done = fill(file, bytes, mode).and_then(|()| fs::rename(&beside, full));
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done
}

fn fill(mut file: File, bytes: &[u8], mode: fs::Permissions) -> io::Result<()> {
    file.write_all(bytes)?;
    file.set_permissions(mode)?;
    file.sync_all()
}

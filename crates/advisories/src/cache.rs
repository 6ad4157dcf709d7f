//! The user's cache: where it is, files replaced in one step, and the index that makes a second run quick. What is in
//! the cache can be deleted at any time; a cache that cannot be written costs time only.

use crate::load::{LoadError, load};
use crate::{Advisories, SourceKind};
use sha2::{Digest, Sha256};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

/// So many indexes stay in the cache; of more the oldest go.
const MAX_INDEXES: usize = 8;
/// How names of indexes begin and end.
const INDEX: (&str, &str) = ("index-", ".tieout");

/// The folder that tieout keeps its cache in: `TIEOUT_CACHE_DIR`, else `tieout` in the platform's folder for caches
/// (`XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`). `None` where the environment names none.
pub fn cache_dir() -> Option<PathBuf> {
    cache_dir_of(&|name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
}

fn cache_dir_of(env: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if let Some(own) = env("TIEOUT_CACHE_DIR") {
        return Some(own);
    }
    let home = || env("HOME");
    // A relative XDG folder is to be ignored (XDG Base Directory Specification).
    let base = env("XDG_CACHE_HOME").filter(|folder| folder.is_absolute()).or_else(|| {
        if cfg!(windows) {
            env("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            home().map(|home| home.join("Library/Caches"))
        } else {
            home().map(|home| home.join(".cache"))
        }
    })?;
    Some(base.join("tieout"))
}

/// Reads advisories as [`load`] does, from an index in the cache where there is one of just this file or folder; else
/// one is made and kept. A broken or older index is made anew.
///
/// # Errors
/// As [`load`].
pub fn open_or_build(path: &Path, cache: Option<&Path>) -> Result<Advisories, LoadError> {
    let Some((cache, name)) = cache.zip(index_name(path)) else { return load(path) };
    let kept = cache.join(&name);
    let label = path.display().to_string();
    if let Some(index) = fs::read(&kept).ok().and_then(|bytes| Advisories::from_bytes(&bytes)) {
        return Ok(index.from_source(SourceKind::File, &label));
    }
    let built = load(path)?;
    if replace(cache, &name, &built.to_bytes()).is_ok() {
        prune(cache);
    }
    Ok(built)
}

/// The name of the index of a file or folder as it is now: by its path, size and time of change, of a folder those of
/// all files in it. `None` where the system does not tell.
fn index_name(path: &Path) -> Option<String> {
    let mut hash = Sha256::new();
    hash.update(crate::index::MAGIC);
    hash.update(fs::canonicalize(path).ok()?.as_os_str().as_encoded_bytes());
    let data = fs::metadata(path).ok()?;
    stamp(&mut hash, &data)?;
    if data.is_dir() {
        let mut files = Vec::new();
        let mut folders = vec![path.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).ok()? {
                let entry = entry.ok()?;
                let data = entry.metadata().ok()?;
                if data.is_dir() {
                    folders.push(entry.path());
                } else {
                    files.push((entry.path(), data));
                }
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        for (file, data) in &files {
            hash.update(file.as_os_str().as_encoded_bytes());
            stamp(&mut hash, data)?;
        }
    }
    Some(format!("{}{}{}", INDEX.0, hex(hash.finalize().get(..16)?), INDEX.1))
}

fn stamp(hash: &mut Sha256, data: &Metadata) -> Option<()> {
    let changed = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    hash.update(data.len().to_le_bytes());
    hash.update(changed.as_nanos().to_le_bytes());
    Some(())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A new file beside the one that it is to replace; nobody else writes to it.
pub(crate) fn part_file(folder: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    fs::create_dir_all(folder)?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = folder.join(format!(".{name}.{}-{number}.part", std::process::id()));
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
    Ok((path, file))
}

/// Writes a file in one step: whoever reads it sees the old one or the new one.
pub(crate) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let (part, mut file) = part_file(folder, name)?;
    let written = file.write_all(bytes).and_then(|()| {
        drop(file);
        fs::rename(&part, folder.join(name))
    });
    if written.is_err() {
        // What is left over is of no use to anybody; that it stays is no error of its own.
        let _ = fs::remove_file(&part);
    }
    written
}

fn prune(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    let is_index = |name: &str| name.starts_with(INDEX.0) && name.ends_with(INDEX.1);
    let mut indexes: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_index))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    indexes.sort_by(|a, b| b.cmp(a));
    for (_, old) in indexes.into_iter().skip(MAX_INDEXES) {
        let _ = fs::remove_file(old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_the_environment_says() {
        let of = |known: &[(&str, &str)]| {
            cache_dir_of(&|name| known.iter().find(|(it, _)| *it == name).map(|(_, value)| value.into()))
        };
        assert_eq!(of(&[("TIEOUT_CACHE_DIR", "/x"), ("XDG_CACHE_HOME", "/y")]), Some("/x".into()));
        assert_eq!(of(&[("XDG_CACHE_HOME", "/y"), ("HOME", "/h")]), Some("/y/tieout".into()));
        if cfg!(target_os = "linux") {
            assert_eq!(of(&[("XDG_CACHE_HOME", "y"), ("HOME", "/h")]), Some("/h/.cache/tieout".into()));
        }
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn an_index_is_kept_used_and_made_anew_where_it_is_broken_or_the_file_changed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("cache");
        let file = folder.path().join("a.json");
        let record = |fixed: &str| {
            format!(
                r#"{{"id": "A-1", "affected": [{{"package": {{"ecosystem": "PyPI", "name": "a"}},
                "ranges": [{{"type": "ECOSYSTEM", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
            )
        };
        let indexes = || fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let fix =
            || open_or_build(&file, Some(&cache)).unwrap().about("a").unwrap()[0].fixes()[0].to_string();
        fs::write(&file, record("1.0")).unwrap();
        assert_eq!((fix(), indexes().len()), ("1.0".to_owned(), 1));
        fs::write(&indexes()[0], b"tieout advisories 2\nbroken").unwrap();
        assert_eq!((fix(), indexes().len()), ("1.0".to_owned(), 1));
        fs::write(&file, record("1.0.1")).unwrap();
        assert_eq!((fix(), indexes().len()), ("1.0.1".to_owned(), 2));
        let nowhere = file.join("below-a-file");
        assert!(open_or_build(&file, Some(&nowhere)).is_ok() && open_or_build(&file, None).is_ok());
    }
}

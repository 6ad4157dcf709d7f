//! Which files of a tree are read, in which order, and the text of a file whatever its encoding.

use crate::{Exclude, Excluded};
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Folders that hold no source of the project's own. `cdk.out` is not among them: it is what CDK deploys.
const SKIPPED_FOLDERS: [&str; 12] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    ".venv",
    "venv",
    ".terraform",
    ".aws-sam",
    "__pycache__",
    "site-packages",
    ".tox",
    ".terragrunt-cache",
];

/// What a walk takes in.
#[derive(Debug, Clone)]
pub struct WalkOptions {
    /// Larger files are a problem, not read; in bytes.
    pub max_size: u64,
    /// Whether `.gitignore`, `.ignore` and git's own exclude files hide files.
    pub respect_ignore_files: bool,
    /// What the user leaves out.
    pub exclude: Exclude,
}

impl Default for WalkOptions {
    fn default() -> Self {
        WalkOptions { max_size: 5 * 1024 * 1024, respect_ignore_files: true, exclude: Exclude::default() }
    }
}

/// A file of the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WalkedFile {
    /// Relative to the root, `/`-separated; the file's own name where the root is the file.
    pub path: Arc<str>,
    /// Where to open it.
    pub full: PathBuf,
    /// In bytes.
    pub size: u64,
}

/// A part of the tree that was not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Relative to the root where it is known; else as the system names it.
    pub path: Arc<str>,
    /// Why, in a sentence.
    pub message: String,
}

/// What a walk found, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// The files to read.
    pub files: Vec<WalkedFile>,
    /// What is left out that should have been read.
    pub unread: Vec<Unread>,
}

/// Why a root cannot be walked at all.
#[derive(Debug, Error)]
pub enum WalkError {
    /// Nothing is there, or it cannot be opened.
    #[error("`{path}` cannot be read: {source}")]
    Root {
        /// The root as given.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// All files below a folder (or the one file that the root is), never through a link, ignored files and
/// folders of tools left out. The order depends on names only.
///
/// # Errors
/// Where the root itself is not there or cannot be opened.
pub fn walk(root: &Path, options: &WalkOptions) -> Result<Walked, WalkError> {
    let failed = |source| WalkError::Root { path: root.to_owned(), source };
    let root_data = std::fs::metadata(root).map_err(failed)?;
    let mut walked = Walked::default();
    if root_data.is_file() {
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        take(&mut walked, name.into(), root.to_owned(), root_data.len(), options);
        return Ok(walked);
    }
    std::fs::read_dir(root).map_err(failed)?;
    let excluded = options.exclude.below(root);
    walk_folder(root, root, options, &excluded, options.respect_ignore_files, &mut walked);
    for folder in cdk_outputs(root, &walked) {
        if !excluded.hides_with_parents(folder.strip_prefix(root).unwrap_or(&folder), true) {
            walk_folder(root, &folder, options, &excluded, false, &mut walked);
        }
    }
    walked.files.sort();
    walked.files.dedup();
    walked.unread.sort();
    walked.unread.dedup();
    Ok(walked)
}

/// What CDK made stands beside `cdk.json`. Its own template for `.gitignore` hides it, yet it is what is deployed.
fn cdk_outputs(root: &Path, walked: &Walked) -> Vec<PathBuf> {
    let beside = walked.files.iter().filter(|file| file.path.rsplit('/').next() == Some("cdk.json"));
    let mut folders: Vec<PathBuf> =
        beside.filter_map(|file| Some(file.full.parent()?.join("cdk.out"))).collect();
    folders.push(root.join("cdk.out"));
    folders.sort();
    folders.dedup();
    folders.retain(|folder| std::fs::symlink_metadata(folder).is_ok_and(|data| data.is_dir()));
    folders
}

/// Adds the files below one folder of the root.
fn walk_folder(
    root: &Path,
    folder: &Path,
    options: &WalkOptions,
    excluded: &Excluded,
    ignoring: bool,
    walked: &mut Walked,
) {
    let mut builder = WalkBuilder::new(folder);
    builder.follow_links(false).hidden(false).require_git(false).parents(ignoring);
    builder.ignore(ignoring).git_ignore(ignoring).git_global(false).git_exclude(ignoring);
    let (from, excluded) = (root.to_owned(), excluded.clone());
    builder.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let skipped = entry.file_name().to_str().is_some_and(|name| SKIPPED_FOLDERS.contains(&name));
        let path = entry.path().strip_prefix(&from).unwrap_or(entry.path());
        entry.depth() == 0 || !((is_folder && skipped) || excluded.hides(path, is_folder))
    });
    for entry in builder.build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                walked.unread.push(Unread { path: "".into(), message: error.to_string() });
                continue;
            }
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let path = relative(root, entry.path());
        match entry.metadata() {
            Ok(data) => take(walked, path, entry.path().to_owned(), data.len(), options),
            Err(error) => walked.unread.push(Unread { path, message: error.to_string() }),
        }
    }
}

fn take(walked: &mut Walked, path: Arc<str>, full: PathBuf, size: u64, options: &WalkOptions) {
    if size > options.max_size {
        let message = format!("{size} bytes is more than the limit of {} bytes a file", options.max_size);
        walked.unread.push(Unread { path, message });
        return;
    }
    walked.files.push(WalkedFile { path, full, size });
}

fn relative(root: &Path, path: &Path) -> Arc<str> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").into()
}

/// Why a file gives no text.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It cannot be opened or read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is in no encoding that tieout reads.
    #[error("it is not text in UTF-8 or UTF-16 (the first bad byte is at offset {0})")]
    Encoding(usize),
}

/// The text of a file: UTF-8 with or without a byte order mark (taken off), or UTF-16 with one.
///
/// # Errors
/// Where the file cannot be read, or is not text in these encodings.
pub fn read_text(path: &Path) -> Result<String, ReadError> {
    decode(std::fs::read(path)?)
}

/// The text of bytes, as [`read_text`] reads them.
///
/// # Errors
/// Where the bytes are not text in UTF-8, or UTF-16 with a byte order mark.
pub fn decode(bytes: Vec<u8>) -> Result<String, ReadError> {
    if let Some(body) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(body, u16::from_le_bytes);
    }
    if let Some(body) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(body, u16::from_be_bytes);
    }
    let mut text =
        String::from_utf8(bytes).map_err(|error| ReadError::Encoding(error.utf8_error().valid_up_to()))?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

fn utf16(body: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = body.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    match char::decode_utf16(units).collect::<Result<String, _>>() {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(ReadError::Encoding(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let full = folder.path().join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            fs::write(full, text).unwrap();
        }
        folder
    }

    fn paths(folder: &Path, options: &WalkOptions) -> Vec<String> {
        walk(folder, options).unwrap().files.iter().map(|file| file.path.to_string()).collect()
    }

    #[test]
    fn folders_of_tools_are_left_out_and_cdk_out_is_read() {
        let folder = tree(&[
            ("b/template.yaml", ""),
            ("a.tf", ""),
            ("node_modules/x/a.json", ""),
            (".venv/lib/a.py", ""),
            (".terraform/modules/a.tf", ""),
            (".aws-sam/build/template.yaml", ""),
            ("cdk.out/S.template.json", ""),
            (".github/workflows/ci.yml", ""),
        ]);
        let expected = [".github/workflows/ci.yml", "a.tf", "b/template.yaml", "cdk.out/S.template.json"];
        assert_eq!(paths(folder.path(), &WalkOptions::default()), expected);
    }

    #[test]
    fn ignored_files_are_left_out_even_where_there_is_no_repository() {
        let folder =
            tree(&[(".gitignore", "out/\n*.bak\n"), ("out/a.json", ""), ("b.bak", ""), ("c.yml", "")]);
        assert_eq!(paths(folder.path(), &WalkOptions::default()), [".gitignore", "c.yml"]);
        let all = WalkOptions { respect_ignore_files: false, ..WalkOptions::default() };
        assert_eq!(paths(folder.path(), &all), [".gitignore", "b.bak", "c.yml", "out/a.json"]);
    }

    #[test]
    fn what_cdk_made_is_read_although_it_is_ignored() {
        let folder = tree(&[
            (".gitignore", "cdk.out\n*.log\n"),
            ("cdk.out/A.template.json", ""),
            ("app/cdk.json", ""),
            ("app/cdk.out/B.template.json", ""),
            ("app/cdk.out/asset.1/node_modules/x.json", ""),
            ("elsewhere/cdk.out/C.template.json", ""),
            ("x.log", ""),
        ]);
        let expected =
            [".gitignore", "app/cdk.json", "app/cdk.out/B.template.json", "cdk.out/A.template.json"];
        assert_eq!(paths(folder.path(), &WalkOptions::default()), expected);
    }

    #[test]
    fn an_ignored_folder_that_is_asked_for_is_read() {
        let folder = tree(&[(".gitignore", "out\n"), ("out/a.json", ""), ("out/b/c.json", "")]);
        assert_eq!(paths(&folder.path().join("out"), &WalkOptions::default()), ["a.json", "b/c.json"]);
    }

    #[test]
    fn a_file_over_the_limit_is_said_to_be_unread() {
        let folder = tree(&[("big.json", "0123456789"), ("small.json", "1")]);
        let walked = walk(folder.path(), &WalkOptions { max_size: 5, ..WalkOptions::default() }).unwrap();
        assert_eq!(walked.files.len(), 1);
        assert_eq!(&*walked.unread[0].path, "big.json");
        assert!(walked.unread[0].message.contains("10 bytes"));
    }

    #[test]
    fn a_root_that_is_a_file_yields_that_file_and_a_missing_root_is_an_error() {
        let folder = tree(&[("one.yaml", "a: 1")]);
        assert_eq!(paths(&folder.path().join("one.yaml"), &WalkOptions::default()), ["one.yaml"]);
        assert!(walk(&folder.path().join("none"), &WalkOptions::default()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_never_followed() {
        let folder = tree(&[("real/a.tf", "")]);
        std::os::unix::fs::symlink(folder.path().join("real"), folder.path().join("link")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("real/loop")).unwrap();
        assert_eq!(paths(folder.path(), &WalkOptions::default()), ["real/a.tf"]);
    }

    #[test]
    fn text_is_read_in_utf_8_and_utf_16_and_other_bytes_are_an_error() {
        assert_eq!(decode(b"\xef\xbb\xbfa: \xc3\xa9".to_vec()).unwrap(), "a: é");
        assert_eq!(decode(b"\xff\xfea\0\xe9\0".to_vec()).unwrap(), "aé");
        assert_eq!(decode(b"\xfe\xff\0a".to_vec()).unwrap(), "a");
        assert!(matches!(decode(b"ab\xff".to_vec()), Err(ReadError::Encoding(2))));
        assert!(decode(b"\xff\xfea".to_vec()).is_err());
    }
}

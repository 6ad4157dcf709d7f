//! Reading advisories from a zip archive in OSV's layout, a folder of JSON or YAML records (PyPA's layout), one record, or an
//! index that was made before. Archives are bounded, and nothing is unpacked.

use crate::merge::merge;
use crate::osv::{Record, Skipped};
use crate::{Advisories, SourceKind};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// A record is not larger than this, in bytes.
const MAX_RECORD: u64 = 8 * 1024 * 1024;
/// All records of an archive together are not larger than this, in bytes (OSV's archive of PyPI: about 200 MB).
const MAX_TOTAL: u64 = 4 * 1024 * 1024 * 1024;

/// Why advisories cannot be read at all.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file or folder cannot be opened.
    #[error("{path}: {source}")]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The archive is broken, or no archive.
    #[error("{path}: this is no archive of advisories: {why}")]
    Archive {
        /// The path.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// There is no record in it that could be read.
    #[error("{path}: no advisory could be read from it{}", .first.as_ref().map(|skipped| format!("; {}: {}", skipped.record, skipped.why)).unwrap_or_default())]
    Empty {
        /// The path.
        path: PathBuf,
        /// The first record that could not be read.
        first: Option<Skipped>,
    },
}

/// Records that were read, and those that could not be.
#[derive(Default)]
struct Records {
    good: Vec<Record>,
    skipped: Vec<Skipped>,
}

impl Records {
    fn take(&mut self, name: &str, record: Result<Record, String>) {
        match record {
            Ok(mut record) => {
                for why in std::mem::take(&mut record.unread) {
                    self.skipped.push(Skipped { record: name.to_owned(), why });
                }
                self.good.push(record);
            }
            Err(why) => self.skipped.push(Skipped { record: name.to_owned(), why }),
        }
    }

    fn finish(mut self, path: &Path) -> Result<Advisories, LoadError> {
        self.skipped.sort();
        if self.good.is_empty() {
            return Err(LoadError::Empty { path: path.to_owned(), first: self.skipped.into_iter().next() });
        }
        Ok(Advisories::of(&merge(self.good), SourceKind::File, &path.display().to_string(), self.skipped))
    }
}

/// Reads advisories from an archive, a folder, a record or an index.
///
/// # Errors
/// Where nothing at all can be read; a record that cannot be read is skipped and named in [`crate::Source::skipped`].
pub fn load(path: &Path) -> Result<Advisories, LoadError> {
    let io = |source| LoadError::Io { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(io)?.is_dir() {
        return folder(path);
    }
    let mut file = File::open(path).map_err(io)?;
    let mut start = [0u8; 4];
    let read = file.read(&mut start).map_err(io)?;
    if start.get(..read) == Some(b"PK\x03\x04") {
        return archive(path, File::open(path).map_err(io)?);
    }
    let bytes = std::fs::read(path).map_err(io)?;
    if let Some(index) = Advisories::from_bytes(&bytes) {
        return Ok(index.from_source(SourceKind::File, &path.display().to_string()));
    }
    let mut records = Records::default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    records.take(&name, record(&name, &bytes));
    records.finish(path)
}

fn record(name: &str, bytes: &[u8]) -> Result<Record, String> {
    if !name.ends_with(".yaml") && !name.ends_with(".yml") {
        return Record::from_json(bytes);
    }
    let text = tieout_source::decode(bytes.to_vec()).map_err(|error| error.to_string())?;
    let file: Arc<str> = name.into();
    let (documents, problems) = tieout_source::yaml::parse(&file, &text);
    match documents.first() {
        Some(node) => Record::from_value(node.to_json()),
        None => {
            Err(problems.first().map_or_else(|| "it is empty".to_owned(), |problem| problem.message.clone()))
        }
    }
}

fn is_record(name: &str) -> bool {
    [".json", ".yaml", ".yml"].iter().any(|ending| name.ends_with(ending))
}

fn archive(path: &Path, file: File) -> Result<Advisories, LoadError> {
    let broken =
        |error: zip::result::ZipError| LoadError::Archive { path: path.to_owned(), why: error.to_string() };
    let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    let mut records = Records::default();
    let mut total = 0u64;
    let mut bytes = Vec::new();
    for index in 0..zip.len() {
        let entry = match zip.by_index(index) {
            Ok(entry) => entry,
            Err(error) => {
                records.skipped.push(Skipped { record: format!("entry {index}"), why: error.to_string() });
                continue;
            }
        };
        let name = entry.name().map_or_else(|_| format!("entry {index}"), |name| name.into_owned());
        if !is_record(&name) {
            continue;
        }
        bytes.clear();
        // One byte more than the limit tells that there is more.
        let read = entry.take(MAX_RECORD + 1).read_to_end(&mut bytes);
        total += bytes.len() as u64;
        if total > MAX_TOTAL {
            let why = format!("its records are more than {MAX_TOTAL} bytes");
            return Err(LoadError::Archive { path: path.to_owned(), why });
        }
        let read = match read {
            Err(error) => Err(error.to_string()),
            Ok(_) if bytes.len() as u64 > MAX_RECORD => Err(format!("it is larger than {MAX_RECORD} bytes")),
            Ok(_) => record(&name, &bytes),
        };
        records.take(&name, read);
    }
    records.finish(path)
}

fn folder(path: &Path) -> Result<Advisories, LoadError> {
    let mut records = Records::default();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(source) if folder == path => return Err(LoadError::Io { path: folder, source }),
            Err(error) => {
                let record = folder.display().to_string();
                records.skipped.push(Skipped { record, why: error.to_string() });
                continue;
            }
        };
        for entry in entries.flatten() {
            let full = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // Links are not followed: the kind is that of the entry itself.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && name != ".git" => folders.push(full),
                Ok(kind) if kind.is_file() && is_record(&name) => {
                    let size = entry.metadata().map(|data| data.len()).unwrap_or_default();
                    let read = match std::fs::read(&full) {
                        _ if size > MAX_RECORD => Err(format!("it is larger than {MAX_RECORD} bytes")),
                        Ok(bytes) => record(&name, &bytes),
                        Err(error) => Err(error.to_string()),
                    };
                    let below = full.strip_prefix(path).unwrap_or(&full).display().to_string();
                    records.take(&below, read);
                }
                _ => {}
            }
        }
    }
    records.finish(path)
}

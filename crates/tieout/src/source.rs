//! Reading the source part: folders and files into one reading, paths relative to one root.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tieout_iac::{Options, Reading, SourceFile, read_files, read_folder};
use tieout_model::{Gap, Place, Position, Reason};

/// What was read, and the folder that its paths are relative to.
pub struct Source {
    /// The reading.
    pub reading: Reading,
    /// The root.
    pub root: PathBuf,
}

/// Reads one folder, or several folders and files relative to the current one.
pub fn read(paths: &[PathBuf], options: &Options) -> Result<Source> {
    match paths {
        [] => Ok(Source { reading: Reading::default(), root: PathBuf::from(".") }),
        [folder] if folder.is_dir() => {
            let reading = read_folder(folder, options).with_context(|| folder.display().to_string())?;
            Ok(Source { reading, root: folder.clone() })
        }
        [file] => {
            let root =
                file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut files = Files::default();
            files.add(file, name.into());
            Ok(Source { reading: files.read(options), root: root.to_owned() })
        }
        several => {
            let mut files = Files::default();
            for path in several {
                files.add_all(path, options)?;
            }
            Ok(Source { reading: files.read(options), root: PathBuf::from(".") })
        }
    }
}

#[derive(Default)]
struct Files {
    texts: Vec<SourceFile>,
    unread: Vec<(Gap, Place)>,
}

impl Files {
    fn add_all(&mut self, path: &Path, options: &Options) -> Result<()> {
        let shown = path.to_string_lossy().replace('\\', "/");
        let shown = shown.trim_start_matches("./").trim_end_matches('/');
        if path.is_file() {
            self.add(path, shown.into());
            return Ok(());
        }
        let walked = tieout_source::walk(path, &options.walk)?;
        for file in walked.files {
            let inner = if shown.is_empty() || shown == "." {
                file.path.to_string()
            } else {
                format!("{shown}/{}", file.path)
            };
            self.add(&file.full, inner.into());
        }
        for unread in walked.unread {
            self.miss(format!("{shown}/{}", unread.path).into(), &unread.message);
        }
        Ok(())
    }

    fn add(&mut self, full: &Path, path: Arc<str>) {
        match tieout_source::read_text(full) {
            Ok(text) => self.texts.push(SourceFile { path, text: text.into() }),
            // A file that is no text is none of ours.
            Err(tieout_source::ReadError::Encoding(_)) => {}
            Err(error) => self.miss(path, &error.to_string()),
        }
    }

    fn miss(&mut self, path: Arc<str>, why: &str) {
        let gap =
            Gap::new(Reason::Unreadable, format!("{path}: {why}"), "make the file readable, or exclude it");
        self.unread.push((gap, Place::text(&path, Position::START, Position::START)));
    }

    fn read(mut self, options: &Options) -> Reading {
        self.texts.sort_by(|a, b| a.path.cmp(&b.path));
        self.texts.dedup_by(|a, b| a.path == b.path);
        let mut reading = read_files(&self.texts, options);
        reading.gaps.extend(self.unread);
        reading
    }
}

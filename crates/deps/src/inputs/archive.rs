//! Packages inside archives: a function's or layer's zip, wheels, wheels inside zips, source archives. Entries are read in
//! memory and under limits, nothing is unpacked; a path in an archive is a name in a report and leads nowhere.

use super::{Cx, parser_of, read};
use crate::{FileKind, Manifest, Reading, Tree, Unaudited};
use std::io::{Cursor, Read, Seek};
use std::sync::Arc;
use tieout_model::{Gap, Place, Position, Reason, sha256_hex};
use zip::ZipArchive;

mod tar;

/// How much of an archive is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of one archive.
    pub entries: usize,
    /// Bytes of one file that names packages, once inflated.
    pub file: u64,
    /// Bytes inflated in all, archives in archives too.
    pub inflated: u64,
    /// How many times larger than its compressed form an entry of more than a megabyte may be.
    pub ratio: u64,
    /// Archives in archives: 1 is none.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        // Lambda allows 250 MB unzipped, and files beside it make sense nowhere.
        Limits { entries: 200_000, file: 16 << 20, inflated: 512 << 20, ratio: 200, depth: 3 }
    }
}

/// True for archives that hold packages.
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".zip", ".whl", ".egg"].iter().any(|end| name.ends_with(end)) || is_tar(&name)
}

fn is_tar(name: &str) -> bool {
    name.ends_with(".tar.gz") || name.ends_with(".tgz")
}

/// The parser of an archive on disk.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let Some(full) = cx.tree.full(&cx.path) else { return };
    match std::fs::File::open(full) {
        Ok(file) => read_archive(&cx.path, std::io::BufReader::new(file), &Limits::default(), cx.out),
        Err(error) => unread(&cx.path, &error.to_string(), cx.out),
    }
}

/// Reads the packages that an archive holds, and its requirements and lock files. Components stand at paths such as
/// `build/app.zip!/python/django-4.2.dist-info/METADATA`. What is left out, by a limit or because it cannot be read, is
/// [`Unaudited`].
pub fn read_archive(path: &Arc<str>, reader: impl Read + Seek, limits: &Limits, out: &mut Reading) {
    let mut collector = Collector { limits, left: limits.inflated, tree: Tree::default(), hash: None };
    collector.open(path, reader, 1, out);
    let found = read(&collector.tree);
    let hash = collector.hash.unwrap_or_default();
    if !found.components.is_empty() {
        out.manifests.push(Manifest {
            path: path.clone(),
            kind: FileKind::Archive,
            sha256: hash,
            hashed: false,
        });
    }
    // What the archive names is one manifest, not one for each package in it.
    let kept = |manifest: &Manifest| !matches!(manifest.kind, FileKind::Installed | FileKind::Archive);
    let manifests = found.manifests.iter().filter(|manifest| kept(manifest)).cloned().collect();
    out.absorb(Reading { manifests, ..found });
}

fn unread(path: &Arc<str>, why: &str, out: &mut Reading) {
    let gap = Gap::new(
        Reason::Unreadable,
        format!("{path}: {why}"),
        "give an archive within the limits, or audit what it was built from",
    );
    let at = Place::text(path, Position::START, Position::START);
    out.unaudited.push(Unaudited { what: path.to_string(), gap, at });
}

struct Collector<'l> {
    limits: &'l Limits,
    /// Bytes that may still be inflated.
    left: u64,
    /// The texts that name packages.
    tree: Tree,
    hash: Option<String>,
}

impl Collector<'_> {
    fn open(&mut self, path: &Arc<str>, mut reader: impl Read + Seek, depth: usize, out: &mut Reading) {
        if depth == 1 {
            self.hash = hash(&mut reader).ok();
        }
        if is_tar(&path.to_ascii_lowercase()) {
            return self.tar(path, reader, out);
        }
        let mut archive = match ZipArchive::new(reader) {
            Ok(archive) => archive,
            Err(error) => return unread(path, &format!("no zip archive: {error}"), out),
        };
        if archive.len() > self.limits.entries {
            let why = format!("{} entries are more than the limit of {}", archive.len(), self.limits.entries);
            return unread(path, &why, out);
        }
        let mut wanted = Vec::new();
        for index in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(index)
                && is_wanted(&name)
            {
                wanted.push((index, name.into_owned()));
            }
        }
        for (index, name) in wanted {
            let inner: Arc<str> = format!("{path}!/{}", harmless(&name)).into();
            match self.inflate(&mut archive, index, is_theirs("", &name)) {
                Ok(bytes) => self.take(&inner, bytes, depth, out),
                Err(why) => unread(&inner, &why, out),
            }
        }
    }

    fn inflate<R: Read + Seek>(
        &mut self,
        archive: &mut ZipArchive<R>,
        index: usize,
        nested: bool,
    ) -> Result<Vec<u8>, String> {
        let entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let compressed = entry.compressed_size();
        let most = if nested { self.left } else { self.limits.file.min(self.left) };
        let mut bytes = Vec::new();
        let read = entry.take(most.saturating_add(1)).read_to_end(&mut bytes);
        let size = bytes.len() as u64;
        self.left = self.left.saturating_sub(size);
        read.map_err(|error| error.to_string())?;
        if size > most {
            return Err(format!("it inflates to more than the limit of {most} bytes"));
        }
        if size > 1 << 20 && size / compressed.max(1) > self.limits.ratio {
            return Err(format!("it inflates to more than {} times its size", self.limits.ratio));
        }
        Ok(bytes)
    }

    /// Keeps a text, or opens an archive in the archive.
    fn take(&mut self, path: &Arc<str>, bytes: Vec<u8>, depth: usize, out: &mut Reading) {
        if !is_theirs("", path) {
            // An author's name in another encoding loses no package.
            let lossy = || String::from_utf8_lossy(&bytes).into_owned();
            let text = tieout_source::decode(bytes.clone()).unwrap_or_else(|_| lossy());
            return self.tree.add_text(path.clone(), text.into());
        }
        if depth >= self.limits.depth {
            return unread(path, &format!("archives in archives are read {} deep", self.limits.depth), out);
        }
        self.open(path, Cursor::new(bytes), depth + 1, out);
    }

    /// A source archive: only what says which package it is.
    fn tar(&mut self, path: &Arc<str>, reader: impl Read, out: &mut Reading) {
        let mut inflated = flate2::read::MultiGzDecoder::new(reader).take(self.left.saturating_add(1));
        let limits = tar::Limits { entries: self.limits.entries, file: self.limits.file };
        // PKG-INFO at the top; what lies deeper are copies and test data.
        let wanted = |name: &str| {
            name.ends_with("/PKG-INFO") && name.trim_start_matches("./").matches('/').count() == 1
        };
        let (files, problem) = tar::files(&mut inflated, &wanted, limits);
        let exhausted = inflated.limit() == 0;
        self.left = inflated.limit().saturating_sub(1);
        if let Some(why) =
            problem.or_else(|| exhausted.then(|| "it inflates to more than the limit".to_owned()))
        {
            unread(path, &why, out);
        }
        for (name, bytes) in files {
            let inner: Arc<str> = format!("{path}!/{}", harmless(&name)).into();
            self.take(&inner, bytes, self.limits.depth, out);
        }
    }
}

fn hash(reader: &mut (impl Read + Seek)) -> std::io::Result<String> {
    // Archives of more than this are not hashed: the report tells them by path.
    const MOST: u64 = 256 << 20;
    let mut bytes = Vec::new();
    let read = reader.take(MOST).read_to_end(&mut bytes)?;
    reader.rewind()?;
    Ok(if (read as u64) < MOST { sha256_hex(&bytes) } else { String::new() })
}

/// A name in an archive without what would lead elsewhere, and without control characters.
fn harmless(name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let parts: Vec<&str> = parts.collect();
    tieout_source::redact::escape_terminal(&parts.join("/")).into_owned()
}

/// True for what names packages: installed ones, manifests of the function itself, archives. Python files are left out
/// but setup.py, and so are the manifests that lie inside a package.
fn is_wanted(name: &str) -> bool {
    let name = name.replace('\\', "/");
    let file = name.rsplit('/').next().unwrap_or_default();
    if matches!(file, "REQUESTED" | "direct_url.json") {
        return name.contains(".dist-info/");
    }
    let depth = name.matches('/').count();
    match parser_of(&name) {
        Some((FileKind::Installed | FileKind::Archive, _)) => true,
        Some((FileKind::Script, _)) | None => false,
        Some((_, _)) => depth == 0 || (depth == 1 && name.starts_with("python/")),
    }
}

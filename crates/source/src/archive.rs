//! Archives: zip (wheels, jars, eggs, functions' packages), tar and gzip, and such archives in them. They are told by their
//! content, read as streams and under limits; nothing is unpacked to disk, and a name in an archive leads nowhere.

use crate::Unread;
use crate::redact::escape_terminal;
use std::cell::Cell;
use std::io::{BufReader, Cursor, Read, Seek};
use zip::ZipArchive;

mod kind;
mod meter;
mod skips;
mod tar;
#[cfg(test)]
mod tests;

pub use kind::{HEAD, Kind};
use meter::{Capped, Counted, End, Meter};
use skips::Skips;

/// How much of an archive is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of one archive.
    pub entries: usize,
    /// Bytes of one entry, once inflated; of larger ones the beginning is handed over.
    pub file: u64,
    /// Bytes of a zip in an archive: it is held in memory.
    pub nested: u64,
    /// Bytes inflated in all, archives in archives too.
    pub inflated: u64,
    /// How many times larger than its compressed form an entry of more than a megabyte may be.
    pub ratio: u64,
    /// Archives in archives: 1 is none.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        // Lambda allows 250 MB unzipped. Ratios: deflate reaches 1,032; texts seldom 50.
        Limits { entries: 200_000, file: 32 << 20, nested: 64 << 20, inflated: 1 << 30, ratio: 300, depth: 3 }
    }
}

/// A file in an archive.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// `build/app.zip!/app/settings.py`, without what would lead elsewhere, and without control characters.
    pub path: &'a str,
    /// Its content, or the beginning of it.
    pub bytes: &'a [u8],
    /// False where a limit or a fault ended the reading.
    pub is_whole: bool,
}

/// Bytes read of a zip to find and hold its directory.
const MOST_DIRECTORY: u64 = 24 << 20;

/// What can be read from any place.
pub trait ReadSeek: Read + Seek {}
impl<R: Read + Seek> ReadSeek for R {}

/// Reads an archive and hands over each file in it whose name (in its own archive) is wanted; archives in it are
/// opened where their names are wanted. Returns what was left out, sorted.
pub fn read(
    path: &str,
    reader: &mut dyn ReadSeek,
    limits: &Limits,
    wanted: &dyn Fn(&str, Kind) -> bool,
    take: &mut dyn FnMut(&Entry<'_>),
) -> Vec<Unread> {
    let left = Cell::new(limits.inflated);
    let mut skips = Skips::default();
    let mut reading = Reading { limits, wanted, take, left: &left, skips: &mut skips };
    // A reader of hostile files that has a defect ends nothing but this archive.
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reading.file(path, reader)));
    if read.is_err() {
        skips.add(path, "its reader failed on it (a defect)");
    }
    skips.told()
}

struct Reading<'a> {
    limits: &'a Limits,
    wanted: &'a dyn Fn(&str, Kind) -> bool,
    take: &'a mut dyn FnMut(&Entry<'_>),
    /// Bytes that may still be inflated.
    left: &'a Cell<u64>,
    skips: &'a mut Skips,
}

impl Reading<'_> {
    fn file(&mut self, path: &str, reader: &mut dyn ReadSeek) {
        let mut head = Vec::new();
        let peeked = reader.take(HEAD).read_to_end(&mut head).and_then(|_| reader.rewind());
        if let Err(error) = peeked {
            return self.skips.add(path, &error.to_string());
        }
        match Kind::of(&head) {
            Some(Kind::Zip) => self.zip(path, reader, 1),
            Some(Kind::Gzip) => self.gzip(path, reader, 1),
            Some(Kind::Tar) => self.tar(path, reader, 1),
            Some(Kind::Other(name)) => self.unsupported(path, name),
            None => self.skips.add(path, "no archive that is read: zip, tar or gzip"),
        }
    }

    fn unsupported(&mut self, path: &str, name: &str) {
        self.skips.add(path, &format!("{name} archives are not read; audit what it was made from"));
    }

    fn zip(&mut self, path: &str, reader: &mut dyn ReadSeek, depth: usize) {
        let budget = Cell::new(MOST_DIRECTORY);
        let mut archive = match ZipArchive::new(Capped { inner: BufReader::new(reader), left: &budget }) {
            Ok(archive) => archive,
            Err(error) => return self.skips.add(path, &format!("no zip archive: {error}")),
        };
        budget.set(u64::MAX);
        if archive.len() > self.limits.entries {
            let why = format!("{} entries are more than the limit of {}", archive.len(), self.limits.entries);
            return self.skips.add(path, &why);
        }
        for index in 0..archive.len() {
            let Some(Ok(name)) = archive.name_for_index(index).map(|name| name.map(|name| name.into_owned()))
            else {
                self.skips.add(path, "an entry's name cannot be read");
                continue;
            };
            if name.ends_with(['/', '\\']) || !(self.wanted)(&name, Kind::Zip) {
                continue;
            }
            let inner = inner(path, &name);
            match archive.by_index(index) {
                Ok(entry) => {
                    let packed = Cell::new(entry.compressed_size());
                    self.entry(&inner, entry, &packed, depth);
                }
                Err(error) => self.skips.add(&inner, &error.to_string()),
            }
        }
    }

    fn gzip(&mut self, path: &str, reader: &mut dyn Read, depth: usize) {
        let packed = Cell::new(0);
        let counted = BufReader::new(Counted { inner: reader, count: &packed });
        let mut inflated = Meter::new(flate2::bufread::MultiGzDecoder::new(counted), self, &packed);
        let mut head = Vec::new();
        let peeked = (&mut inflated).take(HEAD).read_to_end(&mut head);
        let whole = Cursor::new(&head).chain(inflated);
        match peeked {
            Err(error) if head.is_empty() => self.skips.add(path, &error.to_string()),
            _ if Kind::of(&head) == Some(Kind::Tar) => self.tar(path, &mut { whole }, depth),
            _ => {
                let name = path.rsplit(['/', '!']).next().unwrap_or_default();
                let name = [".gz", ".tgz"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
                if (self.wanted)(name, Kind::Gzip) {
                    self.entry(&inner(path, name), whole, &packed, depth);
                }
            }
        }
    }

    fn tar(&mut self, path: &str, reader: &mut dyn Read, depth: usize) {
        let mut tar = tar::Tar::new(reader);
        for _ in 0..self.limits.entries {
            let (name, size) = match tar.next() {
                Ok(Some(next)) => next,
                Ok(None) => return,
                Err(error) => return self.skips.add(path, &error.to_string()),
            };
            let Some(size) = size.filter(|_| (self.wanted)(&name, Kind::Tar)) else { continue };
            let inner = inner(path, &name);
            let packed = Cell::new(size);
            self.entry(&inner, tar.content(), &packed, depth);
        }
        self.skips.add(path, &format!("more than the limit of {} entries", self.limits.entries));
    }

    /// Hands over a file, or opens an archive in the archive.
    fn entry(&mut self, path: &str, reader: impl Read, packed: &Cell<u64>, depth: usize) {
        let mut inflated = Meter::new(reader, self, packed);
        let mut head = Vec::new();
        let peeked = (&mut inflated).take(HEAD).read_to_end(&mut head);
        let kind = Kind::of(&head);
        if let Some(Kind::Other(name)) = kind {
            return self.unsupported(path, name);
        }
        if kind.is_some() && depth >= self.limits.depth {
            let why = format!("archives in archives are read {} deep", self.limits.depth);
            return self.skips.add(path, &why);
        }
        let mut whole = Cursor::new(&head).chain(inflated);
        match kind {
            Some(Kind::Gzip) => self.gzip(path, &mut whole, depth + 1),
            Some(Kind::Tar) => self.tar(path, &mut whole, depth + 1),
            Some(Kind::Zip) => match meter::up_to(&mut whole, self.limits.nested) {
                (bytes, End::Whole) => self.zip(path, &mut Cursor::new(bytes), depth + 1),
                (_, end) => self.skips.add(path, &end.why(self.limits.nested)),
            },
            Some(Kind::Other(_)) | None => {
                let (bytes, end) = match peeked {
                    Ok(_) => meter::up_to(&mut whole, self.limits.file),
                    Err(error) => (head.clone(), End::Failed(error.to_string())),
                };
                let is_whole = end == End::Whole;
                if !is_whole {
                    self.skips.add(path, &end.why(self.limits.file));
                }
                (self.take)(&Entry { path, bytes: &bytes, is_whole });
            }
        }
    }
}

/// The path of an entry: its name without what would lead elsewhere, and without control characters.
fn inner(archive: &str, name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let parts: Vec<&str> = parts.collect();
    format!("{archive}!/{}", escape_terminal(&parts.join("/")))
}

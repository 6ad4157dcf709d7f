//! Reading a tree or a history for secrets: each file once, in bounded memory, in parallel; archives and notebooks looked
//! into; what was left out, told.

use crate::document::Document;
use crate::history::{History, HistoryOptions};
use crate::tree::{self, WalkedFile, is_media};
use crate::{Found, Rules, notebook, scan};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::{Read, Seek};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tieout_model::{Confidence, Gap, Place, Position, Reason};
use tieout_source::archive::{self, Kind, Limits};
use tieout_source::{Exclude, Excluded, Unread, WalkError};

/// Larger files are read in windows of so many bytes.
const WINDOW: usize = 2 << 20;
/// From so many files or bytes on it pays to make the prefilter quick.
const MANY_FILES: usize = 300;
const MUCH: usize = 256 << 10;
/// Windows overlap by so many bytes: no secret is longer.
const OVERLAP: usize = 64 << 10;

/// What to look into.
#[derive(Debug, Clone)]
pub struct Options {
    /// Archives.
    pub archives: bool,
    /// The history of the repository.
    pub history: bool,
    /// What the user leaves out.
    pub exclude: Exclude,
}

impl Default for Options {
    fn default() -> Options {
        Options { archives: true, history: false, exclude: Exclude::default() }
    }
}

/// The commit that brought a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// In hex.
    pub commit: String,
    /// `Name <address>`.
    pub author: String,
    /// RFC 3339.
    pub date: String,
    /// Whether the secret still stands at HEAD.
    pub at_head: bool,
}

/// A secret that was seen in a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// Where, relative to the root.
    pub path: Arc<str>,
    /// The spans: one, or for a pair two.
    pub places: Vec<Place>,
    /// The rule, as [`Rules::rule`] takes it.
    pub rule: usize,
    /// The name that it is bound to.
    pub name: String,
    /// First and last characters at most.
    pub redacted: String,
    /// The same for the same secret.
    pub fingerprint: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// The access key id.
    pub access_key_id: Option<String>,
    /// Its account.
    pub aws_account: Option<String>,
    /// True for a file that git does not track.
    pub untracked: bool,
    /// Where history was read: the commit that brought it.
    pub origin: Option<Origin>,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// Secrets, sorted by place.
    pub sightings: Vec<Sighting>,
    /// Files read, archives' too.
    pub files: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Blobs and messages of histories.
    pub blobs: usize,
    /// Commits of histories.
    pub commits: usize,
    /// What could not be read, with what would mend it.
    pub gaps: Vec<Gap>,
    /// What was left out on purpose, in sentences.
    pub notices: Vec<String>,
}

impl Reading {
    fn absorb(&mut self, other: Reading) {
        self.sightings.extend(other.sightings);
        self.files += other.files;
        self.bytes += other.bytes;
        self.blobs += other.blobs;
        self.commits += other.commits;
        self.gaps.extend(other.gaps);
        self.notices.extend(other.notices);
    }

    fn unread(&mut self, unread: impl IntoIterator<Item = Unread>) {
        self.gaps.extend(unread.into_iter().map(|unread| gap(&unread.path, &unread.message)));
    }
}

fn gap(path: &str, message: &str) -> Gap {
    let what = if path.is_empty() { message.to_owned() } else { format!("{path}: {message}") };
    Gap::new(Reason::Unreadable, what, "read it by itself, or make it readable")
}

/// Looks through folders and files; each path is told with its prefix before it.
///
/// # Errors
/// Where a root is not there or cannot be opened.
pub fn read(rules: &Rules, roots: &[(PathBuf, String)], options: &Options) -> Result<Reading, WalkError> {
    let mut reading = Reading::default();
    for (root, prefix) in roots {
        reading.absorb(read_root(rules, root, prefix, options)?);
        if options.history {
            reading.absorb(read_history(rules, root, prefix, &options.exclude.below(root)));
        }
    }
    reading.sightings.sort();
    reading.sightings.dedup();
    reading.gaps.sort();
    reading.gaps.dedup();
    Ok(reading)
}

/// Where files of a root stand, and what their folders say.
struct Root<'a> {
    rules: &'a Rules,
    folder: PathBuf,
    prefix: &'a str,
    /// Folders into which packages were installed or unpacked, relative to the root.
    installed: HashSet<String>,
    options: &'a Options,
}

fn read_root(rules: &Rules, root: &Path, prefix: &str, options: &Options) -> Result<Reading, WalkError> {
    let tree = tree::walk(root, &options.exclude)?;
    if tree.files.len() >= MANY_FILES {
        rules.prefilter.prepare();
    }
    let folder =
        if root.is_dir() { root.to_owned() } else { root.parent().unwrap_or(Path::new("")).to_owned() };
    let at = Root { rules, folder, prefix, installed: installed(&tree.files), options };
    let mut parts: Vec<Reading> = tree
        .files
        .par_iter()
        .map_init(Vec::new, |buffer, file| at.file(file, buffer))
        .fold(Reading::default, |mut all, one| {
            all.absorb(one);
            all
        })
        .collect();
    let mut reading = Reading::default();
    for part in parts.drain(..) {
        reading.absorb(part);
    }
    reading.unread(tree.unread);
    let mut left_out = |count: usize, what: &str| {
        if count > 0 {
            reading.notices.push(format!("{count} {what}"));
        }
    };
    left_out(tree.media, "images, fonts, sounds and films were not opened");
    left_out(tree.ignored, "files and folders that git ignores and does not track were left out");
    left_out(tree.links, "links were not followed");
    Ok(reading)
}

/// Folders that hold a package as it was installed or unpacked: those with a `*.dist-info` (PEP 376), or with the
/// `PKG-INFO` of a source archive.
fn installed(files: &[WalkedFile]) -> HashSet<String> {
    let mut folders = HashSet::new();
    for file in files {
        let Some(name) = file.path.file_name().and_then(|name| name.to_str()) else { continue };
        let Some(parent) = file.path.parent() else { continue };
        match name {
            "PKG-INFO"
                if parent.extension().is_none_or(|ending| ending != "egg-info")
                    && parent != Path::new("") =>
            {
                folders.insert(parent.to_string_lossy().into_owned());
            }
            "RECORD" | "METADATA" if parent.extension().is_some_and(|ending| ending == "dist-info") => {
                folders.insert(parent.parent().unwrap_or(Path::new("")).to_string_lossy().into_owned());
            }
            _ => {}
        }
    }
    folders
}

impl Root<'_> {
    fn is_installed(&self, path: &Path) -> bool {
        !self.installed.is_empty()
            && path
                .ancestors()
                .skip(1)
                .any(|folder| folder.to_str().is_some_and(|folder| self.installed.contains(folder)))
    }

    fn file(&self, file: &WalkedFile, buffer: &mut Vec<u8>) -> Reading {
        let mut reading = Reading::default();
        let shown = || -> Arc<str> { shown(self.prefix, &file.path) };
        let mut opened = match File::open(self.folder.join(&file.path)) {
            Ok(opened) => opened,
            Err(error) => {
                reading.gaps.push(gap(&shown(), &error.to_string()));
                return reading;
            }
        };
        if let Err(error) = fill(&mut opened, buffer) {
            reading.gaps.push(gap(&shown(), &error.to_string()));
            return reading;
        }
        if buffer.len() >= MUCH {
            self.rules.prefilter.prepare();
        }
        reading.files = 1;
        reading.bytes = buffer.len() as u64;
        let path = file.path.to_string_lossy();
        if self.options.archives
            && let Some(kind) = Kind::of(buffer.get(..buffer.len().min(512)).unwrap_or_default())
        {
            self.archive(&mut opened, &shown(), kind, &mut reading);
            return reading;
        }
        let third_party = self.is_installed(&file.path);
        let text = |bytes: &[u8], lines: u32, reading: &mut Reading| {
            look(self.rules, &path, bytes, third_party, &mut |found, places| {
                let path = shown();
                let places = places
                    .iter()
                    .map(|(start, end)| Place::text(&path, below(*start, lines), below(*end, lines)))
                    .collect();
                reading.sightings.push(sighting(found, path, places, file.untracked));
            });
        };
        let mut lines = 0;
        loop {
            text(buffer, lines, &mut reading);
            if buffer.len() < WINDOW {
                return reading;
            }
            // The end of this window is the beginning of the next.
            let keep = buffer.len() - OVERLAP;
            lines = lines.saturating_add(
                u32::try_from(memchr::memchr_iter(b'\n', buffer.get(..keep).unwrap_or_default()).count())
                    .unwrap_or(u32::MAX),
            );
            buffer.drain(..keep);
            let before = buffer.len();
            if let Err(error) = more(&mut opened, buffer) {
                reading.gaps.push(gap(&shown(), &format!("its end was not read: {error}")));
                return reading;
            }
            if buffer.len() == before {
                return reading;
            }
            reading.bytes += (buffer.len() - before) as u64;
        }
    }

    fn archive(&self, opened: &mut File, path: &str, kind: Kind, reading: &mut Reading) {
        if let Kind::Other(name) = kind {
            reading
                .gaps
                .push(gap(path, &format!("{name} archives are not read; audit what it was made from")));
            return;
        }
        if let Err(error) = opened.rewind() {
            reading.gaps.push(gap(path, &error.to_string()));
            return;
        }
        let wanted = |name: &str, _: Kind| !is_media(name.rsplit('/').next().unwrap_or(name).as_bytes());
        let (mut sightings, mut files, mut bytes) = (Vec::new(), 0, 0);
        let unread = archive::read(path, opened, &Limits::default(), &wanted, &mut |entry| {
            files += 1;
            bytes += entry.bytes.len() as u64;
            look(self.rules, entry.path, entry.bytes, false, &mut |found, places| {
                let path: Arc<str> = entry.path.into();
                let places = places.iter().map(|(start, end)| Place::text(&path, *start, *end)).collect();
                sightings.push(sighting(found, path, places, false));
            });
        });
        reading.sightings.extend(sightings);
        reading.files += files;
        reading.bytes += bytes;
        reading.unread(unread);
    }
}

fn shown(prefix: &str, path: &Path) -> Arc<str> {
    let path = path.to_string_lossy();
    if prefix.is_empty() { path.as_ref().into() } else { format!("{prefix}/{path}").into() }
}

fn below(position: Position, lines: u32) -> Position {
    Position { line: position.line.saturating_add(lines), ..position }
}

fn sighting(found: &Found, path: Arc<str>, places: Vec<Place>, untracked: bool) -> Sighting {
    Sighting {
        path,
        places,
        rule: found.rule,
        name: found.name.clone(),
        redacted: found.secret.redacted(),
        fingerprint: found.secret.fingerprint(),
        confidence: found.confidence,
        access_key_id: found.access_key_id.clone(),
        aws_account: found.aws_account.clone(),
        untracked,
        origin: None,
    }
}

/// Reads the first window of a file.
fn fill(file: &mut File, buffer: &mut Vec<u8>) -> std::io::Result<()> {
    buffer.clear();
    more(file, buffer)
}

/// Reads on until the window is full or the file ends.
fn more(file: &mut File, buffer: &mut Vec<u8>) -> std::io::Result<()> {
    let room = WINDOW.saturating_sub(buffer.len()) as u64;
    file.take(room).read_to_end(buffer)?;
    Ok(())
}

/// What is done with a secret and the spans of its parts.
type Take<'a> = dyn FnMut(&Found, &[Span]) + 'a;

/// Its start and its end.
type Span = (Position, Position);

/// The secrets of one text, with the spans of their parts.
fn look(rules: &Rules, path: &str, bytes: &[u8], third_party: bool, take: &mut Take<'_>) {
    let decoded;
    // UTF-16 with a byte order mark is text; everything else is looked through as it is.
    let bytes = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => match tieout_source::decode(bytes.to_vec()) {
            Ok(text) => {
                decoded = text;
                decoded.as_bytes()
            }
            Err(_) => bytes,
        },
        _ => bytes,
    };
    let mut document = Document::new(path, bytes);
    document.third_party |= third_party;
    let is_notebook = path.ends_with(".ipynb");
    let cells = if is_notebook { notebook::cells(bytes) } else { Vec::new() };
    if cells.is_empty() {
        for found in scan(rules, &document) {
            take(&found, &spans(bytes, &found));
        }
        return;
    }
    for cell in &cells {
        let inner = Document { bytes: &cell.text, ..document };
        for mut found in scan(rules, &inner) {
            found.range = in_file(cell, &found.range);
            found.second = found.second.as_ref().map(|range| in_file(cell, range));
            take(&found, &spans(bytes, &found));
        }
    }
}

/// Where a part of a cell stands in the file.
fn in_file(cell: &notebook::Cell, range: &Range<usize>) -> Range<usize> {
    cell.file_offset(range.start)..cell.file_offset(range.end.saturating_sub(1).max(range.start)) + 1
}

fn spans(bytes: &[u8], found: &Found) -> Vec<Span> {
    found.ranges().map(|range| (position(bytes, range.start), position(bytes, range.end))).collect()
}

/// Line and column of an offset; columns in characters.
fn position(bytes: &[u8], offset: usize) -> Position {
    let before = bytes.get(..offset.min(bytes.len())).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() + 1;
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: narrow(line), column: narrow(column) }
}

/// The oldest sighting of a secret.
struct Oldest {
    order: u32,
    commit: u32,
    sighting: Sighting,
}

/// What a history showed.
#[derive(Default)]
struct Seen {
    /// By rule and fingerprint.
    oldest: BTreeMap<(usize, String), Oldest>,
    /// Fingerprints of the secrets that stand at HEAD.
    at_head: BTreeSet<String>,
    bytes: u64,
}

/// The secrets of a repository's history: each once, with the commit that brought it.
fn read_history(rules: &Rules, root: &Path, prefix: &str, excluded: &Excluded) -> Reading {
    let mut reading = Reading::default();
    let history = match History::open(root, &HistoryOptions::default()) {
        Ok(history) => history,
        Err(error) => {
            reading.gaps.push(Gap::new(
                Reason::Unreadable,
                format!("the history of {}: {error}", root.display()),
                "name the folder of a git repository, or leave --history out",
            ));
            return reading;
        }
    };
    rules.prefilter.prepare();
    let seen: Mutex<Seen> = Mutex::default();
    let unread = history.each_blob(&|blob| {
        if !blob.is_message && excluded.hides_with_parents(Path::new(blob.path), false) {
            return;
        }
        let path: Arc<str> =
            if blob.is_message { "(commit message)".into() } else { shown(prefix, Path::new(blob.path)) };
        let mut found_here = Vec::new();
        look(rules, blob.path, blob.bytes, false, &mut |found, places| {
            let places = places.iter().map(|(start, end)| Place::text(&path, *start, *end)).collect();
            found_here.push(sighting(found, path.clone(), places, false));
        });
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.bytes += blob.bytes.len() as u64;
        for sighting in found_here {
            if blob.at_head {
                seen.at_head.insert(sighting.fingerprint.clone());
            }
            let key = (sighting.rule, sighting.fingerprint.clone());
            let oldest = Oldest { order: blob.order, commit: blob.commit, sighting };
            match seen.oldest.entry(key) {
                std::collections::btree_map::Entry::Vacant(slot) => {
                    slot.insert(oldest);
                }
                std::collections::btree_map::Entry::Occupied(mut slot) => {
                    let newer = (slot.get().order, &slot.get().sighting) > (oldest.order, &oldest.sighting);
                    if newer {
                        slot.insert(oldest);
                    }
                }
            }
        }
    });
    let Seen { oldest, at_head, bytes } = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    for one in oldest.into_values() {
        let commit = history.commit(one.commit);
        let at_head = at_head.contains(&one.sighting.fingerprint);
        let origin =
            Some(Origin { commit: commit.id, author: commit.author, date: commit.author_date, at_head });
        reading.sightings.push(Sighting { origin, ..one.sighting });
    }
    let told = history.told();
    reading.commits = told.commits;
    reading.blobs = told.blobs;
    reading.bytes = bytes;
    reading.unread(told.unread.iter().cloned());
    reading.unread(unread);
    for submodule in &told.submodules {
        reading.notices.push(format!("{submodule} is a submodule: its history is its own repository's"));
    }
    reading
}

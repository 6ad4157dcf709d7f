//! Packages inside archives: a function's or layer's zip, wheels, wheels inside zips, source archives. Which of their files
//! name packages is told here; how archives are read, in `source`.

use super::{Cx, parser_of, read};
use crate::{FileKind, Manifest, Reading, Tree, Unaudited};
use std::io::{Read, Seek};
use std::sync::Arc;
use tieout_model::{Gap, Place, Position, Reason, sha256_hex};
use tieout_source::archive::{self, Entry, Kind};

pub use tieout_source::archive::Limits;

/// True for archives that hold packages.
pub(super) fn is_theirs(_: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".zip", ".whl", ".egg", ".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end))
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
pub fn read_archive(path: &Arc<str>, mut reader: impl Read + Seek, limits: &Limits, out: &mut Reading) {
    let sha256 = hash(&mut reader).unwrap_or_default();
    let mut tree = Tree::default();
    let mut broken = Vec::new();
    let mut take = |entry: &Entry<'_>| match entry {
        Entry { is_whole: false, .. } => {}
        Entry { path, .. } if is_theirs("", path) => broken.push(path.to_string()),
        Entry { path, bytes, .. } => {
            // An author's name in another encoding loses no package.
            let lossy = || String::from_utf8_lossy(bytes).into_owned();
            let text = tieout_source::decode(bytes.to_vec()).unwrap_or_else(|_| lossy());
            tree.add_text((*path).into(), text.into());
        }
    };
    for skipped in archive::read(path, &mut reader, limits, &is_wanted_of, &mut take) {
        unread(&skipped.path, &skipped.message, out);
    }
    for path in broken {
        unread(&path.into(), "no archive that is read", out);
    }
    let found = read(&tree);
    if !found.components.is_empty() {
        let kind = FileKind::Archive;
        out.manifests.push(Manifest { path: path.clone(), kind, sha256, hashed: false });
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

fn hash(reader: &mut (impl Read + Seek)) -> std::io::Result<String> {
    // Archives of more than this are not hashed: the report tells them by path.
    const MOST: u64 = 256 << 20;
    let mut bytes = Vec::new();
    let read = reader.take(MOST).read_to_end(&mut bytes)?;
    reader.rewind()?;
    Ok(if (read as u64) < MOST { sha256_hex(&bytes) } else { String::new() })
}

/// True for an entry, by its name in an archive of a kind, that names packages.
fn is_wanted_of(name: &str, kind: Kind) -> bool {
    match kind {
        // PKG-INFO at the top; what lies deeper in a source archive are copies and test data.
        Kind::Tar => name.ends_with("/PKG-INFO") && name.trim_start_matches("./").matches('/').count() == 1,
        _ => is_wanted(name),
    }
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

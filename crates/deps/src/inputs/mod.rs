//! Reading a project: which file is read by which parser, and what is settled once all are read (markers).

use crate::{FileKind, Manifest, Reading, Tree, Unaudited};
use std::sync::Arc;
use tieout_model::{Place, Position, sha256_hex};

/// A parser of one kind of file: adds what the file says to the reading. It never fails: what it cannot read is
/// [`Unaudited`].
type Parser = fn(&mut Cx<'_>);

/// What a parser works on.
pub(crate) struct Cx<'a> {
    /// The project, for files that name others.
    pub(crate) tree: &'a Tree,
    /// The file.
    pub(crate) path: Arc<str>,
    /// Its text.
    pub(crate) text: Arc<str>,
    /// What has been read so far.
    pub(crate) out: &'a mut Reading,
}

/// The parsers, each with the question whether a file name (without folder) or path is its own. The first that says yes
/// reads the file.
const PARSERS: &[(FileKind, fn(&str, &str) -> bool, Parser)] = &[
    // (kind, |path, name| …, parser): one a line.
];

/// Reads every file of the tree that names packages or runtimes.
pub fn read(tree: &Tree) -> Reading {
    let mut out = Reading::default();
    for path in tree.paths() {
        let name = path.rsplit('/').next().unwrap_or(path);
        let Some((kind, _, parser)) = PARSERS.iter().find(|(_, is_theirs, _)| is_theirs(path, name)) else {
            continue;
        };
        match tree.text(path) {
            Ok(text) => {
                let sha256 = sha256_hex(text.as_bytes());
                out.manifests.push(Manifest { path: path.clone(), kind: *kind, sha256, hashed: false });
                parser(&mut Cx { tree, path: path.clone(), text, out: &mut out });
            }
            Err(gap) => {
                let at = Place::text(path, Position::START, Position::START);
                out.unaudited.push(Unaudited { what: path.to_string(), gap, at });
            }
        }
    }
    out
}

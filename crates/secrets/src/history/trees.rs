//! The trees of commits, each read once wherever it stands: which blobs they name, at which path first, and by which
//! commit. Blobs are not read here.

use super::{Lost, object};
use crate::tree::is_media;
use gix::ObjectId;
use gix::hashtable::HashSet;
use gix::objs::TreeRefIter;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A text to read.
pub(super) struct Entry {
    pub(super) id: ObjectId,
    /// In [`Paths`], or [`MESSAGE`].
    pub(super) path: u32,
    pub(super) commit: u32,
    pub(super) order: u32,
}

/// The path of messages.
pub(super) const MESSAGE: u32 = u32::MAX;
/// The path of a commit's tree.
const ROOT: u32 = u32::MAX - 1;

/// Paths as a tree of names: a folder's name is kept once.
#[derive(Default)]
pub(super) struct Paths {
    nodes: Vec<(u32, Arc<[u8]>)>,
    numbers: HashMap<(u32, Arc<[u8]>), u32>,
}

impl Paths {
    fn number(&mut self, parent: u32, name: &[u8]) -> u32 {
        let nodes = &mut self.nodes;
        *self.numbers.entry((parent, name.into())).or_insert_with_key(|key| {
            let number = u32::try_from(nodes.len()).unwrap_or(ROOT);
            nodes.push(key.clone());
            number
        })
    }

    /// `/`-separated; bytes that are no UTF-8 are replaced.
    pub(super) fn text(&self, mut number: u32) -> String {
        let mut names = Vec::new();
        while let Some((parent, name)) = self.nodes.get(number as usize) {
            names.push(String::from_utf8_lossy(name));
            number = *parent;
        }
        names.reverse();
        names.join("/")
    }
}

/// What a tree names.
enum Named {
    Tree,
    Blob,
    Submodule,
}

/// The way through all trees.
pub(super) struct Walk<'r> {
    repository: &'r gix::Repository,
    pub(super) origins: Vec<ObjectId>,
    pub(super) paths: Paths,
    pub(super) entries: Vec<Entry>,
    pub(super) submodules: BTreeSet<u32>,
    /// Blobs seen only under names of media.
    media: HashSet,
    /// Trees and blobs.
    seen: HashSet,
    buffer: Vec<u8>,
}

impl<'r> Walk<'r> {
    pub(super) fn new(repository: &'r gix::Repository) -> Walk<'r> {
        Walk {
            repository,
            origins: Vec::new(),
            paths: Paths::default(),
            entries: Vec::new(),
            submodules: BTreeSet::new(),
            media: HashSet::default(),
            seen: HashSet::default(),
            buffer: Vec::new(),
        }
    }

    /// Takes a commit or a tag: its message, and what its tree or a reference names.
    pub(super) fn origin(
        &mut self,
        id: ObjectId,
        has_message: bool,
        tree: Option<ObjectId>,
        blob: Option<&(ObjectId, String)>,
        lost: &mut Lost,
    ) {
        let commit = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.origins.push(id);
        if has_message {
            self.entry(id, MESSAGE, commit);
        }
        if let Some(tree) = tree {
            self.tree(tree, commit, lost);
        }
        if let Some((blob, name)) = blob
            && self.seen.insert(*blob)
        {
            let path = self.paths.number(ROOT, name.as_bytes());
            self.entry(*blob, path, commit);
        }
    }

    fn entry(&mut self, id: ObjectId, path: u32, commit: u32) {
        let order = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { id, path, commit, order });
    }

    fn tree(&mut self, root: ObjectId, commit: u32, lost: &mut Lost) {
        let mut open = vec![(root, ROOT)];
        while let Some((id, folder)) = open.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            for (named, id, name) in self.named(id, lost) {
                match named {
                    Named::Tree if self.seen.contains(&id) => {}
                    Named::Blob if self.seen.contains(&id) => {}
                    Named::Tree => open.push((id, self.paths.number(folder, &name))),
                    Named::Blob if is_media(&name) => _ = self.media.insert(id),
                    Named::Blob => {
                        self.seen.insert(id);
                        let path = self.paths.number(folder, &name);
                        self.entry(id, path, commit);
                    }
                    Named::Submodule => _ = self.submodules.insert(self.paths.number(folder, &name)),
                }
            }
        }
    }

    fn named(&mut self, tree: ObjectId, lost: &mut Lost) -> Vec<(Named, ObjectId, Box<[u8]>)> {
        let Some(data) = object(self.repository, &tree, &mut self.buffer, lost) else { return Vec::new() };
        let mut named = Vec::new();
        for entry in TreeRefIter::from_bytes(data.data, tree.kind()) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    lost.object(tree, Some(error.to_string()));
                    break;
                }
            };
            let kind = match entry.mode {
                mode if mode.is_tree() => Named::Tree,
                mode if mode.is_commit() => Named::Submodule,
                _ => Named::Blob,
            };
            named.push((kind, entry.oid.to_owned(), entry.filename.to_vec().into()));
        }
        named
    }

    /// How many blobs have names of media only.
    pub(super) fn media_only(&self) -> usize {
        self.media.iter().filter(|id| !self.seen.contains(*id)).count()
    }

    /// All blobs of one tree.
    pub(super) fn blobs_of(&mut self, root: ObjectId, lost: &mut Lost) -> HashSet {
        let mut blobs = HashSet::default();
        let mut folders = HashSet::default();
        let mut open = vec![root];
        while let Some(tree) = open.pop() {
            if !folders.insert(tree) {
                continue;
            }
            for (named, id, _) in self.named(tree, lost) {
                match named {
                    Named::Tree => open.push(id),
                    Named::Blob => _ = blobs.insert(id),
                    Named::Submodule => {}
                }
            }
        }
        blobs
    }
}

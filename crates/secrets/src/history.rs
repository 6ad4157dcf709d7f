//! Git history: every blob that a reference reaches, once, with the first commit that holds it. The commits stand in
//! `history/commits.rs`, the trees in `history/trees.rs`, the reading of blobs in `history/blobs.rs`. Secrets are not
//! known here.

use crate::git::{self, GitError};
use gix::ObjectId;
use std::path::Path;
use tieout_source::Unread;

mod blobs;
mod commits;
#[cfg(test)]
mod tests;
mod trees;

/// How much of a history is read.
#[derive(Debug, Clone)]
pub struct HistoryOptions {
    /// Larger blobs are told, not read; in bytes.
    pub max_size: u64,
    /// How many threads read blobs; 0: as many as there are processors.
    pub threads: usize,
}

impl Default for HistoryOptions {
    fn default() -> Self {
        HistoryOptions { max_size: 16 << 20, threads: 0 }
    }
}

/// The blobs of a repository, and the commits that brought them.
pub struct History {
    repository: gix::ThreadSafeRepository,
    options: HistoryOptions,
    /// Commits, oldest first; then tags and what they name, where that is no commit.
    origins: Vec<ObjectId>,
    paths: trees::Paths,
    /// In the order of reading: those of one path together, the newest first.
    entries: Vec<trees::Entry>,
    at_head: gix::hashtable::HashSet,
    told: HistoryTold,
}

/// What a history holds and what of it is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryTold {
    /// Commits reached.
    pub commits: usize,
    /// Texts that [`History::each_blob`] hands over, where they can be read: blobs and messages.
    pub blobs: usize,
    /// Blobs of kinds that never hold text (by name), not read.
    pub media: usize,
    /// Paths of submodules: their history is their own repository's, not read.
    pub submodules: Vec<String>,
    /// What else could not be read, sorted.
    pub unread: Vec<Unread>,
}

/// A text of the history.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// Its age: smaller is older. Of several blobs with one secret, that of the smallest brought it.
    pub order: u32,
    /// The object, in hex; for a message the commit's.
    pub id: ObjectId,
    /// Where it stood when it came, `/`-separated; the reference's name where a tag names a blob; empty for a message.
    pub path: &'a str,
    /// True for the message of a commit or a tag.
    pub is_message: bool,
    /// The content.
    pub bytes: &'a [u8],
    /// The commit that brought it, for [`History::commit`].
    pub commit: u32,
    /// Whether the blob still stands at HEAD, at any path.
    pub at_head: bool,
}

/// Who made a commit, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// In hex. A tag's id, or the object's own, for what no commit holds.
    pub id: String,
    /// `Name <address>`; empty where it is not said.
    pub author: String,
    /// RFC 3339, with the author's offset; empty where it is not said.
    pub author_date: String,
}

impl History {
    /// Finds the repository of a folder (its own or that of a folder above; a bare one too) and walks the commits and
    /// trees that its branches, remote branches, tags, stashes, worktrees and HEAD reach.
    ///
    /// # Errors
    /// Where there is no repository, or none that can be opened. What can be read in part is told in
    /// [`History::told`].
    pub fn open(folder: &Path, options: &HistoryOptions) -> Result<History, GitError> {
        let repository = git::open(folder)?;
        let unopened = |why| GitError::Unopened { folder: folder.display().to_string(), why };
        git::guarded(|| History::read(repository, options.clone())).map_err(unopened)
    }

    fn read(shared: gix::ThreadSafeRepository, options: HistoryOptions) -> History {
        let repository = reader(&shared);
        let mut lost = Lost::default();
        let commits = commits::read(&repository, &mut lost);
        let mut walk = trees::Walk::new(&repository);
        for commit in &commits.oldest_first {
            walk.origin(commit.id, true, Some(commit.tree), None, &mut lost);
        }
        for extra in &commits.beside {
            walk.origin(extra.origin, extra.is_tag, extra.tree, extra.blob.as_ref(), &mut lost);
        }
        let at_head = commits.head_tree.map(|tree| walk.blobs_of(tree, &mut lost)).unwrap_or_default();
        let mut unread = lost.told();
        unread.extend(commits.unread);
        unread.sort();
        let media = walk.media_only();
        let trees::Walk { origins, paths, mut entries, submodules, .. } = walk;
        // Git keeps the newest of a path whole and the older as differences from it.
        entries.sort_unstable_by_key(|entry| (entry.path, std::cmp::Reverse(entry.order)));
        let told = HistoryTold {
            commits: commits.oldest_first.len(),
            blobs: entries.len(),
            media,
            submodules: submodules.into_iter().map(|path| paths.text(path)).collect(),
            unread,
        };
        History { repository: shared, options, origins, paths, entries, at_head, told }
    }

    /// What the history holds, and what was left out before any blob was read.
    pub fn told(&self) -> &HistoryTold {
        &self.told
    }

    /// Who made a commit, by the number that a [`Blob`] has.
    pub fn commit(&self, number: u32) -> Commit {
        let Some(id) = self.origins.get(number as usize) else { return Commit::default() };
        let repository = reader(&self.repository);
        let signed = commits::signature(&repository, id);
        let (author, author_date) = signed.unwrap_or_default();
        Commit { id: id.to_string(), author, author_date }
    }
}

/// A thread's own view of the repository: objects as they are, whatever stands in refs/replace.
fn reader(shared: &gix::ThreadSafeRepository) -> gix::Repository {
    let mut repository = shared.to_thread_local();
    repository.objects.ignore_replacements = true;
    repository
        .objects
        .set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::StaticLinkedList::<64>::new(8 << 20)));
    repository
}

/// Objects that could not be read: a partial clone lacks thousands, and one line tells of them.
#[derive(Debug, Default)]
struct Lost {
    missing: Vec<ObjectId>,
    corrupt: Vec<(ObjectId, String)>,
}

impl Lost {
    fn object(&mut self, id: ObjectId, why: Option<String>) {
        match why {
            Some(why) => self.corrupt.push((id, why)),
            None => self.missing.push(id),
        }
    }

    fn told(mut self) -> Vec<Unread> {
        self.missing.sort();
        self.missing.dedup();
        self.corrupt.sort();
        self.corrupt.dedup();
        let unread = |message| Unread { path: ".git/objects".into(), message };
        let mut told = Vec::new();
        if let Some(first) = self.missing.first() {
            let many = self.missing.len();
            told.push(unread(format!(
                "{many} objects of the history are missing, {first} the first; `git fetch --refetch` brings those of a \
                 partial clone"
            )));
        }
        if let Some((first, why)) = self.corrupt.first() {
            let many = self.corrupt.len();
            told.push(unread(format!(
                "{many} objects of the history cannot be read, {first} the first ({why}); `git fsck` tells of them"
            )));
        }
        told
    }
}

/// The bytes of an object, in `buffer`, and its kind.
fn object<'b>(
    repository: &gix::Repository,
    id: &gix::oid,
    buffer: &'b mut Vec<u8>,
    lost: &mut Lost,
) -> Option<gix::objs::Data<'b>> {
    use gix::objs::Find;
    match git::guarded(|| repository.objects.try_find(id, buffer)) {
        Ok(Ok(Some(data))) => return Some(data),
        Ok(Ok(None)) => lost.object(id.to_owned(), None),
        Ok(Err(error)) => lost.object(id.to_owned(), Some(error.to_string())),
        Err(why) => lost.object(id.to_owned(), Some(why)),
    }
    None
}

//! Reading the blobs of a history on several threads, those of one path together, so that what one is a difference from
//! has just been read.

use super::trees::{Entry, MESSAGE};
use super::{Blob, History, Lost, commits, object, reader};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tieout_source::Unread;

/// Blobs that a thread takes at a time.
const SHARE: usize = 256;

/// The first line of what stands in the place of a file that Git LFS keeps elsewhere.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

#[derive(Default)]
struct Told {
    lost: Lost,
    large: Vec<Unread>,
    lfs: Vec<String>,
}

impl History {
    /// Hands every text to `take`, on several threads and in no order ([`Blob::order`] tells their ages). Returns what
    /// could not be read, sorted.
    pub fn each_blob(&self, take: &(dyn Fn(&Blob<'_>) + Sync)) -> Vec<Unread> {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let shares: Vec<&[Entry]> = self.entries.chunks(SHARE).collect();
        let threads = if self.options.threads == 0 { processors() } else { self.options.threads };
        let (next, all) = (AtomicUsize::new(0), Mutex::new(Told::default()));
        let work = || {
            let mut thread = Thread::new(self, take);
            while let Some(share) = shares.get(next.fetch_add(1, Ordering::Relaxed)) {
                share.iter().for_each(|entry| thread.entry(entry));
            }
            let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            all.lost.missing.append(&mut thread.told.lost.missing);
            all.lost.corrupt.append(&mut thread.told.lost.corrupt);
            all.large.append(&mut thread.told.large);
            all.lfs.append(&mut thread.told.lfs);
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.min(shares.len()) {
                scope.spawn(work);
            }
            work();
        });
        unread(all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

fn unread(told: Told) -> Vec<Unread> {
    let mut unread = told.lost.told();
    unread.extend(told.large);
    let mut lfs = told.lfs;
    lfs.sort();
    if let Some(first) = lfs.first() {
        let message = format!("the content of {} files stands in Git LFS, not in the history", lfs.len());
        unread.push(Unread { path: first.as_str().into(), message });
    }
    unread.sort();
    unread
}

struct Thread<'h> {
    history: &'h History,
    repository: gix::Repository,
    take: &'h (dyn Fn(&Blob<'_>) + Sync),
    buffer: Vec<u8>,
    /// The path that the last blob had.
    path: (u32, String),
    told: Told,
}

impl<'h> Thread<'h> {
    fn new(history: &'h History, take: &'h (dyn Fn(&Blob<'_>) + Sync)) -> Thread<'h> {
        let repository = reader(&history.repository);
        let path = (MESSAGE, String::new());
        Thread { history, repository, take, buffer: Vec::new(), path, told: Told::default() }
    }

    fn entry(&mut self, entry: &Entry) {
        if self.path.0 != entry.path {
            self.path = (entry.path, self.history.paths.text(entry.path));
        }
        if !self.is_small(entry) {
            return;
        }
        let Some(data) = object(&self.repository, &entry.id, &mut self.buffer, &mut self.told.lost) else {
            return;
        };
        let is_message = entry.path == MESSAGE;
        if data.data.starts_with(LFS) && data.data.len() < 1024 {
            return self.told.lfs.push(self.path.1.clone());
        }
        (self.take)(&Blob {
            order: entry.order,
            id: entry.id,
            path: &self.path.1,
            is_message,
            bytes: if is_message { commits::message(data.data) } else { data.data },
            commit: entry.commit,
            at_head: self.history.at_head.contains(&entry.id),
        });
    }

    fn is_small(&mut self, entry: &Entry) -> bool {
        use gix::objs::FindHeader;
        // One that has no header has no content, and is told by that.
        let Ok(Ok(Some(header))) = crate::git::guarded(|| self.repository.objects.try_header(&entry.id))
        else {
            return true;
        };
        let limit = self.history.options.max_size;
        if header.size <= limit {
            return true;
        }
        let commit = self.history.origins.get(entry.commit as usize);
        let message = format!(
            "{} bytes in commit {} are more than the limit of {limit} bytes a file",
            header.size,
            commit.map(ToString::to_string).unwrap_or_default()
        );
        self.told.large.push(Unread { path: self.path.1.as_str().into(), message });
        false
    }
}

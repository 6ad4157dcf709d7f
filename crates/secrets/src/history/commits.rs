//! The commits that the references of a repository reach, oldest first: no commit before its parents, and of those that
//! may come next the one of the earliest date.

use super::{Lost, object};
use gix::ObjectId;
use gix::hashtable::{HashMap, HashSet};
use gix::objs::{CommitRefIter, Kind, TagRefIter};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use tieout_source::Unread;

/// All that references reach.
#[derive(Default)]
pub(super) struct Commits {
    pub(super) oldest_first: Vec<Commit>,
    /// Tags, and the trees and blobs that references name without a commit.
    pub(super) beside: Vec<Beside>,
    pub(super) head_tree: Option<ObjectId>,
    pub(super) unread: Vec<Unread>,
}

pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
}

/// A tag, or what a reference names that is no commit.
pub(super) struct Beside {
    pub(super) origin: ObjectId,
    /// Whether it is a tag itself: it has a message.
    pub(super) is_tag: bool,
    pub(super) tree: Option<ObjectId>,
    /// With the reference's name.
    pub(super) blob: Option<(ObjectId, String)>,
}

/// A reference's object, and its name.
type Tip = (ObjectId, String);

pub(super) fn read(repository: &gix::Repository, lost: &mut Lost) -> Commits {
    let mut commits = Commits::default();
    let (tips, head) = tips(repository, &mut commits.unread);
    let mut starts = Vec::new();
    let mut seen = HashSet::default();
    for tip in tips {
        follow(repository, tip, &mut seen, &mut starts, &mut commits.beside, lost);
    }
    let shallow = shallow(repository, &mut commits.unread);
    let nodes = reach(repository, starts, &shallow, lost);
    commits.oldest_first = sorted(nodes);
    let mut buffer = Vec::new();
    commits.head_tree = head.and_then(|id| {
        let data = object(repository, &id, &mut buffer, lost)?;
        CommitRefIter::from_bytes(data.data, id.kind()).tree_id().ok()
    });
    commits
}

/// Every reference with its object, HEAD of this and of other worktrees, and older stashes; and HEAD's commit.
fn tips(repository: &gix::Repository, unread: &mut Vec<Unread>) -> (Vec<Tip>, Option<ObjectId>) {
    let mut tips = Vec::new();
    let mut failed = |error: String| {
        let message = format!("a reference cannot be read: {error}");
        unread.push(Unread { path: ".git".into(), message });
    };
    match repository.references() {
        Ok(platform) => match platform.all() {
            Ok(all) => {
                for reference in all {
                    match reference {
                        // A symbolic one leads to another that is listed too.
                        Ok(reference) => tips.extend(
                            reference
                                .try_id()
                                .map(|id| (id.detach(), reference.name().as_bstr().to_string())),
                        ),
                        Err(error) => failed(error.to_string()),
                    }
                }
            }
            Err(error) => failed(error.to_string()),
        },
        Err(error) => failed(error.to_string()),
    }
    let head = head(repository);
    tips.extend(head.map(|id| (id, "HEAD".to_owned())));
    for worktree in repository.worktrees().unwrap_or_default() {
        match worktree.into_repo_with_possibly_inaccessible_worktree() {
            Ok(other) => tips.extend(self::head(&other).map(|id| (id, "HEAD".to_owned()))),
            Err(error) => failed(error.to_string()),
        }
    }
    tips.extend(stashes(repository));
    (tips, head)
}

fn head(repository: &gix::Repository) -> Option<ObjectId> {
    repository.head_id().ok().map(gix::Id::detach)
}

/// refs/stash names the last stash only; those before it stand in its log.
fn stashes(repository: &gix::Repository) -> Vec<Tip> {
    let Ok(Some(stash)) = repository.try_find_reference("refs/stash") else { return Vec::new() };
    let mut log = stash.log_iter();
    let Ok(Some(lines)) = log.all() else { return Vec::new() };
    lines.filter_map(|line| Some((line.ok()?.new_oid(), "refs/stash".to_owned()))).collect()
}

fn shallow(repository: &gix::Repository, unread: &mut Vec<Unread>) -> HashSet {
    let Ok(Some(shallow)) = repository.shallow_commits() else { return HashSet::default() };
    let ends: HashSet = shallow.iter().copied().collect();
    let message = format!(
        "the clone is shallow: what came before {} commits is not here; `git fetch --unshallow` brings it",
        ends.len()
    );
    unread.push(Unread { path: ".git/shallow".into(), message });
    ends
}

/// Through tags to what they name.
fn follow(
    repository: &gix::Repository,
    (mut id, name): Tip,
    seen: &mut HashSet,
    starts: &mut Vec<ObjectId>,
    beside: &mut Vec<Beside>,
    lost: &mut Lost,
) {
    let mut buffer = Vec::new();
    let mut origin = None;
    while seen.insert(id) {
        let Some(data) = object(repository, &id, &mut buffer, lost) else { return };
        match data.kind {
            Kind::Commit => return starts.push(id),
            Kind::Tree => {
                return beside.push(Beside {
                    origin: origin.unwrap_or(id),
                    is_tag: false,
                    tree: Some(id),
                    blob: None,
                });
            }
            Kind::Blob => {
                let blob = Some((id, name));
                return beside.push(Beside { origin: origin.unwrap_or(id), is_tag: false, tree: None, blob });
            }
            Kind::Tag => {
                beside.push(Beside { origin: id, is_tag: true, tree: None, blob: None });
                origin = Some(id);
                match TagRefIter::from_bytes(data.data, id.kind()).target_id() {
                    Ok(target) => id = target,
                    Err(error) => return lost.object(id, Some(error.to_string())),
                }
            }
        }
    }
}

struct Node {
    commit: Commit,
    seconds: i64,
    parents: Vec<ObjectId>,
}

/// All commits that the starts lead back to.
fn reach(
    repository: &gix::Repository,
    mut open: Vec<ObjectId>,
    shallow: &HashSet,
    lost: &mut Lost,
) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut seen: HashSet = open.iter().copied().collect();
    open.sort();
    open.dedup();
    let mut buffer = Vec::new();
    while let Some(id) = open.pop() {
        let Some(data) = object(repository, &id, &mut buffer, lost) else { continue };
        let mut fields = CommitRefIter::from_bytes(data.data, id.kind());
        let Ok(tree) = fields.tree_id() else {
            lost.object(id, Some("it is no commit".to_owned()));
            continue;
        };
        let fields = CommitRefIter::from_bytes(data.data, id.kind());
        let seconds = fields.committer().map_or(0, |signature| signature.seconds());
        let parents: Vec<ObjectId> = match shallow.contains(&id) {
            true => Vec::new(),
            false => fields.parent_ids().collect(),
        };
        open.extend(parents.iter().copied().filter(|parent| seen.insert(*parent)));
        nodes.push(Node { commit: Commit { id, tree }, seconds, parents });
    }
    nodes
}

/// Parents before children; among those that may come, the earliest, then the smallest id.
fn sorted(nodes: Vec<Node>) -> Vec<Commit> {
    let numbers: HashMap<ObjectId, usize> =
        nodes.iter().enumerate().map(|(number, node)| (node.commit.id, number)).collect();
    let mut waits: Vec<u32> = vec![0; nodes.len()];
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); nodes.len()];
    for (number, node) in nodes.iter().enumerate() {
        // A parent that could not be read holds nobody up.
        for parent in node.parents.iter().filter_map(|parent| numbers.get(parent)) {
            if let Some(list) = children.get_mut(*parent) {
                list.push(u32::try_from(number).unwrap_or(u32::MAX));
            }
            if let Some(count) = waits.get_mut(number) {
                *count += 1;
            }
        }
    }
    let key = |number: usize| nodes.get(number).map(|node| Reverse((node.seconds, node.commit.id, number)));
    let roots = waits.iter().enumerate().filter(|(_, count)| **count == 0);
    let mut ready: BinaryHeap<_> = roots.filter_map(|(number, _)| key(number)).collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(Reverse((_, _, number))) = ready.pop() {
        order.push(number);
        for child in children.get_mut(number).map(std::mem::take).unwrap_or_default() {
            let child = child as usize;
            let Some(count) = waits.get_mut(child) else { continue };
            *count -= 1;
            if *count == 0 {
                ready.extend(key(child));
            }
        }
    }
    let mut commits: Vec<Option<Commit>> = nodes.into_iter().map(|node| Some(node.commit)).collect();
    order.into_iter().filter_map(|number| commits.get_mut(number)?.take()).collect()
}

/// Author (or who tagged) and date.
pub(super) fn signature(repository: &gix::Repository, id: &gix::oid) -> Option<(String, String)> {
    let mut buffer = Vec::new();
    let data = object(repository, id, &mut buffer, &mut Lost::default())?;
    let signature = match data.kind {
        Kind::Commit => CommitRefIter::from_bytes(data.data, id.kind()).author().ok()?,
        Kind::Tag => TagRefIter::from_bytes(data.data, id.kind()).tagger().ok()??,
        Kind::Tree | Kind::Blob => return None,
    };
    let person = signature.trim();
    let author = format!("{} <{}>", person.name, person.email);
    let date = signature.time().ok().and_then(|time| {
        let strict = gix::date::time::format::ISO8601_STRICT;
        time.format(strict).ok()
    });
    Some((author, date.unwrap_or_default()))
}

/// What stands below the headers of a commit or a tag.
pub(super) fn message(data: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(data, b"\n\n").map_or(data.len(), |at| at + 2);
    data.get(end..).unwrap_or_default()
}

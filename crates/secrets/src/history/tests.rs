//! Tests of histories, on repositories that `git` makes.

use super::*;
use crate::git::testing::{Made, run};
use std::sync::Mutex;

/// A text as it came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    order: u32,
    path: String,
    text: String,
    commit: String,
    at_head: bool,
    is_message: bool,
}

fn read(folder: &Path, options: &HistoryOptions) -> (Vec<Seen>, HistoryTold) {
    let history = History::open(folder, options).unwrap();
    let seen = Mutex::new(Vec::new());
    let unread = history.each_blob(&|blob| {
        seen.lock().unwrap().push(Seen {
            order: blob.order,
            path: blob.path.to_owned(),
            text: String::from_utf8_lossy(blob.bytes).into_owned(),
            commit: history.commit(blob.commit).id,
            at_head: blob.at_head,
            is_message: blob.is_message,
        });
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort();
    let mut told = history.told().clone();
    told.unread.extend(unread);
    (seen, told)
}

/// The files of a history, oldest first: path, text and commit.
fn files(folder: &Path) -> Vec<(String, String, String)> {
    let (seen, told) = read(folder, &HistoryOptions::default());
    assert_eq!(told.unread, []);
    let files = seen.into_iter().filter(|one| !one.is_message);
    files.map(|one| (one.path, one.text, one.commit)).collect()
}

fn found(folder: &Path, text: &str) -> Vec<(String, String)> {
    let files = files(folder).into_iter().filter(|one| one.1.contains(text));
    files.map(|(path, _, commit)| (path, commit)).collect()
}

fn pair(path: &str, commit: &str) -> (String, String) {
    (path.to_owned(), commit.to_owned())
}

#[test]
fn a_key_that_was_planted_and_removed_is_told_once_with_its_commit() {
    for packed in [false, true] {
        let mut made = Made::new();
        made.write("a.txt", "one");
        made.commit("first");
        made.write("app/settings.py", "KEY = 'planted'\n");
        let planted = made.commit("second");
        made.write("app/settings.py", "KEY = get()\n");
        made.commit("third");
        if packed {
            made.git(&["gc", "-q", "--prune=now"]);
        }
        assert_eq!(found(made.root(), "planted"), [pair("app/settings.py", &planted)]);
        let (seen, told) = read(made.root(), &HistoryOptions::default());
        assert_eq!((told.commits, told.blobs), (3, 6));
        assert!(seen.iter().filter(|one| one.text.contains("planted")).all(|one| !one.at_head));
        assert!(seen.iter().any(|one| one.text.contains("get()") && one.at_head));
    }
}

#[test]
fn of_several_blobs_with_one_secret_the_oldest_has_the_smallest_order() {
    let mut made = Made::new();
    let mut commits = Vec::new();
    for line in 0..40 {
        made.write("big.py", format!("{}KEY = 'planted'\n", format!("line {line}\n").repeat(line + 20)));
        commits.push(made.commit("more"));
    }
    made.git(&["gc", "-q", "--aggressive", "--prune=now"]);
    let (seen, _) = read(made.root(), &HistoryOptions { threads: 3, ..HistoryOptions::default() });
    let first = seen.iter().find(|one| one.text.contains("planted")).unwrap();
    assert_eq!(first.commit, commits[0]);
    let told: Vec<&str> = seen.iter().filter(|one| !one.is_message).map(|one| one.commit.as_str()).collect();
    assert_eq!(told, commits);
}

#[test]
fn branches_tags_stashes_and_commits_without_a_branch_are_read() {
    let mut made = Made::new();
    made.write("a", "base");
    made.commit("base");
    made.git(&["checkout", "-q", "-b", "side"]);
    made.write("b", "on a branch");
    let branch = made.commit("side");
    made.git(&["checkout", "-q", "main"]);
    made.write("c", "under a tag");
    let tagged = made.commit("tagged");
    made.git(&["tag", "-a", "v1", "-m", "the tag says so"]);
    made.git(&["reset", "-q", "--hard", "HEAD~1"]);
    made.write("a", "stashed first");
    made.git(&["stash", "-q"]);
    made.write("a", "stashed last");
    made.write("untracked", "stashed untracked");
    made.git(&["stash", "-q", "-u"]);
    made.git(&["checkout", "-q", "--detach"]);
    made.write("d", "detached");
    let detached = made.commit("detached");
    assert_eq!(found(made.root(), "on a branch"), [pair("b", &branch)]);
    assert_eq!(found(made.root(), "under a tag"), [pair("c", &tagged)]);
    assert_eq!(found(made.root(), "detached"), [pair("d", &detached)]);
    for text in ["stashed first", "stashed last", "stashed untracked"] {
        assert_eq!(found(made.root(), text).len(), 1, "{text}");
    }
    let (seen, _) = read(made.root(), &HistoryOptions::default());
    let said = seen.iter().find(|one| one.text.contains("the tag says so")).unwrap();
    assert!(said.is_message && said.commit == made.git(&["rev-parse", "v1"]));
}

#[test]
fn merges_bring_only_what_no_parent_has() {
    let mut made = Made::new();
    made.write("a", "base");
    made.commit("base");
    made.git(&["checkout", "-q", "-b", "side"]);
    made.write("b", "of the side");
    let side = made.commit("side");
    made.git(&["checkout", "-q", "main"]);
    made.write("c", "of main");
    made.commit("main");
    made.git(&["merge", "-q", "--no-commit", "side"]);
    made.write("d", "of the merge");
    let merge = made.commit("merge");
    assert_eq!(found(made.root(), "of the side"), [pair("b", &side)]);
    assert_eq!(found(made.root(), "of the merge"), [pair("d", &merge)]);
}

#[test]
fn a_renamed_file_keeps_its_first_path_and_a_file_named_like_a_picture_counts_under_its_other_name() {
    let mut made = Made::new();
    made.write("old/name.py", "renamed");
    made.write("logo.png", "no picture");
    made.write("real.png", "\u{1}PNG");
    let first = made.commit("first");
    made.git(&["mv", "old/name.py", "new.py"]);
    made.git(&["mv", "logo.png", "notes.txt"]);
    let second = made.commit("second");
    assert_eq!(found(made.root(), "renamed"), [pair("old/name.py", &first)]);
    assert_eq!(found(made.root(), "no picture"), [pair("notes.txt", &second)]);
    assert_eq!(read(made.root(), &HistoryOptions::default()).1.media, 1);
}

#[test]
fn commits_are_told_with_author_and_date() {
    let mut made = Made::new();
    made.write("a", "x");
    let id = made.commit("first\n\nthe password is hunter2");
    let history = History::open(made.root(), &HistoryOptions::default()).unwrap();
    let expected = Commit {
        id,
        author: "Ada <ada@example.com>".to_owned(),
        author_date: "2023-11-15T00:13:20+01:00".to_owned(),
    };
    assert_eq!(history.commit(0), expected);
    let (seen, _) = read(made.root(), &HistoryOptions::default());
    assert_eq!(seen[0].text, "first\n\nthe password is hunter2\n");
    assert_eq!(history.commit(99), Commit::default());
}

#[test]
fn a_shallow_clone_is_read_as_far_as_it_goes_and_told() {
    let mut made = Made::new();
    for text in ["one", "two", "three"] {
        made.write("a", text);
        made.commit(text);
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", made.root().display());
    run(folder.path(), &["clone", "-q", "--depth", "2", &url, "clone"], 1_800_000_000);
    let (seen, told) = read(&folder.path().join("clone"), &HistoryOptions::default());
    assert_eq!(told.commits, 2);
    assert_eq!(seen.iter().filter(|one| !one.is_message).count(), 2);
    assert!(told.unread.iter().any(|one| one.message.contains("shallow")), "{told:?}");
}

#[test]
fn a_partial_clone_tells_what_is_missing() {
    let mut made = Made::new();
    made.git(&["config", "uploadpack.allowFilter", "true"]);
    for text in ["one", "two", "three"] {
        made.write("a", text);
        made.commit(text);
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", made.root().display());
    run(folder.path(), &["clone", "-q", "--filter=blob:none", &url, "clone"], 1_800_000_000);
    let (seen, told) = read(&folder.path().join("clone"), &HistoryOptions::default());
    assert_eq!(seen.iter().filter(|one| !one.is_message).count(), 1);
    assert!(told.unread.iter().any(|one| one.message.starts_with("2 objects")), "{told:?}");
}

#[test]
fn submodules_lfs_pointers_and_large_blobs_are_told_and_not_read() {
    let mut inner = Made::new();
    inner.write("a", "of the submodule");
    inner.commit("inner");
    let mut made = Made::new();
    made.git(&["submodule", "--quiet", "add", &inner.root().display().to_string(), "lib/inner"]);
    made.write("model.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n");
    made.write("large.txt", vec![b'x'; 3000]);
    made.commit("all");
    let (seen, told) = read(made.root(), &HistoryOptions { max_size: 2000, ..HistoryOptions::default() });
    assert_eq!(told.submodules, ["lib/inner"]);
    let paths: Vec<&str> = seen.iter().filter(|one| !one.is_message).map(|one| one.path.as_str()).collect();
    assert_eq!(paths, [".gitmodules"]);
    assert!(told.unread.iter().any(|one| &*one.path == "model.bin" && one.message.contains("LFS")));
    assert!(told.unread.iter().any(|one| &*one.path == "large.txt" && one.message.contains("3000 bytes")));
}

#[test]
fn other_worktrees_and_folders_below_the_root_lead_to_the_same_history() {
    let mut made = Made::new();
    made.write("src/a", "base");
    made.commit("base");
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    made.git(&["worktree", "add", "-q", "--detach", &other.display().to_string()]);
    std::fs::write(other.join("b"), "only there").unwrap();
    run(&other, &["add", "b"], 1_800_000_000);
    run(&other, &["commit", "-q", "-m", "there"], 1_800_000_000);
    for root in [made.root(), &made.root().join("src"), &other] {
        assert_eq!(found(root, "only there").len(), 1, "{}", root.display());
    }
    let bare = folder.path().join("bare.git");
    run(
        folder.path(),
        &["clone", "-q", "--bare", &made.root().display().to_string(), "bare.git"],
        1_800_000_000,
    );
    assert_eq!(found(&bare, "base").len(), 1);
}

#[test]
fn repositories_with_sha_256_are_read() {
    let mut made = Made::with(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    made.write("a", "planted");
    let commit = made.commit("first");
    assert_eq!(commit.len(), 64);
    assert_eq!(found(made.root(), "planted"), [pair("a", &commit)]);
}

#[test]
fn replaced_objects_are_read_as_they_were() {
    let mut made = Made::new();
    made.write("a", "planted");
    made.commit("first");
    let blob = made.git(&["rev-parse", "HEAD:a"]);
    made.write("b", "clean");
    made.commit("second");
    let clean = made.git(&["rev-parse", "HEAD:b"]);
    made.git(&["replace", &blob, &clean]);
    assert_eq!(found(made.root(), "planted").len(), 1);
}

#[test]
fn a_tag_of_a_blob_and_one_of_a_tree_are_read() {
    let mut made = Made::new();
    made.write("a", "base");
    made.commit("base");
    made.write("key", "tagged blob");
    let blob = made.git(&["hash-object", "-w", "key"]);
    made.git(&["tag", "key", &blob]);
    made.write("folder/b", "tagged tree");
    made.git(&["add", "folder"]);
    let tree = made.git(&["write-tree", "--prefix=folder/"]);
    made.git(&["tag", "-a", "tree", "-m", "a tree", &tree]);
    assert_eq!(found(made.root(), "tagged blob"), [pair("refs/tags/key", &blob)]);
    let tag = made.git(&["rev-parse", "tree"]);
    assert_eq!(found(made.root(), "tagged tree"), [pair("b", &tag)]);
}

#[test]
fn a_corrupt_object_hides_no_other() {
    let mut made = Made::new();
    for text in ["one", "two", "three"] {
        made.write(text, text);
        made.commit(text);
    }
    let id = made.git(&["rev-parse", "HEAD:two"]);
    let object = made.root().join(".git/objects").join(&id[..2]).join(&id[2..]);
    std::fs::remove_file(&object).unwrap();
    std::fs::write(object, "not zlib at all").unwrap();
    let (seen, told) = read(made.root(), &HistoryOptions::default());
    let texts: Vec<&str> = seen.iter().filter(|one| !one.is_message).map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["one", "three"]);
    assert!(told.unread.iter().any(|one| one.message.contains(&id)), "{told:?}");
}

#[test]
fn damaged_repositories_end_nothing() {
    let mut made = Made::new();
    for number in 0..6 {
        made.write("a", format!("text {number}\n").repeat(50));
        made.write(&format!("b{number}"), "x".repeat(number * 100));
        made.commit("more");
    }
    made.git(&["gc", "-q", "--prune=now"]);
    let packs = made.root().join(".git/objects/pack");
    let entries = std::fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path());
    let damaged: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "pack" || end == "idx"))
        .chain([made.root().join(".git/packed-refs"), made.root().join(".git/HEAD")])
        .collect();
    for file in damaged {
        let whole = std::fs::read(&file).unwrap();
        // Git writes packs that nobody may write.
        std::fs::remove_file(&file).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x5a;
            std::fs::write(&file, &bytes).unwrap();
            if let Ok(history) = History::open(made.root(), &HistoryOptions::default()) {
                history.each_blob(&|_| ());
            }
            std::fs::write(&file, &whole[..at]).unwrap();
            if let Ok(history) = History::open(made.root(), &HistoryOptions::default()) {
                history.each_blob(&|_| ());
            }
        }
        std::fs::write(&file, &whole).unwrap();
    }
    assert_eq!(files(made.root()).len(), 12);
}

#[test]
fn no_repository_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let Err(error) = History::open(folder.path(), &HistoryOptions::default()) else {
        panic!("none is there")
    };
    assert!(matches!(error, GitError::None(_)), "{error}");
    let made = Made::new();
    let history = History::open(made.root(), &HistoryOptions::default()).unwrap();
    assert_eq!(history.told(), &HistoryTold::default());
    assert_eq!(history.each_blob(&|_| ()), []);
}

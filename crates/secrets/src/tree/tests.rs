//! Tests of the walk.

use super::*;
use crate::git::testing::Made;

fn walk_all(root: &Path) -> Result<Tree, WalkError> {
    walk(root, &Exclude::default())
}

/// Paths, those of untracked files with a question mark.
fn paths(root: &Path) -> Vec<String> {
    let tree = walk_all(root).unwrap();
    let shown = |file: &WalkedFile| {
        let mark = if file.untracked { "?" } else { "" };
        format!("{}{mark}", file.path.display())
    };
    tree.files.iter().map(shown).filter(|path| !path.starts_with(".git/")).collect()
}

#[test]
fn what_git_ignores_is_left_out_unless_it_is_tracked() {
    let mut made = Made::new();
    made.write(".gitignore", "*.log\nbuild/\n!keep.log\n");
    made.write("app.py", "");
    made.write("tracked.log", "");
    made.write("build/tracked.py", "");
    made.commit("all is added by force");
    made.write("new.py", "");
    made.write("new.log", "");
    made.write("keep.log", "");
    made.write("build/new.py", "");
    let expected = [".gitignore", "app.py", "build/tracked.py", "keep.log?", "new.py?", "tracked.log"];
    assert_eq!(paths(made.root()), expected);
    assert_eq!(walk_all(made.root()).unwrap().ignored, 2);
}

#[test]
fn files_of_credentials_are_read_although_they_are_ignored() {
    let mut made = Made::new();
    made.write(".gitignore", ".env\n*.tfvars\n.aws\nlocal/\nnode_modules/\nenv\n");
    made.commit("first");
    for path in [
        ".env",
        "prod.tfvars",
        ".aws/credentials",
        "local/deep/.env.production",
        "local/deep/other.txt",
        "node_modules/x/.env",
        "env/pyvenv.cfg",
        "env/lib/secrets.py",
    ] {
        made.write(path, "");
    }
    let expected =
        [".aws/credentials?", ".env?", ".gitignore", "local/deep/.env.production?", "prod.tfvars?"];
    assert_eq!(paths(made.root()), expected);
}

#[test]
fn rules_hold_from_deeper_files_and_from_folders_above_the_root() {
    let mut made = Made::new();
    made.write(".gitignore", "*.tmp\n/out\nskipped/\n");
    made.write("sub/.gitignore", "!wanted.tmp\n*.bak\n");
    made.commit("first");
    for path in
        ["sub/a.tmp", "sub/wanted.tmp", "sub/a.bak", "sub/out", "out", "a.bak", "skipped/a", "skipped/b/c"]
    {
        made.write(path, "");
    }
    std::fs::write(made.root().join(".git/info/exclude"), "a.bak\n").unwrap();
    let expected = [".gitignore", "sub/.gitignore", "sub/out?", "sub/wanted.tmp?"];
    assert_eq!(paths(made.root()), expected);
    assert_eq!(paths(&made.root().join("sub")), [".gitignore", "out?", "wanted.tmp?"]);
    assert_eq!(paths(&made.root().join("skipped")), ["a?", "b/c?"], "it is asked for");
}

#[test]
fn without_a_repository_all_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for path in [".gitignore", "a.log", "node_modules/x.js", "z.png", "b/c"] {
        let full = folder.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, "*.log\nnode_modules\n").unwrap();
    }
    assert_eq!(paths(folder.path()), [".gitignore", "a.log", "b/c", "node_modules/x.js"]);
    assert_eq!(walk_all(folder.path()).unwrap().media, 1);
    assert_eq!(paths(&folder.path().join("a.log")), ["a.log"]);
    assert!(walk_all(&folder.path().join("none")).is_err());
}

#[test]
fn a_repository_in_the_tree_has_its_own_rules_and_its_configuration_is_read() {
    let mut made = Made::new();
    made.write(".gitignore", "*.log\n");
    made.commit("first");
    made.write("inner/.gitignore", "*.txt\n");
    made.write("inner/a.log", "");
    made.write("inner/a.txt", "");
    crate::git::testing::run(&made.root().join("inner"), &["init", "-q"], 1_800_000_000);
    crate::git::testing::run(&made.root().join("inner"), &["add", "a.log"], 1_800_000_000);
    std::fs::create_dir_all(made.root().join("empty/.git")).unwrap();
    made.write("empty/b.log", "");
    made.write("empty/b.py", "");
    let expected = [".gitignore", "empty/b.py?", "inner/.git/config?", "inner/.gitignore?", "inner/a.log"];
    assert_eq!(paths(made.root()), expected);
    let tree = walk_all(made.root()).unwrap();
    assert_eq!(&*tree.files[0].path, Path::new(".git/config"));
    made.write(".env", "");
    let first: Vec<_> =
        walk_all(made.root()).unwrap().files.into_iter().take(2).map(|file| file.path).collect();
    assert_eq!(first, [Path::new(".env").into(), Path::new(".git/config").into()]);
}

#[test]
fn a_broken_index_hides_nothing_and_is_told() {
    let mut made = Made::new();
    made.write(".gitignore", "*.log\n");
    made.commit("first");
    made.write("a.log", "");
    let index = made.root().join(".git/index");
    let whole = std::fs::read(&index).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&index, &whole[..length]).unwrap();
        let tree = walk_all(made.root()).unwrap();
        assert!(tree.files.len() >= 2);
        assert!(tree.unread.is_empty() || paths(made.root()).contains(&"a.log".to_owned()));
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xa5;
        std::fs::write(&index, &bytes).unwrap();
        walk_all(made.root()).unwrap();
    }
    std::fs::write(&index, "garbage").unwrap();
    assert_eq!(walk_all(made.root()).unwrap().unread.len(), 1);
}

#[test]
fn the_order_is_that_of_the_names_on_the_path() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["b/x", "b.txt", "a/z/1", "a/b/2", "a-c", "B"] {
        let full = folder.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, "").unwrap();
    }
    let found = paths(folder.path());
    let mut sorted = found.clone();
    sorted.sort_by(|one, other| Path::new(one).cmp(Path::new(other)));
    assert_eq!(found, sorted);
    assert_eq!(found.len(), 6);
}

#[cfg(unix)]
#[test]
fn links_pipes_closed_folders_odd_names_and_deep_folders_end_nothing() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir_all(root.join("a/b")).unwrap();
    symlink(root, root.join("a/b/loop")).unwrap();
    symlink("/etc/passwd", root.join("a/passwd")).unwrap();
    symlink(root.join("self"), root.join("self")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap();
    assert!(made.success());
    let socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    std::fs::write(root.join(OsStr::from_bytes(b"bad\xff.py")), "").unwrap();
    let mut deep = root.join("deep");
    for _ in 0..MAX_DEPTH + 20 {
        deep.push("d");
    }
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::create_dir(root.join("closed")).unwrap();
    std::fs::set_permissions(root.join("closed"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let tree = walk_all(root).unwrap();
    std::fs::set_permissions(root.join("closed"), std::fs::Permissions::from_mode(0o755)).unwrap();
    drop(socket);
    assert_eq!(tree.links, 3);
    assert_eq!(tree.files.len(), 1);
    assert_eq!(tree.files[0].path.as_os_str().as_bytes(), b"bad\xff.py");
    let told: Vec<&str> = tree.unread.iter().map(|one| &*one.path).filter(|path| *path != "closed").collect();
    // Who is root opens every folder.
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(&told[1..], ["pipe", "socket"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_patterns_are_read(patterns in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), line in "[!/*?\\[\\]{}a-c\\\\ -]{0,40}") {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".gitignore");
        let mut text = patterns;
        text.extend(line.bytes());
        std::fs::write(&file, text).unwrap();
        let rules = Rules::read(&file, Path::new(""), None, &mut Tree::default());
        Rules::ignore(rules.as_ref(), Path::new("a/b.c"), false);
    }
}

//! For tests: repositories made with the program `git`, away from the user's own configuration.

use std::path::Path;
use std::process::Command;

/// A repository in a folder of its own.
pub(crate) struct Made {
    pub(crate) folder: tempfile::TempDir,
    /// Commits are an hour apart.
    seconds: u64,
}

impl Made {
    pub(crate) fn new() -> Made {
        Made::with(&["init", "-q", "-b", "main"])
    }

    pub(crate) fn with(init: &[&str]) -> Made {
        let folder = tempfile::tempdir().unwrap();
        let made = Made { folder, seconds: 1_700_000_000 };
        made.git(init);
        made
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// What the program says, without the last line's end.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        run(self.root(), arguments, self.seconds)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let full = self.root().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }

    /// Commits all that stands in the tree; returns the commit's id.
    pub(crate) fn commit(&mut self, message: &str) -> String {
        self.seconds += 3600;
        self.git(&["add", "-A", "-f", "."]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}

/// Runs `git` in a folder at a date of its own; a test without the program fails and says so.
pub(crate) fn run(folder: &Path, arguments: &[&str], seconds: u64) -> String {
    let date = format!("{seconds} +0100");
    let ran = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "protocol.file.allow=always"])
        .args(["-c", "commit.gpgsign=false", "-c", "gc.auto=0"])
        .args(arguments)
        .envs([("GIT_AUTHOR_DATE", date.as_str()), ("GIT_COMMITTER_DATE", date.as_str())])
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .output()
        .expect("these tests need the program `git` in PATH");
    assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().trim_end().to_owned()
}

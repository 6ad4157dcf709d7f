//! Opening git repositories that nobody vouches for: nothing of the user's or the system's configuration is read, no
//! variable of the environment, no program is started, and what the repository's own files say is bounded. What is
//! read of a repository stands in `history` and `tracked`.

use std::path::Path;
use thiserror::Error;

#[cfg(test)]
pub(crate) mod testing;

/// The largest object, delta or index that is held in memory; in bytes.
pub(crate) const MOST_ALLOCATED: usize = 256 << 20;

/// Why a repository cannot be read at all.
#[derive(Debug, Error)]
pub enum GitError {
    /// Neither the folder nor one above it belongs to a repository.
    #[error("no git repository holds `{0}`")]
    None(String),
    /// There is one, and it cannot be opened.
    #[error("the git repository of `{folder}` cannot be opened: {why}")]
    Unopened {
        /// The folder as given.
        folder: String,
        /// What stands in the way.
        why: String,
    },
}

/// The repository that a folder belongs to: its own, or that of a folder above.
///
/// # Errors
/// Where there is none, or where it cannot be opened.
pub(crate) fn open(folder: &Path) -> Result<gix::ThreadSafeRepository, GitError> {
    let shown = folder.display().to_string();
    let options = gix::open::Options::isolated()
        .lossy_config(true)
        .strict_config(false)
        .config_overrides([format!("gitoxide.objects.allocLimit={MOST_ALLOCATED}")]);
    let trust = gix::sec::trust::Mapping { full: options.clone(), reduced: options };
    let search = gix::discover::upwards::Options {
        // Whose the files are says nothing: the repository is input, and is trusted in nothing.
        trust: gix::discover::upwards::TrustPolicy::Assume(gix::sec::Trust::Reduced),
        ..Default::default()
    };
    guarded(|| gix::ThreadSafeRepository::discover_opts(folder, search, trust))
        .map_err(|why| GitError::Unopened { folder: shown.clone(), why })?
        .map_err(|error| match error.downcast_any_ref::<gix::discover::upwards::Error>() {
            Some(gix::discover::upwards::Error::NoTrustedGitRepository { .. }) | None => {
                GitError::Unopened { folder: shown.clone(), why: error.to_string() }
            }
            Some(_) => GitError::None(shown.clone()),
        })
}

/// What a reader of hostile files gives; where it panics, why.
pub(crate) fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .map_err(|_| "its reader failed on it (a defect)".to_owned())
}

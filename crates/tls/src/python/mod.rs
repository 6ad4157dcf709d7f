//! What a Python interpreter's own TLS clients accept, prefer, offer and verify: loopback servers ([`server`]), one small script
//! that the interpreter runs ([`interpreter`]), and what follows from both ([`observe`]). Only the interpreter runs, with the
//! probe's script; nothing of a project is imported. What is good or bad is for the checks to say.

pub mod authority;
mod enforce;
mod interpreter;
mod observe;
pub mod openssl_conf;
mod report;
pub mod server;

pub use interpreter::{Found, find};
pub use observe::{Probed, probe};
pub use report::{Client, OpensslSettings, PythonReport, Unknown, Verdict, Verifies};

use std::path::PathBuf;

/// Why an interpreter cannot be probed at all.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    /// Nothing there to run.
    #[error("{0}: there is no such file or folder")]
    Missing(PathBuf),
    /// The file has another name than an interpreter has: it is not run.
    #[error("{0}: its name does not begin with `py`, so it is not run; name a Python interpreter, a virtual environment or a project")]
    Stranger(PathBuf),
    /// No `python3` or `python` in `PATH`.
    #[error("no interpreter found: neither python3 nor python is in PATH; name one")]
    NotInPath,
    /// It did not do what an interpreter does.
    #[error("{path} cannot be asked: {why}")]
    Mute {
        /// What was run.
        path: PathBuf,
        /// What happened.
        why: String,
    },
    /// No certificates could be made.
    #[error("the probe's certificates cannot be made: {0}")]
    Certificates(String),
    /// No port could be opened.
    #[error("no server can be started on the loopback: {0}")]
    Loopback(std::io::Error),
    /// No temporary folder.
    #[error("no temporary folder can be made: {0}")]
    Scratch(std::io::Error),
}

//! What a Python interpreter's own TLS clients accept, prefer, offer and verify, with their defaults and as a project's code
//! configures them ([`project`]): loopback servers ([`server`]), one small script
//! that the interpreter runs ([`interpreter`]), and what follows from both ([`observe`]). Only the interpreter runs, with the
//! probe's script; nothing of a project is imported. What is good or bad is for the checks to say.

pub mod authority;
mod configured;
mod enforce;
mod image;
mod interpreter;
mod observe;
pub mod openssl_conf;
pub mod project;
mod report;
mod run;
pub mod server;

pub use configured::Configured;
pub use image::{Image, find_in_image};
pub use interpreter::{Found, find};
pub use report::{
    Client, OpensslSettings, PythonReport, Unknown, VERSIONS, Verdict, Verifies, openssl_branch,
    python_branch,
};
pub use run::{Probed, probe};

use std::path::PathBuf;

/// Why an interpreter cannot be probed at all.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    /// Nothing there to run.
    #[error("{0}: there is no such file or folder")]
    Missing(PathBuf),
    /// The file has another name than an interpreter has: it is not run.
    #[error(
        "{0}: its name does not begin with `py`, so it is not run; name a Python interpreter, a virtual environment or a project"
    )]
    Stranger(PathBuf),
    /// No `python3` or `python` in `PATH`.
    #[error("no interpreter found: neither python3 nor python is in PATH; name one")]
    NotInPath,
    /// No interpreter in an image.
    #[error("{0}: the image has no python3 in usr/local/bin, opt/python/bin, var/lang/bin, usr/bin or bin")]
    NoneInImage(PathBuf),
    /// An image's interpreter that cannot run here.
    #[error("{path} cannot run here: {why}")]
    Foreign {
        /// The interpreter.
        path: PathBuf,
        /// Why, and what would help.
        why: String,
    },
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

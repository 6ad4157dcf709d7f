//! TLS as it is really spoken: probes of servers ([`endpoint`]) and of Python interpreters ([`python`]), the recipe that
//! builds a stricter interpreter ([`recipe`]), and the checks on what the probes saw ([`checks`]). The bytes of the protocol
//! live in [`wire`]. The command line and the reports live elsewhere.

/// The engine's name in reports.
pub const ENGINE: &str = "tls";

pub mod checks;
pub mod endpoint;
mod engine;
pub mod python;
pub mod recipe;
pub mod wire;

pub use engine::{Cx, Judge, TlsCheck, info, run};

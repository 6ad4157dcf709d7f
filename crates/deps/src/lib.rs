//! Dependencies and runtimes of a Python backend: what its manifests, lock files, installed packages and images
//! declare, which advisories apply, and when its runtimes end. Offline but for `advisories::fetch`; nothing of the
//! project is ever run, and other engines are not known here.

pub mod checks;
mod component;
mod engine;
pub mod fix;
pub mod inputs;
mod locks;
mod name;
pub mod reach;
mod reading;
pub mod scanning;
mod tree;

pub use component::{Chain, Component, Group, Marker, MarkerVerdict, Origin, Pin};
pub use engine::{Cx, DepsCheck, Judge, Package, Population, info, run};
pub use locks::Locks;
pub use name::PackageName;
pub use reading::{Credentials, FileKind, IndexKind, IndexUse, Manifest, Reading, Unaudited};
pub use tieout_lifecycle::{Product, RuntimeDeclaration};
pub use tree::Tree;

/// The engine's name in output.
pub const ENGINE: &str = "deps";

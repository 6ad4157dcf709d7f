//! Who may do what to what: finds a principal and a resource in a state, gathers every layer of policies that
//! speaks of them, and asks the policy engine. Pure: no I/O, no clock.
//!
//! Before deployment names, account and region may be open. They are settled in *worlds*: one in which an open
//! text is like no other, and those in which it is what a policy speaks of. A decision stands only where
//! all worlds agree; else it depends, and the gap says on what.

mod ask;
mod block;
mod catalogue;
mod context;
mod held;
mod identity;
mod layers;
mod resource;
mod target;
mod text;
mod world;

pub use ask::{Answer, Because, Given, Question, ask};
pub use catalogue::{Catalogue, Entry};
pub use held::{Held, Named, held};
pub use target::{Find, Subject, Target, find_principal, find_resource, fits, is_principal};
pub use text::Atom;

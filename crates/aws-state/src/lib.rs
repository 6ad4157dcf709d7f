//! The typed state of AWS in CloudFormation's words, one table a service, and the links between resources.
//! Pure: no I/O, no clock.

mod declared;

pub use declared::{Declared, Scope};

//! The typed state of AWS in CloudFormation's words, one table a service, and the links between resources.
//! Pure: no I/O, no clock.
//!
//! `tables/*.toml` says once what a type's properties are, how Terraform and the API name them, AWS's
//! defaults and links; `cargo xtask state` generates [`generated`] from it.

mod acl;
mod declared;
#[rustfmt::skip]
pub mod generated;
pub mod hosts;
mod links;
pub mod mapping;
mod reader;
mod state;
pub mod table;
pub mod terraform;
mod transform;

pub use declared::{Declared, Scope};
pub use generated::{Typed, types};
pub use links::{Edge, Linked};
pub use reader::{Read, Reader};
pub use state::{PopulationGap, Resource, State, Variant};

/// A type of the state.
pub trait AwsType: Sized + 'static {
    /// `AWS::S3::Bucket`.
    const NAME: &'static str;
    /// The struct of this type in a typed resource.
    fn of(typed: &Typed) -> Option<&Self>;
}

/// What is known of a type besides its struct; `None` for a type that is not in the state.
pub fn type_table(name: &str) -> Option<&'static table::TypeTable> {
    generated::TYPES
        .binary_search_by(|table| table.name.cmp(name))
        .ok()
        .and_then(|at| generated::TYPES.get(at).copied())
}

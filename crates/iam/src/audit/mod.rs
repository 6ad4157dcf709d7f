//! The questions that checks ask of a policy. Each answer is certain or carries the gap; none guesses.

mod admin;
mod exposure;
mod guard;
mod open;
mod powers;
mod transport;
mod ways;
mod wildcard;

pub use admin::{Administrator, full_administrator};
pub use exposure::{Audience, Exposure, Grant};
pub use guard::{Guard, GuardKind};
pub use open::open_gaps;
pub use powers::{Power, PowerKind};
pub use transport::Transport;
pub use ways::Way;
pub use wildcard::{WildcardGrant, WildcardKind};

/// What is known of the resource that a policy is attached to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Owner<'a> {
    /// The account id of the owner.
    pub account: Option<&'a str>,
    /// The bucket's name, for bucket policies.
    pub bucket: Option<&'a str>,
}

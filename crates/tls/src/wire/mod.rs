//! The bytes of TLS: records, handshake messages, and the registries' names for versions, cipher suites and groups. Pure: it
//! reads and writes byte strings and knows no socket; whatever it is handed, it answers with a value or a [`WireError`].

mod certificate;
mod cipher;
mod client_hello;
mod extensions;
mod group;
mod key_exchange;
mod reader;
mod record;
mod server_hello;
pub mod ssl2;
mod version;
mod writer;

pub use certificate::{certificate_list, stapled_response, tls13_certificate_list};
pub use cipher::{Cipher, FALLBACK_SCSV, RENEGOTIATION_SCSV, Weakness};
pub use client_hello::{ClientHello, KeyShare};
pub use extensions::{Extension, extension};
pub use group::Group;
pub use key_exchange::{ServerKey, server_key_exchange};
pub use reader::Reader;
pub use record::{Alert, ContentType, Handshake, Incoming, Joiner, Record, handshake, record};
pub use server_hello::ServerHello;
pub use version::Version;
pub use writer::Writer;

/// What bytes are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A length points past the end.
    #[error("a message ends early")]
    Short,
    /// A field holds what it may not.
    #[error("a message is malformed")]
    Malformed,
    /// The first byte is no record type of TLS, or its version is none.
    #[error("the answer is not TLS")]
    NotTls,
}

#[cfg(test)]
mod tests;
